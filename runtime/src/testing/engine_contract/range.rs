//! Clauses on ranges.

use std::collections::BTreeMap;

use super::probe::{Keys, Probe, bytes, require, require_same};
use super::{Lasts, Miss};
use crate::storage::{Range, StorageError};

pub(super) const NEEDS: Lasts = Lasts::WhileOpen;

fn of(prefix: &str, after: &str) -> Range {
    Range { prefix: prefix.to_owned(), after: after.to_owned(), ..Range::default() }
}

pub(super) async fn a_range_holds_its_prefix_in_key_order(probe: &Probe<'_>) -> Result<(), Miss> {
    let all = ["/a/1", "/a/10", "/a/2", "/a-b/1", "/a.b/1", "/a0", "/b/\u{e9}", "/b/z"];
    for key in ["/b/z", "/a/2", "/a0", "/a/1", "/a.b/1", "/b/\u{e9}", "/a/10", "/a-b/1"] {
        probe.put(key, 0, key).await?;
    }
    let mut sorted = all;
    sorted.sort_unstable();
    for (prefix, after) in [
        ("/", ""),
        ("/a/", ""),
        ("/a", ""),
        ("/b/", ""),
        ("/c/", ""),
        ("/a/", "/a/1"),
        ("/a/", "/a/15"),
        ("/a/", "/a/2"),
        ("/a/", "/0"),
        ("/a/", "/z"),
        ("/", "/a/10"),
        ("/a/1", ""),
    ] {
        let page = probe.try_pages(of(prefix, after)).await;
        let page = page.map_err(|error| format!("the range of {prefix} after {after:?} failed: {error}"))?;
        let found: Vec<_> = page.records.iter().map(|record| record.key.as_str()).collect();
        let expected: Vec<_> =
            sorted.iter().copied().filter(|key| key.starts_with(prefix) && *key > after).collect();
        require_same!(found, expected, "the keys of {prefix} after {after:?}");
        for record in &page.records {
            require_same!(record.bytes, bytes(&record.key), "the bytes at {} in a range", record.key);
        }
    }
    Ok(())
}

pub(super) async fn the_pages_of_a_range_are_of_one_revision(probe: &Probe<'_>) -> Result<(), Miss> {
    let mut written = Keys::new();
    for name in ["/p/a", "/p/b", "/p/c", "/p/d", "/p/e"] {
        written.push((name.to_owned(), probe.put(name, 0, name).await?));
    }
    probe.put("/p0", 0, "other").await?;
    let failed = |error: StorageError| format!("a page failed: {error}");
    let mut range = Range { limit: 2, ..of("/p/", "") };
    let first = probe.engine.range(range.clone()).await.map_err(failed)?;
    require!(
        (1..=2).contains(&first.records.len()) && first.more,
        "the first page of 5 keys, at most 2, has {} and more: {}",
        first.records.len(),
        first.more
    );
    // None of this shows in the pages that follow.
    probe.delete("/p/c", written[2].1).await?;
    probe.put("/p/cc", 0, "new").await?;
    probe.put("/p/d", written[3].1, "new").await?;
    probe.put("/p/c", 0, "again").await?;
    let mut found = first.records.clone();
    let mut more = first.more;
    while more {
        range.after = found.last().map(|record| record.key.clone()).unwrap_or_default();
        range.revision = Some(first.revision);
        let page = probe.engine.range(range.clone()).await.map_err(failed)?;
        require_same!(page.revision, first.revision, "the revision of a later page");
        require!(page.records.len() <= 2, "a page of at most 2 keys has {}", page.records.len());
        require!(!page.records.is_empty() || !page.more, "a page without records says that more follow");
        let went_back = page.records.iter().find(|record| record.key <= range.after);
        require!(went_back.is_none(), "the page after {:?} has the key of {went_back:?}", range.after);
        more = page.more;
        found.extend(page.records);
    }
    let keys: Keys = found.iter().map(|record| (record.key.clone(), record.revision)).collect();
    require_same!(keys, written, "all pages together");
    for record in &found {
        require_same!(record.bytes, bytes(&record.key), "the bytes at {} in a later page", record.key);
    }
    // A page that is exactly full has nothing after it.
    let last = Range { limit: 1, revision: Some(first.revision), ..of("/p/", "/p/d") };
    let last = probe.engine.range(last).await.map_err(failed)?;
    require!(
        last.records.len() == 1 && !last.more,
        "the last page has {} records and more: {}",
        last.records.len(),
        last.more
    );
    Ok(())
}

pub(super) async fn a_range_at_a_past_revision_is_exact(probe: &Probe<'_>) -> Result<(), Miss> {
    let start = probe.revision().await?;
    let mut now = BTreeMap::<String, u64>::new();
    let mut past = vec![(start, now.clone())];
    for number in 0_usize..60 {
        let key = format!("/p/{}", number * 7 % 5);
        let revision = match now.get(&key).copied() {
            Some(expected) if number % 3 == 0 => {
                now.remove(&key);
                probe.delete(&key, expected).await?
            }
            expected => {
                let revision = probe.put(&key, expected.unwrap_or(0), &number.to_string()).await?;
                now.insert(key, revision);
                revision
            }
        };
        past.push((revision, now.clone()));
    }
    for (revision, then) in &past {
        let expected: Keys = then.clone().into_iter().collect();
        for limit in [0, 1, 3] {
            let range = Range { limit, revision: Some(*revision), ..of("/p/", "") };
            let page = probe.try_pages(range).await;
            let page = page.map_err(|error| format!("the range at revision {revision} failed: {error}"))?;
            let found: Keys = page.records.into_iter().map(|record| (record.key, record.revision)).collect();
            require_same!(found, expected, "the range at revision {revision}, in pages of {limit}");
            require_same!(page.revision, *revision, "the revision that this range says it is of");
        }
    }
    Ok(())
}

pub(super) async fn a_revision_that_has_not_happened_is_refused(probe: &Probe<'_>) -> Result<(), Miss> {
    probe.put("/a", 0, "a").await?;
    let requested = probe.revision().await? + 1_000_000;
    match probe.try_range("/", Some(requested)).await {
        Err(StorageError::FutureRevision { requested: told, current }) => {
            require_same!(told, requested, "the revision that was asked for");
            require!(current < requested, "the current revision {current} is no later one than {requested}");
        }
        other => require!(false, "a range at revision {requested} of the future answered {other:?}"),
    }
    match probe.engine.compact(requested).await {
        Err(StorageError::FutureRevision { .. }) => Ok(()),
        other => {
            Err(Miss::Broken(format!("compacting revision {requested} of the future answered {other:?}")))
        }
    }
}
