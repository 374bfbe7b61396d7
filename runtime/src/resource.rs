//! What a kind is: the [`Resource`] and [`HasStatus`] traits that the derive implements, and the names that errors use.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::info::ResourceInfo;
use crate::meta::Metadata;

/// A type that can be served. Implemented by `#[derive(Resource)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource",
    label = "not a resource",
    note = "add `#[derive(Resource)]` and `#[resource(group = \"…\", version = \"…\")]`"
)]
pub trait Resource: Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static {
    /// All that is constant about the kind.
    const INFO: ResourceInfo;

    /// The type of the `metadata` field.
    type Metadata: Metadata;

    /// The `metadata` field.
    fn metadata(&self) -> &Self::Metadata;

    /// The `metadata` field, to change.
    fn metadata_mut(&mut self) -> &mut Self::Metadata;

    /// How status is copied and cleared; `None` for a kind without `#[status]`.
    #[doc(hidden)]
    fn status_operations() -> Option<StatusOperations<Self>> {
        None
    }
}

/// A resource with at least one field marked `#[status]`. Implemented by `#[derive(Resource)]`.
///
/// What is marked belongs to `/status`; everything else but `metadata` belongs to the main endpoint (contract 3).
pub trait HasStatus: Resource {
    /// Copies every status field from another object, and nothing else.
    fn copy_status(&mut self, from: &Self);

    /// Empties every status field.
    fn clear_status(&mut self);
}

/// [`HasStatus`] as values, so that the pipelines need not be generic over it.
#[doc(hidden)]
#[derive(Debug)]
pub struct StatusOperations<T> {
    pub copy: fn(&mut T, &T),
    pub clear: fn(&mut T),
}

impl<T: HasStatus> StatusOperations<T> {
    /// The operations of a type that has a status.
    pub const fn of() -> Self {
        Self { copy: T::copy_status, clear: T::clear_status }
    }
}

/// A group and a plural resource: `widgets.example.com`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GroupResource {
    /// The API group; may be empty.
    pub group: Cow<'static, str>,
    /// The plural.
    pub resource: Cow<'static, str>,
}

impl fmt::Display for GroupResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        qualified(f, &self.resource, &self.group)
    }
}

/// A group and a kind: `Widget.example.com`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GroupKind {
    /// The API group; may be empty.
    pub group: Cow<'static, str>,
    /// The kind.
    pub kind: Cow<'static, str>,
}

impl fmt::Display for GroupKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        qualified(f, &self.kind, &self.group)
    }
}

fn qualified(f: &mut fmt::Formatter<'_>, name: &str, group: &str) -> fmt::Result {
    if group.is_empty() { f.write_str(name) } else { write!(f, "{name}.{group}") }
}
