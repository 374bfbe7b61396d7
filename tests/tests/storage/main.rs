//! The storage tests of `k8s.io/apiserver` (reliability A1), run over every engine: store (ST) and watcher (WA) cases by
//! their numbers. What upstream asserts of storage is asserted here of a kind's [`Registry`](resourceful::Registry) on a
//! [`Store`](resourceful::Store), through the public Rust API.
//!
//! An engine is added by a function in `engines` and one line below.

#![allow(clippy::too_many_lines, reason = "a case is one story, and a table may be long")]
#![allow(clippy::disallowed_names, reason = "upstream's pods are called foo, bar and baz")]

mod engines;
mod faults;
mod fixture;
mod lists;
mod recording;
mod room;
mod skipped;
mod soak;
mod store;
mod together;
mod watches;

/// Hands every case to a macro: its name, which begins with its number, and the function that is the case.
macro_rules! with_cases {
    ($macro:ident $($arguments:tt)*) => {
        $macro! { $($arguments)*
            st_01_create => store::create,
            st_02_create_with_ttl => store::create_with_ttl,
            st_03_create_with_key_exist => store::create_with_key_exist,
            st_04_get => store::get,
            st_05_unconditional_delete => store::unconditional_delete,
            st_06_conditional_delete => store::conditional_delete,
            st_08_delete_of_what_was_updated => store::delete_of_what_was_updated,
            st_09_delete_with_conflict => store::delete_with_conflict,
            st_10_delete_of_what_was_deleted => store::delete_of_what_was_deleted,
            st_11_validate_deletion => store::validate_deletion,
            st_12_validation_sees_the_stored_object => store::validation_sees_the_stored_object,
            st_13_preconditions_see_the_stored_object => store::preconditions_see_the_stored_object,
            st_15_list => lists::table::list,
            st_19_consistent_list => lists::scopes::consistent_list,
            st_20_list_of_one_name => lists::scopes::list_of_one_name,
            st_21_list_of_prefixes => lists::scopes::list_of_prefixes,
            st_24_list_continuation => lists::pages::list_continuation,
            st_25_list_pagination_rare_object => lists::pages::list_pagination_rare_object,
            st_26_list_continuation_with_filter => lists::pages::list_continuation_with_filter,
            st_27_list_inconsistent_continuation => lists::pages::list_inconsistent_continuation,
            st_28_list_resource_version_match => lists::pages::list_resource_version_match,
            st_29_guaranteed_update => store::guaranteed_update,
            st_30_update_with_ttl => store::update_with_ttl,
            st_31_update_checks_stored_data => store::update_checks_stored_data,
            st_32_update_with_conflict => store::update_with_conflict,
            st_33_update_fails_on_a_stale_copy => store::update_fails_on_a_stale_copy,
            st_34_undecodable_object => store::undecodable_object,
            st_35_stats => store::stats,
            st_36_list_paging => lists::pages::list_paging,
            st_37_namespace_scoped_list => lists::scopes::namespace_scoped_list,
            st_38_compact_revision => lists::scopes::compact_revision,
            st_39_key_schema => store::key_schema,
            wa_01_watch => watches::events::watch,
            wa_02_watch_from_zero => watches::events::watch_from_zero,
            wa_03_delete_trigger_watch => watches::events::delete_trigger_watch,
            wa_04_watch_from_non_zero => watches::events::watch_from_non_zero,
            wa_05_delayed_watch_delivery => watches::events::delayed_watch_delivery,
            wa_06_watch_error => watches::events::watch_error,
            wa_07_watch_over_damage => watches::events::watch_over_damage,
            wa_08_watch_context_cancel => watches::events::watch_context_cancel,
            wa_09_watcher_timeout => watches::events::watcher_timeout,
            wa_10_delete_event_has_latest_rv => watches::events::delete_event_has_latest_rv,
            wa_11_watch_initialization_signal => watches::bookmarks::watch_initialization_signal,
            wa_12_progress_notify => watches::bookmarks::progress_notify,
            wa_13_cluster_scoped_watch => watches::selections::cluster_scoped_watch,
            wa_14_namespace_scoped_watch => watches::selections::namespace_scoped_watch,
            wa_15_watch_dispatch_bookmark_events => watches::bookmarks::watch_dispatch_bookmark_events,
            wa_16_bookmarks_with_correct_revision => watches::bookmarks::bookmarks_with_correct_revision,
            wa_17_initial_events_without_bookmarks => watches::initial::initial_events_without_bookmarks,
            wa_18_watch_semantics => watches::initial::watch_semantics,
            wa_19_initial_events_end_at_the_global_revision => watches::initial::initial_events_end_at_the_global_revision,
            wa_20_watch_list_match_single => watches::initial::watch_list_match_single,
            wa_21_nothing_comes_after_an_error => watches::events::nothing_comes_after_an_error,
        }
    };
}

/// A module of tests, one for each case, on an engine.
macro_rules! suite {
    ($engine:ident: $($name:ident => $case:path,)*) => {
        mod $engine {
            #[allow(unused_imports, reason = "the cases are named from the root")]
            use super::{lists, store, watches};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn watches_are_true() {
                let started = crate::engines::$engine().await;
                let writes = std::env::var("WATCH_WRITES");
                let writes = writes.map_or(started.writes, |writes| writes.parse().expect("a number"));
                crate::soak::watches_are_true(started.engine.clone(), writes).await;
            }

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let started = crate::engines::$engine().await;
                    $case(crate::fixture::World::on(started.engine.clone())).await;
                }
            )*
        }
    };
}

macro_rules! names {
    ($($name:ident => $case:path,)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

with_cases!(suite memory:);
with_cases!(suite embedded:);
with_cases!(suite etcd:);
with_cases!(names);

/// Every case of the catalogue is run, or skipped for a reason that is written down.
#[test]
fn every_case_is_run_or_skipped() {
    for (letters, last) in [("st", 39), ("wa", 21)] {
        for number in 1..=last {
            let id = format!("{letters}_{number:02}_");
            let run = NAMES.iter().filter(|name| name.starts_with(&id)).count();
            let skipped = skipped::CASES.iter().filter(|(name, _)| name.starts_with(&id)).count();
            assert_eq!(run + skipped, 1, "{id}: run {run} times, skipped {skipped} times");
        }
    }
    assert_eq!(NAMES.len() + skipped::CASES.len(), 39 + 21);
    assert!(skipped::CASES.iter().all(|(_, reason)| !reason.is_empty()));
}
