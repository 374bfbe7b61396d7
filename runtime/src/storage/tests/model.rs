//! Random writes against a map that remembers everything.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use crate::storage::testing::{Plain, forgetful, text, value};
use crate::storage::{Collection, Interest, Snapshot, StorageError, Store};

#[derive(Clone, Debug)]
enum Step {
    Put {
        key: u8,
        text: u8,
    },
    Delete {
        key: u8,
    },
    /// Writes an object as if an older version had been read.
    PutStale {
        key: u8,
    },
    /// A write of another kind.
    Elsewhere,
    /// Forgets everything but the last few revisions.
    Compact {
        left: u64,
    },
    /// Drops everything and opens the store again, where it outlives the process.
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0..6_u8, any::<u8>()).prop_map(|(key, text)| Step::Put { key, text }),
        3 => (0..6_u8).prop_map(|key| Step::Delete { key }),
        1 => (0..6_u8).prop_map(|key| Step::PutStale { key }),
        1 => Just(Step::Elsewhere),
        1 => (0..30_u64).prop_map(|left| Step::Compact { left }),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..80)
}

type Objects = BTreeMap<String, (u64, String)>;

struct Model {
    store: Store,
    pots: Collection,
    now: Objects,
    /// The objects after each revision.
    past: BTreeMap<u64, Objects>,
    /// What lies before this revision is forgotten.
    compacted: u64,
    /// The revision of the last opening.
    opened: u64,
}

fn objects(snapshot: &Snapshot) -> Objects {
    let objects = snapshot.range("", "");
    objects.map(|object| (object.key().to_owned(), (object.revision(), text(object)))).collect()
}

fn key(number: u8) -> String {
    format!("ns{}/n{number}", number % 2)
}

impl Model {
    async fn new(store: Store) -> Self {
        let pots = store.collection("pots", Arc::new(Plain));
        let opened = store.revision().await.expect("revision");
        Self {
            store,
            pots,
            now: Objects::new(),
            past: [(opened, Objects::new())].into(),
            compacted: 0,
            opened,
        }
    }

    async fn take(&mut self, step: &Step) {
        let seen = self.pots.snapshot().await.expect("snapshot");
        let before = seen.revision();
        match step {
            Step::Put { key: number, text } => {
                let (key, text) = (key(*number), text.to_string());
                let stored = match seen.get(&key) {
                    Some(current) => self.pots.replace(current, value(&text)).await.expect("replace"),
                    None => self.pots.create(&key, value(&text)).await.expect("create"),
                };
                assert!(stored.revision() > before, "contract 5.2: revisions grow");
                self.now.insert(key, (stored.revision(), text));
            }
            Step::Delete { key: number } => {
                let Some(current) = seen.get(&key(*number)) else { return };
                let gone = self.pots.delete(current).await.expect("delete");
                assert!(gone.revision() > before, "contract 5.2: revisions grow");
                self.now.remove(&key(*number));
            }
            Step::PutStale { key: number } => {
                let Some(current) = seen.get(&key(*number)) else { return };
                let stale = current.at_revision(current.revision() - 1);
                let conflict =
                    StorageError::Conflict { expected: stale.revision(), actual: current.revision() };
                assert_eq!(self.pots.replace(&stale, value("stale")).await.unwrap_err(), conflict);
                assert_eq!(
                    self.pots.create(current.key(), value("x")).await.unwrap_err(),
                    StorageError::KeyExists
                );
            }
            Step::Elsewhere => {
                let cans = self.store.collection("cans", Arc::new(Plain));
                let seen = cans.snapshot().await.expect("snapshot");
                match seen.get("can") {
                    Some(can) => cans.replace(can, value("can")).await.expect("replace"),
                    None => cans.create("can", value("can")).await.expect("create"),
                };
            }
            Step::Compact { left } => {
                let compacted = before.saturating_sub(*left);
                self.store.compact(compacted).await.expect("compact");
                self.compacted = self.compacted.max(compacted);
            }
            Step::Reopen => {}
        }
        let revision = self.store.revision().await.expect("revision");
        self.past.insert(revision, self.now.clone());
    }

    async fn check(&self) {
        let newest = self.store.revision().await.expect("revision");
        let now = self.pots.snapshot().await.expect("snapshot");
        assert_eq!((objects(&now), now.revision()), (self.now.clone(), newest));
        for (revision, expected) in &self.past {
            match self.pots.snapshot_at(*revision).await {
                Ok(then) => assert_eq!((&objects(&then), then.revision()), (expected, *revision)),
                Err(error) => self.assert_forgotten(*revision, &error),
            }
        }
    }

    /// Only what was compacted is refused (contract 5.16, 5.31).
    fn assert_forgotten(&self, revision: u64, error: &StorageError) {
        let StorageError::Compacted { requested, oldest } = *error else { panic!("{error}") };
        assert!(requested == revision && revision < oldest && oldest <= self.compacted, "{error}");
    }

    /// Whoever starts from a list at any revision and follows the events arrives at what is there now (contract 5.38).
    async fn replay(&self) {
        // Late ones first, so that the log is made to reach back more than once.
        for (revision, objects) in self.past.iter().rev() {
            let mut replayed = objects.clone();
            let mut cursor = match self.pots.watch(*revision, Interest::All).await {
                Ok(cursor) => cursor,
                Err(error) => {
                    self.assert_forgotten(*revision, &error);
                    continue;
                }
            };
            let (mut last, mut events) = (*revision, Vec::new());
            loop {
                events.clear();
                cursor.read(&mut events, 3).expect("read");
                for event in &events {
                    assert!(event.revision > last, "contract 5.37: revisions grow");
                    last = event.revision;
                    let before = event.previous.as_ref().map(|object| (object.revision(), text(object)));
                    let before_it = match &event.current {
                        Some(object) => {
                            replayed.insert(event.key().to_owned(), (object.revision(), text(object)))
                        }
                        None => replayed.remove(event.key()),
                    };
                    assert_eq!(before_it, before);
                }
                if events.is_empty() {
                    break;
                }
            }
            assert_eq!(replayed, self.now);
            assert_eq!(cursor.revision(), self.store.revision().await.expect("revision"));
        }
    }
}

/// Takes the steps; `reopen` opens the store again.
fn run(steps: &[Step], store: Store, reopen: Option<&dyn Fn() -> Store>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut model = Model::new(store).await;
        model.check().await;
        for step in steps {
            if let (Step::Reopen, Some(reopen)) = (step, reopen) {
                let Model { store, pots, now, past, compacted, .. } = model;
                let before = store.revision().await.expect("revision");
                store.close().await.expect("close");
                drop((store, pots));
                let reopened = Model::new(reopen()).await;
                assert_eq!(reopened.opened, before, "the revision is kept");
                model = Model { now, past, compacted, ..reopened };
            }
            model.take(step).await;
        }
        model.check().await;
        model.replay().await;
    });
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn memory_is_like_the_model(steps in steps()) {
        run(&steps, Store::memory(), None);
    }

    #[test]
    fn a_log_that_holds_next_to_nothing_is_like_the_model(steps in steps()) {
        run(&steps, forgetful(Store::memory()), None);
    }
}

#[cfg(feature = "embedded")]
proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn a_directory_is_like_the_model(steps in steps()) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let open = || forgetful(Store::embedded(directory.path()));
        run(&steps, open(), Some(&open));
    }
}
