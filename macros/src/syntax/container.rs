//! The keys of `#[resource(...)]`, as one struct per list. Every key may stand any number of times here; `check` says
//! which of them may not.

use darling::FromMeta;

use super::value::{Given, Notice, Number, RuntimePath, StrategyPath, Switch, Text, Unknown, Verbs};

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
    pub(crate) scale: Vec<Given<Scale>>,
    #[darling(multiple)]
    pub(crate) strategy: Vec<Given<StrategyPath>>,
    #[darling(multiple)]
    pub(crate) verbs: Vec<Given<Verbs>>,
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
    "scale",
    "strategy",
    "verbs",
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

#[cfg(test)]
mod tests {
    use darling::ast::NestedMeta;

    use super::*;

    #[test]
    fn the_lists_of_keys_are_those_of_the_structs() {
        for key in CONTAINER_KEYS {
            let items = NestedMeta::parse_meta_list(key.parse().unwrap()).unwrap();
            assert!(Container::from_list(&items).unwrap().unknown.0.is_empty(), "{key}");
        }
        for key in COLUMN_KEYS {
            let items = NestedMeta::parse_meta_list(key.parse().unwrap()).unwrap();
            assert!(Column::from_list(&items).unwrap().unknown.0.is_empty(), "{key}");
        }
        for key in SCALE_KEYS {
            let items = NestedMeta::parse_meta_list(key.parse().unwrap()).unwrap();
            assert!(Scale::from_list(&items).unwrap().unknown.0.is_empty(), "{key}");
        }
    }
}
