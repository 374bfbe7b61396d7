//! Fields that hold a whole Kubernetes object: `x-kubernetes-embedded-resource`.

use super::{Structural, Type, meta};

/// Gives an object that holds a whole Kubernetes object the fields which all of those have.
pub(super) fn embed(node: &mut Structural) {
    node.kind = Some(Type::Object);
    node.preserve_unknown |= node.additional.take().is_some() || node.properties.is_empty();
    let text = |description| Structural::of(Type::String).described(description);
    let common = [
        ("apiVersion", text(meta::API_VERSION)),
        ("kind", text(meta::KIND)),
        ("metadata", shape(meta::object_meta())),
    ];
    for (name, property) in common {
        node.properties.entry(name.to_owned()).or_insert(property);
    }
    for name in ["apiVersion", "kind"] {
        if !node.required.iter().any(|field| field == name) {
            node.required.push(name.to_owned());
        }
    }
}

/// A schema without its defaults and without what it requires: which fields there are, and of which types.
fn shape(schema: &Structural) -> Structural {
    let properties = schema.properties.iter().map(|(name, property)| (name.clone(), shape(property)));
    Structural {
        default: None,
        required: Vec::new(),
        properties: properties.collect(),
        additional: schema.additional.as_deref().map(shape).map(Box::new),
        items: schema.items.as_deref().map(shape).map(Box::new),
        ..schema.clone()
    }
}
