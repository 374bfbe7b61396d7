//! What a collection promises, on the engine in memory.

use std::future::poll_fn;
use std::sync::Arc;

use crate::storage::testing::{Plain, text, value};
use crate::storage::{Collection, Cursor, Event, Interest, Snapshot, StorageError, Store};

fn collection(store: &Store) -> Collection {
    store.collection("/registry/garden.example.com/flowerpots", Arc::new(Plain))
}

fn contents(snapshot: &Snapshot) -> Vec<(String, u64, String)> {
    snapshot.range("", "").map(|object| (object.key().to_owned(), object.revision(), text(object))).collect()
}

async fn next(cursor: &mut Cursor) -> Vec<Arc<Event>> {
    let mut events = Vec::new();
    while events.is_empty() {
        poll_fn(|cx| cursor.poll_changed(cx)).await;
        cursor.read(&mut events, 100).expect("the cursor keeps up");
    }
    events
}

#[tokio::test]
async fn a_writer_reads_its_own_write() {
    let pots = collection(&Store::memory());
    let created = pots.create("default/a", value("one")).await.expect("create");
    assert_eq!(created.revision(), 2);
    assert_eq!(&created.wire()[..], br#"{"metadata":{"resourceVersion":"2"},"text":"one"}"#);
    assert_eq!(pots.create("default/a", value("again")).await.unwrap_err(), StorageError::KeyExists);
    let replaced = pots.replace(&created, value("two")).await.expect("replace");
    let conflict = StorageError::Conflict { expected: 2, actual: 3 };
    assert_eq!(pots.replace(&created, value("late")).await.unwrap_err(), conflict);
    assert_eq!(pots.delete(&created).await.unwrap_err(), conflict);
    let now = pots.snapshot().await.expect("snapshot");
    assert_eq!(contents(&now), [("default/a".to_owned(), 3, "two".to_owned())]);
    let deleted = pots.delete(&replaced).await.expect("delete");
    assert_eq!((deleted.revision(), text(&deleted)), (4, "two".to_owned()));
    let now = pots.snapshot().await.expect("snapshot");
    assert!(now.is_empty() && now.revision() == 4);
    let gone = StorageError::Conflict { expected: 3, actual: 0 };
    assert_eq!(pots.delete(&replaced).await.unwrap_err(), gone);
    assert_eq!(pots.create("default/a", value("new")).await.expect("recreate").revision(), 5);
}

#[tokio::test]
async fn a_watcher_sees_every_change_after_a_revision_once() {
    let pots = collection(&Store::memory());
    let first = pots.create("default/a", value("one")).await.expect("create");
    let mut cursor = pots.watch(first.revision(), Interest::All).await.expect("watch");
    let second = pots.replace(&first, value("two")).await.expect("replace");
    pots.delete(&second).await.expect("delete");
    let events = next(&mut cursor).await;
    let revisions: Vec<_> = events.iter().map(|event| event.revision).collect();
    assert_eq!(revisions, [3, 4]);
    assert_eq!(events[1].gone().map(|gone| gone.revision()), Some(4));
    assert_eq!(cursor.revision(), 4);
}
