//! Clauses on compaction.

use super::probe::{Probe, at, named, require, require_same};
use super::{Lasts, Miss};
use crate::storage::StorageError;

pub(super) const NEEDS: Lasts = Lasts::WhileOpen;

pub(super) async fn compaction_forgets_what_was_overwritten(probe: &Probe<'_>) -> Result<(), Miss> {
    let kept = probe.put("/kept", 0, "kept").await?;
    let gone = probe.put("/gone", 0, "gone").await?;
    let deleted = probe.delete("/gone", gone).await?;
    let old = probe.put("/a", 0, "old").await?;
    let new = probe.put("/a", old, "new").await?;
    let newest = probe.put("/a", new, "newest").await?;
    let before = probe.keys("/", Some(old)).await?;
    require_same!(
        before,
        named(&[("/a", old), ("/kept", kept)]),
        "the range at {old} before it is compacted"
    );
    probe.engine.compact(new).await.map_err(|error| format!("compacting revision {new} failed: {error}"))?;
    let less = probe.engine.compact(old).await;
    require_same!(less, Ok::<_, StorageError>(()), "compacting less than was compacted");
    for revision in [gone, deleted, old] {
        let read = probe.try_range("/", Some(revision)).await.map(|page| page.records.len());
        expect_compacted("a range", revision, read)?;
        let followed = probe.try_follow("/", revision).await.map(|recorder| recorder.seen());
        expect_compacted("following", revision, followed)?;
    }
    let now = named(&[("/a", newest), ("/kept", kept)]);
    for (revision, expected) in [(Some(new), named(&[("/a", new), ("/kept", kept)])), (None, now)] {
        let found = probe.keys("/", revision).await?;
        require_same!(found, expected, "the range at {} after {new} was compacted", at(revision));
    }
    let recorder = probe.follow("/", new).await?;
    recorder.until_seen(&named(&[("/a", newest)])).await?;
    let back = probe.put("/gone", 0, "back").await?;
    require!(back > newest, "a key that was forgotten came back at {back}, not after {newest}");
    recorder.until_seen(&named(&[("/a", newest), ("/gone", back)])).await?;
    Ok(())
}

fn expect_compacted<T: std::fmt::Debug>(
    what: &str,
    revision: u64,
    outcome: Result<T, StorageError>,
) -> Result<(), Miss> {
    match outcome {
        Err(StorageError::Compacted { requested, oldest }) => {
            require_same!(requested, revision, "what {what} was asked for");
            require!(oldest > revision, "{what} at {revision} is told that the oldest revision is {oldest}");
            Ok(())
        }
        other => Err(Miss::Broken(format!(
            "{what} at revision {revision}, which is compacted, answered {other:?}"
        ))),
    }
}

pub(super) async fn a_follower_that_keeps_up_survives_compaction(probe: &Probe<'_>) -> Result<(), Miss> {
    let start = probe.revision().await?;
    let recorder = probe.follow("/", start).await?;
    let mut expected = Vec::new();
    let mut last = 0;
    for number in 0..20 {
        last = probe.put("/a", last, &number.to_string()).await?;
        expected.push(("/a", last));
        recorder.until_seen(&named(&expected)).await?;
        if number % 5 == 0 {
            probe.engine.compact(last).await.map_err(|error| format!("compacting {last} failed: {error}"))?;
        }
    }
    Ok(())
}
