//! The clauses of an `Accept` header, for documents that exist in one form or two.

use http::HeaderMap;
use http::header::ACCEPT;

/// One clause of an `Accept` header.
pub(super) struct MediaRange<'a> {
    name: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
    quality: f32,
}

impl<'a> MediaRange<'a> {
    fn parse(clause: &'a str) -> Self {
        let mut parts = clause.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let mut parameters: Vec<_> = parts.filter_map(|part| part.split_once('=')).collect();
        let quality = parameters.iter().find(|(key, _)| *key == "q").map_or("1", |(_, value)| value);
        let quality = quality.parse().unwrap_or(0.0);
        parameters.retain(|(key, _)| *key != "q");
        Self { name, parameters, quality }
    }

    /// Whether the clause takes JSON.
    pub(super) fn takes_json(&self) -> bool {
        ["application/json", "application/*", "*/*", ""]
            .iter()
            .any(|name| self.name.eq_ignore_ascii_case(name))
    }

    /// The value of a parameter; empty when it is absent.
    pub(super) fn parameter(&self, key: &str) -> &'a str {
        self.parameters.iter().find(|(name, _)| *name == key).map_or("", |(_, value)| value)
    }
}

/// The clauses that a request accepts, the preferred one first. No header takes anything.
pub(super) fn accepted(headers: &HeaderMap) -> Vec<MediaRange<'_>> {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut clauses: Vec<_> = values
        .flat_map(|value| value.split(','))
        .map(|clause| MediaRange::parse(clause.trim()))
        .filter(|clause| clause.quality > 0.0)
        .collect();
    if !headers.contains_key(ACCEPT) {
        clauses.push(MediaRange::parse("*/*"));
    }
    clauses.sort_by(|one, other| other.quality.total_cmp(&one.quality));
    clauses
}

/// Whether a request takes JSON.
pub(super) fn accepts_json(headers: &HeaderMap) -> bool {
    accepted(headers).iter().any(MediaRange::takes_json)
}
