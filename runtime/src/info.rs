//! All that is constant about a kind, as plain data that discovery, tables, OpenAPI and storage read.

use std::borrow::Cow;

use crate::resource::{GroupKind, GroupResource};

/// Names, scope, verbs, columns and status fields of one kind. The derive writes one constant per kind:
///
/// ```
/// use resourceful::info::{Column, ResourceInfo};
///
/// const INFO: ResourceInfo = ResourceInfo::namespaced("garden.example.com", "v1alpha1", "FlowerPot", "flowerpots", "flowerpot")
///     .short_names(&["fp"])
///     .columns(&[Column::new("Moisture", "integer", ".status.moisture")])
///     .status_fields(&["status"]);
/// assert_eq!(INFO.api_version(), "garden.example.com/v1alpha1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResourceInfo {
    /// The API group, as in `garden.example.com`.
    pub group: &'static str,
    /// The version, as in `v1alpha1`.
    pub version: &'static str,
    /// The kind, as in `FlowerPot`.
    pub kind: &'static str,
    /// The name in URLs, as in `flowerpots`.
    pub plural: &'static str,
    /// The name for one, as in `flowerpot`.
    pub singular: &'static str,
    /// Whether objects live in a namespace or in the cluster.
    pub scope: Scope,
    /// Abbreviations, as in `fp`.
    pub short_names: &'static [&'static str],
    /// Groups of kinds, as in `all`.
    pub categories: &'static [&'static str],
    /// The columns that `kubectl get` shows between Name and Age.
    pub columns: &'static [Column],
    /// The serialised names of the fields marked `#[status]`; empty for a kind without status.
    pub status_fields: &'static [&'static str],
    /// Where the values are that field selectors can name, as in `.spec.zone`.
    pub selectable_fields: &'static [&'static str],
    /// What clients of a deprecated kind are warned of; empty for any other kind.
    pub deprecation_warning: &'static str,
    /// The doc comment of the struct.
    pub description: &'static str,
}

/// Whether objects of a kind live in namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One object per name.
    Cluster,
    /// One object per namespace and name.
    Namespaced,
}

/// A column of `kubectl get` (contract 10.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// The header.
    pub name: &'static str,
    /// `string`, `integer`, `number`, `boolean` or `date`.
    pub kind: &'static str,
    /// Where the value is, as in `.status.ready`.
    pub json_path: &'static str,
    /// What it means.
    pub description: &'static str,
    /// A finer type, as in `int32`; may be empty.
    pub format: &'static str,
    /// 0 shows always, more only with `-o wide`.
    pub priority: i32,
}

impl Column {
    /// A column that shows always.
    pub const fn new(name: &'static str, kind: &'static str, json_path: &'static str) -> Self {
        Self { name, kind, json_path, description: "", format: "", priority: 0 }
    }

    /// Sets what the column means.
    pub const fn description(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Sets the finer type.
    pub const fn format(mut self, format: &'static str) -> Self {
        self.format = format;
        self
    }

    /// Sets the priority.
    pub const fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }
}

impl ResourceInfo {
    /// A kind whose objects live in namespaces.
    pub const fn namespaced(
        group: &'static str,
        version: &'static str,
        kind: &'static str,
        plural: &'static str,
        singular: &'static str,
    ) -> Self {
        Self::new(Scope::Namespaced, group, version, kind, plural, singular)
    }

    /// A kind whose objects live in the cluster.
    pub const fn cluster(
        group: &'static str,
        version: &'static str,
        kind: &'static str,
        plural: &'static str,
        singular: &'static str,
    ) -> Self {
        Self::new(Scope::Cluster, group, version, kind, plural, singular)
    }

    const fn new(
        scope: Scope,
        group: &'static str,
        version: &'static str,
        kind: &'static str,
        plural: &'static str,
        singular: &'static str,
    ) -> Self {
        Self {
            group,
            version,
            kind,
            plural,
            singular,
            scope,
            short_names: &[],
            categories: &[],
            columns: &[],
            status_fields: &[],
            selectable_fields: &[],
            deprecation_warning: "",
            description: "",
        }
    }

    /// Sets the abbreviations.
    pub const fn short_names(mut self, names: &'static [&'static str]) -> Self {
        self.short_names = names;
        self
    }

    /// Sets the categories.
    pub const fn categories(mut self, categories: &'static [&'static str]) -> Self {
        self.categories = categories;
        self
    }

    /// Sets the columns.
    pub const fn columns(mut self, columns: &'static [Column]) -> Self {
        self.columns = columns;
        self
    }

    /// Names the fields that are status.
    pub const fn status_fields(mut self, fields: &'static [&'static str]) -> Self {
        self.status_fields = fields;
        self
    }

    /// Sets where the values are that field selectors can name, beside the name and the namespace.
    pub const fn selectable_fields(mut self, paths: &'static [&'static str]) -> Self {
        self.selectable_fields = paths;
        self
    }

    /// Deprecates the kind: every answer about it carries this warning.
    pub const fn deprecated(mut self, warning: &'static str) -> Self {
        self.deprecation_warning = warning;
        self
    }

    /// Sets the description.
    pub const fn description(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Whether objects live in a namespace.
    pub const fn is_namespaced(&self) -> bool {
        matches!(self.scope, Scope::Namespaced)
    }

    /// Whether the kind has a `/status` endpoint.
    pub const fn has_status(&self) -> bool {
        !self.status_fields.is_empty()
    }

    /// `group/version`, or just the version in the legacy group.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// The name that most errors use: `flowerpots.garden.example.com`.
    pub const fn group_resource(&self) -> GroupResource {
        GroupResource { group: Cow::Borrowed(self.group), resource: Cow::Borrowed(self.plural) }
    }

    /// The name that validation errors use: `FlowerPot.garden.example.com`.
    pub const fn group_kind(&self) -> GroupKind {
        GroupKind { group: Cow::Borrowed(self.group), kind: Cow::Borrowed(self.kind) }
    }
}
