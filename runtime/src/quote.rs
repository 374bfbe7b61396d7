//! Text as Go's `%q` and numbers as its `%v` print them, which is how upstream's messages show them (contract 8.9).

use std::fmt::Write as _;

/// The text in double quotes, with everything that cannot be printed escaped the way Go escapes it.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\u{07}' => quoted.push_str("\\a"),
            '\u{08}' => quoted.push_str("\\b"),
            '\u{0b}' => quoted.push_str("\\v"),
            '\u{0c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if is_printable(c) => quoted.push(c),
            // Writing into a String cannot fail.
            c if c.is_ascii() => drop(write!(quoted, "\\x{:02x}", u32::from(c))),
            c if u32::from(c) < 0x1_0000 => drop(write!(quoted, "\\u{:04x}", u32::from(c))),
            c => drop(write!(quoted, "\\U{:08x}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

/// Letters, marks, numbers, punctuation, symbols and the space, as Go's `unicode.IsPrint` has it.
pub(crate) fn is_printable(c: char) -> bool {
    // Debug output escapes what cannot be printed, but also quotes, and a mark that follows no letter.
    matches!(c, '\'' | '"' | '\\') || String::from_iter(['a', c]).escape_debug().eq(['a', c])
}

/// A floating-point number: with an exponent from a million on, and below a ten-thousandth.
pub(crate) fn float(number: f64) -> String {
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(exponent @ ..-4) => format!("{mantissa}e-{:02}", -exponent),
        Ok(exponent @ 6..) => format!("{mantissa}e+{exponent:02}"),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{float, quoted};

    // contract 8.9
    #[test]
    fn text_is_quoted_as_go_quotes_it() {
        let cases = [
            ("", r#""""#),
            (r#"a "b" \c 'd'"#, r#""a \"b\" \\c 'd'""#),
            ("<&> é 日本 e\u{301}", "\"<&> é 日本 e\u{301}\""),
            ("\u{7}\u{8}\t\n\u{b}\u{c}\r", r#""\a\b\t\n\v\f\r""#),
            ("\0\u{1b}\u{7f}", r#""\x00\x1b\x7f""#),
            ("\u{a0}\u{200b}\u{feff}", r#""\u00a0\u200b\ufeff""#),
            ("\u{e0001}", r#""\U000e0001""#),
        ];
        for (text, expected) in cases {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn numbers_are_printed_as_go_prints_them() {
        let cases = [
            (1.0, "1"),
            (-2.5, "-2.5"),
            (123_456.0, "123456"),
            (1e6, "1e+06"),
            (1_234_567.5, "1.2345675e+06"),
            (1e100, "1e+100"),
            (0.000_1, "0.0001"),
            (0.000_012, "1.2e-05"),
            (0.0, "0"),
        ];
        for (number, expected) in cases {
            assert_eq!(float(number), expected);
        }
    }
}
