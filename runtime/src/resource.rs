//! What a kind is: the [`Resource`] and [`HasStatus`] traits that the derive implements, and the names that errors use.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::info::ResourceInfo;
use crate::meta::Metadata;
use crate::rest::Handlers;
use crate::storage::Store;

/// A type that can be served. Implemented by `#[derive(Resource)]`.
///
/// # Limits and defaults
///
/// The schema of the type is enforced, so most rules need no code. They are written as attributes of schemars:
///
/// ```
/// # use resourceful::prelude::*;
/// #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// pub struct PotSpec {
///     #[schemars(range(min = 1, max = 100))]
///     pub litres: i32,
///     #[schemars(length(max = 63), regex(pattern = "^[a-z]+$"))]
///     pub plant: String,
///     #[serde(default)]
///     pub mode: Mode,
///     /// A list that is merged by name, and in which a name stands once.
///     #[serde(default)]
///     #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
///     pub valves: Vec<Valve>,
///     #[schemars(length(max = 8), inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
///     pub tags: Vec<String>,
///     #[schemars(extend("format" = "date-time"))]
///     pub planted: Option<String>,
/// }
///
/// /// The values of a map have limits of their own by being of a type of their own.
/// #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// #[serde(transparent)]
/// pub struct Percent(#[schemars(range(max = 100))] pub u8);
/// #
/// # #[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
/// # pub enum Mode { #[default] Quiet }
/// # #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// # pub struct Valve { name: String }
/// ```
///
/// - A value that breaks a rule is refused with 422, in the words of CustomResources, before the hook `validate` of the
///   [`Strategy`](crate::Strategy) runs; the errors of both are told together. So are missing fields and unknown
///   variants. A value of the wrong type is refused with 400.
/// - An update is not refused for what it left as it was, so a rule can become stricter while objects break it.
/// - `#[serde(default)]` fills a field in. With `skip_serializing_if` the default is not stored, and clients do not see
///   it. A default may also stand in the schema alone: `#[schemars(extend("default" = 3))]`. `null` means the default
///   where a field is no `Option`.
/// - Objects that are stored already get a new default at their next write; until then a read returns them as they are.
/// - Fields that the type does not have are dropped, and warned of. `#[serde(flatten)]` of a map keeps them.
/// - Patterns are Go's regular expressions. The formats are those of CustomResources, such as `date-time`, `uri`,
///   `ipv4`, `cidr`, `uuid` and `hostname`; others are not checked.
///
/// What cannot be enforced (a pattern that does not compile, a default that breaks a limit, rules in CEL) is logged as a
/// warning when the server starts.
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

    /// The handlers, of a kind with subresources that are written by hand: to check the kinds of those, too.
    #[doc(hidden)]
    fn handlers_with_subresources() -> Option<fn(&Store) -> Handlers> {
        None
    }
}

/// A resource with at least one field marked `#[status]`. Implemented by `#[derive(Resource)]`.
///
/// What is marked belongs to `/status`; everything else but `metadata` belongs to the main endpoint (contract 3).
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no status",
    label = "no field is marked `#[status]`",
    note = "mark the field that holds it with `#[status]`"
)]
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
