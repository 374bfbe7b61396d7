//! The rules for names, labels and annotation keys, for a strategy's own fields as for metadata (contract 9.6 to 9.12).
//!
//! Each function returns what is wrong, in the words of Go's `k8s.io/apimachinery/pkg/api/validate/content`; an empty
//! list means that the value is valid.
//!
//! ```
//! use resourceful::field::{Error, ErrorList, Path};
//! use resourceful::meta::names;
//!
//! let host = "Example.com";
//! let path = Path::new("spec").child("host");
//! let errors: ErrorList =
//!     names::is_dns1123_subdomain(host).into_iter().map(|text| Error::invalid(path.clone(), host, text)).collect();
//! assert!(errors.aggregate().starts_with("spec.host: Invalid value: \"Example.com\": a lowercase RFC 1123 subdomain"));
//! ```

/// The longest DNS label, and the longest name part of a qualified name.
pub const DNS_LABEL_MAX_LENGTH: usize = 63;

/// The longest DNS subdomain.
pub const DNS_SUBDOMAIN_MAX_LENGTH: usize = 253;

/// The longest label value.
pub const LABEL_VALUE_MAX_LENGTH: usize = 63;

const DNS1123_LABEL_PATTERN: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const DNS1123_SUBDOMAIN_PATTERN: &str = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const DNS1035_LABEL_PATTERN: &str = "[a-z]([-a-z0-9]*[a-z0-9])?";
const QUALIFIED_NAME_PATTERN: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE_PATTERN: &str = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";

const QUALIFIED_NAME_TEXT: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/// What is wrong with a DNS label, such as a namespace (contract 9.6).
pub fn is_dns1123_label(value: &str) -> Vec<String> {
    let mut texts = too_long(value, DNS_LABEL_MAX_LENGTH, "characters");
    if !fits_dns1123_label(value) {
        texts.push(if fits_dns1123_subdomain(value) {
            "must not contain dots".into()
        } else {
            mismatch(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start \
                 and end with an alphanumeric character",
                DNS1123_LABEL_PATTERN,
                &["my-name", "123-abc"],
            )
        });
    }
    texts
}

/// What is wrong with a DNS subdomain, such as the name of most objects (contract 9.7).
pub fn is_dns1123_subdomain(value: &str) -> Vec<String> {
    dns1123_subdomain(value, "characters")
}

fn dns1123_subdomain(value: &str, unit: &str) -> Vec<String> {
    let mut texts = too_long(value, DNS_SUBDOMAIN_MAX_LENGTH, unit);
    if !fits_dns1123_subdomain(value) {
        texts.push(mismatch(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must \
             start and end with an alphanumeric character",
            DNS1123_SUBDOMAIN_PATTERN,
            &["example.com"],
        ));
    }
    texts
}

/// What is wrong with a DNS label that must start with a letter, such as the name of a service (contract 9.9).
pub fn is_dns1035_label(value: &str) -> Vec<String> {
    let mut texts = too_long(value, DNS_LABEL_MAX_LENGTH, "characters");
    if !(value.starts_with(|first: char| first.is_ascii_lowercase()) && fits_dns1123_label(value)) {
        texts.push(mismatch(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic \
             character, and end with an alphanumeric character",
            DNS1035_LABEL_PATTERN,
            &["my-name", "abc-123"],
        ));
    }
    texts
}

/// What is wrong with a qualified name, `[prefix/]name`: a label key or a finalizer (contract 9.11).
pub fn is_qualified_name(value: &str) -> Vec<String> {
    const EXAMPLES: [&str; 3] = ["MyName", "my.name", "123-abc"];
    let mut texts = Vec::new();
    let name = match value.split_once('/') {
        None => value,
        Some((_, name)) if name.contains('/') => {
            let pattern = mismatch(QUALIFIED_NAME_TEXT, QUALIFIED_NAME_PATTERN, &EXAMPLES);
            return vec![format!(
                "a valid label key {pattern} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
        Some(("", name)) => {
            texts.push("prefix part must be non-empty".to_owned());
            name
        }
        Some((prefix, name)) => {
            texts.extend(
                dns1123_subdomain(prefix, "bytes").into_iter().map(|text| format!("prefix part {text}")),
            );
            name
        }
    };
    if name.is_empty() {
        texts.push("name part must be non-empty".into());
    }
    texts.extend(
        too_long(name, DNS_LABEL_MAX_LENGTH, "bytes").into_iter().map(|text| format!("name part {text}")),
    );
    if !fits_qualified_name(name) {
        texts.push(format!("name part {}", mismatch(QUALIFIED_NAME_TEXT, QUALIFIED_NAME_PATTERN, &EXAMPLES)));
    }
    texts
}

/// What is wrong with the value of a label (contract 9.12).
pub fn is_valid_label_value(value: &str) -> Vec<String> {
    let mut texts = too_long(value, LABEL_VALUE_MAX_LENGTH, "bytes");
    if !(value.is_empty() || fits_qualified_name(value)) {
        texts.push(mismatch(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
             start and end with an alphanumeric character",
            LABEL_VALUE_PATTERN,
            &["MyValue", "my_value", "12345"],
        ));
    }
    texts
}

/// What is wrong with a name that becomes a segment of a path, as every object's does (contract 9.1).
pub fn is_path_segment_name(name: &str) -> Vec<String> {
    if matches!(name, "." | "..") {
        return vec![format!("may not be '{name}'")];
    }
    is_path_segment_prefix(name)
}

/// What is wrong with the beginning of such a name (contract 9.1).
pub fn is_path_segment_prefix(name: &str) -> Vec<String> {
    ['/', '%'].iter().filter(|c| name.contains(**c)).map(|c| format!("may not contain '{c}'")).collect()
}

fn fits_dns1123_label(value: &str) -> bool {
    fits(value, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit(), |byte| byte == b'-')
}

fn fits_dns1123_subdomain(value: &str) -> bool {
    value.split('.').all(fits_dns1123_label)
}

fn fits_qualified_name(value: &str) -> bool {
    fits(value, |byte| byte.is_ascii_alphanumeric(), |byte| matches!(byte, b'-' | b'_' | b'.'))
}

/// Whether a value begins and ends with an `outer` byte and has only `outer` and `inner` bytes between.
fn fits(value: &str, outer: impl Fn(u8) -> bool, inner: impl Fn(u8) -> bool) -> bool {
    let bytes = value.as_bytes();
    bytes.first().is_some_and(|first| outer(*first))
        && bytes.last().is_some_and(|last| outer(*last))
        && bytes.iter().all(|byte| outer(*byte) || inner(*byte))
}

/// Upstream counts bytes everywhere, but says "characters" of names and "bytes" of labels.
fn too_long(value: &str, max: usize, unit: &str) -> Vec<String> {
    if value.len() > max { vec![format!("must be no more than {max} {unit}")] } else { Vec::new() }
}

/// `text (e.g. 'a',  or 'b', regex used for validation is 'pattern')`; the two spaces are upstream's (contract 9.10).
fn mismatch(text: &str, pattern: &str, examples: &[&str]) -> String {
    let examples: Vec<_> = examples.iter().map(|example| format!("'{example}', ")).collect();
    format!("{text} (e.g. {}regex used for validation is '{pattern}')", examples.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    const SUBDOMAIN: &str = r"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    const DNS1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
    const NAME_PART: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    const LABEL_KEY: &str = "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
    const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    fn check(rule: fn(&str) -> Vec<String>, cases: &[(&str, &[&str])]) {
        for (value, texts) in cases {
            assert_eq!(rule(value), *texts, "{value:?}");
        }
    }

    // contract 9.6
    #[test]
    fn dns1123_labels() {
        let (longest, too_long) = ("a".repeat(63), "a".repeat(64));
        check(
            is_dns1123_label,
            &[
                ("a", &[]),
                ("0-9", &[]),
                (&longest, &[]),
                (&too_long, &["must be no more than 63 characters"]),
                ("a.b", &["must not contain dots"]),
                ("", &[LABEL]),
                ("-a", &[LABEL]),
                ("a-", &[LABEL]),
                ("A", &[LABEL]),
                ("a_b", &[LABEL]),
                ("é", &[LABEL]),
                ("a\n", &[LABEL]),
            ],
        );
    }

    // contract 9.7
    #[test]
    fn dns1123_subdomains() {
        let (longest, too_long) = ("a".repeat(253), "a".repeat(254));
        check(
            is_dns1123_subdomain,
            &[
                ("a.b-c.0", &[]),
                (&longest, &[]),
                (&too_long, &["must be no more than 253 characters"]),
                ("", &[SUBDOMAIN]),
                ("a..b", &[SUBDOMAIN]),
                (".a", &[SUBDOMAIN]),
                ("a.", &[SUBDOMAIN]),
                ("a.-b", &[SUBDOMAIN]),
                ("A.b", &[SUBDOMAIN]),
            ],
        );
    }

    // contract 9.9
    #[test]
    fn dns1035_labels() {
        let too_long = "a".repeat(64);
        check(
            is_dns1035_label,
            &[
                ("a-1", &[]),
                ("1a", &[DNS1035]),
                ("", &[DNS1035]),
                ("a.b", &[DNS1035]),
                ("a-", &[DNS1035]),
                (&too_long, &["must be no more than 63 characters"]),
            ],
        );
    }

    // contract 9.11
    #[test]
    fn qualified_names() {
        let long = "a".repeat(64);
        let prefix = format!("prefix part {SUBDOMAIN}");
        check(
            is_qualified_name,
            &[
                ("A_b.c-9", &[]),
                ("example.com/MyName", &[]),
                ("", &["name part must be non-empty", NAME_PART]),
                ("/a", &["prefix part must be non-empty"]),
                ("/", &["prefix part must be non-empty", "name part must be non-empty", NAME_PART]),
                ("Example.com/a", &[&prefix]),
                ("a b", &[NAME_PART]),
                ("a/b/c", &[LABEL_KEY]),
                (&long, &["name part must be no more than 63 bytes"]),
            ],
        );
    }

    // contract 9.12
    #[test]
    fn label_values() {
        let long = "a".repeat(64);
        check(
            is_valid_label_value,
            &[
                ("", &[]),
                ("A_b.c-9", &[]),
                ("-x", &[LABEL_VALUE]),
                ("a/b", &[LABEL_VALUE]),
                (&long, &["must be no more than 63 bytes"]),
            ],
        );
    }

    // contract 9.1
    #[test]
    fn path_segments() {
        check(
            is_path_segment_name,
            &[
                ("Any Name", &[]),
                (".", &["may not be '.'"]),
                ("..", &["may not be '..'"]),
                ("a/%", &["may not contain '/'", "may not contain '%'"]),
            ],
        );
        check(is_path_segment_prefix, &[("..", &[]), (".", &[]), ("%", &["may not contain '%'"])]);
    }
}
