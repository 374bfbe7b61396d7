//! Patterns as upstream means them: Go's regular expressions, in the words of Rust's.

use regex::Regex;

/// Compiles a pattern, or says why it cannot be.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    Regex::new(&translate(pattern)).map_err(|error| {
        // The last line of the report says what is wrong; the others draw it.
        let report = error.to_string();
        let reason = report.lines().last().unwrap_or_default();
        reason.strip_prefix("error: ").unwrap_or(reason).to_owned()
    })
}

/// In Go, `\d` and its like are ASCII, and a bracket holds no operators.
fn translate(pattern: &str) -> String {
    let mut translated = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    // Where in a bracket the reader is: how many items it passed.
    let mut bracket: Option<usize> = None;
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        match (c, bracket) {
            ('\\', _) => {
                let escaped = chars.next();
                match escaped {
                    Some('d') => translated.push_str("[0-9]"),
                    Some('D') => translated.push_str("[^0-9]"),
                    Some('s') => translated.push_str(r"[\t\n\f\r ]"),
                    Some('S') => translated.push_str(r"[^\t\n\f\r ]"),
                    Some('w') => translated.push_str("[0-9A-Za-z_]"),
                    Some('W') => translated.push_str("[^0-9A-Za-z_]"),
                    Some('b') if bracket.is_none() => translated.push_str(r"(?-u:\b)"),
                    Some(escaped) => translated.extend(['\\', escaped]),
                    None => translated.push('\\'),
                }
                bracket = bracket.map(|items| items + 1);
            }
            ('[', None) => {
                bracket = Some(0);
                translated.push('[');
                if next == Some('^') {
                    chars.next();
                    translated.push('^');
                }
            }
            ('[', Some(items)) if next == Some(':') => {
                translated.push('[');
                // To the end of the name of a class, as in `[:alpha:]`.
                for c in chars.by_ref() {
                    translated.push(c);
                    if c == ']' {
                        break;
                    }
                }
                bracket = Some(items + 1);
            }
            (']', Some(items)) if items > 0 => {
                bracket = None;
                translated.push(']');
            }
            ('[' | ']', Some(items)) => {
                bracket = Some(items + 1);
                translated.extend(['\\', c]);
            }
            ('&' | '~' | '-', Some(items)) => {
                bracket = Some(items + 1);
                // Doubled, they would be operators; a single dash spans a range.
                if next == Some(c) {
                    chars.next();
                    translated.extend([c, '\\']);
                }
                translated.push(c);
            }
            (c, _) => {
                bracket = bracket.map(|items| items + 1);
                translated.push(c);
            }
        }
    }
    translated
}

#[cfg(test)]
mod tests {
    use super::compile;

    #[test]
    fn patterns_match_as_they_do_in_go() {
        let cases = [
            (r"^\d+$", "12", true),
            (r"^\d+$", "\u{664}", false),
            (r"^[\w.]+$", "a_1.b", true),
            (r"^[^\s]+$", "a b", false),
            (r"^[\D]$", "1", false),
            (r"^\w\b-", "a-", true),
            ("^[]a]+$", "]a", true),
            ("^[^]a]+$", "a", false),
            ("^[[a]+$", "[a", true),
            ("^[a&&b]+$", "&ab", true),
            ("^[+--]+$", "+,-", true),
            ("^[~~]$", "~", true),
            ("^[[:alpha:]_]+$", "a_b", true),
            (r"^[\]x]+$", "]x", true),
            (r"^\p{L}+$", "é", true),
            ("^.{2}$", "éé", true),
            ("a", "bab", true),
        ];
        for (pattern, text, matches) in cases {
            let compiled = compile(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            assert_eq!(compiled.is_match(text), matches, "{pattern} on {text:?}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for pattern in ["(", "[a", "a{2,1}", "(?=a)", r"\", "*", "x{1001}{1001}{1001}"] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
    }
}
