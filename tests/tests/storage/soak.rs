//! Writers and watchers for a while; then every watch is checked against what the engine was told.
//!
//! The logs hold next to nothing and the engine is compacted all the time, so that watches are served from memory, from the
//! engine's history, and not at all. `WATCH_WRITES` sets how many writes there are.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use resourceful::prelude::*;
use resourceful::storage::{Engine, History};
use resourceful_tests::watch_check::Session;

use crate::fixture::{Pod, Sample, World, fields, labels};
use crate::recording::{Numbers, Recording, Written, content, shown, take};

/// What a watcher asks for, and the same as a function of key and content.
#[derive(Clone, Copy)]
struct Selection {
    namespace: &'static str,
    fields: &'static str,
    labels: &'static str,
    selects: fn(&str, &str) -> bool,
}

const SELECTIONS: &[Selection] = &[
    Selection { namespace: "", fields: "", labels: "", selects: |_, _| true },
    Selection { namespace: "ns1", fields: "", labels: "", selects: |key, _| key.starts_with("ns1/") },
    Selection {
        namespace: "",
        fields: "",
        labels: "show=yes",
        selects: |_, content| content.starts_with("yes "),
    },
    Selection { namespace: "ns2", fields: "metadata.name=p3", labels: "", selects: |key, _| key == "ns2/p3" },
    Selection {
        namespace: "",
        fields: "spec.nodeName=n1",
        labels: "",
        selects: |_, content| content.contains(" n1 "),
    },
    Selection {
        namespace: "ns0",
        fields: "spec.nodeName!=n1",
        labels: "show",
        selects: |key, content| {
            key.starts_with("ns0/") && content.starts_with("yes ") && !content.contains(" n1 ")
        },
    },
];

struct Soak {
    world: World,
    done: AtomicUsize,
    stopping: AtomicBool,
    /// The newest revision when the last write was done.
    last: AtomicU64,
}

/// Each object's revision and content.
type Found = BTreeMap<String, (u64, String)>;

/// What a watcher saw: its watches, and the lists that it began from.
#[derive(Default)]
struct Watched {
    sessions: Vec<Session>,
    lists: Vec<(u64, Found)>,
    expired: usize,
}

const WRITERS: u64 = 8;

pub(crate) async fn watches_are_true(engine: Arc<dyn Engine>, writes: usize) {
    let written = Arc::new(Written::default());
    let mut world = World::on(Arc::new(Recording::new(engine, &written)));
    world =
        world.with_history(History { watch_age: Duration::ZERO, watch_bytes: 4096, ..History::default() });
    let soak = Arc::new(Soak {
        world,
        done: AtomicUsize::new(0),
        stopping: AtomicBool::new(false),
        last: AtomicU64::new(0),
    });
    let watchers: Vec<_> = (0..SELECTIONS.len() * 3)
        .map(|number| {
            tokio::spawn(Arc::clone(&soak).watcher(SELECTIONS[number % SELECTIONS.len()], number as u64 + 1))
        })
        .collect();
    let compactor = tokio::spawn(Arc::clone(&soak).compactor());
    let writers: Vec<_> =
        (1..=WRITERS).map(|seed| tokio::spawn(Arc::clone(&soak).writer(seed, writes))).collect();
    for writer in writers {
        writer.await.expect("a writer writes");
    }
    soak.last.store(soak.world.revision().await, Ordering::SeqCst);
    soak.stopping.store(true, Ordering::SeqCst);
    compactor.await.expect("the compactor compacts");
    let truth = take(&written);
    let (mut events, mut sessions, mut lists, mut expired) = (0, 0, Vec::new(), 0);
    for (number, watcher) in watchers.into_iter().enumerate() {
        let watched = tokio::time::timeout(Duration::from_secs(120), watcher);
        let watched = watched.await.expect("a watch hangs").expect("a watcher watches");
        let selects = SELECTIONS[number % SELECTIONS.len()].selects;
        for session in &watched.sessions {
            events +=
                truth.check(session, selects).unwrap_or_else(|fault| panic!("watcher {number}: {fault}"));
        }
        lists.extend(watched.lists.into_iter().map(|(revision, found)| (revision, number, found)));
        sessions += watched.sessions.len();
        expired += watched.expired;
    }
    lists.sort_by_key(|(revision, ..)| *revision);
    let mut replay = truth.replay();
    for (revision, number, found) in &lists {
        let selects = SELECTIONS[number % SELECTIONS.len()].selects;
        let all = replay.objects_at(*revision).iter();
        let expected = all.filter(|(key, (_, content))| selects(key, content));
        let shown = found.iter().map(|(key, (at, content))| (key.as_str(), (*at, content.as_str())));
        let same = shown.eq(expected.map(|(key, object)| (*key, *object)));
        assert!(same, "watcher {number}: the list at {revision}: {found:?}");
    }
    let lists = lists.len();
    println!(
        "{} writes, {events} events in {sessions} watches, {lists} lists, {expired} times 410",
        truth.len()
    );
    assert!(truth.len() >= writes && events > 0 && sessions > SELECTIONS.len() * 3);
}

impl Soak {
    async fn writer(self: Arc<Self>, seed: u64, writes: usize) {
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        while self.done.fetch_add(1, Ordering::SeqCst) < writes {
            let pods = self.world.pods.in_namespace(&format!("ns{}", numbers.below(3)));
            // Each writer has names of its own, so that every operation succeeds.
            let name = format!("p{}", numbers.below(6) * WRITERS + seed);
            let pod =
                Pod::named(&name).on_node(&format!("n{}", numbers.below(3))).note(&numbers.0.to_string());
            let pod = if numbers.below(2) == 0 { pod.label("show", "yes") } else { pod };
            if numbers.below(8) == 0 {
                let _ = pods.try_delete(&name, DeleteOptions::default()).await;
            } else {
                pods.put(pod).await;
            }
            // The engine in memory never waits; watchers must get their turn.
            tokio::task::yield_now().await;
        }
        // Deletes of what was not there were no writes.
        for number in 0..writes / 16 {
            let pods = self.world.pods.in_namespace("ns1");
            pods.put(Pod::named(&format!("p{seed}")).note(&format!("{seed} {number}"))).await;
            tokio::task::yield_now().await;
        }
    }

    async fn compactor(self: Arc<Self>) {
        while !self.stopping.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let newest = self.world.revision().await;
            self.world.compact(newest.saturating_sub(2_000)).await;
        }
    }

    async fn watcher(self: Arc<Self>, selection: Selection, seed: u64) -> Watched {
        let mut numbers = Numbers(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let mut watched = Watched::default();
        let mut after = self.list(&selection, &mut watched).await;
        loop {
            let stopping = self.stopping.load(Ordering::SeqCst);
            let most = 1 + numbers.below(200);
            let mut session = Session { after, ..Session::default() };
            let expired = self.session(&selection, &mut session, most).await;
            let end = session.end();
            watched.sessions.push(session);
            after = if expired {
                watched.expired += 1;
                self.list(&selection, &mut watched).await
            } else {
                end
            };
            if stopping && after >= self.last.load(Ordering::SeqCst) {
                return watched;
            }
            // Some are slow, and fall out of the log, or out of the history.
            if numbers.below(4) == 0 && !stopping {
                tokio::time::sleep(Duration::from_millis(numbers.below(100))).await;
            }
        }
    }

    fn options(selection: &Selection, after: u64) -> ListOptions {
        ListOptions {
            field_selector: fields(selection.fields).field_selector,
            label_selector: labels(selection.labels).label_selector,
            resource_version: if after == 0 { String::new() } else { after.to_string() },
            ..ListOptions::default()
        }
    }

    async fn list(&self, selection: &Selection, watched: &mut Watched) -> u64 {
        let pods = self.world.pods.in_namespace(selection.namespace);
        let list = pods.list(&Self::options(selection, 0)).await.expect("list");
        let found = list.iter().map(|object| {
            let pod = object.decode().expect("it decodes");
            (format!("{}/{}", object.namespace(), object.name()), (object.revision(), content(&pod)))
        });
        watched.lists.push((list.revision(), found.collect()));
        list.revision()
    }

    /// Watches until it has seen enough, or its time is over, which ends with a bookmark. Says whether it is too old.
    async fn session(&self, selection: &Selection, session: &mut Session, most: u64) -> bool {
        let options = ListOptions {
            watch: true,
            allow_watch_bookmarks: true,
            timeout_seconds: Some(1),
            ..Self::options(selection, session.after)
        };
        let pods = self.world.pods.in_namespace(selection.namespace);
        let mut watch = pods.registry.watch(&pods.ctx, &options).await.expect("watch");
        while let Some(event) = watch.next().await {
            match shown(&event) {
                Ok(shown) => session.shown.push(shown),
                Err(code) => {
                    assert_eq!(code, 410, "{event:?}");
                    return true;
                }
            }
            if session.shown.len() as u64 == most {
                break;
            }
        }
        false
    }
}
