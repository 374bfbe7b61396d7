//! Go's durations, `1m30s` (`time.ParseDuration`), and what Go says of those that are none.

use std::time::Duration;

use crate::quote::quoted;

/// A duration in Go's notation; none for zero and less. Fails with Go's text.
pub(crate) fn parse(text: &str) -> Result<Option<Duration>, String> {
    let invalid = || format!("time: invalid duration {}", quoted(text));
    let negative = text.starts_with('-');
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(None);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let number = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let (digits, after) = rest.split_at(rest.len() - number.len());
        let count: f64 = match digits {
            "" | "." => return Err(invalid()),
            digits => digits.parse().map_err(|_| invalid())?,
        };
        let unit = after.split(|c: char| c.is_ascii_digit() || c == '.').next().unwrap_or_default();
        let seconds = match unit {
            "" => return Err(format!("time: missing unit in duration {}", quoted(text))),
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            unit => return Err(format!("time: unknown unit {} in duration {}", quoted(unit), quoted(text))),
        };
        total += count * seconds;
        rest = after.get(unit.len()..).unwrap_or_default();
    }
    // Go counts nanoseconds in 63 bits.
    let duration = Duration::try_from_secs_f64(total).ok().filter(|it| it.as_nanos() <= i64::MAX as u128);
    let duration = duration.ok_or_else(invalid)?;
    Ok(Some(duration).filter(|duration| !negative && !duration.is_zero()))
}

#[cfg(test)]
mod tests {
    use super::{Duration, parse};

    #[test]
    fn durations_are_read_as_go_reads_them() {
        assert_eq!(parse("1m10s"), Ok(Some(Duration::from_secs(70))));
        assert_eq!(parse("1.5h"), Ok(Some(Duration::from_secs(5400))));
        assert_eq!(parse("150ms"), Ok(Some(Duration::from_millis(150))));
        for none in ["0", "0s", "-3s", "+0"] {
            assert_eq!(parse(none), Ok(None), "{none}");
        }
        let cases = [
            ("x", r#"time: invalid duration "x""#),
            ("", r#"time: invalid duration """#),
            (".", r#"time: invalid duration ".""#),
            ("5", r#"time: missing unit in duration "5""#),
            ("1d", r#"time: unknown unit "d" in duration "1d""#),
            ("5 s", r#"time: unknown unit " s" in duration "5 s""#),
            ("9999999999h", r#"time: invalid duration "9999999999h""#),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), Err(expected.to_owned()));
        }
    }
}
