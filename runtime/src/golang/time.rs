//! Why a text is no point in time, as Go's `time.Parse` says it for RFC 3339 (`time/format.go`).

use crate::quote::quoted;

const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";

/// What Go complains of; nothing when the text is RFC 3339.
pub(crate) fn complaint(text: &str) -> Option<String> {
    let mut reader = Reader { text, rest: text };
    reader.read().err()
}

struct Reader<'t> {
    text: &'t str,
    rest: &'t str,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), String> {
        let year = self.digits("2006", 4)?;
        self.literal("-")?;
        let month = self.within("01", 1..=12, "month")?;
        self.literal("-")?;
        let day = self.digits("02", 2)?;
        self.literal("T")?;
        self.hour()?;
        self.literal(":")?;
        self.within("04", 0..=59, "minute")?;
        self.literal(":")?;
        self.within("05", 0..=59, "second")?;
        self.fraction();
        self.zone()?;
        if !self.rest.is_empty() {
            return Err(format!("parsing time {}: extra text: {}", quoted(self.text), quoted(self.rest)));
        }
        if day < 1 || day > days(year, month) { self.out_of_range("day") } else { Ok(()) }
    }

    fn bad<T>(&self, wanted: &str) -> Result<T, String> {
        let (text, rest) = (quoted(self.text), quoted(self.rest));
        Err(format!("parsing time {text} as {LAYOUT:?}: cannot parse {rest} as {wanted:?}"))
    }

    fn out_of_range<T>(&self, what: &str) -> Result<T, String> {
        Err(format!("parsing time {}: {what} out of range", quoted(self.text)))
    }

    fn literal(&mut self, literal: &str) -> Result<(), String> {
        match self.rest.strip_prefix(literal) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => self.bad(literal),
        }
    }

    fn digits(&mut self, wanted: &str, count: usize) -> Result<u32, String> {
        let digits = self.rest.get(..count).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        match digits.and_then(|digits| digits.parse().ok()) {
            Some(number) => {
                self.rest = self.rest.get(count..).unwrap_or_default();
                Ok(number)
            }
            None => self.bad(wanted),
        }
    }

    fn within(
        &mut self,
        wanted: &str,
        range: std::ops::RangeInclusive<u32>,
        what: &str,
    ) -> Result<u32, String> {
        let number = self.digits(wanted, 2)?;
        if range.contains(&number) { Ok(number) } else { self.out_of_range(what) }
    }

    /// Go lets an hour have one digit.
    fn hour(&mut self) -> Result<(), String> {
        let count = self.rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let hour = self.digits("15", count.max(1))?;
        if hour < 24 { Ok(()) } else { self.out_of_range("hour") }
    }

    fn fraction(&mut self) {
        let Some(fraction) = self.rest.strip_prefix(['.', ',']) else { return };
        let rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() < fraction.len() {
            self.rest = rest;
        }
    }

    fn zone(&mut self) -> Result<(), String> {
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(());
        }
        let number = |text: Option<&str>| {
            text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
                .and_then(|text| text.parse().ok())
        };
        let sign = self.rest.starts_with(['+', '-']);
        let parts = (number(self.rest.get(1..3)), self.rest.get(3..4), number(self.rest.get(4..6)));
        let (Some(hours), Some(":"), Some(minutes), true) = (parts.0, parts.1, parts.2, sign) else {
            return self.bad("Z07:00");
        };
        let (hours, minutes): (u32, u32) = (hours, minutes);
        if hours > 24 {
            return self.out_of_range("time zone offset hour");
        }
        if minutes > 60 {
            return self.out_of_range("time zone offset minute");
        }
        self.rest = self.rest.get(6..).unwrap_or_default();
        Ok(())
    }
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::complaint;

    #[test]
    fn go_tells_what_is_no_time() {
        let layout = r#"as "2006-01-02T15:04:05Z07:00": cannot parse"#;
        let cases = [
            ("x", format!(r#"parsing time "x" {layout} "x" as "2006""#)),
            ("", format!(r#"parsing time "" {layout} "" as "2006""#)),
            ("2020-01-01", format!(r#"parsing time "2020-01-01" {layout} "" as "T""#)),
            ("2020-1-01", format!(r#"parsing time "2020-1-01" {layout} "1-01" as "01""#)),
            (
                "2020-01-01t00:00:00z",
                format!(r#"parsing time "2020-01-01t00:00:00z" {layout} "t00:00:00z" as "T""#),
            ),
            ("2020-01-01T00:00:00", format!(r#"parsing time "2020-01-01T00:00:00" {layout} "" as "Z07:00""#)),
            ("2020-13-01T00:00:00Z", r#"parsing time "2020-13-01T00:00:00Z": month out of range"#.to_owned()),
            ("2021-02-29T00:00:00Z", r#"parsing time "2021-02-29T00:00:00Z": day out of range"#.to_owned()),
            ("2021-02-20T24:00:00Z", r#"parsing time "2021-02-20T24:00:00Z": hour out of range"#.to_owned()),
            ("2021-02-20T00:00:00Zx", r#"parsing time "2021-02-20T00:00:00Zx": extra text: "x""#.to_owned()),
        ];
        for (text, expected) in cases {
            assert_eq!(complaint(text), Some(expected));
        }
        for text in ["2020-02-29T23:59:59Z", "2020-01-01T00:00:00.123456+02:00", "0001-01-01T00:00:00Z"] {
            assert_eq!(complaint(text), None, "{text}");
        }
    }
}
