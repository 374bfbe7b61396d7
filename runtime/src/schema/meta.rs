//! The shared definitions of `meta/v1`, with upstream's texts: what `kubectl explain` shows of every kind.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::Structural;
use super::import::Import;

/// The description of every object's `apiVersion`.
pub(crate) const API_VERSION: &str = "APIVersion defines the versioned schema of this representation of an object. \
    Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. \
    More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";

/// The description of every object's `kind`.
pub(crate) const KIND: &str = "Kind is a string value representing the REST resource this object represents. Servers \
    may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. \
    More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";

/// The description of every object's `metadata`.
pub(crate) const METADATA: &str = "Standard object's metadata. \
    More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/// The name of a definition of `meta/v1`.
pub(crate) fn name(kind: &str) -> String {
    format!("io.k8s.apimachinery.pkg.apis.meta.v1.{kind}")
}

/// The definitions by name, as OpenAPI 3.0.
pub(crate) fn definitions() -> &'static Map<String, Value> {
    static DEFINITIONS: LazyLock<Map<String, Value>> =
        LazyLock::new(|| serde_json::from_str(include_str!("meta.json")).unwrap_or_default());
    &DEFINITIONS
}

/// The schema of every object's `metadata`.
pub(crate) fn object_meta() -> &'static Structural {
    static OBJECT_META: LazyLock<Structural> = LazyLock::new(|| {
        let definitions = definitions();
        let mut import = Import::with(definitions);
        let mut schema =
            definitions.get(&name("ObjectMeta")).map(|schema| import.root(schema)).unwrap_or_default();
        // What FieldsV1 holds is its own language.
        let entry = schema.properties.get_mut("managedFields").and_then(|list| list.items.as_deref_mut());
        if let Some(fields) = entry.and_then(|entry| entry.properties.get_mut("fieldsV1")) {
            fields.preserve_unknown = true;
        }
        schema.described(METADATA)
    });
    &OBJECT_META
}

#[cfg(test)]
mod tests {
    use super::{definitions, object_meta};
    use crate::schema::Type;

    #[test]
    fn the_definitions_parse_and_refer_only_to_each_other() {
        let definitions = definitions();
        assert_eq!(definitions.len(), 14);
        let text = serde_json::to_string(definitions).unwrap();
        for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(definitions.contains_key(name), "{name}");
        }
    }

    #[test]
    fn object_meta_has_every_field_of_ours() {
        let meta = object_meta();
        assert_eq!(meta.properties.len(), 15);
        assert_eq!(meta.properties["creationTimestamp"].kind, Some(Type::String));
        let owner = meta.properties["ownerReferences"].items.as_ref().unwrap();
        assert_eq!(owner.properties["controller"].kind, Some(Type::Boolean));
        let entry = meta.properties["managedFields"].items.as_ref().unwrap();
        assert!(entry.properties["fieldsV1"].preserve_unknown);
    }
}
