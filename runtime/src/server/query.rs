//! The query of a request, read by the rules of Go's apiserver (contract 6.6 to 6.8).

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::errors::{Error, Result};

/// The query of a request. Keys that nobody asks for are ignored; a repeated key counts once.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Query<'r>(&'r str);

impl<'r> Query<'r> {
    /// The query as it stands in the URI.
    pub(crate) fn new(raw: Option<&'r str>) -> Self {
        Self(raw.unwrap_or_default())
    }

    /// The query as it was sent.
    pub(crate) fn raw(self) -> &'r str {
        self.0
    }

    /// The first value of a key.
    pub(crate) fn first(self, key: &str) -> Option<Cow<'r, str>> {
        self.all(key).next()
    }

    /// Every value of a key, in order.
    pub(crate) fn all<'k>(self, key: &'k str) -> impl Iterator<Item = Cow<'r, str>> + use<'r, 'k> {
        self.0.split('&').filter(|pair| !pair.is_empty()).filter_map(move |pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name) == key).then(|| decode(value))
        })
    }

    /// The first value of a key, or nothing.
    pub(crate) fn text(self, key: &str) -> String {
        self.first(key).map(Cow::into_owned).unwrap_or_default()
    }

    /// A flag: `0` and `false` say no, whatever else is there says yes, even an empty value (contract 6.6).
    pub(crate) fn flag(self, key: &str) -> Option<bool> {
        self.first(key).map(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
    }

    /// A whole number in base ten; 400 with the text of Go's parser (contract 6.8).
    pub(crate) fn integer(self, key: &str) -> Result<Option<i64>> {
        use std::num::IntErrorKind::{NegOverflow, PosOverflow};

        let Some(value) = self.first(key) else { return Ok(None) };
        value.parse().map(Some).map_err(|error: std::num::ParseIntError| {
            let why = match error.kind() {
                PosOverflow | NegOverflow => "value out of range",
                _ => "invalid syntax",
            };
            Error::bad_request(format!("strconv.ParseInt: parsing {value:?}: {why}"))
        })
    }
}

fn decode(text: &str) -> Cow<'_, str> {
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        return Cow::Owned(percent_decode_str(&spaced).decode_utf8_lossy().into_owned());
    }
    percent_decode_str(text).decode_utf8_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;

    // contract 6.6
    #[test]
    fn whatever_is_not_false_is_true() {
        let flag = |query| Query::new(Some(query)).flag("watch");
        assert_eq!(flag("limit=3"), None);
        for no in ["watch=0", "watch=false", "watch=False", "watch=FALSE"] {
            assert_eq!(flag(no), Some(false), "{no}");
        }
        for yes in ["watch", "watch=", "watch=1", "watch=true", "watch=no", "a=b&watch"] {
            assert_eq!(flag(yes), Some(true), "{yes}");
        }
    }

    // contract 6.7
    #[test]
    fn the_first_value_counts() {
        let query = Query::new(Some("limit=1&limit=2&dryRun=a&dryRun=b"));
        assert_eq!(query.integer("limit").unwrap(), Some(1));
        assert_eq!(query.all("dryRun").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn values_are_decoded() {
        let query = Query::new(Some("labelSelector=a%20in+(b%2Cc)&field%53elector=x%3Dy"));
        assert_eq!(query.text("labelSelector"), "a in (b,c)");
        assert_eq!(query.text("fieldSelector"), "x=y");
    }

    // contract 6.8, 5.25
    #[test]
    fn numbers_fail_in_the_words_of_go() {
        let message = |query| Query::new(Some(query)).integer("limit").unwrap_err().message().to_owned();
        assert_eq!(message("limit=x"), "strconv.ParseInt: parsing \"x\": invalid syntax");
        assert_eq!(message("limit="), "strconv.ParseInt: parsing \"\": invalid syntax");
        assert_eq!(
            message("limit=99999999999999999999"),
            "strconv.ParseInt: parsing \"99999999999999999999\": value out of range"
        );
        assert_eq!(Query::new(Some("limit=-5")).integer("limit").unwrap(), Some(-5));
    }
}
