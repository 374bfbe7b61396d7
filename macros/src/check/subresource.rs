//! `subresource(name = "water", kind = Watering, verbs(create))`

use syn::Path;

use super::keys::{self, SUBRESOURCE_HABITS, nearest};
use super::names::is_dns_1035_label;
use super::{Single, single};
use crate::error::{self, Errors};
use crate::model::{Subresource, SubresourceVerb};
use crate::syntax::{self, Given, SUBRESOURCE_KEYS, Text, Verbs, typed};

/// Checks the subresources. One without a name is left out.
pub(super) fn check(given: &[Given<syntax::Subresource>], errors: &mut Errors) -> Vec<Subresource> {
    let mut subresources: Vec<Subresource> = Vec::new();
    for given in given {
        let Some(subresource) = errors.read(given) else { continue };
        keys::unknown(&subresource.unknown, SUBRESOURCE_KEYS, SUBRESOURCE_HABITS, errors);
        let name = single(&subresource.name, errors);
        if let Single::Absent = name {
            errors.push(error::incomplete_subresource(&given.key, "name = \"water\""));
        }
        let verbs = single(&subresource.verbs, errors);
        if matches!(&verbs, Single::Absent) || matches!(&verbs, Single::Value(words) if words.0.is_empty()) {
            errors.push(error::incomplete_subresource(&given.key, "verbs(get)"));
        }
        let kind = single(&subresource.kind, errors).value();
        let verbs = verbs.value().map(|given| check_verbs(given, errors)).unwrap_or_default();
        let Some(name) = name.value() else { continue };
        let handler = pascal(&name.value());
        if check_name(name, &handler, &subresources, errors) {
            let kind = kind.map(|kind| kind.0.clone());
            subresources.push(Subresource { name: name.value(), handler, kind, verbs });
        }
    }
    subresources
}

/// Whether a handler can be written for a name.
fn check_name(name: &Text, handler: &str, others: &[Subresource], errors: &mut Errors) -> bool {
    let text = name.value();
    let problem = match text.as_str() {
        "status" => error::reserved_subresource(&name.0, "mark the field that holds it with `#[status]`"),
        "scale" => error::reserved_subresource(&name.0, "write `scale(...)`"),
        _ if !is_dns_1035_label(&text) => error::bad_label(&name.0, "a subresource"),
        _ => match others.iter().find(|other| other.handler == handler) {
            Some(other) if other.name == text => error::subresource_twice(&name.0),
            Some(other) => error::subresource_like_another(&name.0, &other.name),
            None => return true,
        },
    };
    errors.push(problem);
    false
}

/// The verbs in the order in which they are served.
fn check_verbs(given: &Verbs, errors: &mut Errors) -> Vec<(SubresourceVerb, Path)> {
    let mut verbs: Vec<(SubresourceVerb, Path)> = Vec::new();
    for given in &given.0 {
        let Some(given) = errors.take(given.as_ref().map_err(Clone::clone)) else { continue };
        if given.custom.is_some() {
            errors.push(error::custom_subresource_verb(&given.word));
        }
        match verb(&given.word) {
            Ok(verb) if verbs.iter().any(|(other, _)| *other == verb) => {
                errors.push(error::verb_twice(&given.word));
            }
            Ok(verb) => verbs.push((verb, given.word.clone())),
            Err(error) => errors.push(error),
        }
    }
    verbs.sort_by_key(|(verb, _)| SubresourceVerb::ALL.iter().position(|known| known == verb));
    verbs
}

fn verb(word: &Path) -> syn::Result<SubresourceVerb> {
    let typed = typed(word);
    if typed == "patch" {
        return Err(error::patch_is_implied(word));
    }
    let words = SubresourceVerb::ALL.map(SubresourceVerb::word);
    let known = SubresourceVerb::ALL.into_iter().find(|verb| verb.word() == typed);
    known.ok_or_else(|| match nearest(&typed, &words) {
        Some(meant) => error::misspelt_verb(word, meant),
        None => error::unknown_subresource_verb(word, &words),
    })
}

/// The part of the handler's name: `water` gives `Water`, `soil-test` gives `SoilTest`.
fn pascal(name: &str) -> String {
    let capitalized = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(capitalized).collect()
}
