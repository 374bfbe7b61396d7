//! Values of flags that have a unit: durations and amounts of bytes.

use std::time::Duration;

/// Reads a duration as Go writes it, in hours, minutes, seconds and milliseconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let wrong =
        || format!("{text:?} is no duration: write numbers with their units, as in 5m, 1m30s or 500ms");
    let (mut rest, mut sum) = (text, Duration::ZERO);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: u32 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let one = match &rest[..unit] {
            "h" => Duration::from_secs(3600),
            "m" => Duration::from_secs(60),
            "s" => Duration::from_secs(1),
            "ms" => Duration::from_millis(1),
            _ => return Err(wrong()),
        };
        rest = &rest[unit..];
        sum += one * number;
    }
    if text.is_empty() { Err(wrong()) } else { Ok(sum) }
}

/// Reads an amount of bytes as Kubernetes writes it, in whole numbers with Ki, Mi or Gi.
pub(super) fn bytes(text: &str) -> Result<usize, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let wrong =
        || format!("{text:?} is no amount of bytes: write a whole number with its unit, as in 64Mi or 1Gi");
    let number: usize = text[..digits].parse().map_err(|_| wrong())?;
    let one = match &text[digits..] {
        "" => 1,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        _ => return Err(wrong()),
    };
    number.checked_mul(one).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        let seconds = |text: &str| duration(text).map(|duration| duration.as_secs_f64());
        for (text, expected) in
            [("0", 0.0), ("5m", 300.0), ("5m0s", 300.0), ("1h1m1s", 3661.0), ("500ms", 0.5), ("90s", 90.0)]
        {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        for text in ["", "5", "m", "5 m", "-5m", "5d", "99999999999s", "1.5h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bytes_have_binary_units() {
        for (text, expected) in [("0", 0), ("512", 512), ("4Ki", 4096), ("64Mi", 64 << 20), ("1Gi", 1 << 30)]
        {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for text in ["", "Mi", "-1", "1.5Gi", "64M", "64 Mi", "99999999999999999Gi"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
