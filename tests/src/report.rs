//! The lines of a benchmark's report, and what is read of a process.

use std::time::Duration;

/// The line above all others; `what` says what all of them are about.
pub fn head(what: &str) {
    println!("{what:<72} {:>13} {:>13} {:>6}", "resourceful", "limit", "ratio");
}

/// A line: ours, the limit, and how many times the limit ours is.
pub fn line(what: &str, unit: &str, ours: f64, limit: f64) {
    println!("{}", compared(what, unit, ours, limit));
}

/// A line whose ratio has a goal.
pub fn goal(what: &str, unit: &str, ours: f64, limit: f64, goal: &str) {
    println!("{}  {goal}", compared(what, unit, ours, limit));
}

/// A line without a limit.
pub fn alone(what: &str, unit: &str, ours: f64) {
    println!("{what:<72} {ours:>9.1} {unit}");
}

fn compared(what: &str, unit: &str, ours: f64, limit: f64) -> String {
    // What takes less than a tick of the clock has no ratio.
    let ratio = if limit > 0.0 { format!("{:.2}", ours / limit) } else { "-".to_owned() };
    format!("{what:<72} {ours:>9.1} {unit:<3} {limit:>9.1} {unit:<3} {ratio:>6}")
}

/// How often something happened in a second.
pub fn a_second(count: usize, elapsed: Duration) -> f64 {
    float(count) / elapsed.as_secs_f64()
}

/// µs for one of some operations.
pub fn micros_each(time: Duration, count: usize) -> f64 {
    time.as_secs_f64() * 1e6 / float(count)
}

/// A count as a number to calculate with.
pub fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("counts are small"))
}

/// The time below which so many of a hundred lie.
pub fn percentile(times: &mut [Duration], of_hundred: usize) -> Duration {
    times.sort_unstable();
    let at = (times.len() * of_hundred).div_ceil(100).saturating_sub(1);
    times.get(at).copied().unwrap_or_default()
}

/// A time in ms.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The middle one of some measurements.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// User and system time of a process, in steps of 10 ms.
pub fn cpu_time(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the process runs");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|field| field.parse::<u64>().expect("a number")).sum();
    Duration::from_millis(ticks * 10)
}

/// What a process holds in memory, in MiB.
pub fn resident_mebibytes(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a process has memory");
    let kibibytes = line.split_whitespace().nth(1).and_then(|number| number.parse::<f64>().ok());
    kibibytes.expect("a number") / 1024.0
}
