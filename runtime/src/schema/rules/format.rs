//! The formats of strings that upstream checks, each as lenient as upstream's reader of it.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

/// Whether a text is of a format.
pub(super) type Format = fn(&str) -> bool;

/// The check of a format; none for a format that upstream does not check. Dashes in the name do not count.
pub(super) fn named(name: &str) -> Option<Format> {
    Some(match name.replace('-', "").as_str() {
        "bsonobjectid" => |text| matches(&BSON_OBJECT_ID, text),
        "byte" => |text| matches(&BASE64, text),
        "cidr" => is_cidr,
        "creditcard" => is_credit_card,
        "date" => is_date,
        "datetime" => is_date_time,
        "duration" => is_duration,
        "email" => |text| matches(&EMAIL, text),
        "hexcolor" => |text| matches(&HEX_COLOR, text),
        "hostname" => is_hostname,
        "isbn" => |text| is_isbn10(text) || is_isbn13(text),
        "isbn10" => is_isbn10,
        "isbn13" => is_isbn13,
        "ipv4" => |text| is_ip(text) && text.contains('.'),
        "ipv6" => |text| is_ip(text) && text.contains(':'),
        "k8sshortname" => |text| text.len() <= 63 && matches(&SHORT_NAME, text),
        "k8slongname" => |text| text.len() <= 253 && matches(&LONG_NAME, text),
        "mac" => is_mac,
        "rgbcolor" => |text| matches(&RGB_COLOR, text),
        "ssn" => |text| text.len() == 11 && matches(&SSN, text),
        "uri" => is_uri,
        "uuid" => |text| matches(&UUID, text),
        "uuid3" => |text| matches(&UUID3, text),
        "uuid4" => |text| matches(&UUID4, text),
        "uuid5" => |text| matches(&UUID5, text),
        _ => return None,
    })
}

/// A pattern that is compiled when it is first needed; the tests compile them all.
type Pattern = LazyLock<Option<Regex>>;

macro_rules! patterns {
    ($($name:ident = $pattern:expr;)*) => {
        $(static $name: Pattern = LazyLock::new(|| Regex::new($pattern).ok());)*

        #[cfg(test)]
        const ALL: &[&Pattern] = &[$(&$name),*];
    };
}

patterns! {
    BSON_OBJECT_ID = "^[0-9a-fA-F]{24}$";
    BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$";
    CREDIT_CARD = concat!(
        "^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}",
        "|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35[0-9]{3})[0-9]{11})$"
    );
    DATE_TIME = "^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:.[0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})$";
    DURATION = "(?i)[0-9]+[ \t\n\r]*(?:ns|nano[a-zµ]*|us|µs|micro[a-zµ]*|ms|milli[a-zµ]*|s|sec[a-zµ]*|m|min[a-zµ]*\
        |h|hr|hour[a-zµ]*|d|day[a-zµ]*|w|wk|week[a-zµ]*)(?:[^a-zµ]|$)";
    EMAIL = concat!(
        r#"^(?:[^<>@]*<(?:[\w!#$%&'*+/=?^`{|}~.-]+|"(?:[^"\\]|\\.)*")@(?:[\w!#$%&'*+/=?^`{|}~-]+"#,
        r#"(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*|\[[^\[\]\\]*\])>|(?:[\w!#$%&'*+/=?^`{|}~-]+"#,
        r#"(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*|"(?:[^"\\]|\\.)*")@(?:[\w!#$%&'*+/=?^`{|}~-]+"#,
        r#"(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*|\[[^\[\]\\]*\]))$"#
    );
    HEX_COLOR = "^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$";
    HOSTNAME = concat!(
        r"^(?:[a-zA-Z0-9\p{S}\p{L}](?:-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?",
        r"|(?:[a-zA-Z0-9\p{S}\p{L}](?:[a-zA-Z0-9\-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?\.)+[a-zA-Z\p{L}]{2,63})$"
    );
    LONG_NAME = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
    RGB_COLOR = concat!(
        r"^rgb\(\s*(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])\s*,\s*(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])",
        r"\s*,\s*(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])\s*\)$"
    );
    SHORT_NAME = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
    SSN = "^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}$";
    UUID = "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$";
    UUID3 = "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$";
    UUID4 = "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$";
    UUID5 = "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$";
}

fn matches(pattern: &Pattern, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// `2006-01-02`, and a day that there was.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut part = |length: usize| {
        let part = parts.next().filter(|part| part.len() == length)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i16>().ok())?
    };
    let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else { return false };
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { return false };
    parts.next().is_none() && Date::new(year, month, day).is_ok()
}

fn is_date_time(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut parts = text.split('t');
    let (Some(date), Some(time)) = (parts.next(), parts.next()) else { return false };
    let Some(time) = DATE_TIME.as_ref().and_then(|pattern| pattern.captures(time)) else { return false };
    is_date(date) && &time[1] <= "23" && &time[2] <= "59" && &time[3] <= "59"
}

/// As Go prints durations, or a number with a unit spelt out.
fn is_duration(text: &str) -> bool {
    matches!(text, "0" | "+0" | "-0") || matches(&DURATION, text)
}

/// A number of a known issuer whose last digit fits the others; what is no digit does not count.
fn is_credit_card(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    matches(&CREDIT_CARD, &digits) && sum.is_multiple_of(10)
}

fn is_isbn10(text: &str) -> bool {
    let digits = without_separators(text);
    let value = |(place, digit): (u32, char)| match digit {
        'X' if place == 10 => Some(100),
        digit => digit.to_digit(10).map(|digit| place * digit),
    };
    let sum: Option<u32> = (1..).zip(digits.chars()).map(value).sum();
    digits.len() == 10 && sum.is_some_and(|sum| sum.is_multiple_of(11))
}

fn is_isbn13(text: &str) -> bool {
    let digits = without_separators(text);
    let value = |(place, digit): (usize, char)| {
        digit.to_digit(10).map(|digit| if place.is_multiple_of(2) { digit } else { 3 * digit })
    };
    let sum: Option<u32> = digits.chars().enumerate().map(value).sum();
    digits.len() == 13 && sum.is_some_and(|sum| sum.is_multiple_of(10))
}

fn without_separators(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\x0c' | '\r' | '-')).collect()
}

fn is_hostname(text: &str) -> bool {
    text.len() <= 255 && text.split('.').all(|label| label.len() <= 63) && matches(&HOSTNAME, text)
}

fn is_ip(text: &str) -> bool {
    ipv4(text).is_some() || text.parse::<Ipv6Addr>().is_ok()
}

/// Upstream takes leading zeros for old times' sake.
fn ipv4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next().filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?;
        *octet = part.parse().ok()?;
    }
    parts.next().is_none().then(|| octets.into())
}

fn is_cidr(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let bits = if ipv4(address).is_some() { 32 } else { 128 };
    is_ip(address)
        && length.bytes().all(|byte| byte.is_ascii_digit())
        && length.parse::<u8>().is_ok_and(|length| length <= bits)
}

/// 6, 8 or 20 octets: `00:5e:10:…`, `00-5e-10-…` or `005e.10…`.
fn is_mac(text: &str) -> bool {
    let hex =
        |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    [(':', 2), ('-', 2), ('.', 4)].into_iter().any(|(separator, length)| {
        let octets = text.split(separator).count() * length / 2;
        matches!(octets, 6 | 8 | 20) && text.split(separator).all(|part| hex(part, length))
    })
}

/// An absolute URI or an absolute path.
fn is_uri(text: &str) -> bool {
    if text.is_empty() || text.bytes().any(|byte| byte.is_ascii_control()) {
        return false;
    }
    let rest = match text.split_once(':') {
        _ if text.starts_with('/') => text,
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        _ => return text == "*",
    };
    let path_and_host = rest.split(['?', '#']).next().unwrap_or_default();
    let authority = path_and_host.strip_prefix("//").filter(|_| !text.starts_with("///"));
    let host = authority.and_then(|authority| authority.split('/').next()).unwrap_or_default();
    is_escaped(path_and_host) && is_host(host.rsplit('@').next().unwrap_or_default())
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Whether every percent sign is followed by two hexadecimal digits.
fn is_escaped(text: &str) -> bool {
    text.split('%')
        .skip(1)
        .all(|after| after.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
}

fn is_host(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (host, ""),
    };
    let forbidden = [' ', '<', '>', '"', '\\', '^', '`', '{', '|', '}'];
    let bracketed = name.starts_with('[') && name.ends_with(']');
    port.bytes().all(|byte| byte.is_ascii_digit())
        && !name.contains(forbidden)
        && (bracketed || !name.contains([':', '[', ']']))
}

#[cfg(test)]
mod tests {
    use super::{ALL, named};

    #[test]
    fn every_pattern_compiles() {
        assert!(ALL.iter().all(|pattern| pattern.is_some()));
    }

    #[test]
    fn texts_of_every_format_and_others() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("date", &["2024-02-29", "0001-01-01"], &["2023-02-29", "2024-2-9", "2024-01-01T", ""]),
            (
                "date-time",
                &["2024-01-01T00:00:00Z", "2024-01-01t23:59:59.123+02:00"],
                &["2024-01-01", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00", "x", "2024-13-01T00:00:00Z"],
            ),
            ("duration", &["1h30m", "0", "22 ns", "1.5s", "3 days", "PT1H"], &["", "1", "h", "1 parsec"]),
            (
                "email",
                &["a@b", "a.b@c.example", "Ann <a@b.example>", "\"a b\"@c"],
                &["a", "a@", "@b", "a b@c", "a@b@c", "a.@b"],
            ),
            ("hostname", &["a", "a.example.com", "1.example"], &["", "-a", "a..b", "a_b", "a.b-"]),
            ("ipv4", &["1.2.3.4", "01.2.3.4", "::ffff:1.2.3.4"], &["1.2.3", "256.1.1.1", "::1", "a.b.c.d"]),
            ("ipv6", &["::1", "fe80::1"], &["1.2.3.4", ":", "::g"]),
            ("cidr", &["10.0.0.0/8", "fd00::/64"], &["10.0.0.0", "10.0.0.0/33", "x/1", "10.0.0.0/+8"]),
            (
                "mac",
                &["00:00:5e:00:53:01", "00-00-5E-00-53-01", "0000.5e00.5301", "02:00:5e:10:00:00:00:01"],
                &["", "00:00:5e:00:53", "00:00:5e:00:53-01", "000:00:5e:00:53:0"],
            ),
            (
                "uri",
                &["http://a.example:80/x?y#z", "/a/b", "urn:x:y", "https://[::1]:8443/", "*"],
                &["", "a/b", "http://a b/", "http://a:port/", "/%zz", ":x", "http://a\n"],
            ),
            ("uuid", &["123e4567-e89b-12d3-a456-426614174000", "123E4567e89b12d3a456426614174000"], &["1"]),
            ("uuid4", &["123e4567-e89b-42d3-a456-426614174000"], &["123e4567-e89b-12d3-a456-426614174000"]),
            ("byte", &["aGk=", "aGkh"], &["", "aGk", "a-_="]),
            ("hexcolor", &["#fff", "00FF00"], &["#ff", "red"]),
            ("rgbcolor", &["rgb(0, 12,255)"], &["rgb(256,0,0)", "rgb(1,2)"]),
            ("ssn", &["123-45-6789"], &["123", "123456789"]),
            ("creditcard", &["4111 1111 1111 1111", "4111111111111111"], &["4111111111111112", "1", ""]),
            ("isbn", &["3-598-21508-8", "359821507X", "978-3-16-148410-0"], &["9783161484101", "x", ""]),
            ("isbn10", &["3598215088"], &["9783161484100"]),
            ("isbn13", &["9783161484100"], &["3598215088"]),
            ("bsonobjectid", &["507f1f77bcf86cd799439011"], &["x"]),
            ("k8s-short-name", &["a-1"], &["A", "a.b", "-a"]),
            ("k8s-long-name", &["a.b-1"], &["a..b", "a_b"]),
        ];
        for (format, good, bad) in cases {
            let is = named(format).unwrap_or_else(|| panic!("{format}"));
            for text in *good {
                assert!(is(text), "{text:?} is of format {format}");
            }
            for text in *bad {
                assert!(!is(text), "{text:?} is not of format {format}");
            }
        }
        assert!(named("password").is_none() && named("partial-time").is_none());
    }
}
