//! Clauses on the feed of changes.

use std::sync::Arc;

use super::probe::{Probe, bytes, named, require, require_same};
use super::{Lasts, Miss};

pub(super) const NEEDS: Lasts = Lasts::WhileOpen;

pub(super) async fn a_follower_is_fed_what_it_missed_and_what_comes(probe: &Probe<'_>) -> Result<(), Miss> {
    let a = probe.put("/p/a", 0, "a").await?;
    let b = probe.put("/p/b", 0, "b").await?;
    let gone = probe.delete("/p/a", a).await?;
    let recorder = probe.follow("/p/", a).await?;
    recorder.until_seen(&named(&[("/p/b", b), ("/p/a", gone)])).await?;
    let again = probe.put("/p/a", 0, "again").await?;
    let c = probe.put("/p/c", 0, "c").await?;
    let end = probe.delete("/p/c", c).await?;
    let all = [("/p/b", b), ("/p/a", gone), ("/p/a", again), ("/p/c", c), ("/p/c", end)];
    recorder.until_seen(&named(&all)).await?;
    let fed = recorder.fed(|fed| fed.changes.clone());
    let values: Vec<_> = fed.into_iter().map(|change| change.value.map(|value| value.bytes)).collect();
    let expected = [Some(bytes("b")), None, Some(bytes("again")), Some(bytes("c")), None];
    require_same!(values[..], expected, "the bytes of {all:?}");
    recorder.until("progress up to the last change", |fed| fed.progress >= end).await?;
    Ok(())
}

pub(super) async fn a_follower_is_fed_its_prefix_only(probe: &Probe<'_>) -> Result<(), Miss> {
    let start = probe.revision().await?;
    let [mut own, mut other] = [Vec::new(), Vec::new()];
    let write = |key: &'static str| async move { Ok::<_, String>((key, probe.put(key, 0, key).await?)) };
    other.push(write("/o/a").await?);
    own.push(write("/p/a").await?);
    other.push(write("/p0/a").await?);
    let recorder = probe.follow("/p/", start).await?;
    let everything = probe.follow("/", start).await?;
    for key in ["/p", "/p-/a", "/q", "/p.a/b"] {
        other.push(write(key).await?);
    }
    own.push(write("/p/b").await?);
    recorder.until_seen(&named(&own)).await?;
    let mut all = [own, other].concat();
    all.sort_unstable_by_key(|(_, revision)| *revision);
    everything.until_seen(&named(&all)).await?;
    Ok(())
}

pub(super) async fn followers_that_join_while_others_write_miss_nothing(
    probe: &Probe<'_>,
) -> Result<(), Miss> {
    let start = probe.revision().await?;
    let writing = |writer: usize| async move {
        let mut expected = 0;
        for number in 0..50 {
            let key = format!("/p/{writer}");
            expected = match number % 10 {
                9 => {
                    probe.delete(&key, expected).await?;
                    0
                }
                _ => probe.put(&key, expected, &number.to_string()).await?,
            };
            tokio::task::yield_now().await;
        }
        Ok::<_, String>(())
    };
    let following = async {
        let mut recorders = Vec::new();
        for _ in 0..10 {
            recorders.push(probe.follow("/p/", start).await?);
            tokio::task::yield_now().await;
        }
        Ok::<_, String>(recorders)
    };
    let (one, two, three, recorders) = tokio::join!(writing(1), writing(2), writing(3), following);
    [one, two, three].into_iter().collect::<Result<(), _>>()?;
    let late = probe.follow("/p/", start).await?;
    late.until("150 changes", |fed| fed.changes.len() >= 150).await?;
    let all = late.seen();
    for recorder in recorders? {
        recorder.until_seen(&all).await?;
    }
    // Those who join in the middle see the rest.
    for middle in [10, 75, 149] {
        let recorder = probe.follow("/p/", all[middle].1).await?;
        recorder.until_seen(&all[middle + 1..].to_vec()).await?;
    }
    late.check()?;
    Ok(())
}

pub(super) async fn progress_comes_when_it_is_asked_for(probe: &Probe<'_>) -> Result<(), Miss> {
    let start = probe.revision().await?;
    let recorder = probe.follow("/p/", start).await?;
    let a = probe.put("/p/a", 0, "a").await?;
    recorder.until_seen(&named(&[("/p/a", a)])).await?;
    let elsewhere = probe.put("/o/a", 0, "a").await?;
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(20));
    let asking = async {
        loop {
            ticks.tick().await;
            if !probe.engine.request_progress("/p/", elsewhere) {
                return Miss::Skipped(
                    "this engine cannot tell how far a feed has come; readers read the range".to_owned(),
                );
            }
        }
    };
    let reached = recorder.until("progress up to a write elsewhere", |fed| fed.progress >= elsewhere);
    tokio::select! {
        skipped = asking => return Err(skipped),
        reached = reached => reached?,
    }
    let b = probe.put("/p/b", 0, "b").await?;
    recorder.until_seen(&named(&[("/p/a", a), ("/p/b", b)])).await?;
    Ok(())
}

pub(super) async fn a_closed_sink_is_let_go(probe: &Probe<'_>) -> Result<(), Miss> {
    let start = probe.revision().await?;
    let recorder = probe.follow("/", start).await?;
    recorder.fed(|fed| fed.closed = true);
    for number in 0..100 {
        probe.put(&format!("/{number}"), 0, "x").await?;
        if Arc::strong_count(&recorder) == 1 {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    require!(false, "a sink that is closed is still held after 100 writes in 5 seconds");
    Ok(())
}
