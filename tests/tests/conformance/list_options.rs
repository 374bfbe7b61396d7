//! Every combination of limit, continue, resourceVersion and resourceVersionMatch, on a history of which the oldest part
//! is compacted: the integration test `TestListOptions` of Kubernetes, with the current revision besides (contract 5.14).

use std::sync::Arc;

use resourceful::server::{RunningServer, ServerOptions};
use resourceful::storage::{Engine, MemoryEngine};
use resourceful::{ApiServer, Store};
use resourceful_tests::client::{Answer, Client};
use resourceful_tests::kinds::Gizmo;
use serde_json::{Value, json};

const GIZMOS: &str = "/apis/demo.example.com/v1/gizmos";
const LIMITS: [u64; 2] = [0, 6];
const REVISIONS: [&str; 5] = ["", "0", "compacted", "current", "invalid"];
const TOKENS: [&str; 3] = ["", "valid", "invalid"];
const MATCHES: [&str; 4] = ["", "NotOlderThan", "Exact", "Invalid"];

/// What a combination must be answered with: so many items, or a code and a part of the message.
#[derive(Debug, PartialEq)]
enum Expected {
    Items(usize),
    Refused(u16, &'static str),
}

/// The rules, in the order in which they are asked.
fn expected(limit: u64, token: &str, revision: &str, matching: &str) -> Expected {
    use Expected::{Items, Refused};

    match (token, revision, matching) {
        (_, "", "NotOlderThan" | "Exact" | "Invalid") => {
            Refused(422, "resourceVersionMatch is forbidden unless resourceVersion is provided")
        }
        ("valid" | "invalid", _, "NotOlderThan" | "Exact" | "Invalid") => {
            Refused(422, "resourceVersionMatch is forbidden when continue is provided")
        }
        (_, _, "Invalid") => Refused(422, "supported values: \"Exact\", \"NotOlderThan\", \"\""),
        (_, "0", "Exact") => {
            Refused(422, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")
        }
        ("invalid", ..) => Refused(400, "invalid continue token: continue key is not valid"),
        ("valid", "compacted" | "current" | "invalid", _) => {
            Refused(400, "specifying resource version is not allowed when using continue")
        }
        (_, "invalid", _) => Refused(400, "Invalid value: \"invalid\""),
        (_, "compacted", "Exact") => Refused(410, "The resourceVersion for the provided list is too old."),
        (_, "compacted", "") if limit > 0 => {
            Refused(410, "The resourceVersion for the provided list is too old.")
        }
        ("valid", ..) => Items(4),
        (_, "0", _) => Items(10),
        _ if limit > 0 => Items(6),
        _ => Items(10),
    }
}

pub(crate) async fn check() -> Result<(), String> {
    let history = History::new().await;
    let mut wrong = Vec::new();
    for limit in LIMITS {
        for token in TOKENS {
            for revision in REVISIONS {
                for matching in MATCHES {
                    let answer = history.list(limit, token, revision, matching).await;
                    let expected = expected(limit, token, revision, matching);
                    if !fits(&expected, &answer) {
                        let what =
                            format!("limit {limit}, continue {token:?}, {revision:?}, match {matching:?}");
                        wrong.push(format!(
                            "{what}: expected {expected:?}\n  {} {}",
                            answer.code,
                            answer.text()
                        ));
                    }
                }
            }
        }
    }
    history.expired(&mut wrong).await;
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn fits(expected: &Expected, answer: &Answer) -> bool {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match expected {
        Expected::Items(count) => {
            answer.code == 200 && body["items"].as_array().is_some_and(|items| items.len() == *count)
        }
        Expected::Refused(code, part) => {
            answer.code == *code && body["message"].as_str().is_some_and(|message| message.contains(part))
        }
    }
}

/// Fifteen objects, of which the first five were deleted, on a server that knows nothing of that.
struct History {
    client: Client,
    compacted: String,
    current: String,
    token: String,
    /// A token of before the compaction.
    old_token: String,
    _server: RunningServer,
}

impl History {
    async fn new() -> Self {
        let engine = Arc::new(MemoryEngine::new());
        let (server, client) = serve(&engine).await;
        let mut compacted = String::new();
        for number in 0..15 {
            let gizmo = json!({ "metadata": { "name": format!("test-{number:02}") } });
            let created = client.post(GIZMOS, &gizmo).await.expect(201);
            if number == 0 {
                compacted = revision(&created);
            }
            if number == 4 {
                for old in 0..5 {
                    client.delete(&format!("{GIZMOS}/test-{old:02}")).await.expect(200);
                }
            }
        }
        let page = client.get(&format!("{GIZMOS}?limit=6")).await.expect(200);
        let old_token = text(&page, "continue");
        client.merge(&format!("{GIZMOS}/test-14"), &json!({ "text": "new" })).await.expect(200);
        let now = client.get(GIZMOS).await.expect(200);
        let current = revision(&now);
        engine.compact(current.parse().expect("a revision")).await.expect("the engine compacts");
        server.stop().await.expect("the server stops");
        let (server, client) = serve(&engine).await;
        let page = client.get(&format!("{GIZMOS}?limit=6")).await.expect(200);
        Self { client, compacted, current, token: text(&page, "continue"), old_token, _server: server }
    }

    async fn list(&self, limit: u64, token: &str, revision: &str, matching: &str) -> Answer {
        let token = if token == "valid" { &self.token } else { token };
        let revision = match revision {
            "compacted" => &self.compacted,
            "current" => &self.current,
            other => other,
        };
        let mut query = format!("limit={limit}");
        for (key, value) in
            [("continue", token), ("resourceVersion", revision), ("resourceVersionMatch", matching)]
        {
            if !value.is_empty() {
                query = format!("{query}&{key}={value}");
            }
        }
        self.client.get(&format!("{GIZMOS}?{query}")).await
    }

    /// A token of a list that is no longer known comes back as one that leads on (contract 5.23, 5.24).
    async fn expired(&self, wrong: &mut Vec<String>) {
        let answer = self.client.get(&format!("{GIZMOS}?limit=3&continue={}", self.old_token)).await;
        let status: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let told = status["message"].as_str().unwrap_or_default();
        if answer.code != 410
            || status["reason"] != "Expired"
            || !told.starts_with("The provided continue parameter is too old")
        {
            wrong.push(format!("an expired token: {} {}", answer.code, answer.text()));
            return;
        }
        let mut names = Vec::new();
        let mut token = text(&status, "continue");
        while !token.is_empty() {
            let page = self.client.get(&format!("{GIZMOS}?limit=3&continue={token}")).await.expect(200);
            if revision(&page) != self.current {
                wrong.push(format!("the rest is of the current revision {}: {page}", self.current));
            }
            names.extend(
                page["items"].as_array().into_iter().flatten().map(|item| item["metadata"]["name"].clone()),
            );
            token = text(&page, "continue");
        }
        if names != ["test-11", "test-12", "test-13", "test-14"] {
            wrong.push(format!("the rest of the list: {names:?}"));
        }
    }
}

async fn serve(engine: &Arc<MemoryEngine>) -> (RunningServer, Client) {
    let engine = Arc::clone(engine);
    let store = Store::lazy(move || {
        let engine: Arc<dyn Engine> = engine.clone();
        Box::pin(async { Ok(engine) })
    });
    let options = ServerOptions::default().secure_port(0).insecure_port(0);
    let server = ApiServer::new(options).store(store).serve::<Gizmo>().start().await.expect("it starts");
    let client = Client::new(server.insecure_url().expect("a port"), server.admin_token());
    (server, client)
}

fn text(object: &Value, key: &str) -> String {
    object["metadata"][key].as_str().unwrap_or_default().to_owned()
}

fn revision(object: &Value) -> String {
    text(object, "resourceVersion")
}
