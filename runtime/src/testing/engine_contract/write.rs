//! Clauses on writes.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;

use super::probe::{Probe, bytes, named, require, require_same};
use super::{Lasts, Miss};
use crate::storage::{StorageError, Value, Write};

pub(super) const NEEDS: Lasts = Lasts::WhileOpen;

pub(super) async fn revisions_grow_with_every_write(probe: &Probe<'_>) -> Result<(), Miss> {
    let mut before = probe.revision().await?;
    require!(before > 0, "the revision of an empty store is 0; clients take 0 for \"any\" (contract 5.2)");
    let mut key = 0;
    for number in 0..40 {
        let now = match number % 4 {
            3 => probe.delete("/a", key).await?,
            _ => probe.put("/a", key, &number.to_string()).await?,
        };
        require!(now > before, "the revision went from {before} to {now} (write {number})");
        let newest = probe.revision().await?;
        require!(newest >= now, "the newest revision is {newest} after the write at {now}");
        before = now;
        key = if number % 4 == 3 { 0 } else { now };
    }
    Ok(())
}

pub(super) async fn a_write_happens_only_at_the_expected_revision(probe: &Probe<'_>) -> Result<(), Miss> {
    let created = probe.put("/a", 0, "one").await?;
    let exists = probe.try_put("/a", 0, "again").await;
    require_same!(exists, Err::<u64, _>(StorageError::KeyExists), "creating a key that is there");
    let replaced = probe.put("/a", created, "two").await?;
    let conflict = |expected, actual| Err::<u64, _>(StorageError::Conflict { expected, actual });
    let late = probe.try_put("/a", created, "late").await;
    require_same!(late, conflict(created, replaced), "writing over a revision that was overwritten");
    let late = probe.try_delete("/a", created).await;
    require_same!(late, conflict(created, replaced), "deleting a revision that was overwritten");
    let early = probe.try_put("/a", replaced + 1, "early").await;
    require_same!(early, conflict(replaced + 1, replaced), "writing over a revision that never was");
    let none = probe.try_delete("/a", 0).await;
    require_same!(none, conflict(0, replaced), "deleting nothing where there is something");
    let stored = probe.stored("/a").await?;
    require_same!(stored, Some(bytes("two")), "what is stored after writes that were refused");
    let deleted = probe.delete("/a", replaced).await?;
    let gone = probe.try_put("/a", replaced, "gone").await;
    require_same!(gone, conflict(replaced, 0), "writing over a key that is gone");
    let gone = probe.try_put("/a", deleted, "gone").await;
    require_same!(gone, conflict(deleted, 0), "writing over the revision of a delete");
    let gone = probe.try_delete("/a", replaced).await;
    require_same!(gone, conflict(replaced, 0), "deleting a key that is gone");
    let nothing = probe.try_delete("/a", 0).await;
    require_same!(nothing, conflict(0, 0), "deleting nothing");
    let again = probe.put("/a", 0, "new").await?;
    let keys = probe.keys("/", None).await?;
    require_same!(keys, named(&[("/a", again)]), "the keys after a key was created again");
    Ok(())
}

pub(super) async fn writers_that_race_for_a_key_succeed_once(probe: &Probe<'_>) -> Result<(), Miss> {
    let mut last = probe.put("/a", 0, "start").await?;
    for round in 0..8 {
        let racing = (0..16).map(|writer| async move {
            let text = format!("round {round}, writer {writer}");
            (text.clone(), probe.try_put("/a", last, &text).await)
        });
        let outcomes = join_all(racing).await;
        let won: Vec<_> =
            outcomes.iter().filter_map(|(text, outcome)| Some((text, *outcome.as_ref().ok()?))).collect();
        require!(
            won.len() == 1,
            "of 16 writers that expect revision {last}, {} succeeded: {outcomes:?}",
            won.len()
        );
        let (text, now) = (won[0].0.clone(), won[0].1);
        for (_, lost) in outcomes.iter().filter(|(_, outcome)| outcome.is_err()) {
            let conflict = StorageError::Conflict { expected: last, actual: now };
            require_same!(*lost, Err::<u64, _>(conflict), "who loses a race for a key");
        }
        let stored = probe.stored("/a").await?;
        require_same!(stored, Some(bytes(&text)), "what is stored after the race that it won");
        last = now;
    }
    Ok(())
}

pub(super) async fn writers_of_different_keys_all_succeed(probe: &Probe<'_>) -> Result<(), Miss> {
    let writing = (0..64).map(|number| async move {
        let key = format!("/p/{number:02}");
        let revision = probe.put(&key, 0, "x").await?;
        Ok::<_, String>((key, revision))
    });
    let written = join_all(writing).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let revisions: BTreeSet<_> = written.iter().map(|(_, revision)| *revision).collect();
    require_same!(revisions.len(), 64, "the number of different revisions of 64 writes");
    require_same!(probe.keys("/p/", None).await?, written, "the keys that 64 writers were told of");
    Ok(())
}

pub(super) async fn what_was_acknowledged_is_seen_by_every_later_read(probe: &Probe<'_>) -> Result<(), Miss> {
    let writing = (0..8).map(|writer| async move {
        let key = format!("/w{writer}");
        let mut expected = 0;
        for number in 0..20 {
            let deletes = number % 5 == 4;
            let now = if deletes {
                probe.delete(&key, expected).await?
            } else {
                probe.put(&key, expected, &number.to_string()).await?
            };
            let newest = probe.revision().await?;
            require!(newest >= now, "the newest revision is {newest} just after the write at {now}");
            let seen = probe.keys(&key, None).await?;
            let should = if deletes { Vec::new() } else { named(&[(&key, now)]) };
            require_same!(seen, should, "the range just after the write of {key} at {now}");
            expected = if deletes { 0 } else { now };
        }
        Ok::<_, Miss>(())
    });
    join_all(writing).await.into_iter().collect()
}

pub(super) async fn bytes_come_back_as_they_were(probe: &Probe<'_>) -> Result<(), Miss> {
    let long = "n".repeat(253);
    let keys = ["/a", "/a-b/c.d", "/a/b", "/a b/%2F:", &format!("/{long}/{long}/{}/{long}", "p".repeat(63))];
    let values = [
        Bytes::from_static(b"{}"),
        Bytes::from("{\"text\":\"\\u0000 \u{e9} \u{1f331} \u{10ffff}\"}"),
        Bytes::from(format!("{{\"text\":\"{}\"}}", "x".repeat(1_000_000))),
        Bytes::from_static(b"{ \"spaces\" : [ 1.50, 1e3 ] }\n"),
    ];
    for key in keys {
        let mut expected = 0;
        for value in &values {
            let written = probe.engine.commit(Write::put(key, expected, value.clone())).await;
            expected =
                written.map_err(|error| format!("writing {} bytes to {key} failed: {error}", value.len()))?;
            let stored = probe.stored(key).await?;
            let same = stored.as_ref() == Some(value);
            let found = stored.map(|stored| stored.len());
            require!(
                same,
                "{} bytes at {key} did not come back as they were; their length: {found:?}",
                value.len()
            );
        }
    }
    Ok(())
}

pub(super) async fn a_key_with_a_time_to_live_is_deleted(probe: &Probe<'_>) -> Result<(), Miss> {
    let start = probe.revision().await?;
    let recorder = probe.follow("/", start).await?;
    let short = || Value::from(bytes("short")).expiring(Duration::from_secs(1));
    let written = probe.engine.commit(Write::put("/short", 0, short())).await;
    let short_lived = match written {
        Err(StorageError::Unsupported(why)) => return Err(Miss::Skipped(why)),
        written => written.map_err(|error| format!("writing a key with a time to live failed: {error}"))?,
    };
    let saved = probe.engine.commit(Write::put("/saved", 0, short())).await;
    let saved = saved.map_err(|error| format!("writing a key with a time to live failed: {error}"))?;
    let kept = probe.put("/saved", saved, "kept").await?;
    recorder.until("the delete of /short", |fed| fed.changes.len() >= 4).await?;
    let expected = [("/short", short_lived), ("/saved", saved), ("/saved", kept)];
    let seen = recorder.seen();
    require_same!(seen[..3], named(&expected), "the changes before a key ends");
    let last = recorder.fed(|fed| fed.changes[3].clone());
    require!(last.key == "/short" && last.value.is_none(), "the key ended as {last:?}, not by its delete");
    let keys = probe.keys("/", None).await?;
    require_same!(keys, named(&[("/saved", kept)]), "a write without a time to live keeps the key");
    Ok(())
}
