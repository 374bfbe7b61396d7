//! The token that leads from one page of a list to the next (contract 5.20 to 5.24).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::errors::{Error, Result};
use crate::golang::syntax;

const VERSION: &str = "meta.k8s.io/v1";

/// The revision of a token that continues at whatever is newest (contract 5.24).
const LATEST: i64 = -1;

const EXPIRED: &str = "The provided continue parameter is too old to display a consistent list result. You can start \
     a new list without the continue parameter, or use the continue token in this response to retrieve the remainder \
     of the results. Continuing with the provided token results in an inconsistent list - objects that were created, \
     modified, or deleted between the time the first chunk was returned and now may show up in the list.";

/// Where the next page of a list begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ContinueToken {
    /// At which revision; `None` for the newest.
    pub(super) revision: Option<u64>,
    /// At which key, without the part that all keys of the list share.
    pub(super) start: String,
}

/// As it is written.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Document {
    v: String,
    rv: i64,
    start: String,
}

impl ContinueToken {
    /// The page after a key.
    pub(super) fn after(key: &str, revision: u64) -> Self {
        Self { revision: Some(revision), start: format!("{key}\0") }
    }

    /// The text that clients send back.
    pub(super) fn encode(&self) -> Result<String> {
        let rv = self.revision.map_or(LATEST, |revision| i64::try_from(revision).unwrap_or(i64::MAX));
        let document = Document { v: VERSION.into(), rv, start: self.start.clone() };
        let json = serde_json::to_vec(&document).map_err(|error| Error::internal(error.to_string()))?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    }

    /// Reads what a client sent; 400 with the texts of contract 5.21.
    pub(super) fn decode(token: &str) -> Result<Self> {
        Self::read(token).map_err(|why| {
            Error::bad_request(format!("invalid continue token: continue key is not valid: {why}"))
        })
    }

    fn read(token: &str) -> Result<Self, String> {
        let json = URL_SAFE_NO_PAD.decode(token).map_err(|error| match error {
            base64::DecodeError::InvalidByte(at, _) => format!("illegal base64 data at input byte {at}"),
            // Go names the first byte of the group that is not complete.
            _ => format!("illegal base64 data at input byte {}", token.len() / 4 * 4),
        })?;
        let why = |error: serde_json::Error| syntax::complaint(&json).unwrap_or_else(|| error.to_string());
        let document: Document = serde_json::from_slice(&json).map_err(why)?;
        if document.v != VERSION {
            return Err(format!("server does not recognize this encoded version {}", document.v));
        }
        if document.rv == 0 {
            return Err(format!("incorrect encoded start resourceVersion (version {VERSION})"));
        }
        if document.start.is_empty() {
            return Err(format!("encoded start key empty (version {VERSION})"));
        }
        let start = document.start.strip_prefix('/').unwrap_or(&document.start);
        if !is_clean(start) {
            return Err(document.start);
        }
        Ok(Self { revision: u64::try_from(document.rv).ok(), start: start.to_owned() })
    }

    /// 410 with a token that continues at the newest revision (contract 5.23).
    pub(super) fn expired(&self) -> Error {
        let mut error = Error::expired(EXPIRED);
        let latest = Self { revision: None, start: self.start.clone() };
        error.status_mut().metadata.continue_token = latest.encode().unwrap_or_default();
        error
    }
}

/// Whether a key has no part that would lead out of the list's own range.
fn is_clean(key: &str) -> bool {
    key.is_empty() || key.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::ContinueToken;

    #[test]
    fn the_json_is_that_of_contract_5_20() {
        let token = ContinueToken::after("ns1/a", 42).encode().unwrap();
        assert!(!token.contains('='));
        let json = String::from_utf8(URL_SAFE_NO_PAD.decode(&token).unwrap()).unwrap();
        assert_eq!(json, r#"{"v":"meta.k8s.io/v1","rv":42,"start":"ns1/a\u0000"}"#);
        assert_eq!(ContinueToken::decode(&token).unwrap(), ContinueToken::after("ns1/a", 42));
    }

    #[test]
    fn bad_tokens_are_refused_in_the_words_of_contract_5_21() {
        let encode = |json: &str| URL_SAFE_NO_PAD.encode(json);
        let cases = [
            ("!", "illegal base64 data at input byte 0"),
            ("x", "illegal base64 data at input byte 0"),
            (&encode("nonsense"), "invalid character 'o' in literal null (expecting 'u')"),
            (
                &encode(r#"{"v":"meta.k8s.io/v1","start":"a"}"#),
                "incorrect encoded start resourceVersion (version meta.k8s.io/v1)",
            ),
            (&encode(r#"{"v":"meta.k8s.io/v1","rv":1}"#), "encoded start key empty (version meta.k8s.io/v1)"),
            (
                &encode(r#"{"v":"v2","rv":1,"start":"a"}"#),
                "server does not recognize this encoded version v2",
            ),
            (&encode(r#"{"v":"meta.k8s.io/v1","rv":1,"start":"../b"}"#), "../b"),
            (&encode(r#"{"v":"meta.k8s.io/v1","rv":1,"start":"a//b"}"#), "a//b"),
        ];
        for (token, why) in cases {
            let error = ContinueToken::decode(token).unwrap_err();
            assert_eq!(error.code(), 400);
            let expected = format!("invalid continue token: continue key is not valid: {why}");
            assert_eq!(error.message(), expected);
        }
    }

    #[test]
    fn an_expired_token_comes_with_one_for_the_rest() {
        let error = ContinueToken::after("ns1/a", 42).expired();
        assert_eq!(error.code(), 410);
        let token = ContinueToken::decode(&error.status().metadata.continue_token).unwrap();
        assert_eq!(token, ContinueToken { revision: None, start: "ns1/a\0".into() });
    }
}
