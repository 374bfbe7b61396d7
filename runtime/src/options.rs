//! The options of each verb, as values of `meta.k8s.io/v1` (contract 4.42, 6.29, 6.62).
//!
//! Name the fields that matter and take the rest from the default: later versions may add fields.
//!
//! ```
//! use resourceful::options::ListOptions;
//! use resourceful::selector::LabelSelector;
//!
//! # fn main() -> resourceful::Result<()> {
//! let label_selector = LabelSelector::parse("tier in (front, back)")?;
//! let options = ListOptions { label_selector, limit: 500, ..ListOptions::default() };
//! # assert!(options.resource_version.is_empty());
//! # Ok(())
//! # }
//! ```

use serde::{Deserialize, Serialize};

use crate::selector::{FieldSelector, LabelSelector};

/// Options of a get.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetOptions {
    /// Not older than this revision; empty means the most recent, `0` means any (contract 5.13).
    pub resource_version: String,
}

/// Options of a connect (contract 1.28).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectOptions {
    /// What follows the subresource in the path, percent signs decoded, as in `/home`; empty when nothing does.
    pub path: String,
}

/// Options of a list, a watch and a delete-collection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListOptions {
    /// Which labels to match.
    pub label_selector: LabelSelector,
    /// Which fields to match.
    pub field_selector: FieldSelector,
    /// Whether to stream changes.
    pub watch: bool,
    /// Whether bookmarks may be sent.
    pub allow_watch_bookmarks: bool,
    /// The revision to list at or to watch from (contract 5.C, 5.D).
    pub resource_version: String,
    /// How `resource_version` is meant.
    pub resource_version_match: Option<ResourceVersionMatch>,
    /// How long a watch lasts.
    pub timeout_seconds: Option<u64>,
    /// The most items on one page; 0 means all.
    pub limit: u64,
    /// Where the next page begins.
    pub continue_token: String,
    /// Whether a watch begins with the current state.
    pub send_initial_events: Option<bool>,
}

/// How a revision given to a list is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceVersionMatch {
    /// Exactly this revision.
    Exact,
    /// This revision or a later one.
    NotOlderThan,
}

impl ResourceVersionMatch {
    /// The word that clients use.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "Exact",
            Self::NotOlderThan => "NotOlderThan",
        }
    }
}

/// What happens to unknown and duplicate fields of a body (contract 6.62).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FieldValidation {
    /// They are dropped in silence.
    Ignore,
    /// They are dropped with a warning.
    #[default]
    Warn,
    /// The request is refused.
    Strict,
}

/// Options of a create.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateOptions {
    /// Whether to go through everything and store nothing.
    pub dry_run: bool,
    /// Who owns the fields that are set.
    pub field_manager: String,
    /// What happens to unknown fields.
    pub field_validation: FieldValidation,
}

/// Options of an update.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdateOptions {
    /// Whether to go through everything and store nothing.
    pub dry_run: bool,
    /// Who owns the fields that are set.
    pub field_manager: String,
    /// What happens to unknown fields.
    pub field_validation: FieldValidation,
}

impl From<&UpdateOptions> for CreateOptions {
    /// What a create-on-update is created with.
    fn from(options: &UpdateOptions) -> Self {
        Self {
            dry_run: options.dry_run,
            field_manager: options.field_manager.clone(),
            field_validation: options.field_validation,
        }
    }
}

/// Options of a delete, as they stand in its body (contract 4.41, 13.11).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeleteOptions {
    /// Seconds to wait; only kinds with a graceful strategy heed it (contract 4.40).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_period_seconds: Option<i64>,
    /// What must be true of the object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preconditions: Option<Preconditions>,
    /// Whether dependents lose their owner instead of being deleted; deprecated in favour of `propagation_policy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orphan_dependents: Option<bool>,
    /// `Foreground`, `Background` or `Orphan`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub propagation_policy: Option<String>,
    /// `["All"]` stores nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<Vec<String>>,
    /// Not supported; refused on collections (contract 4.49).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore_store_read_error_with_cluster_breaking_potential: Option<bool>,
}

impl DeleteOptions {
    /// Whether nothing is to be stored.
    pub fn is_dry_run(&self) -> bool {
        self.dry_run.as_ref().is_some_and(|values| !values.is_empty())
    }
}

impl From<&UpdateOptions> for DeleteOptions {
    /// What an object is deleted with whose last finalizer an update takes away.
    fn from(options: &UpdateOptions) -> Self {
        Self { dry_run: options.dry_run.then(|| vec!["All".to_owned()]), ..Self::default() }
    }
}

/// What must be true of an object for a write to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Preconditions {
    /// The object's uid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// The object's revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_version: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rg07_rg08_what_an_update_was_asked_counts_for_what_it_becomes() {
        let update = UpdateOptions {
            dry_run: true,
            field_manager: "me".into(),
            field_validation: FieldValidation::Strict,
        };
        let create = CreateOptions::from(&update);
        let expected = CreateOptions {
            dry_run: true,
            field_manager: "me".into(),
            field_validation: FieldValidation::Strict,
        };
        assert_eq!(create, expected);
        let delete = DeleteOptions::from(&update);
        assert_eq!(delete, DeleteOptions { dry_run: Some(vec!["All".into()]), ..DeleteOptions::default() });
        assert!(delete.is_dry_run());
        assert_eq!(DeleteOptions::from(&UpdateOptions::default()), DeleteOptions::default());
    }
}
