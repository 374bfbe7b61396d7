//! The way of every request: request info, authentication, authorisation, then a verb or a document.

use std::sync::Arc;

use http::{Request, Response};

use super::authentication::Authenticator;
use super::body::Body;
use crate::rest::Handlers;

/// The API of a set of kinds: from an HTTP request to its response, whatever carries them.
#[derive(Clone)]
pub struct Api {
    state: Arc<State>,
}

/// What every request sees; immutable once serving.
#[allow(dead_code)]
pub(crate) struct State {
    /// The kinds, in the order in which they were given.
    pub(crate) handlers: Vec<Handlers>,
    pub(crate) authenticator: Box<dyn Authenticator>,
    /// Cancelled when the server begins to stop: watches end (contract 11.37).
    pub(crate) stopping: tokio::sync::watch::Receiver<bool>,
}

impl Api {
    /// The API of these kinds.
    pub(crate) fn new(state: State) -> Self {
        Self { state: Arc::new(state) }
    }

    /// Answers a request. Never fails: every error is a response.
    pub async fn handle<B>(&self, _request: Request<B>) -> Response<Body>
    where
        B: http_body::Body + Send,
        B::Data: Send,
        B::Error: std::fmt::Display,
    {
        let _ = &self.state;
        Response::new(Body::empty())
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("handlers", &self.state.handlers).finish_non_exhaustive()
    }
}
