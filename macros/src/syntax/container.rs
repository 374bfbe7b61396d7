//! The keys of `#[resource(...)]`, as one struct per list. Every key may stand any number of times here; `check` says
//! which of them may not.

use darling::FromMeta;

use super::strategy::Strategy;
use super::value::{Boolean, Given, Notice, Number, RuntimePath, Switch, Text, TypePath, Unknown, Verbs};

/// `#[resource(…)]`
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(crate) struct Container {
    #[darling(multiple)]
    pub(crate) group: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) version: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) kind: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) plural: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) singular: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) shortname: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) category: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) namespaced: Vec<Given<Switch>>,
    #[darling(multiple)]
    pub(crate) printcolumn: Vec<Given<Column>>,
    #[darling(multiple)]
    pub(crate) selectable: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) immutable: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) validation: Vec<Given<Validation>>,
    #[darling(multiple)]
    pub(crate) scale: Vec<Given<Scale>>,
    #[darling(multiple)]
    pub(crate) subresource: Vec<Given<Subresource>>,
    #[darling(multiple)]
    pub(crate) strategy: Vec<Given<Strategy>>,
    #[darling(multiple)]
    pub(crate) verbs: Vec<Given<Verbs>>,
    #[darling(multiple)]
    pub(crate) served: Vec<Given<Boolean>>,
    #[darling(multiple)]
    pub(crate) storage: Vec<Given<Boolean>>,
    #[darling(multiple)]
    pub(crate) deprecated: Vec<Given<Notice>>,
    #[darling(multiple)]
    pub(crate) kube: Vec<Given<Switch>>,
    #[darling(multiple, rename = "crate")]
    pub(crate) runtime: Vec<Given<RuntimePath>>,
    /// What is none of the above.
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

/// The keys of [`Container`], for suggestions.
pub(crate) const CONTAINER_KEYS: &[&str] = &[
    "group",
    "version",
    "kind",
    "plural",
    "singular",
    "shortname",
    "category",
    "namespaced",
    "printcolumn",
    "selectable",
    "immutable",
    "validation",
    "scale",
    "subresource",
    "strategy",
    "verbs",
    "served",
    "storage",
    "deprecated",
    "kube",
    "crate",
];

/// `printcolumn(…)`
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(crate) struct Column {
    #[darling(multiple)]
    pub(crate) name: Vec<Given<Text>>,
    #[darling(multiple, rename = "type")]
    pub(crate) kind: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) json_path: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) description: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) format: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) priority: Vec<Given<Number>>,
    /// What is none of the above.
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

/// The keys of [`Column`], for suggestions.
pub(crate) const COLUMN_KEYS: &[&str] = &["name", "type", "json_path", "description", "format", "priority"];

/// `scale(…)`
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(crate) struct Scale {
    #[darling(multiple)]
    pub(crate) spec_replicas_path: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) status_replicas_path: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) label_selector_path: Vec<Given<Text>>,
    /// What is none of the above.
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

/// The keys of [`Scale`], for suggestions.
pub(crate) const SCALE_KEYS: &[&str] = &["spec_replicas_path", "status_replicas_path", "label_selector_path"];

/// `validation(…)`, or `validation = "…"` for a rule alone.
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(crate) struct Validation {
    #[darling(multiple)]
    pub(crate) rule: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) message: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) reason: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) field_path: Vec<Given<Text>>,
    /// What is none of the above.
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

/// The keys of [`Validation`], for suggestions.
pub(crate) const VALIDATION_KEYS: &[&str] = &["rule", "message", "reason", "field_path"];

/// `subresource(…)`
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(crate) struct Subresource {
    #[darling(multiple)]
    pub(crate) name: Vec<Given<Text>>,
    #[darling(multiple)]
    pub(crate) kind: Vec<Given<TypePath>>,
    #[darling(multiple)]
    pub(crate) verbs: Vec<Given<Verbs>>,
    /// What is none of the above.
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

/// The keys of [`Subresource`], for suggestions.
pub(crate) const SUBRESOURCE_KEYS: &[&str] = &["name", "kind", "verbs"];

#[cfg(test)]
mod tests {
    use darling::ast::NestedMeta;

    use super::*;

    #[test]
    fn the_lists_of_keys_are_those_of_the_structs() {
        fn all_known<T: FromMeta>(keys: &[&str], unknown: fn(&T) -> &Unknown) {
            for key in keys {
                let items = NestedMeta::parse_meta_list(key.parse().unwrap()).unwrap();
                assert!(unknown(&T::from_list(&items).unwrap()).0.is_empty(), "{key}");
            }
        }
        all_known::<Container>(CONTAINER_KEYS, |list| &list.unknown);
        all_known::<Column>(COLUMN_KEYS, |list| &list.unknown);
        all_known::<Scale>(SCALE_KEYS, |list| &list.unknown);
        all_known::<Validation>(VALIDATION_KEYS, |list| &list.unknown);
        all_known::<Subresource>(SUBRESOURCE_KEYS, |list| &list.unknown);
    }
}
