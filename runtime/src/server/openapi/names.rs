//! The names by which documents speak of kinds.

use crate::info::ResourceInfo;

/// Where the paths of a kind begin, without the leading slash: `apis/example.com/v1`.
pub(super) fn root(info: &ResourceInfo) -> String {
    if info.group.is_empty() {
        format!("api/{}", info.version)
    } else {
        format!("apis/{}/{}", info.group, info.version)
    }
}

/// The name of a kind's schema: `com.example.v1.Widget`.
pub(super) fn schema(info: &ResourceInfo, kind: &str) -> String {
    let mut parts: Vec<_> = info.group.split('.').filter(|part| !part.is_empty()).rev().collect();
    parts.extend([info.version, kind]);
    parts.join(".")
}

/// The part of operation ids that tells groups apart: `ExampleComV1` (contract 6.28).
pub(super) fn operation_group(info: &ResourceInfo) -> String {
    let group = if info.group.is_empty() { "core" } else { short_group(info) };
    group.split(['.', '-']).chain([info.version]).map(capitalized).collect()
}

/// The tag of a kind's operations: `exampleCom_v1`.
pub(super) fn tag(info: &ResourceInfo) -> String {
    let group = if info.group.is_empty() { "core" } else { short_group(info) };
    let mut parts = group.split(['.', '-']);
    let first = parts.next().unwrap_or_default();
    format!("{first}{}_{}", parts.map(capitalized).collect::<String>(), info.version)
}

fn short_group(info: &ResourceInfo) -> &'static str {
    info.group.strip_suffix(".k8s.io").unwrap_or(info.group)
}

/// A word with a capital at its beginning.
pub(super) fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
