//! All that is constant about a kind, as plain data that discovery, tables, OpenAPI and storage read.

use std::borrow::Cow;
use std::fmt::{self, DebugStruct};

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
///
/// `{:?}` shows what is set, and of the description the first line.
#[derive(Clone, Copy, PartialEq, Eq)]
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
    /// Where the values are that an update cannot change, as in `.spec.zone`.
    pub immutable_fields: &'static [&'static str],
    /// Rules in CEL. They stand in the schema, where clients read them; this server does not evaluate them yet.
    pub validations: &'static [Validation],
    /// Where `/scale` finds its numbers, for a kind that has one.
    pub scale: Option<ScalePaths>,
    /// Whether the version is served at all.
    pub served: bool,
    /// Whether objects are stored as this version.
    pub storage: bool,
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
#[derive(Clone, Copy, PartialEq, Eq)]
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

/// Where `/scale` finds its numbers (contract 3.24): paths of plain names, as in `.spec.replicas`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScalePaths {
    /// The number of replicas that are wanted, below `.spec`.
    pub spec_replicas_path: &'static str,
    /// The number of replicas that are there, below `.status`.
    pub status_replicas_path: &'static str,
    /// The label selector of the replicas, as text; may be empty.
    pub label_selector_path: &'static str,
}

impl ScalePaths {
    /// The paths of the wanted and of the actual number.
    pub const fn new(spec_replicas_path: &'static str, status_replicas_path: &'static str) -> Self {
        Self { spec_replicas_path, status_replicas_path, label_selector_path: "" }
    }

    /// Sets where the label selector is.
    pub const fn label_selector_path(mut self, path: &'static str) -> Self {
        self.label_selector_path = path;
        self
    }
}

/// A rule in CEL, as in `x-kubernetes-validations`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Validation {
    /// The rule, as in `self.spec.max >= self.spec.min`.
    pub rule: &'static str,
    /// What a client reads when an object breaks it; may be empty.
    pub message: &'static str,
    /// `FieldValueInvalid`, `FieldValueForbidden`, `FieldValueRequired` or `FieldValueDuplicate`; empty means the first.
    pub reason: &'static str,
    /// Which field is to blame, as in `.spec.max`; empty means the object.
    pub field_path: &'static str,
}

impl Validation {
    /// A rule.
    pub const fn new(rule: &'static str) -> Self {
        Self { rule, message: "", reason: "", field_path: "" }
    }

    /// Sets what a client reads.
    pub const fn message(mut self, message: &'static str) -> Self {
        self.message = message;
        self
    }

    /// Sets the reason.
    pub const fn reason(mut self, reason: &'static str) -> Self {
        self.reason = reason;
        self
    }

    /// Sets which field is to blame.
    pub const fn field_path(mut self, path: &'static str) -> Self {
        self.field_path = path;
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
            immutable_fields: &[],
            validations: &[],
            scale: None,
            served: true,
            storage: true,
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

    /// Sets where the values are that an update cannot change.
    pub const fn immutable_fields(mut self, paths: &'static [&'static str]) -> Self {
        self.immutable_fields = paths;
        self
    }

    /// Sets the rules in CEL.
    pub const fn validations(mut self, validations: &'static [Validation]) -> Self {
        self.validations = validations;
        self
    }

    /// Sets whether the version is served.
    pub const fn served(mut self, served: bool) -> Self {
        self.served = served;
        self
    }

    /// Sets whether objects are stored as this version.
    pub const fn storage(mut self, storage: bool) -> Self {
        self.storage = storage;
        self
    }

    /// Gives the kind a `/scale`.
    pub const fn scale(mut self, paths: ScalePaths) -> Self {
        self.scale = Some(paths);
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

impl fmt::Debug for ResourceInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("ResourceInfo");
        text(&mut out, "group", self.group);
        text(&mut out, "version", self.version);
        text(&mut out, "kind", self.kind);
        text(&mut out, "plural", self.plural);
        text(&mut out, "singular", self.singular);
        out.field("scope", &self.scope);
        list(&mut out, "short_names", self.short_names);
        list(&mut out, "categories", self.categories);
        list(&mut out, "columns", self.columns);
        list(&mut out, "status_fields", self.status_fields);
        list(&mut out, "selectable_fields", self.selectable_fields);
        list(&mut out, "immutable_fields", self.immutable_fields);
        list(&mut out, "validations", self.validations);
        if let Some(paths) = &self.scale {
            out.field("scale", paths);
        }
        if !self.served {
            out.field("served", &false);
        }
        if !self.storage {
            out.field("storage", &false);
        }
        text(&mut out, "deprecation_warning", self.deprecation_warning);
        text(&mut out, "description", self.description.lines().next().unwrap_or_default());
        out.finish()
    }
}

impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Column");
        text(&mut out, "name", self.name);
        text(&mut out, "kind", self.kind);
        text(&mut out, "json_path", self.json_path);
        text(&mut out, "description", self.description);
        text(&mut out, "format", self.format);
        if self.priority != 0 {
            out.field("priority", &self.priority);
        }
        out.finish()
    }
}

impl fmt::Debug for ScalePaths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("ScalePaths");
        text(&mut out, "spec_replicas_path", self.spec_replicas_path);
        text(&mut out, "status_replicas_path", self.status_replicas_path);
        text(&mut out, "label_selector_path", self.label_selector_path);
        out.finish()
    }
}

impl fmt::Debug for Validation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Validation");
        text(&mut out, "rule", self.rule);
        text(&mut out, "message", self.message);
        text(&mut out, "reason", self.reason);
        text(&mut out, "field_path", self.field_path);
        out.finish()
    }
}

/// A field of text, unless it is empty.
fn text(out: &mut DebugStruct<'_, '_>, name: &str, value: &str) {
    if !value.is_empty() {
        out.field(name, &value);
    }
}

/// A field of several values, unless there are none.
fn list<T: fmt::Debug>(out: &mut DebugStruct<'_, '_>, name: &str, values: &[T]) {
    if !values.is_empty() {
        out.field(name, &values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_what_is_set() {
        const POOL: ResourceInfo = ResourceInfo::namespaced("example.com", "v1", "Pool", "pools", "pool")
            .short_names(&["pl"])
            .columns(&[Column::new("Zone", "string", ".spec.zone").priority(1)])
            .validations(&[Validation::new("true")])
            .scale(ScalePaths::new(".spec.replicas", ".status.replicas"))
            .served(false)
            .description("A pool.\n\nOf machines.");

        let info = ResourceInfo::cluster("", "v1", "Node", "nodes", "node");
        let shown = r#"ResourceInfo { version: "v1", kind: "Node", plural: "nodes", singular: "node", scope: Cluster }"#;
        assert_eq!(format!("{info:?}"), shown);
        let shown = r#"ResourceInfo { group: "example.com", version: "v1", kind: "Pool", plural: "pools", singular: "pool", scope: Namespaced, short_names: ["pl"], columns: [Column { name: "Zone", kind: "string", json_path: ".spec.zone", priority: 1 }], validations: [Validation { rule: "true" }], scale: ScalePaths { spec_replicas_path: ".spec.replicas", status_replicas_path: ".status.replicas" }, served: false, description: "A pool." }"#;
        assert_eq!(format!("{POOL:?}"), shown);
    }
}
