//! The room that the embedded engine takes on the disk.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use resourceful::prelude::*;
use resourceful::storage::{EmbeddedEngine, Engine, History};

use crate::fixture::{Pod, Sample, World};

fn open(directory: &Path, history: History) -> World {
    let engine: Arc<dyn Engine> =
        Arc::new(EmbeddedEngine::open(directory).expect("the directory can be opened"));
    World::on(engine).with_history(history)
}

fn size(directory: &Path) -> u64 {
    std::fs::metadata(directory.join("resourceful.redb")).expect("there is a file").len()
}

/// History is forgotten as fast as it grows: whoever overwrites for ever needs no more room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_overwrites_keep_the_file_bounded() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let age = Duration::from_millis(200);
    let world = open(directory.path(), History { age, watch_age: Duration::ZERO, ..History::default() });
    let pods = world.pods.in_namespace("ns");
    let (mut written, mut number) = (0, 0);
    // The file grows until the oldest history goes. How large that is, is for the speed of the machine to say.
    while written < 4 * size(directory.path()) {
        let note = format!("{number}{}", "x".repeat(20_000));
        pods.put(Pod::named(&format!("p{}", number % 50)).note(&note)).await;
        (written, number) = (written + note.len() as u64, number + 1);
        assert!(
            written < 2 << 30,
            "{written} bytes were written, and the file has {}",
            size(directory.path())
        );
    }
    assert_eq!(pods.list(&ListOptions::default()).await.expect("list").len(), 50);
}

/// What was deleted and forgotten gives its room back when the directory is opened again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_mostly_empty_shrinks_when_it_is_opened() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let world = open(directory.path(), History::default());
    let pods = world.pods.in_namespace("ns");
    for number in 0..120 {
        let note = number.to_string() + &"x".repeat(200_000);
        pods.put(Pod::named(&format!("p{number:03}")).note(&note)).await;
    }
    // Some stay, at either end of the file.
    for number in 3..117 {
        pods.delete(&format!("p{number:03}")).await;
    }
    world.compact(world.revision().await).await;
    // Every write sweeps some of what was forgotten.
    for number in 0..20 {
        pods.put(Pod::named("sweeper").note(&number.to_string())).await;
    }
    let before = pods.list(&ListOptions::default()).await.expect("list");
    let large = size(directory.path());
    world.engine.close().await.expect("close");
    drop((pods, world));

    let world = open(directory.path(), History::default());
    let small = size(directory.path());
    assert!(large > 16 << 20 && small < large / 3, "{large} bytes became {small}");
    let pods = world.pods.in_namespace("ns");
    let after = pods.list(&ListOptions::default()).await.expect("list");
    assert_eq!(crate::fixture::objects(&before), crate::fixture::objects(&after));
    pods.put(Pod::named("after").note("it is written as before")).await;
}
