//! RT-14 to RT-22: updates.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_core::future::BoxFuture;

use super::Check;
use super::bench::{Bench, Broken, Outcome, ensure, must, refused, same, with_meta};
use super::create::mismatch;
use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::object::{AnyObject, DynObject};
use crate::rest::UpdatedObjectInfo;

pub(super) const CHECKS: &[Check] = &[
    ("RT-14", "update: the answer is what is read", |b| Box::pin(equals(b))),
    ("RT-15", "update: an old revision", |b| Box::pin(too_old(b))),
    ("RT-16", "update: objects that are refused", |b| Box::pin(invalid(b))),
    ("RT-17", "update: another UID", |b| Box::pin(wrong_uid(b))),
    ("RT-18", "update: old and new object are seen once", |b| Box::pin(sees_the_old(b))),
    ("RT-19", "update: an error of the transformation", |b| Box::pin(passes_errors_on(b))),
    ("RT-20", "update: the generation of a client", |b| Box::pin(generation(b))),
    ("RT-21", "update: what is not there", |b| Box::pin(missing(b))),
    ("RT-22", "update: namespaces that differ are refused", |b| Box::pin(rejects_mismatch(b))),
];

/// An object that was created, to be sent back.
async fn stored(bench: &Bench<'_>, number: usize) -> Outcome<DynObject> {
    bench.updater()?;
    bench.create(bench.object(number)).await?;
    bench.decode(&*bench.get(&bench.name(number)).await?)
}

async fn equals(bench: &Bench<'_>) -> Outcome {
    let object = stored(bench, 2).await?;
    let object = with_meta(&*object, |meta| {
        meta.annotations.insert("resttest".into(), "updated".into());
    });
    let (updated, created) = must("update", bench.try_replace(&bench.name(2), object, false).await?)?;
    ensure(!created, || "an update of what is there must not create".into())?;
    same("updated and read", &updated, &*bench.get(&bench.name(2)).await?, &[])
}

async fn too_old(bench: &Bench<'_>) -> Outcome {
    let object = stored(bench, 3).await?;
    let old = with_meta(&*object, |meta| meta.resource_version = "1".into());
    let result = bench.try_replace(&bench.name(3), old, false).await?;
    conflict(&refused("an update at revision 1", result, &[409])?)
}

fn conflict(error: &Error) -> Outcome {
    ensure(error.is_conflict(), || format!("the reason must be Conflict: {error}"))
}

async fn invalid(bench: &Bench<'_>) -> Outcome {
    if bench.parts.invalid_updates.is_empty() {
        return Err(Broken::Skipped("no invalid update was given"));
    }
    let object = stored(bench, 4).await?;
    for (number, change) in bench.parts.invalid_updates.iter().enumerate() {
        let mut object = object.clone_object();
        change(&mut *object);
        let result = bench.try_replace(&bench.name(4), object, false).await?;
        refused(&format!("the invalid update {number}"), result, &[400, 422])?;
    }
    Ok(())
}

async fn wrong_uid(bench: &Bench<'_>) -> Outcome {
    let object = stored(bench, 5).await?;
    for dry_run in [true, false] {
        let other = with_meta(&*object, |meta| meta.uid = "UID1111".into());
        let result = bench.try_replace(&bench.name(5), other, dry_run).await?;
        conflict(&refused("another UID", result, &[409])?)?;
    }
    Ok(())
}

/// Replaces the stored object, and remembers what it was shown.
struct Spy {
    new: DynObject,
    calls: AtomicUsize,
    old: Mutex<Option<DynObject>>,
    error: Option<Error>,
}

impl UpdatedObjectInfo for Spy {
    fn updated_object<'a>(
        &'a self,
        _: &'a RequestContext,
        old: Option<&'a dyn AnyObject>,
    ) -> BoxFuture<'a, Result<DynObject>> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        *self.old.lock().unwrap_or_else(std::sync::PoisonError::into_inner) =
            old.map(AnyObject::clone_object);
        let result = self.error.clone().map_or_else(|| Ok(self.new.clone_object()), Err);
        Box::pin(std::future::ready(result))
    }
}

impl Spy {
    fn new(new: DynObject, error: Option<Error>) -> Self {
        Self { new, calls: AtomicUsize::new(0), old: Mutex::new(None), error }
    }
}

async fn sees_the_old(bench: &Bench<'_>) -> Outcome {
    let object = stored(bench, 6).await?;
    let changed = with_meta(&*object, |meta| {
        meta.annotations.insert("A".into(), "2".into());
    });
    let spy = Spy::new(changed, None);
    must("update", bench.try_update(&bench.name(6), &spy, false).await?)?;
    let calls = spy.calls.load(Ordering::Relaxed);
    ensure(calls == 1, || format!("the wanted object must be asked for once, and not {calls} times"))?;
    let old = spy.old.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let shown = old.map(|old| (old.to_value().unwrap_or_default(), old.object_meta().into_owned()));
    let expected = (object.to_value().unwrap_or_default(), object.object_meta().into_owned());
    ensure(shown.as_ref() == Some(&expected), || {
        format!("the stored object must be shown:\n    {expected:?}\n    {shown:?}")
    })
}

async fn passes_errors_on(bench: &Bench<'_>) -> Outcome {
    let object = stored(bench, 7).await?;
    for dry_run in [true, false] {
        let error = Error::bad_request("an error of the one who updates");
        let spy = Spy::new(object.clone_object(), Some(error.clone()));
        let result = bench.try_update(&bench.name(7), &spy, dry_run).await?;
        let told = refused("an update that cannot say what it wants", result, &[400])?;
        ensure(told == error, || format!("the error must be passed on, and not be {told}"))?;
    }
    Ok(())
}

async fn generation(bench: &Bench<'_>) -> Outcome {
    let object = stored(bench, 8).await?;
    let before = object.object_meta().generation;
    let other = with_meta(&*object, |meta| meta.generation += 1);
    must("update", bench.try_replace(&bench.name(8), other, false).await?)?;
    let after = bench.meta(&*bench.get(&bench.name(8)).await?)?.generation;
    ensure(before == after, || format!("the generation must stay {before}, and is {after}"))
}

async fn missing(bench: &Bench<'_>) -> Outcome {
    for dry_run in [true, false] {
        let object = bench.object(0);
        match bench.try_replace(&bench.name(0), object, dry_run).await? {
            Ok((_, true)) => {}
            other => drop(refused("an update of what is not there", other, &[404])?),
        }
    }
    Ok(())
}

async fn rejects_mismatch(bench: &Bench<'_>) -> Outcome {
    if !bench.is_namespaced() {
        return Err(Broken::Skipped("the kind lives in the cluster"));
    }
    let object = stored(bench, 1).await?;
    let other = with_meta(&*object, |meta| meta.namespace = "not-default".into());
    let result = bench.try_replace(&bench.name(1), other, false).await?;
    mismatch(&refused("another namespace", result, &[400])?)
}
