//! Delete: D01 to D13 as far as they are not about HTTP.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_core::future::BoxFuture;
use tokio::task::JoinSet;

use super::fixture::{Widget, WidgetStrategy, Widgets, next, pending, revision};
use crate::context::RequestContext;
use crate::errors::{Details, Error, Status};
use crate::meta::Time;
use crate::object::AnyObject;
use crate::options::{DeleteOptions, Preconditions};
use crate::rest::{Deleted, ValidateObject};
use crate::strategy::GarbageCollectionPolicy;

fn now(deleted: Deleted<Widget>) -> Status {
    match deleted {
        Deleted::Now(status) => *status,
        Deleted::Pending(object) => panic!("it waits: {object:?}"),
    }
}

fn policy(policy: &str) -> DeleteOptions {
    DeleteOptions { propagation_policy: Some(policy.into()), ..DeleteOptions::default() }
}

fn grace(seconds: i64) -> DeleteOptions {
    DeleteOptions { grace_period_seconds: Some(seconds), ..DeleteOptions::default() }
}

#[tokio::test]
async fn d01_d02_d10_a_plain_delete() {
    let strategy = WidgetStrategy::default();
    let widgets = Widgets::with(strategy.clone());
    let widget = widgets.create(Widget::named("a")).await.unwrap();
    let mut watch = widgets.watch_after(revision(&widget)).await;
    strategy.calls.take();
    let status = now(widgets.delete("a").await.unwrap());
    let expected = Status::success(Details {
        name: "a".into(),
        group: "demo.example.com".into(),
        kind: "widgets".into(),
        uid: widget.metadata.uid.clone(),
        ..Details::default()
    });
    assert_eq!(status, expected, "contract 4.34");
    assert_eq!(status.code, 0);
    assert_eq!(strategy.calls.take(), ["check_graceful_delete", "after_delete"]);
    let (kind, name, gone_at) = next(&mut watch).await;
    assert_eq!((kind, name.as_str(), gone_at), ("DELETED", "a", widgets.revision().await), "D10");
    assert!(gone_at > revision(&widget));

    let error = widgets.delete("a").await.unwrap_err();
    assert_eq!((error.code(), error.message()), (404, "widgets.demo.example.com \"a\" not found"), "D02");
}

#[tokio::test]
async fn d03_finalizers_keep_the_object() {
    let widgets = Widgets::new();
    let widget = widgets.create(Widget::named("a").finalizers(&["example.com/f"])).await.unwrap();
    let before = Time::now();
    let doomed = pending(widgets.delete("a").await.unwrap());
    assert!(doomed.metadata.deletion_timestamp.is_some_and(|deletion| deletion >= before));
    assert_eq!((doomed.metadata.deletion_grace_period_seconds, doomed.metadata.generation), (Some(0), 2));
    assert!(revision(&doomed) > revision(&widget), "contract 4.37");
    let again = pending(widgets.delete("a").await.unwrap());
    assert_eq!(again, doomed, "the second delete writes nothing");
}

#[tokio::test]
async fn d04_d05_the_garbage_collectors_finalizers() {
    let orphan = |orphan| DeleteOptions { orphan_dependents: Some(orphan), ..DeleteOptions::default() };
    let default = GarbageCollectionPolicy::DeleteDependents;
    let cases: [(_, &[&str], _, &[&str]); 13] = [
        (default, &[], policy("Foreground"), &["foregroundDeletion"]),
        (default, &[], policy("Orphan"), &["orphan"]),
        (default, &[], policy("Background"), &[]),
        (default, &[], orphan(true), &["orphan"]),
        (default, &[], orphan(false), &[]),
        (default, &["x.io/f"], orphan(false), &["x.io/f"]),
        (default, &["orphan", "x.io/f"], policy("Foreground"), &["x.io/f", "foregroundDeletion"]),
        (default, &["orphan", "x.io/f"], policy("Background"), &["x.io/f"]),
        (default, &["orphan", "x.io/f"], DeleteOptions::default(), &["orphan", "x.io/f"]),
        (GarbageCollectionPolicy::OrphanDependents, &[], DeleteOptions::default(), &["orphan"]),
        (GarbageCollectionPolicy::OrphanDependents, &[], policy("Background"), &[]),
        (
            GarbageCollectionPolicy::OrphanDependents,
            &["foregroundDeletion"],
            DeleteOptions::default(),
            &["foregroundDeletion"],
        ),
        (GarbageCollectionPolicy::Unsupported, &[], policy("Orphan"), &[]),
    ];
    for (policy, before, options, after) in cases {
        let widgets = Widgets::with(WidgetStrategy { policy, ..WidgetStrategy::default() });
        widgets.create(Widget::named("a").finalizers(before)).await.unwrap();
        let deleted = widgets.delete_with("a", options.clone()).await.unwrap();
        let case = format!("contract 4.31: {before:?} {options:?}");
        if after.is_empty() {
            now(deleted);
            assert!(widgets.get("a").await.unwrap_err().is_not_found(), "{case}");
        } else {
            assert_eq!(pending(deleted).metadata.finalizers, after, "{case}");
        }
    }
}

#[tokio::test]
async fn the_policy_can_change_once_deletion_has_started() {
    let widgets = Widgets::new();
    widgets.create(Widget::named("a")).await.unwrap();
    pending(widgets.delete_with("a", policy("Foreground")).await.unwrap());
    let orphaned = pending(widgets.delete_with("a", policy("Orphan")).await.unwrap());
    assert_eq!(orphaned.metadata.finalizers, ["orphan"], "contract 4.32");
    assert_eq!(orphaned.metadata.generation, 2);
    now(widgets.delete_with("a", policy("Background")).await.unwrap());
}

#[tokio::test]
async fn d06_d13_options_that_mean_nothing_are_refused() {
    let widgets = Widgets::new();
    widgets.create(Widget::named("a")).await.unwrap();
    let both = DeleteOptions { orphan_dependents: Some(true), ..policy("Foreground") };
    let dry_run = DeleteOptions { dry_run: Some(vec!["Some".into()]), ..DeleteOptions::default() };
    let cases = [
        (
            both,
            "propagationPolicy: Invalid value: \"Foreground\": orphanDependents and deletionPropagation cannot be \
             both set",
        ),
        (
            policy("Foo"),
            "propagationPolicy: Unsupported value: \"Foo\": supported values: \"Foreground\", \"Background\", \
             \"Orphan\", \"nil\"",
        ),
        (dry_run, "dryRun: Unsupported value: [\"Some\"]: supported values: \"All\""),
    ];
    for (options, text) in cases {
        let error = widgets.delete_with("a", options).await.unwrap_err();
        let expected = format!("DeleteOptions.meta.k8s.io \"\" is invalid: {text}");
        assert_eq!((error.code(), error.message()), (422, expected.as_str()));
    }
    widgets.get("a").await.unwrap();
}

#[tokio::test]
async fn d07_preconditions() {
    let widgets = Widgets::new();
    let widget = widgets.create(Widget::named("a")).await.unwrap();
    let with = |uid: Option<&str>, resource_version: Option<&str>| DeleteOptions {
        preconditions: Some(Preconditions {
            uid: uid.map(Into::into),
            resource_version: resource_version.map(Into::into),
        }),
        ..DeleteOptions::default()
    };
    let (uid, current) = (widget.metadata.uid.as_str(), widget.metadata.resource_version.as_str());
    let prefix = "Operation cannot be fulfilled on Widget.demo.example.com \"a\": the";
    let error = widgets.delete_with("a", with(Some("A"), None)).await.unwrap_err();
    assert_eq!(error.code(), 409);
    assert_eq!(
        error.message(),
        format!(
            "{prefix} UID in the precondition (A) does not match the UID in record ({uid}). The object might have \
             been deleted and then recreated"
        )
    );
    assert_eq!(error.status().details.as_ref().unwrap().kind, "Widget", "contract 2.26");
    let error = widgets.delete_with("a", with(Some(uid), Some("1"))).await.unwrap_err();
    assert_eq!(
        error.message(),
        format!(
            "{prefix} ResourceVersion in the precondition (1) does not match the ResourceVersion in record \
             ({current}). The object might have been modified"
        )
    );
    now(widgets.delete_with("a", with(Some(uid), Some(current))).await.unwrap());
}

#[tokio::test]
async fn a_precondition_follows_the_deletes_own_write() {
    let widgets = Widgets::with(WidgetStrategy { grace: Some(30), ..WidgetStrategy::default() });
    let widget = widgets.create(Widget::named("a")).await.unwrap();
    let preconditions = Preconditions {
        resource_version: Some(widget.metadata.resource_version),
        ..Preconditions::default()
    };
    let options = DeleteOptions { preconditions: Some(preconditions), ..grace(0) };
    now(widgets.delete_with("a", options).await.unwrap());
    assert!(widgets.get("a").await.unwrap_err().is_not_found(), "contract 4.38");
}

#[tokio::test]
async fn d09_a_dry_run_deletes_nothing() {
    let widgets = Widgets::new();
    let dry_run = DeleteOptions { dry_run: Some(vec!["All".into()]), ..DeleteOptions::default() };
    let plain = widgets.create(Widget::named("a")).await.unwrap();
    let kept = widgets.create(Widget::named("b").finalizers(&["example.com/f"])).await.unwrap();
    now(widgets.delete_with("a", dry_run.clone()).await.unwrap());
    let doomed = pending(widgets.delete_with("b", dry_run).await.unwrap());
    assert!(doomed.metadata.deletion_timestamp.is_some(), "contract 4.53");
    assert_eq!(doomed.metadata.resource_version, kept.metadata.resource_version);
    assert_eq!((widgets.get("a").await.unwrap(), widgets.get("b").await.unwrap()), (plain, kept));
}

#[tokio::test]
async fn d11_a_kind_without_grace_ignores_the_period() {
    let widgets = Widgets::new();
    widgets.create(Widget::named("a")).await.unwrap();
    now(widgets.delete_with("a", grace(30)).await.unwrap());
    assert!(widgets.get("a").await.unwrap_err().is_not_found(), "contract 4.40");
}

#[tokio::test]
async fn d12_graceful_deletion() {
    let widgets = Widgets::with(WidgetStrategy { grace: Some(30), ..WidgetStrategy::default() });
    widgets.create(Widget::named("a")).await.unwrap();
    let before = Time::now();
    let first = pending(widgets.delete("a").await.unwrap());
    assert_eq!((first.metadata.deletion_grace_period_seconds, first.metadata.generation), (Some(30), 2));
    let deletion = first.metadata.deletion_timestamp.unwrap();
    assert!(deletion >= before.plus_seconds(30) && deletion <= Time::now().plus_seconds(30));

    for longer in [DeleteOptions::default(), grace(30), grace(60)] {
        now(widgets.delete_with("a", longer).await.unwrap());
        assert_eq!(widgets.get("a").await.unwrap(), first, "contract 2.28, 4.34");
    }

    let shorter = pending(widgets.delete_with("a", grace(20)).await.unwrap());
    assert_eq!(shorter.metadata.deletion_grace_period_seconds, Some(20));
    assert_eq!(shorter.metadata.deletion_timestamp, Some(deletion.plus_seconds(-10)), "contract 2.27");
    assert_eq!(shorter.metadata.generation, 2);

    let negative = pending(widgets.delete_with("a", grace(-5)).await.unwrap());
    assert_eq!(negative.metadata.deletion_grace_period_seconds, Some(1), "contract 2.26");

    now(widgets.delete_with("a", grace(0)).await.unwrap());
    assert!(widgets.get("a").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn d12_a_grace_period_that_is_over_ends_now() {
    let widgets = Widgets::with(WidgetStrategy { grace: Some(30), ..WidgetStrategy::default() });
    let widget = widgets.create(Widget::named("a")).await.unwrap();
    let before = Time::now();
    let overdue = widget.meta(|meta| {
        meta.deletion_timestamp = Some(before.plus_seconds(-100));
        meta.deletion_grace_period_seconds = Some(30);
    });
    widgets.force(overdue).await;
    let ended = pending(widgets.delete_with("a", grace(10)).await.unwrap());
    assert_eq!(ended.metadata.deletion_grace_period_seconds, Some(1), "contract 2.27");
    assert!(ended.metadata.deletion_timestamp.is_some_and(|deletion| deletion >= before));
}

#[tokio::test]
async fn a_second_delete_moves_only_what_lies_in_the_future() {
    let widgets = Widgets::new();
    let widget = widgets.create(Widget::named("a").finalizers(&["example.com/f"])).await.unwrap();
    let now = Time::now();
    let at = |seconds: i64| {
        widget.clone().meta(|meta| {
            meta.deletion_timestamp = Some(now.plus_seconds(seconds));
            meta.deletion_grace_period_seconds = Some(0);
        })
    };
    let past = widgets.force(at(-100)).await;
    assert_eq!(pending(widgets.delete("a").await.unwrap()), past, "contract 4.30");
    widgets.force(at(1000)).await;
    let moved = pending(widgets.delete("a").await.unwrap()).metadata.deletion_timestamp.unwrap();
    assert!(moved >= now && moved < now.plus_seconds(1000));
}

/// Changes the object while its delete is being admitted, a few times.
struct Meddler {
    widgets: Widgets,
    left: AtomicUsize,
}

impl ValidateObject for Meddler {
    fn validate<'a>(
        &'a self,
        _: &'a RequestContext,
        object: &'a dyn AnyObject,
    ) -> BoxFuture<'a, crate::Result<()>> {
        Box::pin(async move {
            if self.left.load(Ordering::SeqCst) > 0 {
                self.left.fetch_sub(1, Ordering::SeqCst);
                let widget = self.widgets.get(&object.object_meta().name).await?;
                let size = widget.spec.size;
                self.widgets.put(widget.size(size + 1)).await?;
            }
            Ok(())
        })
    }
}

#[tokio::test]
async fn a_delete_begins_again_when_a_writer_was_faster() {
    for finalizers in [&[][..], &["example.com/f"]] {
        let widgets = Widgets::new();
        widgets.create(Widget::named("a").finalizers(finalizers)).await.unwrap();
        let meddler = Meddler { widgets: widgets.clone(), left: AtomicUsize::new(3) };
        let options = DeleteOptions::default();
        let deleted = widgets.registry.delete(&widgets.ctx, "a", &meddler, options).await.unwrap();
        assert_eq!(meddler.left.load(Ordering::SeqCst), 0);
        if finalizers.is_empty() {
            now(deleted);
            assert!(widgets.get("a").await.unwrap_err().is_not_found(), "contract 5.6");
        } else {
            assert_eq!(pending(deleted).spec.size, 3, "the other writer's changes are kept");
        }
    }
}

#[tokio::test]
async fn a_precondition_still_holds_at_the_last_step() {
    let widgets = Widgets::new();
    let widget = widgets.create(Widget::named("a")).await.unwrap();
    let meddler = Meddler { widgets: widgets.clone(), left: AtomicUsize::new(1) };
    let preconditions = Preconditions {
        resource_version: Some(widget.metadata.resource_version),
        ..Preconditions::default()
    };
    let options = DeleteOptions { preconditions: Some(preconditions), ..DeleteOptions::default() };
    let error = widgets.registry.delete(&widgets.ctx, "a", &meddler, options).await.unwrap_err();
    assert!(error.is_conflict());
    assert!(
        error.message().contains("Precondition failed: ResourceVersion in precondition: "),
        "contract 4.39"
    );
    widgets.get("a").await.unwrap();
}

#[tokio::test]
async fn d12_finalizers_outlast_the_grace_period() {
    let widgets = Widgets::with(WidgetStrategy { grace: Some(30), ..WidgetStrategy::default() });
    widgets.create(Widget::named("a").finalizers(&["example.com/f"])).await.unwrap();
    let doomed = pending(widgets.delete_with("a", grace(0)).await.unwrap());
    assert_eq!(doomed.metadata.deletion_grace_period_seconds, Some(0));
    let again = pending(widgets.delete_with("a", grace(0)).await.unwrap());
    assert_eq!(again, doomed);
}

#[tokio::test]
async fn behaviour_15_16_admission_sees_the_stored_object_and_may_refuse() {
    let widgets = Widgets::new();
    for (name, finalizers) in [("a", &[][..]), ("b", &["example.com/f"])] {
        widgets.create(Widget::named(name).size(7).finalizers(finalizers)).await.unwrap();
        let refuse = |_: &RequestContext, object: &dyn AnyObject| {
            assert_eq!(object.downcast_ref::<Widget>().unwrap().spec.size, 7);
            Err(Error::forbidden(&object.info().group_resource(), &object.object_meta().name, "no"))
        };
        let delete = widgets.registry.delete(&widgets.ctx, name, &refuse, DeleteOptions::default());
        assert!(delete.await.unwrap_err().is_forbidden(), "contract 4.28");
        assert_eq!(widgets.get(name).await.unwrap().metadata.deletion_timestamp, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_deletes_one_succeeds() {
    let widgets = Widgets::new();
    widgets.create(Widget::named("a")).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let widgets = widgets.clone();
        tasks.spawn(async move { widgets.delete("a").await });
    }
    let (gone, missing): (Vec<_>, Vec<_>) = tasks.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((gone.len(), missing.len()), (1, 19));
    assert!(missing.into_iter().all(|result| result.unwrap_err().is_not_found()));
}
