//! Cases of single objects: create, get, update, delete.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use resourceful::Result;
use resourceful::errors::{Error, Reason};
use resourceful::object::{AnyObject, DynObject};
use resourceful::options::Preconditions;
use resourceful::prelude::*;
use resourceful::rest::{DefaultUpdatedObjectInfo, UpdatedObjectInfo, ValidateObject};
use resourceful::storage::{StorageError, Value};

use crate::fixture::{Objects, Pod, Sample, Seen, World, at_revision, is_too_large, not_older_than};

/// Checks a delete with a function, and counts how often.
struct Validate<F> {
    check: F,
    calls: AtomicUsize,
}

impl<F> Validate<F> {
    fn new(check: F) -> Self {
        Self { check, calls: AtomicUsize::new(0) }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

impl<F> ValidateObject for Validate<F>
where
    F: Fn(usize, Pod) -> BoxFuture<'static, Result<()>> + Send + Sync,
{
    fn validate<'a>(&'a self, _: &'a RequestContext, object: &'a dyn AnyObject) -> BoxFuture<'a, Result<()>> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        (self.check)(call, object.downcast_ref::<Pod>().expect("a pod").clone())
    }
}

async fn delete_validated(pods: &Objects<Pod>, name: &str, validate: &dyn ValidateObject) -> Result<()> {
    pods.registry.delete(&pods.ctx, name, validate, DeleteOptions::default()).await.map(drop)
}

fn uid(uid: &str) -> DeleteOptions {
    let preconditions = Preconditions { uid: Some(uid.to_owned()), ..Preconditions::default() };
    DeleteOptions { preconditions: Some(preconditions), ..DeleteOptions::default() }
}

pub(crate) async fn create(world: World) {
    let pods = world.pods.in_namespace("ns");
    assert!(pods.try_get("foo", "").await.expect_err("nothing is there").is_not_found());
    let created = pods.create(Pod::named("foo")).await;
    assert_eq!(created.name(), "foo");
    assert!(created.revision() > 0);
    assert_eq!(pods.get("foo").await, created);
    // What is stored has no revision: that is the engine's to know.
    let records = world.records().await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].key, "/storage.example.com/pods/ns/foo");
    assert_eq!(records[0].revision, created.revision());
    assert!(!String::from_utf8_lossy(&records[0].bytes).contains("resourceVersion"));

    let refused = pods.try_create(at_revision(Pod::named("bar"), 7)).await.expect_err("it has a revision");
    assert_eq!(refused.message(), "resourceVersion should not be set on objects to be created");
    assert!(pods.try_get("bar", "").await.expect_err("it was not stored").is_not_found());
}

/// An engine that knows no time to live says so, and then there is nothing to expire.
async fn expires(world: &World, value: Value) {
    let mut watch = world.pods.watch_from(world.revision().await).await;
    let written = world.write_bytes("ns/foo", Some(value.expiring(Duration::from_secs(1)))).await;
    if let Err(error) = written {
        assert!(matches!(error, StorageError::Unsupported(_)), "{error:?}");
        return;
    }
    let (Seen::Added(written) | Seen::Modified(written)) = watch.next().await else {
        panic!("the write is not seen")
    };
    let Seen::Deleted(gone) = watch.next().await else { panic!("it does not expire") };
    assert!(gone.revision() > written.revision());
    assert_eq!(at_revision(gone, written.revision()), written);
}

async fn stored_bytes(world: &World) -> Value {
    let records = world.records().await;
    Value::from(records[0].bytes.clone())
}

pub(crate) async fn create_with_ttl(world: World) {
    let pods = world.pods.in_namespace("ns");
    pods.create(Pod::named("foo")).await;
    let value = stored_bytes(&world).await;
    pods.delete("foo").await;
    expires(&world, value).await;
}

pub(crate) async fn update_with_ttl(world: World) {
    world.pods.in_namespace("ns").create(Pod::named("foo")).await;
    let value = stored_bytes(&world).await;
    expires(&world, value).await;
}

pub(crate) async fn create_with_key_exist(world: World) {
    let pods = world.pods.in_namespace("ns");
    pods.create(Pod::named("foo")).await;
    assert!(pods.try_create(Pod::named("foo")).await.expect_err("it is there").is_already_exists());
}

pub(crate) async fn get(world: World) {
    let pods = world.pods.in_namespace("ns");
    let first = pods.create(Pod::named("foo")).await;
    let second = pods.change("foo", |pod| pod.note("second")).await;
    let bar = pods.create(Pod::named("bar")).await;
    for (revision, allowed) in [
        (String::new(), vec![&second]),
        ("0".into(), vec![&first, &second]),
        (first.revision().to_string(), vec![&first, &second]),
        (second.revision().to_string(), vec![&second]),
        (bar.revision().to_string(), vec![&second]),
    ] {
        let found = pods.try_get("foo", &revision).await.expect("get");
        assert!(allowed.contains(&&found), "at {revision:?}: {found:?}");
    }
    let error = pods.try_get("foo", &i64::MAX.to_string()).await.expect_err("it is in the future");
    assert!(is_too_large(&error), "{error}");
    assert!(pods.try_get("missing", "").await.expect_err("it is missing").is_not_found());
}

pub(crate) async fn unconditional_delete(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    let mut watch = pods.watch_from(created.revision()).await;
    pods.delete("foo").await;
    // The last object at the revision of the deletion, and otherwise the same.
    let gone_at = world.revision().await;
    assert!(gone_at > created.revision());
    assert_eq!(watch.next().await, Seen::Deleted(at_revision(created, gone_at)));
    let missing = pods.try_delete("foo", DeleteOptions::default()).await.expect_err("it is gone");
    assert!(missing.is_not_found());
}

pub(crate) async fn conditional_delete(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    let mismatch = pods.try_delete("foo", uid("B")).await.expect_err("the uid is another");
    assert!(
        mismatch.is_conflict() && mismatch.message().contains("the UID in the precondition (B)"),
        "{mismatch}"
    );
    assert_eq!(pods.get("foo").await, created);
    pods.try_delete("foo", uid(&created.metadata.uid)).await.expect("delete");
    assert!(world.revision().await > created.revision());
    assert!(pods.try_get("foo", "").await.expect_err("it is gone").is_not_found());
}

pub(crate) async fn delete_of_what_was_updated(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    let mut watch = pods.watch_from(created.revision()).await;
    let updated = pods.change("foo", |pod| pod.label("a", "b")).await;
    pods.delete("foo").await;
    assert_eq!(watch.next().await, Seen::Modified(updated.clone()));
    let Seen::Deleted(gone) = watch.next().await else { panic!("it is not deleted") };
    assert_eq!(at_revision(gone, updated.revision()), updated, "what is deleted is the updated object");
}

pub(crate) async fn delete_with_conflict(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    let mut watch = pods.watch_from(created.revision()).await;
    let writer = pods.clone();
    let validate = Validate::new(move |call, pod: Pod| -> BoxFuture<'static, Result<()>> {
        let writer = writer.clone();
        Box::pin(async move {
            if call == 1 {
                writer.change(&pod.name(), |pod| pod.label("written", "meanwhile")).await;
            }
            Ok(())
        })
    });
    delete_validated(&pods, "foo", &validate).await.expect("delete");
    assert_eq!(validate.calls(), 2);
    let Seen::Modified(updated) = watch.next().await else { panic!("it is not updated") };
    let Seen::Deleted(gone) = watch.next().await else { panic!("it is not deleted") };
    assert_eq!(at_revision(gone, updated.revision()), updated);
    assert!(pods.try_get("foo", "").await.expect_err("it is gone").is_not_found());
}

pub(crate) async fn delete_of_what_was_deleted(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    pods.delete("foo").await;
    for options in [DeleteOptions::default(), uid(&created.metadata.uid)] {
        assert!(pods.try_delete("foo", options).await.expect_err("it is gone").is_not_found());
    }
}

pub(crate) async fn validate_deletion(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    let refuse = Validate::new(|_, _| -> BoxFuture<'static, Result<()>> {
        Box::pin(async { Err(Error::other("a delete that is not allowed")) })
    });
    let error = delete_validated(&pods, "foo", &refuse).await.expect_err("it is refused");
    assert_eq!((error.message(), refuse.calls()), ("a delete that is not allowed", 1));
    assert_eq!(pods.get("foo").await, created);

    pods.change("foo", |pod| pod.label("may", "go")).await;
    let wants_label = Validate::new(|_, pod: Pod| -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            let may = pod.metadata.labels.contains_key("may");
            may.then_some(()).ok_or_else(|| Error::other("a stale object"))
        })
    });
    delete_validated(&pods, "foo", &wants_label).await.expect("delete");
    assert!(wants_label.calls() <= 2);
}

pub(crate) async fn validation_sees_the_stored_object(world: World) {
    let pods = world.pods.in_namespace("ns");
    pods.create(Pod::named("foo")).await;
    let updated = pods.change("foo", |pod| pod.label("stale", "no")).await;
    let only_the_first = Validate::new(|_, pod: Pod| -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            let fresh = pod.metadata.labels.is_empty();
            fresh.then_some(()).ok_or_else(|| Error::other("stale object"))
        })
    });
    let error = delete_validated(&pods, "foo", &only_the_first).await.expect_err("it is refused");
    assert_eq!(error.message(), "stale object");
    assert!(only_the_first.calls() <= 2);
    assert_eq!(pods.get("foo").await, updated);
}

pub(crate) async fn preconditions_see_the_stored_object(world: World) {
    let pods = world.pods.in_namespace("ns");
    let first = pods.create(Pod::named("foo")).await;
    pods.delete("foo").await;
    let second = pods.create(Pod::named("foo")).await;
    assert!(pods.try_delete("foo", uid(&first.metadata.uid)).await.expect_err("of another").is_conflict());
    pods.try_delete("foo", uid(&second.metadata.uid)).await.expect("delete");
}

/// Makes an object with a function that may wait.
struct Update<F>(F, AtomicUsize);

impl<F> UpdatedObjectInfo for Update<F>
where
    F: Fn(usize, Pod) -> BoxFuture<'static, Result<Pod>> + Send + Sync,
{
    fn updated_object<'a>(
        &'a self,
        _: &'a RequestContext,
        old: Option<&'a dyn AnyObject>,
    ) -> BoxFuture<'a, Result<DynObject>> {
        let call = self.1.fetch_add(1, Ordering::SeqCst) + 1;
        let old = old.and_then(|old| old.downcast_ref::<Pod>()).cloned().unwrap_or_default();
        let made = (self.0)(call, old);
        Box::pin(async move { Ok(Box::new(made.await?) as DynObject) })
    }
}

pub(crate) async fn guaranteed_update(world: World) {
    let pods = world.pods.in_namespace("ns");
    let change = |note: &'static str| DefaultUpdatedObjectInfo::change(move |pod: Pod| Ok(pod.note(note)));
    // What is not there, by an update that cannot create and by one that can.
    assert!(pods.try_update("foo", &change("x")).await.is_err());
    assert!(pods.try_get("foo", "").await.expect_err("nothing was stored").is_not_found());
    let created = pods.put(Pod::named("foo").note("one")).await;
    let changed = pods.try_update("foo", &change("two")).await.expect("update");
    assert!(changed.revision() > created.revision());
    let same = pods.try_update("foo", &change("two")).await.expect("update");
    assert_eq!(same, changed, "the same data is no write");
    let no_self_link = DefaultUpdatedObjectInfo::change(|mut pod: Pod| {
        "/api/of/old".clone_into(&mut pod.metadata.self_link);
        Ok(pod)
    });
    assert_eq!(pods.try_update("foo", &no_self_link).await.expect("update"), changed, "contract 5.1");
    for (uid, ok) in [(changed.metadata.uid.clone(), true), ("B".to_owned(), false)] {
        let preconditions = Preconditions { uid: Some(uid), ..Preconditions::default() };
        match pods.try_update("foo", &change("two").with_preconditions(preconditions)).await {
            Ok(updated) => assert_eq!((ok, updated), (true, changed.clone())),
            Err(error) => assert!(!ok && error.is_conflict(), "{error}"),
        }
    }
    assert_eq!(world.revision().await, changed.revision());
}

pub(crate) async fn update_checks_stored_data(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    // The same object, written otherwise.
    let bytes = stored_bytes(&world).await.bytes;
    let text = String::from_utf8(bytes.to_vec()).expect("JSON").replacen("\"spec\":{", "\"spec\": {", 1);
    let spaced =
        world.write_bytes("ns/foo", Some(Value::from(bytes::Bytes::from(text)))).await.expect("write");
    let read = pods.get("foo").await;
    assert_eq!(read, at_revision(created, spaced));
    let rewritten = pods.change("foo", |pod| pod).await;
    assert!(rewritten.revision() > spaced, "what is stored was not in the form that is written");
    assert_eq!(pods.change("foo", |pod| pod).await, rewritten, "now it is");
}

pub(crate) async fn update_with_conflict(world: World) {
    let pods = world.pods.in_namespace("ns");
    pods.create(Pod::named("foo")).await;
    let writer = pods.clone();
    let slow = Update(
        move |call, pod: Pod| -> BoxFuture<'static, Result<Pod>> {
            let writer = writer.clone();
            Box::pin(async move {
                if call == 1 {
                    writer.change("foo", |pod| pod.label("fast", "yes")).await;
                }
                Ok(pod.label("slow", "yes"))
            })
        },
        AtomicUsize::new(0),
    );
    let both = pods.try_update("foo", &slow).await.expect("update");
    assert_eq!(slow.1.load(Ordering::SeqCst), 2);
    assert_eq!(both.metadata.labels.len(), 2);
    assert_eq!(pods.get("foo").await, both);
}

pub(crate) async fn update_fails_on_a_stale_copy(world: World) {
    let pods = world.pods.in_namespace("ns");
    let created = pods.create(Pod::named("foo")).await;
    let updated = pods.change("foo", |pod| pod.label("a", "b")).await;
    let stale = DefaultUpdatedObjectInfo::replace(created.note("late"));
    assert!(pods.try_update("foo", &stale).await.expect_err("it is stale").is_conflict());
    let refuses = Update(
        |_, _| -> BoxFuture<'static, Result<Pod>> { Box::pin(async { Err(Error::other("no")) }) },
        AtomicUsize::new(0),
    );
    assert_eq!(pods.try_update("foo", &refuses).await.expect_err("it refuses").message(), "no");
    assert!(refuses.1.load(Ordering::SeqCst) <= 2);
    assert_eq!(pods.get("foo").await, updated);
}

pub(crate) async fn undecodable_object(world: World) {
    let pods = world.pods.in_namespace("ns");
    let good = pods.create(Pod::named("good")).await;
    let rubbish = Value::from(bytes::Bytes::from_static(b"rubbish"));
    world.write_bytes("ns/bad", Some(rubbish)).await.expect("write");
    let internal = |error: Error| {
        assert_eq!((error.code(), error.reason()), (500, Reason::InternalError), "{error}");
        assert!(error.message().contains("/storage.example.com/pods/ns/bad"), "{error}");
    };
    for _ in 0..2 {
        internal(pods.list(&ListOptions::default()).await.map(drop).expect_err("list"));
        internal(pods.try_get("bad", "").await.expect_err("get"));
        internal(pods.try_delete("bad", DeleteOptions::default()).await.map(drop).expect_err("delete"));
        let update = DefaultUpdatedObjectInfo::change(|pod: Pod| Ok(pod));
        internal(pods.try_update("bad", &update).await.expect_err("update"));
    }
    let records = world.records().await;
    assert_eq!(records.len(), 2, "nothing was removed");
    world.write_bytes("ns/bad", None).await.expect("write");
    assert_eq!(pods.get("good").await, good);
}

pub(crate) async fn stats(world: World) {
    let pods = world.pods.in_namespace("ns");
    let stats = async || {
        let records = world.records().await;
        let bytes: usize = records.iter().map(|record| record.bytes.len()).sum();
        let list = world.pods.list(&ListOptions::default()).await.expect("list");
        assert_eq!(list.len(), records.len());
        (records.len(), bytes)
    };
    assert_eq!(stats().await, (0, 0));
    pods.create(Pod::named("foo")).await;
    let (one, small) = stats().await;
    pods.create(Pod::named("bar")).await;
    assert_eq!((one, stats().await), (1, (2, 2 * small)));
    pods.change("foo", |pod| pod.note(&"x".repeat(100))).await;
    let grown = stats().await;
    assert!(grown.0 == 2 && grown.1 > 2 * small + 100);
    assert!(pods.try_delete("foo", uid("B")).await.is_err());
    assert_eq!(stats().await, grown);
    pods.delete("foo").await;
    assert_eq!(stats().await, (1, small));
}

/// Names that would be no clean key are refused by every verb (contract 5.10, 2.33).
pub(crate) async fn key_schema(world: World) {
    let pods = world.pods.in_namespace("ns");
    for name in ["", ".", "..", "/", "a/b", "../hosts/bump", "%2e"] {
        let refused = |error: Error, verb: &str| {
            assert!(matches!(error.code(), 400 | 422), "{verb} of {name:?}: {error}");
        };
        refused(pods.try_get(name, "").await.expect_err("get"), "get");
        refused(pods.try_create(Pod::named(name)).await.expect_err("create"), "create");
        refused(
            pods.try_delete(name, DeleteOptions::default()).await.map(drop).expect_err("delete"),
            "delete",
        );
        let replace = DefaultUpdatedObjectInfo::replace(Pod::named(name));
        refused(pods.try_update(name, &replace).await.expect_err("update"), "update");
    }
    let nowhere = world.pods.in_namespace("");
    assert_eq!(nowhere.try_get("foo", "").await.expect_err("no namespace").code(), 400);
    assert!(nowhere.list(&not_older_than(0)).await.is_ok(), "all namespaces can be listed");
    assert_eq!(world.revision().await, 1, "nothing was written");
    pods.create(Pod::named("a.good-name")).await;
}
