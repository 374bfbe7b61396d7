//! Object metadata: our own small copy of `k8s.io/apimachinery` `meta/v1`, so that the core forces no Kubernetes
//! version on anyone and builds in seconds.

#[cfg(feature = "kube")]
mod kube;
pub mod names;
mod selected;
mod time;
pub(crate) mod validation;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Number, Value};

pub(crate) use self::selected::Selected;
pub use self::time::Time;
use crate::golang::number::GoNumber;

/// The metadata of every object.
///
/// Plain values as in Go: an empty string, list or map means "not set" and is not written. `null` reads as not set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectMeta {
    /// Unstructured data that tools attach.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "texts")]
    pub annotations: BTreeMap<String, String>,
    /// Set by the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_timestamp: Option<Time>,
    /// Seconds between the delete and the removal.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "whole")]
    pub deletion_grace_period_seconds: Option<i64>,
    /// Set by the server when deletion begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_timestamp: Option<Time>,
    /// What must be removed before the object goes away.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "items")]
    pub finalizers: Vec<String>,
    /// Prefix of a name that the server completes.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub generate_name: String,
    /// Counts changes outside metadata and status.
    #[serde(skip_serializing_if = "is_zero", deserialize_with = "generation")]
    pub generation: i64,
    /// What selectors match.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "texts")]
    pub labels: BTreeMap<String, String>,
    /// Who set which field. An empty list asks for a reset, and reads as the one empty entry that asks for it, too.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "managed_fields")]
    pub managed_fields: Vec<ManagedFieldsEntry>,
    /// Unique among the objects of a kind in a namespace.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub name: String,
    /// Empty for a cluster-scoped object.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub namespace: String,
    /// What this object depends on.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "items")]
    pub owner_references: Vec<OwnerReference>,
    /// The revision of the last write; opaque to clients.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub resource_version: String,
    /// Never returned; read so that old clients are not refused.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub self_link: String,
    /// Unique in time and space.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub uid: String,
}

impl ObjectMeta {
    /// Metadata with just a name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Metadata with a name and a namespace.
    pub fn namespaced(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { name: name.into(), namespace: namespace.into(), ..Self::default() }
    }
}

/// An object that this one depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnerReference {
    /// `group/version` of the owner.
    #[serde(deserialize_with = "or_default")]
    pub api_version: String,
    /// Kind of the owner.
    #[serde(deserialize_with = "or_default")]
    pub kind: String,
    /// Name of the owner.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Uid of the owner.
    #[serde(deserialize_with = "or_default")]
    pub uid: String,
    /// Whether the owner manages this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controller: Option<bool>,
    /// Whether a foreground deletion of the owner waits for this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_owner_deletion: Option<bool>,
}

/// Which fields a manager set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ManagedFieldsEntry {
    /// Who.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub manager: String,
    /// `Apply` or `Update`.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub operation: String,
    /// The version in which the fields are named.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub api_version: String,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
    /// Always `FieldsV1`.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub fields_type: String,
    /// The field set.
    #[serde(rename = "fieldsV1", skip_serializing_if = "Option::is_none")]
    pub fields_v1: Option<Value>,
    /// The subresource through which the fields were set.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub subresource: String,
}

/// The metadata of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListMeta {
    /// The revision at which the list is true.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub resource_version: String,
    /// Token for the next page.
    #[serde(rename = "continue", skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub continue_token: String,
    /// How many more there are; only without selectors (contract 5.19).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining_item_count: Option<i64>,
}

/// The two words that say what a document is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TypeMeta {
    /// `group/version`.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub api_version: String,
    /// The kind.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    pub kind: String,
}

/// What the `metadata` field of a kind must be: [`ObjectMeta`], or a type that converts to and from it without loss.
///
/// With the feature `kube`, k8s-openapi's `ObjectMeta` is such a type, too, and both convert into each other.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the metadata of a resource",
    label = "not object metadata",
    note = "use `resourceful::ObjectMeta`"
)]
pub trait Metadata: Clone + Default + Send + Sync + 'static {
    /// The metadata in our own form.
    fn as_object_meta(&self) -> Cow<'_, ObjectMeta>;

    /// Takes the metadata out and leaves an empty one.
    fn take_object_meta(&mut self) -> ObjectMeta;

    /// Puts the metadata in.
    fn set_object_meta(&mut self, meta: ObjectMeta);
}

impl Metadata for ObjectMeta {
    fn as_object_meta(&self) -> Cow<'_, ObjectMeta> {
        Cow::Borrowed(self)
    }

    fn take_object_meta(&mut self) -> ObjectMeta {
        std::mem::take(self)
    }

    fn set_object_meta(&mut self, meta: ObjectMeta) {
        *self = meta;
    }
}

impl schemars::JsonSchema for ObjectMeta {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ObjectMeta".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta".into()
    }

    /// Only its type: the served documents replace it with the upstream definition.
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "object" })
    }
}

/// Reads `null` as "not set", as Go does.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads labels and annotations. One without a value, as `key:` in YAML, has the empty one, as in Go.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let texts: Option<BTreeMap<_, Option<String>>> = Option::deserialize(deserializer)?;
    Ok(texts.unwrap_or_default().into_iter().map(|(key, text)| (key, text.unwrap_or_default())).collect())
}

/// Reads a list. An item that is `null` is an empty one, as in Go.
fn items<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let items: Option<Vec<Option<T>>> = Option::deserialize(deserializer)?;
    Ok(items.unwrap_or_default().into_iter().map(Option::unwrap_or_default).collect())
}

/// Reads a whole number, which `1.0` is, too: upstream writes metadata anew before it reads it.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(number) = Option::<Number>::deserialize(deserializer)? else { return Ok(None) };
    match GoNumber::written(&number) {
        GoNumber::Integer(whole) => Ok(Some(whole)),
        GoNumber::Float(_) => Err(Error::custom(format_args!("{number} is not a whole number"))),
    }
}

fn generation<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    whole(deserializer).map(Option::unwrap_or_default)
}

/// contract 2.22
fn managed_fields<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ManagedFieldsEntry>, D::Error> {
    Ok(match Option::<Vec<_>>::deserialize(deserializer)? {
        Some(entries) if entries.is_empty() => vec![ManagedFieldsEntry::default()],
        entries => entries.unwrap_or_default(),
    })
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}
