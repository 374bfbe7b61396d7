//! What a request carries along besides its object: namespace, user, warnings.

use std::sync::{Arc, Mutex, PoisonError};

/// Handed to every handler and every hook.
///
/// ```
/// use resourceful::RequestContext;
///
/// let ctx = RequestContext::namespaced("garden");
/// assert_eq!(ctx.namespace(), "garden");
/// ctx.warn("the soil is dry");
/// assert_eq!(ctx.take_warnings(), ["the soil is dry"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct RequestContext {
    namespace: String,
    user: UserInfo,
    warnings: Arc<Mutex<Vec<String>>>,
}

/// Who makes the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserInfo {
    /// The user's name.
    pub name: String,
    /// The user's id; may be empty.
    pub uid: String,
    /// The groups that the user belongs to.
    pub groups: Vec<String>,
}

impl RequestContext {
    /// A request for a cluster-scoped kind, or for all namespaces.
    pub fn cluster() -> Self {
        Self::default()
    }

    /// A request in a namespace.
    pub fn namespaced(namespace: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), ..Self::default() }
    }

    /// The same request made by a user.
    pub fn with_user(mut self, user: UserInfo) -> Self {
        self.user = user;
        self
    }

    /// The namespace of the request; empty for a cluster-scoped kind and for all namespaces.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Who makes the request.
    pub fn user(&self) -> &UserInfo {
        &self.user
    }

    /// Adds a warning to the answer: a `Warning` header over HTTP (contract 6.69). A repeated text counts once.
    pub fn warn(&self, text: impl Into<String>) {
        let text = text.into();
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if !warnings.contains(&text) {
            warnings.push(text);
        }
    }

    /// The warnings so far, in order; the list is empty afterwards.
    pub fn take_warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
