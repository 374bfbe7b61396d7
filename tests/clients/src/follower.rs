//! Clients that follow a server, and the copies that they hold of it, to be compared with its list.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::BufReader;
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use kube::Api;
use kube::core::{ApiResource, DynamicObject, PartialObjectMeta, Resource};
use kube::runtime::utils::Backoff;
use kube::runtime::watcher::{self, Config, Event, watcher};
use kube::runtime::{WatchStreamExt as _, reflector};
use resourceful_tests::kubectl::Kubectl;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Objects by namespace and name.
pub type Objects = BTreeMap<String, Value>;

/// A client that holds a copy.
pub struct Follower {
    /// For messages.
    pub name: &'static str,
    /// What of the server's list it is a copy of.
    pub of: fn(&Value) -> Option<Value>,
    objects: Box<dyn Fn() -> Objects + Send + Sync>,
    seen: watch::Receiver<Seen>,
    following: Following,
}

/// What a client has seen so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// How many events.
    pub events: u64,
    /// How often it began from a list.
    pub lists: u64,
    /// How often it was told that the history it needs is gone.
    pub expired: u64,
    /// Whether it has ended.
    pub ended: bool,
}

#[derive(Debug)]
enum Following {
    Task(JoinHandle<()>),
    Process(Child),
}

impl Follower {
    /// The store of a kube-rs reflector.
    pub fn reflector(
        name: &'static str,
        client: kube::Client,
        resource: &ApiResource,
        config: Config,
        of: fn(&Value) -> Option<Value>,
    ) -> Self {
        let api: Api<DynamicObject> = Api::all_with(client, resource);
        Self::reflecting(name, api, resource.clone(), config, of)
    }

    /// The store of a kube-rs reflector of metadata.
    pub fn metadata_reflector(
        name: &'static str,
        client: kube::Client,
        resource: &ApiResource,
        config: Config,
    ) -> Self {
        let api: Api<PartialObjectMeta<DynamicObject>> = Api::all_with(client, resource);
        let of = |object: &Value| Some(serde_json::json!({ "metadata": object["metadata"] }));
        Self::reflecting(name, api, resource.clone(), config, of)
    }

    fn reflecting<K>(
        name: &'static str,
        api: Api<K>,
        dynamic_type: K::DynamicType,
        config: Config,
        of: fn(&Value) -> Option<Value>,
    ) -> Self
    where
        K: Resource + Clone + Debug + DeserializeOwned + Serialize + Send + Sync + 'static,
        K::DynamicType: Clone + Debug + Eq + std::hash::Hash + Send + Sync + 'static,
    {
        let writer = reflector::store::Writer::new(dynamic_type);
        let store = writer.as_reader();
        let (sender, seen) = watch::channel(Seen::default());
        // Events are counted after the store has them.
        let mut events = watcher(api, config).backoff(Soon).reflect(writer).boxed();
        let following = tokio::spawn(async move {
            while let Some(event) = events.next().await {
                sender.send_modify(|seen| seen.count(&event));
            }
        });
        let objects = move || {
            let objects = store.state();
            let objects = objects.iter().map(|object| serde_json::to_value(&**object).expect("it is JSON"));
            objects.map(|object| (key(&object), without_type(object))).collect()
        };
        Self { name, of, objects: Box::new(objects), seen, following: Following::Task(following) }
    }

    /// What `kubectl get -w` has told. It lists once and then watches until the watch ends, and itself with it.
    ///
    /// # Panics
    ///
    /// When there is no kubectl.
    pub fn kubectl(name: &'static str, kubectl: &Kubectl, resource: &str) -> Self {
        let arguments = format!("get {resource} -A --watch --output-watch-events -o json");
        let mut process = kubectl.spawn(&arguments);
        let printed = BufReader::new(process.stdout.take().expect("the output is piped"));
        let objects = Arc::new(Mutex::new(Objects::new()));
        let (sender, seen) = watch::channel(Seen::default());
        let shared = Arc::clone(&objects);
        std::thread::spawn(move || {
            let events = serde_json::Deserializer::from_reader(printed).into_iter::<Value>();
            for mut event in events.map_while(Result::ok) {
                let object = event["object"].take();
                let mut objects = shared.lock().unwrap_or_else(PoisonError::into_inner);
                match event["type"].as_str() {
                    Some("DELETED") => objects.remove(&key(&object)),
                    _ => objects.insert(key(&object), without_type(object)),
                };
                drop(objects);
                sender.send_modify(|seen| seen.events += 1);
            }
            sender.send_modify(|seen| seen.ended = true);
        });
        let objects = move || objects.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (of, following) = (|object: &Value| Some(object.clone()), Following::Process(process));
        Self { name, of, objects: Box::new(objects), seen, following }
    }

    /// The copy as it is now.
    pub fn objects(&self) -> Objects {
        (self.objects)()
    }

    /// What was seen so far.
    pub fn seen(&self) -> Seen {
        *self.seen.borrow()
    }

    /// Waits until the copy is as the condition says.
    ///
    /// # Panics
    ///
    /// When it is not within a minute, or the client ended before.
    pub async fn wait(&mut self, what: &str, condition: impl Fn(&Objects, Seen) -> bool) {
        let waiting = async {
            loop {
                let seen = *self.seen.borrow_and_update();
                if condition(&self.objects(), seen) {
                    return;
                }
                assert!(!seen.ended, "{}: ended before {what}", self.name);
                self.seen.changed().await.unwrap_or_else(|_| panic!("{}: ended before {what}", self.name));
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(60), waiting).await;
        assert!(waited.is_ok(), "{}: no {what}, but {:?} and {:#?}", self.name, self.seen(), self.objects());
    }

    /// The part of a list that this is a copy of.
    ///
    /// # Panics
    ///
    /// When it is no list.
    pub fn part_of(&self, list: &Value) -> Objects {
        let items = list["items"].as_array().expect("a list has items");
        let parts = items.iter().filter_map(|object| Some((key(object), without_type((self.of)(object)?))));
        parts.collect()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        match &mut self.following {
            Following::Task(task) => task.abort(),
            Following::Process(process) => {
                let _ = process.kill();
                let _ = process.wait();
            }
        }
    }
}

impl Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follower")
            .field("name", &self.name)
            .field("seen", &self.seen())
            .finish_non_exhaustive()
    }
}

impl Seen {
    fn count<K>(&mut self, event: &watcher::Result<Event<K>>) {
        self.events += 1;
        match event {
            Ok(Event::Init) => self.lists += 1,
            Err(watcher::Error::WatchError(status)) if status.code == 410 => self.expired += 1,
            _ => {}
        }
    }
}

/// Tries again soon, however often it failed.
struct Soon;

impl Iterator for Soon {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        Some(Duration::from_millis(20))
    }
}

impl Backoff for Soon {
    fn reset(&mut self) {}
}

/// `namespace/name`
fn key(object: &Value) -> String {
    let word = |name: &str| object["metadata"][name].as_str().unwrap_or_default().to_owned();
    format!("{}/{}", word("namespace"), word("name"))
}

/// The object without the words that clients may leave out, and without what kubectl does not show.
fn without_type(mut object: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.remove("apiVersion");
        members.remove("kind");
    }
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("managedFields");
    }
    object
}
