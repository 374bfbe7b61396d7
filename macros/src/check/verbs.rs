//! `verbs(get, list, create = custom)`: what is served, and whose impl it is.

use syn::Path;

use super::keys::nearest;
use super::single;
use crate::error::{self, Errors};
use crate::model::{ServedVerb, Verb};
use crate::syntax::{Given, Verbs, typed};

/// The verbs in the order in which their impls are written; all of them when none is named.
pub(super) fn check(given: &[Given<Verbs>], errors: &mut Errors) -> Vec<ServedVerb> {
    let (Some(words), Some(first)) = (single(given, errors).value(), given.first()) else {
        return Verb::ALL.into_iter().map(|verb| ServedVerb { verb, custom: None }).collect();
    };
    if words.0.is_empty() {
        errors.push(error::no_verbs(&first.key));
    }
    let mut verbs: Vec<ServedVerb> = Vec::new();
    for word in &words.0 {
        let Some(word) = errors.take(word.as_ref().map_err(Clone::clone)) else { continue };
        match verb(&word.word) {
            Ok(verb) if verbs.iter().any(|other| other.verb == verb) => {
                errors.push(error::verb_twice(&word.word));
            }
            Ok(verb) => verbs.push(ServedVerb { verb, custom: word.custom }),
            Err(error) => errors.push(error),
        }
    }
    verbs.sort_by_key(|served| Verb::ALL.iter().position(|verb| *verb == served.verb));
    verbs
}

/// `storage = false` where a verb would need the store
pub(super) fn all_by_hand(verbs: &[ServedVerb], storage: &Path, errors: &mut Errors) {
    if let Some(served) = verbs.iter().find(|served| served.custom.is_none()) {
        errors.push(error::nothing_stored(storage, served.verb.word()));
    }
}

/// Whether the kind has `/status`: its objects are in the store, and clients may write at all.
pub(super) fn serve_status(verbs: &[ServedVerb]) -> bool {
    verbs.iter().any(|served| served.custom.is_none())
        && verbs.iter().any(|served| matches!(served.verb, Verb::Create | Verb::Update))
}

fn verb(word: &Path) -> syn::Result<Verb> {
    let typed = typed(word);
    if typed == "patch" {
        return Err(error::patch_is_implied(word));
    }
    let words = Verb::ALL.map(Verb::word);
    Verb::ALL.into_iter().find(|verb| verb.word() == typed).ok_or_else(|| match nearest(&typed, &words) {
        Some(meant) => error::misspelt_verb(word, meant),
        None => error::unknown_verb(word, &words),
    })
}
