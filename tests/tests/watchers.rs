//! Watchers by the thousand on one server: each gets what it asked for, in order, once, and nothing else.
//!
//! `RESOURCEFUL_WATCHERS` sets how many there are.

use std::sync::Arc;

use resourceful_tests::client::{Client, Lines};
use resourceful_tests::multiplexed::Multiplexed;
use resourceful_tests::server::Server;
use serde_json::{Value, json};

const NS1: &str = "/apis/wardle.example.com/v1alpha1/namespaces/ns1/flunders";
const NS2: &str = "/apis/wardle.example.com/v1alpha1/namespaces/ns2/flunders";
/// How many objects are written.
const NAMES: usize = 50;
/// How many watches share a connection; the server takes 250.
const SHARED: usize = 200;
/// How many watches are opened at a time.
const AT_ONCE: usize = 64;

/// How long a watcher may have to wait for the others to open and for what is written.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(240);

/// What a watcher asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    /// All of the first namespace.
    All,
    /// What has a label, which comes and goes.
    Shown,
    /// One object.
    Named(usize),
    /// All of the second namespace.
    Elsewhere,
}

impl Asks {
    /// One in a hundred sees everything; most wait for one object or for nothing.
    fn of(number: usize) -> Self {
        match number % 100 {
            0 => Self::All,
            1 => Self::Shown,
            2..80 => Self::Named(number % NAMES),
            _ => Self::Elsewhere,
        }
    }

    fn path(self, since: &str) -> String {
        let (collection, selector) = match self {
            Self::All => (NS1, String::new()),
            Self::Shown => (NS1, "&labelSelector=show".to_owned()),
            Self::Named(name) => (NS1, format!("&fieldSelector=metadata.name%3Df{name}")),
            Self::Elsewhere => (NS2, String::new()),
        };
        format!("{collection}?watch=true&resourceVersion={since}{selector}")
    }
}

/// An event: its type, the object's name, and its revision.
type Seen = (&'static str, String, String);

fn flunder(name: &str, shown: bool) -> Value {
    let labels = if shown { json!({ "show": "yes" }) } else { json!({}) };
    json!({ "metadata": { "name": name, "labels": labels }, "spec": { "reference": "other" } })
}

fn revision(object: &Value) -> String {
    object["metadata"]["resourceVersion"].as_str().expect("a resourceVersion").to_owned()
}

/// Reads until the last object of all is created.
async fn read(mut lines: Lines) -> Vec<Seen> {
    let mut seen = Vec::new();
    loop {
        let line = tokio::time::timeout(PATIENCE, lines.next()).await.expect("an event comes");
        let line = line.expect("the watch goes on");
        let (kind, object) = (&line["type"], &line["object"]);
        let kind = ["ADDED", "MODIFIED", "DELETED"].into_iter().find(|known| *known == kind);
        let name = object["metadata"]["name"].as_str().expect("a name").to_owned();
        seen.push((kind.expect("no bookmark, no error"), name, revision(object)));
        if object["metadata"]["annotations"]["last"] == "yes" {
            return seen;
        }
    }
}

/// Creates every object with the label and takes the label off; returns what those who ask for all, and for the label,
/// must see of it.
async fn write(client: &Client) -> (Vec<Seen>, Vec<Seen>) {
    let (mut all, mut shown) = (Vec::new(), Vec::new());
    for number in 0..NAMES {
        let name = format!("f{number}");
        let path = format!("{NS1}/{name}");
        let created = revision(&client.post(NS1, &flunder(&name, true)).await.expect(201));
        let hidden = json!({ "metadata": { "labels": { "show": null } } });
        let hidden = revision(&client.merge(&path, &hidden).await.expect(200));
        all.push(("ADDED", name.clone(), created.clone()));
        all.push(("MODIFIED", name.clone(), hidden.clone()));
        shown.push(("ADDED", name.clone(), created));
        shown.push(("DELETED", name.clone(), hidden));
    }
    (all, shown)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_many_watchers_gets_what_it_must() {
    let count: usize =
        std::env::var("RESOURCEFUL_WATCHERS").map_or(4_000, |text| text.parse().expect("a number"));
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start("wardle", directory.path());
    let client = Client::new(server.insecure_url(), server.token());
    let since = revision(&client.get(NS1).await.expect(200));
    let many = Multiplexed::connect(server.insecure_url(), server.token(), count.div_ceil(SHARED)).await;
    let many = Arc::new(many);
    let gate = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let opening: Vec<_> = (0..count)
        .map(|number| {
            let (many, gate, since) = (Arc::clone(&many), Arc::clone(&gate), since.clone());
            tokio::spawn(async move {
                let _turn = gate.acquire_owned().await.expect("the gate is not closed");
                let asks = Asks::of(number);
                (asks, many.watch(&asks.path(&since)).await)
            })
        })
        .collect();
    let mut watching = Vec::with_capacity(count);
    for opened in opening {
        let (asks, lines) = opened.await.expect("the watch opens");
        watching.push((asks, tokio::spawn(read(lines))));
    }

    let (all, shown) = write(&client).await;
    // An end for everybody, in both namespaces; named watchers see their own object come to it.
    let mut ends = Vec::new();
    for number in 0..NAMES {
        let last = json!({ "metadata": { "annotations": { "last": "yes" }, "labels": { "show": "yes" } } });
        let end = client.merge(&format!("{NS1}/f{number}"), &last).await.expect(200);
        ends.push(("MODIFIED", format!("f{number}"), revision(&end)));
    }
    let mut end = flunder("end", false);
    end["metadata"]["annotations"] = json!({ "last": "yes" });
    let elsewhere = ("ADDED", "end".to_owned(), revision(&client.post(NS2, &end).await.expect(201)));
    let then = |seen: &[Seen], kind, end: &Seen| {
        let end = (kind, end.1.clone(), end.2.clone());
        seen.iter().cloned().chain([end]).collect::<Vec<_>>()
    };
    let (all_end, shown_end) = (then(&all, "MODIFIED", &ends[0]), then(&shown, "ADDED", &ends[0]));
    for (asks, watcher) in watching {
        let expected = match asks {
            Asks::All => all_end.clone(),
            Asks::Shown => shown_end.clone(),
            Asks::Named(name) => then(&all[2 * name..2 * name + 2], "MODIFIED", &ends[name]),
            Asks::Elsewhere => vec![elsewhere.clone()],
        };
        let seen = watcher.await.unwrap_or_else(|error| panic!("a watcher of {asks:?}: {error}"));
        assert_eq!(seen, expected, "{asks:?}");
    }
    assert_eq!(server.terminate(), Some(0), "all watches end with the server");
}
