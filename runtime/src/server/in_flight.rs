//! How many requests are handled at a time: what lies above the limits is told to come back (contract 6.82).

use std::sync::Arc;

use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::body::Body;
use super::{ServerOptions, respond};
use crate::context::UserInfo;

/// The limits of a server; one that is 0 is none.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    reads: Option<Arc<Semaphore>>,
    writes: Option<Arc<Semaphore>>,
}

/// A request that is being handled, until this is dropped.
pub(crate) struct Permit {
    _held: Option<OwnedSemaphorePermit>,
}

impl InFlight {
    pub(crate) fn new(options: &ServerOptions) -> Self {
        let limit =
            |most: usize| (most > 0).then(|| Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))));
        Self {
            reads: limit(options.max_requests_inflight),
            writes: limit(options.max_mutating_requests_inflight),
        }
    }

    /// Lets a request in, if it may. What lasts as long as its client likes, a watch or a connection, does not count, and a
    /// member of `system:masters` always comes in.
    pub(crate) fn enter(&self, verb: &str, lasting: bool, user: &UserInfo) -> Option<Permit> {
        let limit = match verb {
            _ if lasting => &None,
            "get" | "list" => &self.reads,
            _ => &self.writes,
        };
        let Some(limit) = limit else { return Some(Permit { _held: None }) };
        match Arc::clone(limit).try_acquire_owned() {
            Ok(held) => Some(Permit { _held: Some(held) }),
            Err(_) if user.groups.iter().any(|group| group == "system:masters") => {
                Some(Permit { _held: None })
            }
            Err(_) => None,
        }
    }
}

/// The answer to a request that may not come in.
pub(crate) fn too_many_requests() -> Response<Body> {
    let text = "Too many requests, please try again later.\n";
    let mut response = respond::text(StatusCode::TOO_MANY_REQUESTS, text);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}
