//! The schemas of a document: kinds, their lists, and the shared definitions.

use serde_json::{Map, Value, json};

use super::names;
use crate::info::ResourceInfo;
use crate::registry::DynKind;
use crate::schema::meta;

/// The word that says which kinds a schema is of.
pub(super) const TYPES: &str = "x-kubernetes-group-version-kind";

/// The name of the schema of a `Scale`, which all kinds share.
pub(super) const SCALE: &str = "io.k8s.api.autoscaling.v1.Scale";

/// The word that says by which fields a kind can be selected.
const SELECTABLE: &str = "x-kubernetes-selectable-fields";

/// A reference to a schema.
pub(super) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// A reference to a shared definition.
pub(super) fn meta_reference(kind: &str) -> Value {
    reference(&meta::name(kind))
}

/// A kind, as the members of [`TYPES`] and the operations of a kind name it.
pub(super) fn group_version_kind(info: &ResourceInfo, kind: &str) -> Value {
    json!({"group": info.group, "version": info.version, "kind": kind})
}

/// The definitions that all kinds use. Some of them can be spoken of in every group and version.
pub(super) fn shared<'a>(infos: impl Iterator<Item = &'a ResourceInfo>) -> Map<String, Value> {
    let mut schemas = meta::definitions().clone();
    for info in infos {
        for kind in ["DeleteOptions", "WatchEvent"] {
            let types = schemas.get_mut(&meta::name(kind)).and_then(|schema| schema.get_mut(TYPES));
            let own = group_version_kind(info, kind);
            if let Some(types) = types.and_then(Value::as_array_mut).filter(|types| !types.contains(&own)) {
                types.push(own);
            }
        }
    }
    schemas
}

/// Adds the schemas of a kind and of its list.
pub(super) fn add(schemas: &mut Map<String, Value>, kind: &dyn DynKind) {
    let info = kind.info();
    let mut schema = of(kind);
    let name = names::schema(info, info.kind);
    let mut list = list_schema(info, &name);
    if !info.selectable_fields.is_empty() {
        let paths = info.selectable_fields.iter().map(|path| path.strip_prefix('.').unwrap_or(path));
        let fields: Value = paths.map(|path| json!({"fieldPath": path})).collect();
        schema[SELECTABLE] = fields.clone();
        list[SELECTABLE] = fields;
    }
    schemas.insert(names::schema(info, &format!("{}List", info.kind)), list);
    schemas.insert(name, schema);
}

/// Adds the schema of a subresource's kind, which has no list.
pub(super) fn add_subresource(schemas: &mut Map<String, Value>, kind: &dyn DynKind) {
    schemas.entry(name(kind.info())).or_insert_with(|| of(kind));
}

/// The name of the schema of a kind that may be of another group.
pub(super) fn name(info: &ResourceInfo) -> String {
    if (info.group, info.kind) == ("autoscaling", "Scale") {
        return SCALE.to_owned();
    }
    names::schema(info, info.kind)
}

/// The schema of a kind.
pub(super) fn of(kind: &dyn DynKind) -> Value {
    let info = kind.info();
    let mut root = kind.schema().root.clone();
    // It is the same for all kinds, and referred to.
    root.properties.remove("metadata");
    let mut schema = root.to_openapi();
    schema["properties"]["metadata"] = described(meta::METADATA, &meta_reference("ObjectMeta"));
    schema[TYPES] = json!([group_version_kind(info, info.kind)]);
    schema
}

fn list_schema(info: &ResourceInfo, item: &str) -> Value {
    let kind = format!("{}List", info.kind);
    let standard = "Standard list metadata. \
        More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";
    json!({
        "description": format!("{kind} is a list of {}", info.kind),
        "type": "object",
        "required": ["items"],
        "properties": {
            "apiVersion": {"type": "string", "description": meta::API_VERSION},
            "items": {
                "type": "array",
                "description": format!("List of {}.", info.plural),
                "items": reference(item),
            },
            "kind": {"type": "string", "description": meta::KIND},
            "metadata": described(standard, &meta_reference("ListMeta")),
        },
        TYPES: [group_version_kind(info, &kind)],
    })
}

/// A reference with a text of its own, which version 3.0 allows only like this.
fn described(description: &str, reference: &Value) -> Value {
    json!({"description": description, "allOf": [reference]})
}
