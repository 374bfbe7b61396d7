//! Revisions as clients write them (contract 5.1, 5.2).

/// The number in a resourceVersion: 0 for an empty one. An error says what is wrong, in Go's words (contract 5.13).
pub(super) fn parse(text: &str) -> Result<u64, String> {
    if text.is_empty() {
        return Ok(0);
    }
    let problem = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        match text.parse() {
            Ok(revision) => return Ok(revision),
            Err(_) => "value out of range",
        }
    } else {
        "invalid syntax"
    };
    Err(format!("resourceVersion: Invalid value: {text:?}: strconv.ParseUint: parsing {text:?}: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn revisions_are_decimal_numbers() {
        assert_eq!(parse(""), Ok(0));
        assert_eq!(parse("0"), Ok(0));
        assert_eq!(parse("007"), Ok(7), "contract 4.18");
        assert_eq!(parse("18446744073709551615"), Ok(u64::MAX));
        for (text, problem) in [
            ("abc", "invalid syntax"),
            ("+5", "invalid syntax"),
            ("18446744073709551616", "value out of range"),
        ] {
            let expected = format!(
                "resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": {problem}"
            );
            assert_eq!(parse(text), Err(expected));
        }
    }
}
