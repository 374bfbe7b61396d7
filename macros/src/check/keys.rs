//! Keys that are none of ours: misspelt ones, and ones that other tools have for the same thing.

use syn::Path;

use crate::error::{self, Errors};
use crate::hooks;
use crate::syntax::{Unknown, typed};

/// A key of another tool's grammar.
pub(super) enum Habit {
    /// A misspelling that deserves more than its correction.
    Foreign(&'static str),
    /// What a marker on a field says here.
    Role(&'static str),
}

/// Keys that users of kube-rs and kubebuilder reach for, with what is written here.
pub(super) const CONTAINER_HABITS: &[(&str, Habit)] = &[
    ("status", Habit::Role("mark the field that holds it with `#[status]`")),
    ("spec", Habit::Role("the field named `spec` is the spec; mark another one with `#[spec]`")),
    ("metadata", Habit::Role("the field named `metadata` holds it; mark another one with `#[metadata]`")),
    ("scope", Habit::Foreign("write `namespaced`, or nothing for a kind of the whole cluster")),
    ("shortnames", Habit::Foreign("did you mean `shortname`? repeat it for several names")),
    ("short_name", Habit::Foreign("did you mean `shortname`? repeat it for several names")),
    ("short_names", Habit::Foreign("did you mean `shortname`? repeat it for several names")),
    ("categories", Habit::Foreign("did you mean `category`? repeat it for several categories")),
    ("column", Habit::Foreign("did you mean `printcolumn`? repeat it for several columns")),
    ("columns", Habit::Foreign("did you mean `printcolumn`? repeat it for several columns")),
    ("printcolumns", Habit::Foreign("did you mean `printcolumn`? repeat it for several columns")),
    ("path", Habit::Foreign("did you mean `plural`?")),
    ("doc", Habit::Foreign("the doc comment of the struct is the description")),
    ("root", Habit::Foreign("the struct itself is the object, so `kind` names it")),
    ("derive", Habit::Foreign("write `#[derive(...)]` on the struct itself")),
    ("attr", Habit::Foreign("write the attribute on the struct itself")),
    ("schema", Habit::Foreign("the schema is that of `#[derive(JsonSchema)]`")),
    ("crates", Habit::Foreign("did you mean `crate`? one path is enough")),
    ("listkind", Habit::Foreign("the kind of a list is always the kind followed by `List`")),
    ("list_kind", Habit::Foreign("the kind of a list is always the kind followed by `List`")),
    ("no_spec", Habit::Foreign("the struct itself is the object, and needs no spec; leave it out")),
    ("annotation", Habit::Foreign("there is no CustomResourceDefinition that could carry it; leave it out")),
    ("label", Habit::Foreign("there is no CustomResourceDefinition that could carry it; leave it out")),
    ("cel", Habit::Foreign("did you mean `validation`?")),
    ("rule", Habit::Foreign("did you mean `validation`?")),
    ("cluster", Habit::Foreign("a kind is of the whole cluster unless it is `namespaced`; leave it out")),
    ("selectablefield", Habit::Foreign("did you mean `selectable`? repeat it for several fields")),
    ("subresources", Habit::Foreign("did you mean `subresource`? repeat it for several subresources")),
    ("hooks", Habit::Foreign("write `strategy(validate = …)`")),
    ("methods", Habit::Foreign("did you mean `verbs`?")),
    (
        "generate_name",
        Habit::Foreign("names are generated for every kind, when a client sends `generateName`"),
    ),
    (
        "storageversion",
        Habit::Foreign("did you mean `storage`? a kind is stored as it is unless `storage = false`"),
    ),
    ("unservedversion", Habit::Foreign("write `served = false`")),
    ("deprecatedversion", Habit::Foreign("did you mean `deprecated`?")),
];

/// Keys that users of other tools reach for in `printcolumn(...)`.
pub(super) const COLUMN_HABITS: &[(&str, Habit)] = &[
    ("header", Habit::Foreign("did you mean `name`?")),
    ("kind", Habit::Foreign("did you mean `type`?")),
    ("path", Habit::Foreign("did you mean `json_path`?")),
];

/// Keys that users of other tools reach for in `scale(...)`.
pub(super) const SCALE_HABITS: &[(&str, Habit)] = &[
    ("specpath", Habit::Foreign("did you mean `spec_replicas_path`?")),
    ("statuspath", Habit::Foreign("did you mean `status_replicas_path`?")),
    ("selectorpath", Habit::Foreign("did you mean `label_selector_path`?")),
];

/// Keys that users of other tools reach for in `validation(...)`.
pub(super) const VALIDATION_HABITS: &[(&str, Habit)] = &[
    ("cel", Habit::Foreign("did you mean `rule`?")),
    ("message_expression", Habit::Foreign("a message is plain text: `message = \"…\"`")),
    ("optional_old_self", Habit::Foreign("leave it out; a rule with `oldSelf` is one for updates")),
];

/// Keys that users of other tools reach for in `subresource(...)`.
pub(super) const SUBRESOURCE_HABITS: &[(&str, Habit)] = &[
    ("path", Habit::Foreign("did you mean `name`?")),
    ("type", Habit::Foreign("did you mean `kind`?")),
    ("methods", Habit::Foreign("write `verbs(connect)`, and the methods into `Connecter::CONNECT_METHODS`")),
];

/// Reports every key that a list does not know.
pub(super) fn unknown(keys: &Unknown, known: &[&str], habits: &[(&str, Habit)], errors: &mut Errors) {
    for key in &keys.0 {
        errors.push(unknown_key(key, known, habits));
    }
}

fn unknown_key(key: &Path, known: &[&str], habits: &[(&str, Habit)]) -> syn::Error {
    let name = typed(key);
    match habits.iter().find(|(habit, _)| *habit == name) {
        Some((_, Habit::Foreign(advice))) => error::foreign_key(key, advice),
        Some((_, Habit::Role(advice))) => error::role_as_key(key, advice),
        None if hooks::find(&name).is_some() => error::hook_as_key(key),
        None => match nearest(&name, known) {
            Some(meant) => error::misspelt_key(key, meant),
            None => error::unknown_key(key, known),
        },
    }
}

/// The known word that was probably meant.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let similarity = |known: &str| strsim::jaro_winkler(&word.to_lowercase(), &known.to_lowercase());
    let best = known.iter().max_by(|a, b| similarity(a).total_cmp(&similarity(b)))?;
    (similarity(best) > 0.8).then_some(*best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{COLUMN_KEYS, CONTAINER_KEYS};

    #[test]
    fn misspellings_find_what_was_meant() {
        for (word, meant) in [
            ("namespced", "namespaced"),
            ("namespace", "namespaced"),
            ("Group", "group"),
            ("print_column", "printcolumn"),
        ] {
            assert_eq!(nearest(word, CONTAINER_KEYS), Some(meant));
        }
        assert_eq!(nearest("jsonPath", COLUMN_KEYS), Some("json_path"));
        assert_eq!(nearest("type_", COLUMN_KEYS), Some("type"));
        assert_eq!(nearest("replicas", CONTAINER_KEYS), None);
    }

    #[test]
    fn a_habit_is_no_key() {
        assert!(CONTAINER_HABITS.iter().all(|(habit, _)| !CONTAINER_KEYS.contains(habit)));
        assert!(COLUMN_HABITS.iter().all(|(habit, _)| !COLUMN_KEYS.contains(habit)));
    }
}
