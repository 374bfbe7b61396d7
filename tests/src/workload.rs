//! Clients that read and write a few objects as fast as they can, and remember what they were told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::history::{Action, Event, Moment, Operation};

/// The objects that are written.
const FLUNDERS: &str = "/apis/wardle.example.com/v1alpha1/namespaces/ns1/flunders";
/// How many there are: few, so that clients meet.
const KEYS: u64 = 24;
/// One operation in so many is a list.
const LISTS: u64 = 20;

/// Some clients, one watcher, and what they saw. Servers may come and go underneath.
#[derive(Debug)]
pub struct Workload {
    shared: Arc<Shared>,
    clients: Vec<tokio::task::JoinHandle<Vec<Operation>>>,
    watcher: tokio::task::JoinHandle<Vec<Event>>,
}

#[derive(Debug)]
struct Shared {
    start: Instant,
    /// The servers that there are now; client n asks the n-th of them, round and round.
    servers: RwLock<Vec<Client>>,
    stopping: AtomicBool,
    done: AtomicUsize,
    values: AtomicU64,
    /// The newest revision that the watch must reach before it may end.
    newest: AtomicU64,
    /// Why the watch broke, if it did.
    broken: Mutex<Option<String>>,
}

impl Workload {
    /// Begins, with so many clients. The watch begins before the first write.
    ///
    /// # Panics
    ///
    /// When there is no server that answers.
    pub async fn start(servers: Vec<Client>, clients: usize) -> Self {
        let list = servers[0].get(FLUNDERS).await.expect(200);
        let since = revision(&list["metadata"]);
        let shared = Arc::new(Shared {
            start: Instant::now(),
            servers: RwLock::new(servers),
            stopping: AtomicBool::new(false),
            done: AtomicUsize::new(0),
            values: AtomicU64::new(0),
            newest: AtomicU64::new(since),
            broken: Mutex::new(None),
        });
        let watcher = tokio::spawn(watch(Arc::clone(&shared), since));
        let clients = (0..clients).map(|number| tokio::spawn(client(Arc::clone(&shared), number))).collect();
        Self { shared, clients, watcher }
    }

    /// Waits until so many operations were answered since the beginning.
    ///
    /// # Panics
    ///
    /// When nothing is answered for a minute, or the watch breaks.
    pub async fn reach(&self, operations: usize) {
        let (mut seen, mut since) = (0, Instant::now());
        loop {
            let done = self.shared.done.load(Ordering::Relaxed);
            if done >= operations {
                return;
            }
            if done > seen {
                (seen, since) = (done, Instant::now());
            }
            self.check_watch();
            assert!(since.elapsed() < Duration::from_secs(60), "nothing is answered after {seen} operations");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// How many operations were answered.
    pub fn done(&self) -> usize {
        self.shared.done.load(Ordering::Relaxed)
    }

    /// Sends what follows to other servers.
    pub fn move_to(&self, servers: Vec<Client>) {
        *self.shared.servers.write().unwrap_or_else(PoisonError::into_inner) = servers;
    }

    /// Stops the clients, lets the watch see the last write, and returns all that was seen.
    ///
    /// # Panics
    ///
    /// When the watch broke, or does not see the last write within a minute.
    pub async fn stop(self) -> (Vec<Event>, Vec<Operation>) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        let mut operations = Vec::new();
        for client in self.clients {
            operations.extend(client.await.expect("a client does not panic"));
        }
        let server = self.shared.server(0);
        let began = self.shared.now();
        let last = server.get(FLUNDERS).await;
        let revision = revision(&last.expect(200)["metadata"]);
        operations.push(Operation { begin: began, end: Some(self.shared.now()), action: listed(&last) });
        self.shared.newest.store(revision, Ordering::Relaxed);
        // A last write, so that the watch has something to end with.
        let end = json!({ "metadata": { "name": "end" }, "spec": { "reference": "end" } });
        let begin = self.shared.now();
        let answer = server.post(FLUNDERS, &end).await;
        let told = Some(crate::workload::revision(&answer.expect(201)["metadata"]));
        let action =
            Action::Write { key: "end".to_owned(), expected: 0, value: Some("end".to_owned()), told };
        operations.push(Operation { begin, end: Some(self.shared.now()), action });
        let events = tokio::time::timeout(Duration::from_secs(60), self.watcher).await;
        let events = events.expect("the watch sees the last write").expect("the watcher does not panic");
        self.shared.check_watch();
        (events, operations)
    }

    fn check_watch(&self) {
        self.shared.check_watch();
    }
}

impl Shared {
    fn now(&self) -> Moment {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(Moment::MAX)
    }

    fn server(&self, number: usize) -> Client {
        let servers = self.servers.read().unwrap_or_else(PoisonError::into_inner);
        servers[number % servers.len()].clone()
    }

    fn check_watch(&self) {
        let broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(broken.is_none(), "the watch broke: {broken:?}");
    }
}

/// Watches from a revision until the last write, over broken connections. Every event comes once and in order, or the
/// check of the history fails; a 410 breaks the watch.
async fn watch(shared: Arc<Shared>, mut since: u64) -> Vec<Event> {
    let mut events = Vec::new();
    for attempt in 0.. {
        let path = format!("{FLUNDERS}?watch=true&resourceVersion={since}&allowWatchBookmarks=true");
        // Each time another server, if there are several.
        let server = shared.server(attempt);
        let Ok(mut lines) = server.call(Method::GET, path).try_stream().await else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        while let Some(line) = lines.next().await {
            let object = &line["object"];
            match line["type"].as_str().unwrap_or_default() {
                "BOOKMARK" => since = revision(&object["metadata"]),
                kind @ ("ADDED" | "MODIFIED" | "DELETED") => {
                    since = revision(&object["metadata"]);
                    let value = (kind != "DELETED").then(|| value(object));
                    let key = name(object);
                    let is_last = key == "end";
                    events.push(Event { revision: since, key, value });
                    if is_last {
                        return events;
                    }
                }
                _ => {
                    let mut broken = shared.broken.lock().unwrap_or_else(PoisonError::into_inner);
                    *broken = Some(line.to_string());
                    return events;
                }
            }
        }
    }
    events
}

/// One client: it knows what it read or wrote last of each object, and goes on from there.
async fn client(shared: Arc<Shared>, number: usize) -> Vec<Operation> {
    let mut operations = Vec::new();
    let mut known: BTreeMap<String, u64> = BTreeMap::new();
    // A generator of its own, so that a run can be told apart from another by nothing but its timing.
    let mut random = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number as u64 + 1);
    let mut roll = |sides: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % sides
    };
    // What was just read is written next, before others do.
    let mut fresh = None;
    while !shared.stopping.load(Ordering::Relaxed) {
        let server = shared.server(number);
        let key = fresh.take().unwrap_or_else(|| format!("k{}", roll(KEYS)));
        let expected = known.get(&key).copied();
        let begin = shared.now();
        if roll(LISTS) == 0 {
            let answer = server.call(Method::GET, FLUNDERS).try_send().await;
            if let Some(answer) = answer.ok().filter(|answer| answer.code == 200) {
                let action = listed(&answer);
                operations.push(Operation { begin, end: Some(shared.now()), action });
                shared.done.fetch_add(1, Ordering::Relaxed);
            } else {
                pause().await;
            }
            continue;
        }
        let (answer, action) = match (expected, roll(8)) {
            (None, _) | (_, 0) => {
                fresh = Some(key.clone());
                let call = server.call(Method::GET, format!("{FLUNDERS}/{key}"));
                (call.try_send().await, Action::Read { key: key.clone(), found: None })
            }
            (Some(0), _) => write(&shared, &server, &key, 0, true).await,
            (Some(expected), 1) => write(&shared, &server, &key, expected, false).await,
            (Some(expected), _) => write(&shared, &server, &key, expected, true).await,
        };
        let end = shared.now();
        let Some((outcome, now)) = judge(answer.ok(), action) else {
            // A read without an answer says nothing.
            known.remove(&key);
            pause().await;
            continue;
        };
        match now {
            Some(now) => drop(known.insert(key, now)),
            None => drop(known.remove(&key)),
        }
        let answered = !matches!(outcome, (_, false));
        operations.push(Operation { begin, end: answered.then_some(end), action: outcome.0 });
        if answered {
            shared.done.fetch_add(1, Ordering::Relaxed);
        } else {
            pause().await;
        }
    }
    operations
}

/// Between two tries while there is no server.
async fn pause() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}

async fn write(
    shared: &Shared,
    server: &Client,
    key: &str,
    expected: u64,
    put: bool,
) -> (Result<Answer, String>, Action) {
    let path = format!("{FLUNDERS}/{key}");
    let value = put.then(|| format!("v{}", shared.values.fetch_add(1, Ordering::Relaxed)));
    let call = match &value {
        Some(value) if expected == 0 => server
            .call(Method::POST, FLUNDERS)
            .json(&json!({ "metadata": { "name": key }, "spec": { "reference": value } })),
        Some(value) => server.call(Method::PUT, path).json(&json!({
            "metadata": { "name": key, "resourceVersion": expected.to_string() },
            "spec": { "reference": value },
        })),
        None => server
            .call(Method::DELETE, path)
            .json(&json!({ "preconditions": { "resourceVersion": expected.to_string() } })),
    };
    (call.try_send().await, Action::Write { key: key.to_owned(), expected, value, told: None })
}

/// What an answer says: the operation and whether it was answered, and the revision of the object, where that is known
/// now. `None` when there is nothing to remember.
fn judge(answer: Option<Answer>, action: Action) -> Option<((Action, bool), Option<u64>)> {
    match (action, answer) {
        (Action::Read { key, .. }, Some(answer)) if answer.code == 200 => {
            let object = answer.json();
            let found = (revision(&object["metadata"]), value(&object));
            let now = found.0;
            Some(((Action::Read { key, found: Some(found) }, true), Some(now)))
        }
        (action @ Action::Read { .. }, Some(answer)) if answer.code == 404 => Some(((action, true), Some(0))),
        (Action::Write { key, expected, value, .. }, Some(answer)) if matches!(answer.code, 200 | 201) => {
            let told = value.is_some().then(|| revision(&answer.json()["metadata"]));
            let now = told.unwrap_or(0);
            Some(((Action::Write { key, expected, value, told }, true), Some(now)))
        }
        (Action::Write { key, expected, .. }, Some(answer)) if matches!(answer.code, 404 | 409) => {
            Some(((Action::Refused { key, expected }, true), None))
        }
        // Whatever else came, or did not: it may have happened.
        (action @ Action::Write { .. }, _) => Some(((action, false), None)),
        _ => None,
    }
}

fn listed(answer: &Answer) -> Action {
    let list = answer.json();
    let items = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = items.iter().map(|item| (name(item), (revision(&item["metadata"]), value(item)))).collect();
    Action::List { revision: revision(&list["metadata"]), found }
}

fn name(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap_or_default().to_owned()
}

/// The value, if the object is whole.
fn value(object: &Value) -> String {
    let whole = object["spec"]["referenceType"] == "Flunder" && object["metadata"]["uid"].is_string();
    let value = object["spec"]["reference"].as_str().unwrap_or_default();
    if whole { value.to_owned() } else { format!("half of {object}") }
}

fn revision(metadata: &Value) -> u64 {
    metadata["resourceVersion"].as_str().and_then(|text| text.parse().ok()).unwrap_or(0)
}
