//! Field selectors: which values the fields of an object must have (contract 6.31, 6.32).

use std::fmt;

use crate::errors::Error;

/// Which values an object's fields must have; the empty selector matches everything.
///
/// ```
/// use resourceful::selector::FieldSelector;
///
/// let selector = FieldSelector::parse("metadata.name=x,spec.phase!=Done")?;
/// assert_eq!(selector.exact("metadata.name"), Some("x"));
/// # Ok::<_, resourceful::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSelector {
    /// All of them must hold. Sorted.
    terms: Box<[Term]>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Term {
    field: Box<str>,
    value: Box<str>,
    /// Whether the field must have the value, or must not.
    equal: bool,
}

impl FieldSelector {
    /// Parses the grammar of contract 6.32; 400 when it does not fit.
    ///
    /// Which fields there are is for the caller to say, who finds them with [`fields`](Self::fields) (contract 6.31).
    pub fn parse(text: &str) -> Result<Self, Error> {
        // Of several mistakes, upstream tells the first in sorted order.
        let mut texts = split_terms(text);
        texts.sort_unstable();
        let mut terms = Vec::new();
        for term in texts.into_iter().filter(|term| !term.is_empty()) {
            let (field, equal, value) = split_term(term).ok_or_else(|| {
                Error::bad_request(format!("invalid selector: '{text}'; can't understand '{term}'"))
            })?;
            let value = unescape(value)?;
            // A term without both says nothing, upstream too.
            if !(field.is_empty() && value.is_empty()) {
                terms.push(Term { field: field.into(), value: value.into(), equal });
            }
        }
        terms.sort_unstable();
        Ok(Self { terms: terms.into() })
    }

    /// Whether everything matches.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The value that a field must have exactly, if the selector says so.
    pub fn exact(&self, field: &str) -> Option<&str> {
        self.terms.iter().find(|term| term.equal && *term.field == *field).map(|term| &*term.value)
    }

    /// The values that fields must not have.
    pub(crate) fn excluded(&self) -> impl Iterator<Item = (&str, &str)> {
        self.terms.iter().filter(|term| !term.equal).map(|term| (&*term.field, &*term.value))
    }

    /// The fields that the selector names.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(|term| &*term.field)
    }

    /// Whether an object matches, given a way to read its fields; an absent field reads as `""`.
    pub fn matches<'a>(&self, value: impl Fn(&str) -> &'a str) -> bool {
        self.terms.iter().all(|term| (value(&term.field) == &*term.value) == term.equal)
    }
}

/// The form that parses back to the same selector: sorted, values escaped.
impl fmt::Display for FieldSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Term { field, value, equal }) in self.terms.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            let operator = if *equal { "=" } else { "!=" };
            let value = value.replace('\\', "\\\\").replace(',', "\\,").replace('=', "\\=");
            write!(f, "{comma}{field}{operator}{value}")?;
        }
        Ok(())
    }
}

/// Cuts at every comma that is not escaped; the escapes stay.
fn split_terms(text: &str) -> Vec<&str> {
    let mut escaped = false;
    text.split(|c| {
        let comma = c == ',' && !escaped;
        escaped = c == '\\' && !escaped;
        comma
    })
    .collect()
}

/// The field, whether it must equal, and the escaped value. The operator is the leftmost there is.
fn split_term(term: &str) -> Option<(&str, bool, &str)> {
    let (field, value) = term.split_once('=')?;
    Some(match field.strip_suffix('!') {
        Some(field) => (field, false, value),
        None => (field, true, value.strip_prefix('=').unwrap_or(value)),
    })
}

fn unescape(text: &str) -> Result<String, Error> {
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        value.push(match c {
            '\\' => match chars.next() {
                Some(escaped @ ('\\' | ',' | '=')) => escaped,
                other => {
                    let escaped = other.map(String::from).unwrap_or_default();
                    return Err(invalid(&format!("invalid escape sequence: \\{escaped}")));
                }
            },
            ',' | '=' => {
                return Err(invalid(&format!("unescaped character in value: {}", u32::from(c))));
            }
            c => c,
        });
    }
    Ok(value)
}

fn invalid(why: &str) -> Error {
    Error::bad_request(format!("invalid field selector: {why}"))
}

#[cfg(test)]
mod tests {
    use super::FieldSelector;

    fn matches(selector: &str) -> bool {
        FieldSelector::parse(selector).expect(selector).matches(|field| match field {
            "metadata.name" => "x",
            "spec.text" => r"a,b=c\d",
            _ => "",
        })
    }

    // contract 6.32
    #[test]
    fn selectors_match() {
        let matching = [
            "",
            ",,",
            "metadata.name=x",
            "metadata.name==x",
            "metadata.name!=y",
            "metadata.name=x,spec.absent=",
            "spec.absent!=y",
            r"spec.text=a\,b\=c\\d",
            r"metadata.name=x,spec.text==a\,b\=c\\d,",
        ];
        let missing = [
            "metadata.name=y",
            "metadata.name!=x",
            "metadata.name= x",
            " metadata.name=x",
            "spec.absent!=",
            "metadata.name=x,metadata.name=y",
        ];
        for selector in matching {
            assert!(matches(selector), "{selector:?}");
        }
        for selector in missing {
            assert!(!matches(selector), "{selector:?}");
        }
    }

    // contract 6.32
    #[test]
    fn selectors_tell_their_fields() {
        let selector = FieldSelector::parse(r"c!=1,b==2,,a=\,").expect("valid");
        assert_eq!(selector.to_string(), r"a=\,,b=2,c!=1");
        assert_eq!(selector.fields().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(
            [selector.exact("a"), selector.exact("b"), selector.exact("c"), selector.exact("d")],
            [Some(","), Some("2"), None, None]
        );
        assert!(!selector.is_empty());
        assert!(FieldSelector::parse("").expect("valid").is_empty());
        for nothing in ["=", "==", "!=", ",="] {
            assert!(FieldSelector::parse(nothing).expect("valid").is_empty(), "{nothing}");
        }
        // Nobody has a field without a name, which is for the caller to say (contract 6.31).
        assert_eq!(FieldSelector::parse("=x").expect("valid").fields().collect::<Vec<_>>(), [""]);
    }

    // contract 6.32
    #[test]
    fn errors_have_the_texts_of_upstream() {
        let cases = [
            ("a", "invalid selector: 'a'; can't understand 'a'"),
            ("b=1,a", "invalid selector: 'b=1,a'; can't understand 'a'"),
            ("a!b", "invalid selector: 'a!b'; can't understand 'a!b'"),
            (r"a=\x", r"invalid field selector: invalid escape sequence: \x"),
            (r"a=\é", r"invalid field selector: invalid escape sequence: \é"),
            (r"a=\", r"invalid field selector: invalid escape sequence: \"),
            ("a=b=c", "invalid field selector: unescaped character in value: 61"),
            ("a!==b", "invalid field selector: unescaped character in value: 61"),
            ("a===b", "invalid field selector: unescaped character in value: 61"),
        ];
        for (selector, text) in cases {
            let error = FieldSelector::parse(selector).expect_err(selector);
            assert_eq!((error.code(), error.message()), (400, text), "{selector:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in r"[ab!=,é\\]{0,12}") {
            if let Ok(selector) = FieldSelector::parse(&text) {
                let printed = selector.to_string();
                proptest::prop_assert_eq!(FieldSelector::parse(&printed)?, selector);
            }
        }
    }
}
