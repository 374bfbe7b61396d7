//! What a request carries along besides its object: namespace, user, warnings.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::errors::{Error, Result};
use crate::info::ResourceInfo;
use crate::meta::names::is_qualified_name;
use crate::registry::Lookups;
use crate::storage::Collection;

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
///
/// Cheap to clone; what one clone notes, such as a warning, all of them know.
#[derive(Clone, Debug, Default)]
pub struct RequestContext {
    namespace: Arc<str>,
    user: Arc<UserInfo>,
    notes: Arc<Mutex<Notes>>,
    /// The store in which other kinds can be looked up.
    lookups: Option<Arc<Lookups>>,
    /// What was looked up and is not loaded.
    missing: Arc<Mutex<Vec<Missing>>>,
    /// What becomes of the revision that an update names.
    revisions: Revisions,
}

/// What becomes of the revision that an update names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Revisions {
    /// Nobody looks at it, for all that is known.
    #[default]
    Free,
    /// One that is named must be that of the stored object.
    Checked,
    /// And one must be named.
    Needed,
}

/// The objects of a kind, which are not loaded.
pub(crate) type Missing = (&'static ResourceInfo, Collection);

/// What gathers while a request is handled.
#[derive(Debug, Default)]
struct Notes {
    warnings: Vec<String>,
    annotations: BTreeMap<String, String>,
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
        Self { namespace: namespace.into().into(), ..Self::default() }
    }

    /// The same request made by a user.
    pub fn with_user(mut self, user: UserInfo) -> Self {
        self.user = Arc::new(user);
        self
    }

    /// The same request, with a store in which to look up other kinds.
    pub(crate) fn with_lookups(&self, lookups: &Arc<Lookups>) -> Self {
        Self { lookups: Some(Arc::clone(lookups)), ..self.with_own_lookups() }
    }

    /// The same request for one of several tasks, each of which minds its own lookups.
    pub(crate) fn with_own_lookups(&self) -> Self {
        Self { missing: Arc::default(), ..self.clone() }
    }

    /// The same request, for an update that is about to be held against the stored object.
    pub(crate) fn with_revisions(self, revisions: Revisions) -> Self {
        Self { revisions, ..self }
    }

    pub(crate) fn revisions(&self) -> Revisions {
        self.revisions
    }

    pub(crate) fn lookups(&self) -> Option<&Arc<Lookups>> {
        self.lookups.as_ref()
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
        let warnings = &mut self.notes().warnings;
        if !warnings.contains(&text) {
            warnings.push(text);
        }
    }

    /// The warnings so far, in order; the list is empty afterwards.
    pub fn take_warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.notes().warnings)
    }

    /// Notes something about the request for whoever audits it, under a key as in `example.com/decision`.
    ///
    /// Fails with 500 when the key is not a qualified name with a prefix, and when it has another value already.
    pub fn annotate(&self, key: &str, value: &str) -> Result<()> {
        if key.split('/').count() != 2 {
            return Err(Error::other(
                "annotation key has invalid format, the right format is a DNS subdomain prefix and '/' and key name. \
                 (e.g. 'podsecuritypolicy.admission.k8s.io/admit-policy')",
            ));
        }
        let problems = is_qualified_name(key);
        if !problems.is_empty() {
            return Err(Error::other(format!(
                "annotation key has invalid format {}. A qualified name like \
                 'podsecuritypolicy.admission.k8s.io/admit-policy' is required.",
                problems.join(",")
            )));
        }
        let annotations = &mut self.notes().annotations;
        match annotations.get(key) {
            Some(old) if old != value => Err(Error::other(format!(
                "admission annotations are not allowd to be overwritten, key:{key:?}, old value: {old}, new value: {value}"
            ))),
            Some(_) => Ok(()),
            None => {
                annotations.insert(key.to_owned(), value.to_owned());
                Ok(())
            }
        }
    }

    /// What was noted with [`annotate`](Self::annotate) so far.
    pub fn annotations(&self) -> BTreeMap<String, String> {
        self.notes().annotations.clone()
    }

    /// Notes that a hook looked for objects of a kind that are not loaded.
    pub(crate) fn note_missing(&self, missing: Missing) {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).push(missing);
    }

    /// What hooks looked for without finding it loaded; nothing is missing afterwards.
    pub(crate) fn take_missing(&self) -> Vec<Missing> {
        std::mem::take(&mut self.missing.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
