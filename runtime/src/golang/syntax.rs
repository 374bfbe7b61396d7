//! Why a text is no JSON, as Go's scanner says it (`encoding/json`, scanner.go), and what that scanner lets pass.

use std::borrow::Cow;

use crate::quote::quoted;

/// How deep Go's scanner goes.
const MAX_DEPTH: usize = 10_000;

/// What Go's scanner complains of; nothing when the text is JSON.
pub(crate) fn complaint(text: &[u8]) -> Option<String> {
    let mut scanner = Scanner { state: State::Value, within: Vec::new() };
    for byte in text {
        if let Err(context) = scanner.step(*byte) {
            return Some(match context {
                Fault::Depth => "exceeded max depth".to_owned(),
                Fault::Character(context) => format!("invalid character {} {context}", character(*byte)),
            });
        }
    }
    let complete = match scanner.state {
        State::End | State::Zero | State::Integer | State::Fraction | State::Exponent => {
            scanner.within.is_empty()
        }
        _ => false,
    };
    (!complete).then(|| "unexpected end of JSON input".to_owned())
}

/// A byte in single quotes, as Go shows it: as the character of that number.
fn character(byte: u8) -> String {
    match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => r#"'"'"#.to_owned(),
        byte => {
            let quoted = quoted(&char::from(byte).to_string());
            format!("'{}'", quoted.trim_matches('"'))
        }
    }
}

struct Scanner {
    state: State,
    within: Vec<Within>,
}

#[derive(Clone, Copy)]
enum Within {
    Key,
    Member,
    Items,
}

#[derive(Clone, Copy)]
enum State {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    End,
    Text,
    Escape,
    /// So many digits of `\u` are left.
    Unicode(u8),
    Minus,
    Zero,
    Integer,
    Dot,
    Fraction,
    E,
    Sign,
    Exponent,
    /// A word, and how much of it was read.
    Word(&'static str, usize),
}

enum Fault {
    Character(Cow<'static, str>),
    Depth,
}

impl Scanner {
    fn step(&mut self, byte: u8) -> Result<(), Fault> {
        let fault = |context: &'static str| Err(Fault::Character(context.into()));
        self.state = match (self.state, byte) {
            (
                State::Value | State::ValueOrEnd | State::Key | State::KeyOrEnd,
                b' ' | b'\t' | b'\r' | b'\n',
            ) => self.state,
            (State::ValueOrEnd, b']') | (State::KeyOrEnd, b'}') => return self.close(),
            (State::Value | State::ValueOrEnd, _) => return self.begin(byte),
            (State::Key | State::KeyOrEnd, b'"') | (State::Text, b' '..=b'!' | b'#'..=b'[' | b']'..) => {
                State::Text
            }
            (State::Key | State::KeyOrEnd, _) => return fault("looking for beginning of object key string"),
            (State::Text, b'"') => State::End,
            (State::Text, b'\\') => State::Escape,
            (State::Text, _) => return fault("in string literal"),
            (State::Escape, b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"') => State::Text,
            (State::Escape, b'u') => State::Unicode(4),
            (State::Escape, _) => return fault("in string escape code"),
            (State::Unicode(left), byte) if byte.is_ascii_hexdigit() => match left {
                1 => State::Text,
                left => State::Unicode(left - 1),
            },
            (State::Unicode(_), _) => return fault("in \\u hexadecimal character escape"),
            (State::Minus, b'0') => State::Zero,
            (State::Minus, b'1'..=b'9') | (State::Integer, b'0'..=b'9') => State::Integer,
            (State::Minus, _) => return fault("in numeric literal"),
            (State::Zero | State::Integer, b'.') => State::Dot,
            (State::Zero | State::Integer | State::Fraction, b'e' | b'E') => State::E,
            (State::Dot | State::Fraction, b'0'..=b'9') => State::Fraction,
            (State::Dot, _) => return fault("after decimal point in numeric literal"),
            (State::E, b'+' | b'-') => State::Sign,
            (State::E | State::Sign | State::Exponent, b'0'..=b'9') => State::Exponent,
            (State::E | State::Sign, _) => return fault("in exponent of numeric literal"),
            (State::Word(word, read), byte) => match word.as_bytes().get(read) {
                Some(next) if *next == byte && read + 1 == word.len() => State::End,
                Some(next) if *next == byte => State::Word(word, read + 1),
                next => {
                    let next = char::from(next.copied().unwrap_or_default());
                    return Err(Fault::Character(format!("in literal {word} (expecting '{next}')").into()));
                }
            },
            (State::End | State::Zero | State::Integer | State::Fraction | State::Exponent, _) => {
                return self.end(byte);
            }
        };
        Ok(())
    }

    fn begin(&mut self, byte: u8) -> Result<(), Fault> {
        self.state = match byte {
            b'{' => {
                self.within.push(Within::Key);
                State::KeyOrEnd
            }
            b'[' => {
                self.within.push(Within::Items);
                State::ValueOrEnd
            }
            b'"' => State::Text,
            b'-' => State::Minus,
            b'0' => State::Zero,
            b'1'..=b'9' => State::Integer,
            b't' => State::Word("true", 1),
            b'f' => State::Word("false", 1),
            b'n' => State::Word("null", 1),
            _ => return Err(Fault::Character("looking for beginning of value".into())),
        };
        if self.within.len() > MAX_DEPTH { Err(Fault::Depth) } else { Ok(()) }
    }

    /// After a value.
    fn end(&mut self, byte: u8) -> Result<(), Fault> {
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            self.state = State::End;
            return Ok(());
        }
        let context = match (self.within.last_mut(), byte) {
            (Some(within @ Within::Key), b':') => {
                *within = Within::Member;
                self.state = State::Value;
                return Ok(());
            }
            (Some(within @ Within::Member), b',') => {
                *within = Within::Key;
                self.state = State::Key;
                return Ok(());
            }
            (Some(Within::Items), b',') => {
                self.state = State::Value;
                return Ok(());
            }
            (Some(Within::Member), b'}') | (Some(Within::Items), b']') => return self.close(),
            (Some(Within::Key), _) => "after object key",
            (Some(Within::Member), _) => "after object key:value pair",
            (Some(Within::Items), _) => "after array element",
            (None, _) => "after top-level value",
        };
        Err(Fault::Character(context.into()))
    }

    #[allow(clippy::unnecessary_wraps, reason = "the last step of others")]
    fn close(&mut self) -> Result<(), Fault> {
        self.within.pop();
        self.state = State::End;
        Ok(())
    }
}

/// The text as Go reads it: bytes that are no UTF-8 and halves of surrogate pairs become U+FFFD. `None` when there are none.
pub(crate) fn repaired(text: &[u8]) -> Option<Vec<u8>> {
    let mut repaired = Vec::with_capacity(text.len() + 16);
    let mut changed = false;
    for chunk in text.utf8_chunks() {
        changed |= !chunk.invalid().is_empty() | repair_escapes(chunk.valid(), &mut repaired);
        for _ in chunk.invalid() {
            repaired.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    changed.then_some(repaired)
}

/// Copies a text, and says whether a lone surrogate had to be replaced.
fn repair_escapes(text: &str, out: &mut Vec<u8>) -> bool {
    let mut changed = false;
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.extend_from_slice(before.as_bytes());
        let length = match surrogate(escape) {
            None => escape.chars().take(2).map(char::len_utf8).sum(),
            Some(first) => match escape.get(6..).and_then(surrogate) {
                Some(0xDC00..) if first < 0xDC00 => 12,
                _ => {
                    changed = true;
                    out.extend_from_slice(b"\\ufffd");
                    rest = escape.get(6..).unwrap_or_default();
                    continue;
                }
            },
        };
        let (escape, after) = escape.split_at(length);
        out.extend_from_slice(escape.as_bytes());
        rest = after;
    }
    out.extend_from_slice(rest.as_bytes());
    changed
}

/// The surrogate that an escape at the beginning stands for.
fn surrogate(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok().filter(|code| (0xD800..0xE000).contains(code))
}

/// The first number that no 64-bit float can be, as it is written.
pub(crate) fn number_out_of_range(text: &[u8]) -> Option<&str> {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at += 1;
                while let Some(byte) = text.get(at).filter(|byte| **byte != b'"') {
                    at += if *byte == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
                let length = text.get(at..)?.iter().take_while(|byte| is_part(byte)).count();
                let number = std::str::from_utf8(text.get(at..at + length)?).ok()?;
                if number.parse::<f64>().is_ok_and(f64::is_infinite) {
                    return Some(number);
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{complaint, number_out_of_range, repaired};

    // encoding/json, scanner.go
    #[test]
    fn go_tells_what_is_no_json() {
        let cases = [
            ("", "unexpected end of JSON input"),
            ("{", "unexpected end of JSON input"),
            (r#"{"a":1"#, "unexpected end of JSON input"),
            ("-", "unexpected end of JSON input"),
            ("}", "invalid character '}' looking for beginning of value"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("'a'", r"invalid character '\'' looking for beginning of value"),
            ("\u{feff}{}", "invalid character 'ï' looking for beginning of value"),
            (r#"{"a":1,}"#, "invalid character '}' looking for beginning of object key string"),
            ("{a:1}", "invalid character 'a' looking for beginning of object key string"),
            (r#"{"a" 1}"#, "invalid character '1' after object key"),
            (r#"{"a":1 "b":2}"#, r#"invalid character '"' after object key:value pair"#),
            (r#"{"a":01}"#, "invalid character '1' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("{} x", "invalid character 'x' after top-level value"),
            ("[tru]", "invalid character ']' in literal true (expecting 'e')"),
            ("nil", "invalid character 'i' in literal null (expecting 'u')"),
            ("\"\n\"", r"invalid character '\n' in string literal"),
            (r#""\x""#, "invalid character 'x' in string escape code"),
            (r#""\u12""#, r#"invalid character '"' in \u hexadecimal character escape"#),
            ("[-]", "invalid character ']' in numeric literal"),
            ("[1.]", "invalid character ']' after decimal point in numeric literal"),
            ("[1e]", "invalid character ']' in exponent of numeric literal"),
        ];
        for (text, expected) in cases {
            assert_eq!(complaint(text.as_bytes()).as_deref(), Some(expected), "{text}");
        }
        for text in
            ["{}", " [ ] ", "0", "-1.5e+3", r#"{"a":[1,{"b":null}],"c":"\u00e9\n"}"#, "1 ", "[true,false]"]
        {
            assert_eq!(complaint(text.as_bytes()), None, "{text}");
        }
        assert_eq!(complaint(&[b'['; 10_001]).as_deref(), Some("exceeded max depth"));
    }

    #[test]
    fn what_is_no_unicode_is_replaced() {
        let cases: [(&[u8], Option<&str>); 6] = [
            (br#"{"a":"b"}"#, None),
            (b"\"\xff\xfe\"", Some("\"\u{fffd}\u{fffd}\"")),
            (br#""\ud800""#, Some(r#""\ufffd""#)),
            (br#""\ud83d\ude00""#, None),
            (br#""\ude00\ud83d\ud83d\ude00\\ud800""#, Some(r#""\ufffd\ufffd\ud83d\ude00\\ud800""#)),
            (br#""\\\u00e9""#, None),
        ];
        for (text, expected) in cases {
            let repaired = repaired(text).map(|text| String::from_utf8(text).unwrap());
            assert_eq!(repaired.as_deref(), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn numbers_that_no_float_can_be() {
        assert_eq!(number_out_of_range(br#"{"1e999":"\"-1e999","a":[1e300,-1e400]}"#), Some("-1e400"));
        assert_eq!(number_out_of_range(br#"{"a":1e-400,"b":"1e400"}"#), None);
    }

    proptest! {
        /// Go's scanner and serde's agree on what is JSON, but for what is repaired.
        #[test]
        fn go_and_serde_agree(text in r#"[\[\]{}:,"\\ue0-2+. \-truefalsn]{0,12}"#) {
            let serde = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            if complaint(text.as_bytes()).is_none() != serde {
                prop_assert!(repaired(text.as_bytes()).is_some(), "{}", text);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(text in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = complaint(&text);
            let _ = number_out_of_range(&text);
            if let Some(text) = repaired(&text) {
                prop_assert!(std::str::from_utf8(&text).is_ok());
            }
        }
    }
}
