//! RT-28 to RT-35: deletes with a grace period.

use super::Check;
use super::bench::{Bench, Broken, Outcome, ensure, must};
use super::delete::dry;
use crate::meta::ObjectMeta;
use crate::options::DeleteOptions;
use crate::rest::dynamic::StoredDeleted;

pub(super) const CHECKS: &[Check] = &[
    ("RT-28", "grace: the default in a dry run", |b| Box::pin(default_of_a_dry_run(b))),
    ("RT-29", "grace: the default", |b| Box::pin(default(b))),
    ("RT-30", "grace: a value", |b| Box::pin(value(b))),
    ("RT-31", "grace: a longer one is ignored", |b| Box::pin(longer(b))),
    ("RT-32", "grace: zero deletes now", |b| Box::pin(zero(b))),
    ("RT-33", "grace: no options mean none", |b| Box::pin(none(b))),
    ("RT-34", "grace: a shorter one shortens", |b| Box::pin(shorter(b))),
    ("RT-35", "grace: the generation moves once", |b| Box::pin(generation(b))),
];

const NO_GRACE: Broken = Broken::Skipped("the kind has no grace periods");

/// The grace period that the kind gives by itself; skips the check when it gives none.
pub(super) async fn grace_period(bench: &Bench<'_>) -> Outcome<i64> {
    bench.deleter()?;
    bench.create(bench.object(99)).await?;
    let options = DeleteOptions { dry_run: dry(true), ..DeleteOptions::default() };
    let deleted = must("a dry run", bench.try_delete(&bench.name(99), options).await?)?;
    let StoredDeleted::Pending(object) = deleted else { return Err(NO_GRACE) };
    let period = bench.meta(&object)?.deletion_grace_period_seconds;
    period.filter(|seconds| *seconds > 0).ok_or(NO_GRACE)
}

/// Deletes the first object with a grace period, and reads what is left of it: `None` when it is gone.
async fn delete(bench: &Bench<'_>, seconds: Option<i64>) -> Outcome<Option<ObjectMeta>> {
    let options = DeleteOptions { grace_period_seconds: seconds, ..DeleteOptions::default() };
    match must("delete", bench.try_delete(&bench.name(1), options).await?)? {
        StoredDeleted::Now(_) => match bench.try_get(&bench.ctx(), &bench.name(1)).await? {
            Ok(left) => bench.meta(&left).map(Some),
            Err(_) => Ok(None),
        },
        StoredDeleted::Pending(_) => bench.meta(&*bench.get(&bench.name(1)).await?).map(Some),
    }
}

/// Makes sure that an object waits for so many seconds.
fn waits(left: Option<&ObjectMeta>, seconds: i64) -> Outcome {
    let waits = left.is_some_and(|meta| {
        meta.deletion_timestamp.is_some() && meta.deletion_grace_period_seconds == Some(seconds)
    });
    ensure(waits, || format!("the object must wait for {seconds} seconds, and is {left:?}"))
}

async fn default_of_a_dry_run(bench: &Bench<'_>) -> Outcome {
    grace_period(bench).await?;
    let left = bench.meta(&*bench.get(&bench.name(99)).await?)?;
    ensure(left.deletion_timestamp.is_none(), || format!("a dry run must change nothing: {left:?}"))
}

async fn default(bench: &Bench<'_>) -> Outcome {
    let period = grace_period(bench).await?;
    bench.create(bench.object(1)).await?;
    waits(delete(bench, None).await?.as_ref(), period)
}

async fn value(bench: &Bench<'_>) -> Outcome {
    let period = grace_period(bench).await?;
    bench.create(bench.object(1)).await?;
    waits(delete(bench, Some(period + 2)).await?.as_ref(), period + 2)
}

async fn longer(bench: &Bench<'_>) -> Outcome {
    let period = grace_period(bench).await?;
    bench.create(bench.object(1)).await?;
    delete(bench, Some(period)).await?;
    waits(delete(bench, Some(period + 2)).await?.as_ref(), period)
}

async fn zero(bench: &Bench<'_>) -> Outcome {
    let period = grace_period(bench).await?;
    bench.create(bench.object(1)).await?;
    delete(bench, Some(period)).await?;
    let left = delete(bench, Some(0)).await?;
    ensure(left.is_none(), || format!("the object must be gone, and is {left:?}"))
}

/// Upstream's absent options are a period of zero; here options are always there.
async fn none(bench: &Bench<'_>) -> Outcome {
    grace_period(bench).await?;
    bench.create(bench.object(1)).await?;
    let left = delete(bench, Some(0)).await?;
    ensure(left.is_none(), || format!("the object must be gone, and is {left:?}"))
}

async fn shorter(bench: &Bench<'_>) -> Outcome {
    let period = grace_period(bench).await?;
    bench.create(bench.object(1)).await?;
    let first = delete(bench, Some(period + 3600)).await?;
    let second = delete(bench, Some(period)).await?;
    waits(second.as_ref(), period)?;
    let ends = |meta: Option<ObjectMeta>| meta.and_then(|meta| meta.deletion_timestamp);
    let (first, second) = (ends(first), ends(second));
    ensure(second < first, || format!("the end must move from {first:?} to an earlier time than {second:?}"))
}

async fn generation(bench: &Bench<'_>) -> Outcome {
    let period = grace_period(bench).await?;
    let before = bench.meta(&*bench.create(bench.object(1)).await?)?.generation;
    for seconds in [period + 3600, period + 7200, period] {
        let after = delete(bench, Some(seconds)).await?.map(|meta| meta.generation);
        ensure(after == Some(before + 1), || {
            format!("the generation must move once from {before}: {after:?}")
        })?;
    }
    Ok(())
}
