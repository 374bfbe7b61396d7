//! Where the members of a JSON document lie, without parsing their values.

use std::ops::Range;

/// The members of the object that `json` holds, in order: the key (raw, between its quotes) and the value.
///
/// `json` must be valid JSON; on anything else the members simply end early.
pub(crate) fn members(json: &[u8]) -> impl Iterator<Item = (&[u8], Range<usize>)> {
    let mut at = skip_space(json, 0);
    at += usize::from(json.get(at) == Some(&b'{'));
    std::iter::from_fn(move || {
        at = skip_space(json, at);
        if json.get(at) == Some(&b',') {
            at = skip_space(json, at + 1);
        }
        if json.get(at) != Some(&b'"') {
            return None;
        }
        let key_end = skip_string(json, at);
        let key = json.get(at + 1..key_end.saturating_sub(1))?;
        let colon = skip_space(json, key_end);
        let value = skip_space(json, colon + 1);
        at = skip_value(json, value);
        // A document that ends too early may lead past its end.
        (value <= at && at <= json.len()).then_some((key, value..at))
    })
}

/// The value of a member of the object that `json` is, unparsed; `None` when `json` is something else.
pub(crate) fn member<'j>(json: &'j [u8], name: &str) -> Option<&'j [u8]> {
    if json.first() != Some(&b'{') {
        return None;
    }
    let (_, value) = members(json).find(|(key, _)| is_named(key, name))?;
    json.get(value)
}

fn is_named(key: &[u8], name: &str) -> bool {
    key == name.as_bytes()
        || key.contains(&b'\\')
            && serde_json::from_slice::<String>(&[b"\"", key, b"\""].concat()).is_ok_and(|key| key == name)
}

fn skip_space(json: &[u8], mut at: usize) -> usize {
    while json.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// The position after the string that begins at `at`.
fn skip_string(json: &[u8], mut at: usize) -> usize {
    at += 1;
    loop {
        match json.get(at) {
            None => return at,
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// The position after the value that begins at `at`.
fn skip_value(json: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    loop {
        match json.get(at) {
            None => return at,
            Some(b'"') => at = skip_string(json, at),
            Some(b'{' | b'[') => {
                depth += 1;
                at += 1;
            }
            Some(b'}' | b']' | b',') if depth == 0 => return at,
            Some(b'}' | b']') => {
                depth -= 1;
                at += 1;
            }
            Some(_) => at += 1,
        }
        if depth == 0 && json.get(at.saturating_sub(1)).is_some_and(|byte| matches!(byte, b'"' | b'}' | b']'))
        {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::members;

    #[test]
    fn members_are_found_whatever_their_values() {
        let json = br#" { "a" : {"x":[1,"}"]} ,"b\"c":"d,e", "n": -1.5e3 ,"t":true,"z":[] } "#;
        let found: Vec<_> = members(json)
            .map(|(key, value)| {
                (
                    String::from_utf8_lossy(key).into_owned(),
                    String::from_utf8_lossy(&json[value]).trim().to_owned(),
                )
            })
            .collect();
        let expected =
            [("a", r#"{"x":[1,"}"]}"#), ("b\\\"c", "\"d,e\""), ("n", "-1.5e3"), ("t", "true"), ("z", "[]")];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }

    #[test]
    fn broken_documents_end_early() {
        let broken = ["", "{", "[1]", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":{\"b\"", "{\"a\\", "{\"a\":\"b\\"];
        for json in broken {
            let found: Vec<_> = members(json.as_bytes()).map(|(_, value)| value).collect();
            assert!(found.len() <= 1, "{json}");
            assert!(found.iter().all(|value| json.get(value.clone()).is_some()), "{json}");
        }
    }
}
