//! Lists as data: what is asked for, and what must come of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use resourceful::prelude::*;

use crate::fixture::{Pod, World, is_too_large, objects};

pub(super) const LIST_TOO_OLD: &str = "The resourceVersion for the provided list is too old.";
pub(super) const TOKEN_TOO_OLD: &str =
    "The provided continue parameter is too old to display a consistent list result.";

/// A continue token (contract 5.20).
pub(super) fn token(start: &str, revision: i64) -> String {
    let json = serde_json::json!({ "v": "meta.k8s.io/v1", "rv": revision, "start": start });
    URL_SAFE_NO_PAD.encode(json.to_string())
}

pub(super) fn signed(revision: u64) -> i64 {
    i64::try_from(revision).expect("revisions are small")
}

/// Where a token leads, and at which revision.
pub(super) fn read_token(token: &str) -> (String, i64) {
    let json = URL_SAFE_NO_PAD.decode(token).expect("base64 without padding");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(json["v"], "meta.k8s.io/v1");
    (json["start"].as_str().expect("a start").to_owned(), json["rv"].as_i64().expect("a revision"))
}

/// A list, and what must come of it.
pub(super) struct Case {
    name: &'static str,
    namespace: &'static str,
    options: ListOptions,
    expected: Expected,
}

pub(super) enum Expected {
    /// A refusal with this code.
    Refused(u16),
    TooLarge,
    /// 410 with a message that begins so.
    Expired(&'static str),
    Found {
        /// Any of these.
        items: Vec<Vec<Pod>>,
        /// At exactly this revision.
        revision: Option<u64>,
        /// The start of the token; empty when there must be none.
        next: Option<String>,
        remaining: Option<u64>,
    },
}

pub(super) fn case(
    name: &'static str,
    namespace: &'static str,
    options: ListOptions,
    expected: Expected,
) -> Case {
    Case { name, namespace, options, expected }
}

pub(super) fn found(items: &[&Pod]) -> Expected {
    any_of(&[items])
}

pub(super) fn any_of(items: &[&[&Pod]]) -> Expected {
    let items = items.iter().map(|items| items.iter().map(|pod| (*pod).clone()).collect()).collect();
    Expected::Found { items, revision: None, next: Some(String::new()), remaining: None }
}

impl Expected {
    pub(super) fn at(mut self, exactly: u64) -> Self {
        if let Self::Found { revision, .. } = &mut self {
            *revision = Some(exactly);
        }
        self
    }

    /// With a token for what follows an object, and how many that is, which is not told when a selector is set.
    pub(super) fn then(mut self, after: &str, left: Option<u64>) -> Self {
        if let Self::Found { next, remaining, .. } = &mut self {
            *next = Some(format!("{after}\0"));
            *remaining = left;
        }
        self
    }

    /// Whether or not there is a token.
    pub(super) fn perhaps_more(mut self) -> Self {
        if let Self::Found { next, .. } = &mut self {
            *next = None;
        }
        self
    }
}

pub(super) trait With {
    fn limit(self, limit: u64) -> Self;
    fn after(self, token: String) -> Self;
    fn select(self, selector: ListOptions) -> Self;
}

impl With for ListOptions {
    fn limit(self, limit: u64) -> Self {
        Self { limit, ..self }
    }

    fn after(self, token: String) -> Self {
        Self { continue_token: token, ..self }
    }

    fn select(self, selector: ListOptions) -> Self {
        Self { field_selector: selector.field_selector, label_selector: selector.label_selector, ..self }
    }
}

impl Case {
    async fn run(self, world: World) {
        let name = self.name;
        let list = world.pods.in_namespace(self.namespace).list(&self.options).await;
        match (self.expected, list) {
            (Expected::Refused(code), Err(error)) => assert_eq!(error.code(), code, "{name}: {error}"),
            (Expected::TooLarge, Err(error)) => assert!(is_too_large(&error), "{name}: {error}"),
            (Expected::Expired(text), Err(error)) => {
                assert_eq!(error.code(), 410, "{name}: {error}");
                assert!(error.message().starts_with(text), "{name}: {error}");
            }
            (Expected::Found { items, revision, next, remaining }, Ok(list)) => {
                let seen = objects(&list);
                assert!(items.contains(&seen), "{name}: {seen:?}");
                assert!(revision.is_none_or(|revision| revision == list.revision()), "{name}: {list:?}");
                assert_eq!(list.remaining_item_count(), remaining, "{name}");
                let Some(next) = next else { return };
                match list.continue_token() {
                    "" => assert!(next.is_empty(), "{name}: there is no token"),
                    token => assert_eq!(read_token(token), (next, signed(list.revision())), "{name}"),
                }
            }
            (_, outcome) => panic!("{name}: {outcome:?}"),
        }
    }
}

pub(super) async fn run_at_once(world: &World, cases: Vec<Case>) {
    let mut tasks = tokio::task::JoinSet::new();
    for case in cases {
        tasks.spawn(case.run(world.clone()));
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("a sub-case fails");
    }
}
