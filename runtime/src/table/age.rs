//! How long ago something was, in few characters (contract 10.5, 10.6).

use jiff::{SignedDuration, Timestamp};

use crate::meta::Time;

/// What a cell shows of a point in time: its age, or `<unknown>` when there is none.
pub(crate) fn age(time: Option<Time>, now: Timestamp) -> String {
    match time {
        Some(time) => human_duration(now.duration_since(time.timestamp())),
        None => "<unknown>".into(),
    }
}

/// Two or three figures; a clock that is a second ahead is forgiven.
fn human_duration(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        ..-1 => "<invalid>".into(),
        -1 => "0s".into(),
        0..120 => format!("{seconds}s"),
        _ if minutes < 10 => two(minutes, "m", seconds % 60, "s"),
        _ if minutes < 3 * 60 => format!("{minutes}m"),
        _ if hours < 8 => two(hours, "h", minutes % 60, "m"),
        _ if hours < 48 => format!("{hours}h"),
        _ if days < 8 => two(days, "d", hours % 24, "h"),
        _ if days < 2 * 365 => format!("{days}d"),
        _ if days < 8 * 365 => two(days / 365, "y", days % 365, "d"),
        _ => format!("{}y", days / 365),
    }
}

/// Both figures, or the first when the second is zero.
fn two(figure: i64, unit: &str, rest: i64, small_unit: &str) -> String {
    if rest == 0 { format!("{figure}{unit}") } else { format!("{figure}{unit}{rest}{small_unit}") }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{age, human_duration};
    use crate::meta::Time;

    // contract 10.6: the last of each form, and the first of the next.
    #[test]
    fn durations_are_short() {
        const MINUTE: i64 = 60;
        const HOUR: i64 = 60 * MINUTE;
        const DAY: i64 = 24 * HOUR;
        const YEAR: i64 = 365 * DAY;
        let cases = [
            (i64::MIN, "<invalid>"),
            (-2, "<invalid>"),
            (-1, "0s"),
            (0, "0s"),
            (119, "119s"),
            (2 * MINUTE, "2m"),
            (2 * MINUTE + 1, "2m1s"),
            (10 * MINUTE - 1, "9m59s"),
            (10 * MINUTE, "10m"),
            (3 * HOUR - 1, "179m"),
            (3 * HOUR, "3h"),
            (3 * HOUR + MINUTE, "3h1m"),
            (8 * HOUR - 1, "7h59m"),
            (8 * HOUR, "8h"),
            (48 * HOUR - 1, "47h"),
            (2 * DAY, "2d"),
            (2 * DAY + HOUR, "2d1h"),
            (8 * DAY - 1, "7d23h"),
            (8 * DAY, "8d"),
            (2 * YEAR - 1, "729d"),
            (2 * YEAR, "2y"),
            (2 * YEAR + DAY, "2y1d"),
            (8 * YEAR - 1, "7y364d"),
            (8 * YEAR, "8y"),
            (100 * YEAR + 40 * DAY, "100y"),
            (i64::MAX, "292471208677y"),
        ];
        for (seconds, text) in cases {
            assert_eq!(human_duration(SignedDuration::from_secs(seconds)), text, "{seconds}");
        }
        // Fractions are cut towards zero.
        assert_eq!(human_duration(SignedDuration::from_millis(-1_999)), "0s");
        assert_eq!(human_duration(SignedDuration::from_millis(119_999)), "119s");
    }

    // contract 10.5
    #[test]
    fn a_point_in_time_shows_as_its_age() {
        let now: Timestamp = "2026-01-02T03:04:05.5Z".parse().expect("a time");
        let time = |text: &str| Some(Time::from_timestamp(text.parse().expect("a time")));
        assert_eq!(age(time("2026-01-02T03:00:00Z"), now), "4m5s");
        assert_eq!(age(time("2026-01-03T03:00:00Z"), now), "<invalid>");
        assert_eq!(age(None, now), "<unknown>");
    }
}
