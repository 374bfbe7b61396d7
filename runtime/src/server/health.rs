//! `/healthz`, `/livez` and `/readyz`: whether the server lives, and whether it can serve (contract 6.88, 6.89).
//!
//! Nothing here touches the store: what is known of it was learnt when it was opened, so that a dead store cannot hold
//! up the probe that is to report it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use http::{Response, StatusCode};
use tokio::sync::watch;

use super::body::Body;
use super::query::Query;
use super::respond::text;

/// What the health paths report.
#[derive(Clone, Debug)]
pub(crate) struct HealthState {
    stopping: watch::Receiver<bool>,
    storage: Option<Storage>,
}

/// What is known of the store; `Err` says why it cannot be used.
pub(crate) type Storage = Arc<Mutex<Result<(), String>>>;

impl HealthState {
    /// The health of a server that stops when told so, and that has a store unless `storage` is `None`.
    pub(crate) fn new(stopping: watch::Receiver<bool>, storage: Option<Storage>) -> Self {
        Self { stopping, storage }
    }

    fn storage(&self) -> Result<(), String> {
        match &self.storage {
            Some(storage) => storage.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            None => Ok(()),
        }
    }

    fn shutdown(&self) -> Result<(), String> {
        if *self.stopping.borrow() { Err("process is shutting down".into()) } else { Ok(()) }
    }
}

/// Whether a path answers callers who do not say who they are.
///
/// These are the paths that Kubernetes opens to everyone by its role `system:public-info-viewer`. The checks below
/// them, as `/readyz/storage`, tell why something failed and are not among them.
pub(crate) fn is_public(path: &str) -> bool {
    matches!(path, "/healthz" | "/livez" | "/readyz" | "/version" | "/version/")
}

/// Answers a health path; `None` when the path is none.
pub(crate) fn respond(path: &str, query: &str, state: &HealthState) -> Option<Response<Body>> {
    let (endpoint, check) = match path.strip_prefix('/')?.split_once('/') {
        Some((endpoint, check)) => (endpoint, Some(check)),
        None => (path.strip_prefix('/')?, None),
    };
    let checks = checks(endpoint)?;
    match check {
        None => Some(all(endpoint, checks, Query::new(Some(query)), state)),
        Some(name) => checks.iter().find(|check| check.name == name).map(|check| one(check, state)),
    }
}

struct Check {
    name: &'static str,
    run: fn(&HealthState) -> Result<(), String>,
}

const PING: Check = Check { name: "ping", run: |_| Ok(()) };
const STORAGE: Check = Check { name: "storage", run: HealthState::storage };
const SHUTDOWN: Check = Check { name: "shutdown", run: HealthState::shutdown };

/// The checks of an endpoint, in the order in which they are listed.
///
/// The store decides whether the server is ready, not whether it lives: a restart does not mend a store.
fn checks(endpoint: &str) -> Option<&'static [Check]> {
    match endpoint {
        "healthz" | "livez" => Some(&[PING]),
        "readyz" => Some(&[PING, STORAGE, SHUTDOWN]),
        _ => None,
    }
}

fn all(endpoint: &str, checks: &[Check], query: Query<'_>, state: &HealthState) -> Response<Body> {
    let mut excluded: BTreeSet<_> = query.all("exclude").collect();
    let mut report = String::new();
    let mut healthy = true;
    for Check { name, run } in checks {
        // Writing to a string cannot fail.
        let _ = if excluded.remove(*name) {
            writeln!(report, "[+]{name} excluded: ok")
        } else if let Err(reason) = run(state) {
            tracing::debug!(check = name, reason, "{endpoint} check failed");
            healthy = false;
            writeln!(report, "[-]{name} failed: reason withheld")
        } else {
            writeln!(report, "[+]{name} ok")
        };
    }
    if !excluded.is_empty() {
        let names: Vec<_> = excluded.iter().map(|name| format!("{name:?}")).collect();
        let names = names.join(",");
        let _ = writeln!(report, "warn: some health checks cannot be excluded: no matches for {names}");
    }
    if !healthy {
        return text(StatusCode::INTERNAL_SERVER_ERROR, format!("{report}{endpoint} check failed\n"));
    }
    if query.first("verbose").is_some() {
        return text(StatusCode::OK, format!("{report}{endpoint} check passed\n"));
    }
    text(StatusCode::OK, "ok")
}

fn one(check: &Check, state: &HealthState) -> Response<Body> {
    match (check.run)(state) {
        Ok(()) => text(StatusCode::OK, "ok"),
        Err(reason) => text(StatusCode::INTERNAL_SERVER_ERROR, format!("internal server error: {reason}\n")),
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    struct Server {
        stopping: watch::Sender<bool>,
        storage: Storage,
        state: HealthState,
    }

    fn server() -> Server {
        let (stopping, receiver) = watch::channel(false);
        let storage: Storage = Arc::new(Mutex::new(Ok(())));
        Server { stopping, state: HealthState::new(receiver, Some(Arc::clone(&storage))), storage }
    }

    async fn get(path: &str, query: &str, state: &HealthState) -> (u16, String) {
        let response = respond(path, query, state).expect("a health path");
        assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        (status, String::from_utf8(body.to_vec()).expect("UTF-8"))
    }

    // contract 6.88
    #[tokio::test]
    async fn a_healthy_server_says_ok() {
        let server = server();
        for path in ["/healthz", "/livez", "/readyz", "/readyz/ping", "/readyz/storage", "/livez/ping"] {
            assert_eq!(get(path, "", &server.state).await, (200, "ok".into()), "{path}");
        }
    }

    // contract 6.88
    #[tokio::test]
    async fn verbose_lists_the_checks() {
        let server = server();
        let readyz = "[+]ping ok\n[+]storage ok\n[+]shutdown ok\nreadyz check passed\n";
        for query in ["verbose", "verbose=", "verbose=true", "x=1&verbose"] {
            assert_eq!(get("/readyz", query, &server.state).await, (200, readyz.into()), "{query}");
        }
        let livez = "[+]ping ok\nlivez check passed\n";
        assert_eq!(get("/livez", "verbose", &server.state).await, (200, livez.into()));
    }

    // contract 6.88
    #[tokio::test]
    async fn a_failure_is_listed_without_its_reason() {
        let server = server();
        *server.storage.lock().unwrap() = Err("the disk is on fire".into());
        let readyz = "[+]ping ok\n[-]storage failed: reason withheld\n[+]shutdown ok\nreadyz check failed\n";
        assert_eq!(get("/readyz", "", &server.state).await, (500, readyz.into()));
        let storage = "internal server error: the disk is on fire\n";
        assert_eq!(get("/readyz/storage", "", &server.state).await, (500, storage.into()));
        assert_eq!(get("/livez", "", &server.state).await, (200, "ok".into()));
    }

    // contract 6.88
    #[tokio::test]
    async fn a_check_can_be_excluded() {
        let server = server();
        *server.storage.lock().unwrap() = Err("gone".into());
        assert_eq!(get("/readyz", "exclude=storage", &server.state).await, (200, "ok".into()));
        let report = "[+]ping excluded: ok\n[+]storage excluded: ok\n[+]shutdown ok\n\
                      warn: some health checks cannot be excluded: no matches for \"a b\",\"etcd\"\n\
                      readyz check passed\n";
        let query = "verbose&exclude=storage&exclude=ping&exclude=etcd&exclude=a%20b";
        assert_eq!(get("/readyz", query, &server.state).await, (200, report.into()));
    }

    // contract 6.89
    #[tokio::test]
    async fn readyz_fails_as_soon_as_the_server_stops() {
        let server = server();
        server.stopping.send(true).unwrap();
        let report = "[+]ping ok\n[+]storage ok\n[-]shutdown failed: reason withheld\nreadyz check failed\n";
        assert_eq!(get("/readyz", "", &server.state).await, (500, report.into()));
        assert_eq!(get("/livez", "", &server.state).await, (200, "ok".into()));
        assert_eq!(get("/healthz", "", &server.state).await, (200, "ok".into()));
    }

    #[test]
    fn other_paths_are_left_to_others() {
        let server = server();
        for path in
            ["/", "", "/apis", "/readyz/", "/readyz/etcd", "/livez/storage", "/healthz/ping/x", "readyz"]
        {
            assert!(respond(path, "", &server.state).is_none(), "{path}");
        }
    }

    #[test]
    fn only_the_summaries_are_public() {
        for path in ["/healthz", "/livez", "/readyz", "/version", "/version/"] {
            assert!(is_public(path), "{path}");
        }
        for path in ["/", "/readyz/storage", "/readyz/", "/apis", "/metrics", "/versions"] {
            assert!(!is_public(path), "{path}");
        }
    }
}
