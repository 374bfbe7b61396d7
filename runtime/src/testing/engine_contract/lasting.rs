//! Clauses on the end of an engine, for those whose stores outlive them.

use std::sync::Arc;

use super::probe::{Probe, bytes, named, require, require_same};
use super::{Lasts, Miss};
use crate::storage::StorageError;

pub(super) const NEEDS: Lasts = Lasts::OverRestarts;

async fn reopened<'a>(probe: &Probe<'a>) -> Result<Probe<'a>, String> {
    probe.engine.close().await.map_err(|error| format!("closing failed: {error}"))?;
    let engine =
        (probe.open)().await.map_err(|error| format!("the store cannot be opened again: {error}"))?;
    Ok(Probe { engine, open: probe.open })
}

pub(super) async fn what_was_acknowledged_outlives_the_engine(probe: &Probe<'_>) -> Result<(), Miss> {
    let kept = probe.put("/kept", 0, "kept").await?;
    let old = probe.put("/changed", 0, "old").await?;
    let gone = probe.put("/gone", 0, "gone").await?;
    let changed = probe.put("/changed", old, "new").await?;
    let deleted = probe.delete("/gone", gone).await?;
    let again = reopened(probe).await?;
    let newest = again.revision().await?;
    require!(
        newest >= deleted,
        "the newest revision went back from {deleted} to {newest} when the store was opened again"
    );
    let now = named(&[("/changed", changed), ("/kept", kept)]);
    require_same!(again.keys("/", None).await?, now, "the keys of a store that was opened again");
    let stored = again.stored("/changed").await?;
    require_same!(stored, Some(bytes("new")), "the bytes at /changed of a store that was opened again");
    let then = named(&[("/changed", old), ("/gone", gone), ("/kept", kept)]);
    require_same!(
        again.keys("/", Some(gone)).await?,
        then,
        "the range at {gone} of a store that was opened again"
    );
    let recorder = again.follow("/", gone).await?;
    recorder.until_seen(&named(&[("/changed", changed), ("/gone", deleted)])).await?;
    let next = again.put("/next", 0, "next").await?;
    require!(
        next > deleted,
        "the first write after opening again has revision {next}, not one after {deleted}"
    );
    let late = again.try_put("/changed", old, "late").await;
    let conflict = StorageError::Conflict { expected: old, actual: changed };
    require_same!(
        late,
        Err::<u64, _>(conflict),
        "writing over an old revision of a store that was opened again"
    );
    again.engine.close().await.map_err(|error| format!("closing failed: {error}"))?;
    Ok(())
}

pub(super) async fn a_closed_engine_refuses_everything(probe: &Probe<'_>) -> Result<(), Miss> {
    let a = probe.put("/a", 0, "a").await?;
    let recorder = probe.follow("/", a).await?;
    let again = reopened(probe).await?;
    let unreachable = |what: &str, outcome: Result<String, StorageError>| match outcome {
        Err(StorageError::Unreachable(_)) => Ok(()),
        other => Err(Miss::Broken(format!("{what} after closing answered {other:?}"))),
    };
    unreachable("a write", probe.try_put("/b", 0, "b").await.map(|revision| revision.to_string()))?;
    unreachable("a range", probe.try_range("/", None).await.map(|page| format!("{page:?}")))?;
    unreachable("the newest revision", probe.engine.revision().await.map(|revision| revision.to_string()))?;
    unreachable("following", probe.try_follow("/", a).await.map(|_| "a feed".to_owned()))?;
    unreachable("compacting", probe.engine.compact(a).await.map(|()| "as if it had".to_owned()))?;
    // Whoever follows the old engine is not fed by the new one.
    let b = again.put("/b", 0, "b").await?;
    let follower = again.follow("/", a).await?;
    follower.until_seen(&named(&[("/b", b)])).await?;
    require_same!(recorder.seen(), named(&[]), "what a follower of the closed engine was fed");
    for _ in 0..100 {
        if Arc::strong_count(&recorder) == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    require!(
        Arc::strong_count(&recorder) == 1,
        "the sinks of a closed engine are still held after 5 seconds"
    );
    again.engine.close().await.map_err(|error| format!("closing failed: {error}"))?;
    Ok(())
}
