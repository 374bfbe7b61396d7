//! Which combinations of options have a meaning (contract 4.33, 4.50, 5.15, 5.33).

use std::borrow::Cow;

use crate::errors::{Error, Result};
use crate::field::{self, ErrorList, Path};
use crate::options::{DeleteOptions, ListOptions, ResourceVersionMatch};
use crate::resource::GroupKind;

/// 422 about the options of a verb, as in `ListOptions.meta.k8s.io "" is invalid: …`.
pub(crate) fn invalid(kind: &'static str, errors: &ErrorList) -> Error {
    let kind = GroupKind { group: Cow::Borrowed("meta.k8s.io"), kind: Cow::Borrowed(kind) };
    Error::invalid(&kind, "", errors)
}

/// What is wrong with the options of a list.
pub(crate) fn validate_list(options: &ListOptions) -> ErrorList {
    list_errors(options, options.resource_version_match.map(ResourceVersionMatch::as_str))
}

/// The same, with the match as a client wrote it: which may be one that there is not.
pub(crate) fn list_errors(options: &ListOptions, matching: Option<&str>) -> ErrorList {
    let mut errors = ErrorList::new();
    let path = || Path::new("resourceVersionMatch");
    if let Some(matching) = matching {
        if options.resource_version.is_empty() {
            let why = "resourceVersionMatch is forbidden unless resourceVersion is provided";
            errors.push(field::Error::forbidden(path(), why));
        }
        if !options.continue_token.is_empty() {
            let why = "resourceVersionMatch is forbidden when continue is provided";
            errors.push(field::Error::forbidden(path(), why));
        }
        if !matches!(matching, "Exact" | "NotOlderThan") {
            errors.push(field::Error::not_supported(path(), matching, &["Exact", "NotOlderThan", ""]));
        }
        if matching == "Exact" && options.resource_version == "0" {
            let why = "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"";
            errors.push(field::Error::forbidden(path(), why));
        }
    }
    if options.send_initial_events.is_some() {
        let why = "sendInitialEvents is forbidden for list";
        errors.push(field::Error::forbidden(Path::new("sendInitialEvents"), why));
    }
    errors
}

/// What is wrong with the options of a watch.
pub(crate) fn validate_watch(options: &ListOptions) -> ErrorList {
    watch_errors(options, options.resource_version_match.map(ResourceVersionMatch::as_str))
}

/// The same, with the match as a client wrote it.
pub(crate) fn watch_errors(options: &ListOptions, matching: Option<&str>) -> ErrorList {
    let mut errors = ErrorList::new();
    let path = || Path::new("resourceVersionMatch");
    if options.send_initial_events.is_some() && matching != Some("NotOlderThan") {
        let why = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
        errors.push(field::Error::forbidden(path(), why));
    }
    // A watch that begins with what is there is one with initial events, as upstream completes its options.
    let from_now = matches!(options.resource_version.as_str(), "" | "0");
    if matching.is_none()
        && options.send_initial_events.is_none()
        && from_now
        && !options.continue_token.is_empty()
    {
        let why = "resourceVersionMatch is forbidden when continue is provided";
        errors.push(field::Error::forbidden(path(), why));
    }
    if let Some(matching) = matching {
        if options.send_initial_events.is_none() {
            let why = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
            errors.push(field::Error::forbidden(path(), why));
        }
        if matching != "NotOlderThan" {
            errors.push(field::Error::not_supported(path(), matching, &["NotOlderThan"]));
        }
        if !options.continue_token.is_empty() {
            let why = "resourceVersionMatch is forbidden when continue is provided";
            errors.push(field::Error::forbidden(path(), why));
        }
    }
    errors
}

/// Refuses the options of a delete that contradict each other, and on a collection what means one object only (contract
/// 4.33, 4.49, 4.50).
pub(crate) fn check_delete(options: &DeleteOptions, collection: bool) -> Result<()> {
    let mut errors = ErrorList::new();
    let path = || Path::new("propagationPolicy");
    if let Some(policy) = &options.propagation_policy {
        if options.orphan_dependents.is_some() {
            let why = "orphanDependents and deletionPropagation cannot be both set";
            errors.push(field::Error::invalid(path(), policy, why));
        }
        if !matches!(policy.as_str(), "Foreground" | "Background" | "Orphan") {
            let supported = ["Foreground", "Background", "Orphan", "nil"];
            errors.push(field::Error::not_supported(path(), policy, &supported));
        }
    }
    errors.extend(options.dry_run.as_deref().and_then(dry_run_error));
    if collection && options.ignore_store_read_error_with_cluster_breaking_potential == Some(true) {
        let path = Path::new("ignoreStoreReadErrorWithClusterBreakingPotential");
        let why = "is not allowed with DELETECOLLECTION, try again after removing the option";
        errors.push(field::Error::invalid(path, true, why));
    }
    if errors.is_empty() { Ok(()) } else { Err(invalid("DeleteOptions", &errors)) }
}

/// What is wrong with the values of `dryRun`, of which there is but one (contract 4.50).
pub(crate) fn dry_run_error(values: &[String]) -> Option<field::Error> {
    let fine = values.iter().all(|value| value == "All");
    (!fine).then(|| field::Error::not_supported(Path::new("dryRun"), values, &["All"]))
}
