//! The media ranges of an `Accept` header (contract 6.37).

use http::HeaderMap;
use http::header::ACCEPT;

/// One media range of an `Accept` header.
pub(super) struct MediaRange<'a> {
    kind: &'a str,
    subtype: &'a str,
    parameters: &'a str,
    quality: f32,
}

impl<'a> MediaRange<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (name, parameters) = text.split_once(';').unwrap_or((text, ""));
        let (kind, subtype) = match name.trim() {
            "" => return None,
            "*" => ("*", "*"),
            name => name.split_once('/')?,
        };
        let mut range = Self { kind, subtype, parameters, quality: 1.0 };
        if let Some(quality) = range.parameter("q") {
            range.quality = quality.parse().unwrap_or(1.0);
        }
        Some(range)
    }

    /// Whether the range takes `application/` and this subtype.
    pub(super) fn takes(&self, subtype: &str) -> bool {
        (self.kind == "*" && self.subtype == "*")
            || (self.kind.eq_ignore_ascii_case("application")
                && (self.subtype == "*" || self.subtype.eq_ignore_ascii_case(subtype)))
    }

    /// The parameters, `q` among them.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.parameters.split(';').filter_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            Some((name.trim(), value.trim().trim_matches('"')))
        })
    }

    /// The value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&'a str> {
        self.parameters().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    fn wildcards(&self) -> u8 {
        u8::from(self.kind == "*") + u8::from(self.subtype == "*")
    }
}

/// The media ranges of a header, the preferred one first.
pub(super) fn parse(accept: &str) -> Vec<MediaRange<'_>> {
    let mut ranges: Vec<_> = accept.split(',').filter_map(MediaRange::parse).collect();
    ranges.sort_by(|one, other| {
        other.quality.total_cmp(&one.quality).then(one.wildcards().cmp(&other.wildcards()))
    });
    ranges
}

/// The media ranges that a request accepts, the preferred one first. No header, or an empty one, takes anything.
pub(super) fn accepted(headers: &HeaderMap) -> Vec<MediaRange<'_>> {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    parse(if accept.is_empty() { "*/*" } else { accept })
}

/// Whether a request takes JSON.
pub(super) fn accepts_json(headers: &HeaderMap) -> bool {
    accepted(headers).iter().any(|range| range.takes("json"))
}
