//! The checked resource: everything is there, every default is filled in, and nothing can fail any more.

use proc_macro2::Span;
use syn::{Attribute, Expr, Ident, Path, Type, Visibility};

/// A kind, ready to be written out.
#[derive(Debug)]
pub(crate) struct Model {
    /// The struct.
    pub(crate) ident: Ident,
    /// Its visibility, which the handlers share.
    pub(crate) visibility: Visibility,
    /// Lint levels for everything that names the struct.
    pub(crate) lints: Vec<Attribute>,
    /// The path of the runtime crate.
    pub(crate) runtime: Path,
    /// What goes into `ResourceInfo`.
    pub(crate) names: Names,
    /// The columns of `kubectl get`.
    pub(crate) columns: Vec<Column>,
    /// Where the values are that field selectors can name.
    pub(crate) selectable: Vec<String>,
    /// Where the values are that an update cannot change.
    pub(crate) immutable: Vec<String>,
    /// Rules in CEL, for the schema.
    pub(crate) validations: Vec<Validation>,
    /// Where `/scale` finds its numbers, if it is served.
    pub(crate) scale: Option<Scale>,
    /// The field that holds the metadata.
    pub(crate) metadata: Metadata,
    /// The fields marked `#[status]`; none for a kind without status.
    pub(crate) status: Vec<StatusField>,
    /// Whether `/status` is served.
    pub(crate) status_endpoint: bool,
    /// The subresources that the user implements.
    pub(crate) subresources: Vec<Subresource>,
    /// The hooks.
    pub(crate) strategy: Strategy,
    /// Whether the struct is also a `Resource` of kube-rs.
    pub(crate) kube: bool,
    /// What is served, in the order of [`Verb::ALL`].
    pub(crate) verbs: Vec<ServedVerb>,
}

/// The names of a kind.
#[derive(Debug, Default)]
#[allow(clippy::struct_field_names, reason = "short names are called so")]
pub(crate) struct Names {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
    pub(crate) plural: String,
    pub(crate) singular: String,
    pub(crate) short_names: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) namespaced: bool,
    /// Whether there are handlers at all.
    pub(crate) served: bool,
    /// Whether objects are stored as this version.
    pub(crate) storage: bool,
    /// What clients are warned of; empty for a kind that is not deprecated.
    pub(crate) deprecation_warning: String,
    pub(crate) description: String,
}

/// A column; an empty description or format is not written.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) json_path: String,
    pub(crate) description: String,
    pub(crate) format: String,
    pub(crate) priority: i32,
}

/// A rule in CEL; an empty message, reason or path is not written.
#[derive(Debug)]
pub(crate) struct Validation {
    pub(crate) rule: String,
    pub(crate) message: String,
    pub(crate) reason: String,
    pub(crate) field_path: String,
}

/// The hooks of a kind.
#[derive(Debug)]
pub(crate) enum Strategy {
    /// The user's type has them.
    Type(Path),
    /// They are as by default but for these, in the order of [`HOOKS`](crate::hooks::HOOKS).
    Hooks(Vec<Hook>),
}

/// A hook that the user gave.
#[derive(Debug)]
pub(crate) struct Hook {
    pub(crate) hook: &'static crate::hooks::Hook,
    /// The function that is called, or the constant.
    pub(crate) value: Expr,
}

/// A subresource that the user implements.
#[derive(Debug)]
pub(crate) struct Subresource {
    /// As in `water`.
    pub(crate) name: String,
    /// The same as a part of a type's name: `Water`.
    pub(crate) handler: String,
    /// Its kind; without one, it is that of the object.
    pub(crate) kind: Option<Path>,
    /// What is served, in the order of [`SubresourceVerb::ALL`], with the user's words: if an impl is missing, the compiler
    /// points there.
    pub(crate) verbs: Vec<(SubresourceVerb, Path)>,
}

/// The verbs of a subresource that have a capability trait. `patch` has none: it comes with get and update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubresourceVerb {
    Get,
    Create,
    Update,
    Connect,
}

impl SubresourceVerb {
    /// In the order in which they are served.
    pub(crate) const ALL: [Self; 4] = [Self::Get, Self::Create, Self::Update, Self::Connect];

    /// The word that the user writes.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Create => "create",
            Self::Update => "update",
            Self::Connect => "connect",
        }
    }
}

/// Where `/scale` finds its numbers; an empty path is not written.
#[derive(Debug)]
pub(crate) struct Scale {
    pub(crate) spec_replicas: String,
    pub(crate) status_replicas: String,
    pub(crate) label_selector: String,
}

/// The metadata field.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
}

/// A status field.
#[derive(Debug)]
pub(crate) struct StatusField {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The name that serde writes.
    pub(crate) name: String,
}

/// A verb of the main endpoint that is served.
#[derive(Debug)]
pub(crate) struct ServedVerb {
    pub(crate) verb: Verb,
    /// Where the user wrote `custom`: the impl is theirs, and if it is missing the compiler points here.
    pub(crate) custom: Option<Span>,
}

/// The verbs that have a capability trait. `patch` has none: it comes with get and update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    List,
    Create,
    Update,
    Delete,
    DeleteCollection,
    Watch,
}

impl Verb {
    /// In the order in which their impls are written.
    pub(crate) const ALL: [Self; 7] = [
        Self::Get,
        Self::List,
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::DeleteCollection,
        Self::Watch,
    ];

    /// The word that discovery uses.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::DeleteCollection => "deletecollection",
            Self::Watch => "watch",
        }
    }
}

impl Model {
    /// Whether the derive writes the impl of every verb.
    pub(crate) fn is_standard(&self) -> bool {
        self.verbs.len() == Verb::ALL.len() && self.verbs.iter().all(|verb| verb.custom.is_none())
    }
}
