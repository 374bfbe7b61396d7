//! The cases that are not run, each with its reason.

/// The cases, and why they do not apply. Upstream's "suggestion" is a cached copy that the caller hands in; a store here
/// has one copy, the snapshot, and what a write expects is checked by the engine.
pub(crate) const CASES: &[(&str, &str)] = &[
    ("st_07_delete_with_suggestion", "callers hand no cached copy in; st_05 deletes what the snapshot has"),
    (
        "st_14_delete_with_only_suggestion_pass",
        "callers hand no cached copy in, so it cannot pass where the stored object does not; st_13 and st_06 check the \
         stored one",
    ),
    (
        "st_16_unsafe_delete_of_what_was_repaired",
        "there is no unsafe delete, which upstream has by default since 1.37: a kind with a damaged object answers 500 \
         until the object is mended or removed from the engine (st_34, wa_07)",
    ),
    ("st_17_unsafe_delete_of_what_is_damaged", "there is no unsafe delete, see st_16"),
    ("st_18_unsafe_delete_of_what_is_sound", "there is no unsafe delete, see st_16"),
    (
        "st_22_list_with_error_aggregation",
        "a list is never partial: one damaged object fails it, by name (st_34), so there is nothing to aggregate",
    ),
    (
        "st_23_list_without_error_aggregation",
        "objects are decoded when they are loaded and not when they are listed; st_34 covers the error",
    ),
];
