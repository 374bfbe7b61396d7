//! RT-23 to RT-27: deletes at once.

use super::Check;
use super::bench::{Bench, Broken, Outcome, ensure, fail, must, refused};
use super::grace::grace_period;
use crate::options::{DeleteOptions, Preconditions};
use crate::rest::dynamic::StoredDeleted;

pub(super) const CHECKS: &[Check] = &[
    ("RT-23", "delete: at once", |b| Box::pin(at_once(b))),
    ("RT-24", "delete: a dry run keeps it", |b| Box::pin(dry_run(b))),
    ("RT-25", "delete: what is not there", |b| Box::pin(missing(b))),
    ("RT-26", "delete: a UID", |b| Box::pin(uid(b))),
    ("RT-27", "delete: a revision", |b| Box::pin(revision(b))),
];

pub(super) fn dry(dry_run: bool) -> Option<Vec<String>> {
    dry_run.then(|| vec!["All".to_owned()])
}

async fn at_once(bench: &Bench<'_>) -> Outcome {
    gone_at_once(bench, false).await?;
    bench.ensure_gone(&bench.name(1)).await
}

async fn dry_run(bench: &Bench<'_>) -> Outcome {
    gone_at_once(bench, true).await?;
    bench.get(&bench.name(1)).await.map(drop)
}

/// Deletes an object, of which the answer must say that it is gone.
async fn gone_at_once(bench: &Bench<'_>, dry_run: bool) -> Outcome {
    if grace_period(bench).await.is_ok() {
        return Err(Broken::Skipped("the kind has grace periods"));
    }
    bench.create(bench.object(1)).await?;
    let options =
        DeleteOptions { grace_period_seconds: Some(10), dry_run: dry(dry_run), ..DeleteOptions::default() };
    match must("delete", bench.try_delete(&bench.name(1), options).await?)? {
        StoredDeleted::Now(status) if status.status == "Success" => Ok(()),
        StoredDeleted::Now(status) => fail(format!("the status must be a success: {status:?}")),
        StoredDeleted::Pending(object) => fail(format!("the object must be gone at once: {object:?}")),
    }
}

async fn missing(bench: &Bench<'_>) -> Outcome {
    for dry_run in [true, false] {
        let options = DeleteOptions { dry_run: dry(dry_run), ..DeleteOptions::default() };
        let result = bench.try_delete(&bench.name(1), options).await?;
        refused("a delete of what is not there", result, &[404])?;
    }
    Ok(())
}

async fn uid(bench: &Bench<'_>) -> Outcome {
    let created = bench.create(bench.object(1)).await?;
    let uid = bench.meta(&created)?.uid;
    bound(bench, |right| Preconditions {
        uid: Some(if right { uid.clone() } else { "UID9999".into() }),
        ..Preconditions::default()
    })
    .await
}

async fn revision(bench: &Bench<'_>) -> Outcome {
    let created = bench.create(bench.object(1)).await?;
    let revision = created.revision().to_string();
    bound(bench, |right| Preconditions {
        resource_version: Some(if right { revision.clone() } else { "9999".into() }),
        ..Preconditions::default()
    })
    .await
}

/// Deletes an object under a condition that does not hold, and then under one that does.
async fn bound(bench: &Bench<'_>, condition: impl Fn(bool) -> Preconditions) -> Outcome {
    for dry_run in [true, false] {
        for right in [false, true] {
            let options = DeleteOptions {
                preconditions: Some(condition(right)),
                grace_period_seconds: Some(0),
                dry_run: dry(dry_run),
                ..DeleteOptions::default()
            };
            let result = bench.try_delete(&bench.name(1), options).await?;
            if right {
                must("a delete whose condition holds", result)?;
            } else {
                let error = refused("a delete whose condition does not hold", result, &[409])?;
                ensure(error.is_conflict(), || format!("the reason must be Conflict: {error}"))?;
            }
        }
    }
    bench.ensure_gone(&bench.name(1)).await
}
