//! `oneOf` and `anyOf`: optional values, enums, and objects of which one of several forms is meant.

use serde_json::Value;

use super::{Import, ONE_TYPE};
use crate::schema::{Structural, Type};

impl Import<'_> {
    /// `oneOf` and `anyOf`: optional values and enums.
    pub(super) fn variants(&mut self, node: &mut Structural, schemas: &[Value], exclusive: bool) {
        let mut variants = Vec::new();
        for schema in schemas {
            if is_null(schema) {
                node.nullable = true;
            } else {
                variants.push(self.node(schema));
            }
        }
        let Some(first) = variants.first() else { return };
        if variants.len() == 1 {
            let variant = variants.remove(0);
            return self.absorb(node, variant);
        }
        let kind = first.kind;
        node.nullable |= variants.iter().any(|variant| variant.nullable);
        if variants.iter().all(|variant| variant.kind.is_none() && !variant.int_or_string) {
            // They say nothing about what the value is, only what it must keep to.
            return restrict(node, &variants, exclusive);
        }
        if variants.iter().all(|variant| variant.kind == kind && !variant.values.is_empty()) {
            node.kind = kind;
            for value in variants.into_iter().flat_map(|variant| variant.values) {
                if !node.values.contains(&value) {
                    node.values.push(value);
                }
            }
        } else if is_int_or_string(&variants) {
            node.int_or_string = true;
        } else if kind == Some(Type::Object) && variants.iter().all(|variant| variant.kind == kind) {
            self.hoist(node, variants, exclusive);
        } else if kind.is_some() && variants.iter().all(|variant| variant.kind == kind) {
            node.kind = kind;
            let (items, format) = (first.items.clone(), first.format.clone());
            if variants.iter().all(|variant| variant.format == format) {
                node.format = format;
            }
            if let Some(items) = items {
                let same = variants.iter().all(|variant| variant.items.as_ref() == Some(&items));
                node.items = Some(if same { items } else { Box::new(Structural::anything()) });
            }
            restrict(node, &variants, exclusive);
        } else {
            if variants.iter().any(|variant| variant.kind.is_some()) {
                self.problem("the variants are of different types; the value is not checked", ONE_TYPE);
            }
            *node = Structural {
                description: std::mem::take(&mut node.description),
                nullable: node.nullable,
                ..Structural::anything()
            };
        }
    }

    /// Lifts the fields of all variants into the node; which of them go together stays as a validation.
    fn hoist(&mut self, node: &mut Structural, variants: Vec<Structural>, exclusive: bool) {
        node.kind = Some(Type::Object);
        restrict(node, &variants, exclusive);
        for variant in variants {
            node.preserve_unknown |= variant.preserve_unknown || variant.additional.is_some();
            let only = variant.properties.len() == 1;
            for (name, mut property) in variant.properties {
                // The default of one variant must not show up in another.
                property.default = None;
                if only && property.description.is_empty() {
                    property.description.clone_from(&variant.description);
                }
                self.property(node, name, property);
            }
        }
    }
}

fn is_null(schema: &Value) -> bool {
    let is = |key, value: &Value| schema.get(key) == Some(value);
    is("type", &Value::from("null"))
        || is("enum", &Value::from(vec![Value::Null]))
        || is("const", &Value::Null)
}

fn is_int_or_string(variants: &[Structural]) -> bool {
    let [one, other] = variants else { return false };
    matches!(
        (one.kind, other.kind),
        (Some(Type::Integer), Some(Type::String)) | (Some(Type::String), Some(Type::Integer))
    )
}

/// Says which variants a value may be, unless one of them allows everything.
fn restrict(node: &mut Structural, variants: &[Structural], exclusive: bool) {
    let conditions: Vec<_> = variants.iter().map(condition).collect();
    if !conditions.contains(&Structural::default()) {
        push_choice(node, conditions, exclusive);
    }
}

pub(super) fn push_choice(node: &mut Structural, conditions: Vec<Structural>, exclusive: bool) {
    if conditions.is_empty() {
        return;
    }
    let mut target = node;
    if !(if exclusive { &target.one_of } else { &target.any_of }).is_empty() {
        target.all_of.push(Structural::default());
        let Some(last) = target.all_of.last_mut() else { return };
        target = last;
    }
    *(if exclusive { &mut target.one_of } else { &mut target.any_of }) = conditions;
}

/// What a node demands of a value, without what it declares: the only thing that may stand inside `oneOf` and its like.
pub(super) fn condition(node: &Structural) -> Structural {
    let properties = node.properties.iter().map(|(name, property)| (name.clone(), condition(property)));
    Structural {
        values: node.values.clone(),
        properties: properties.filter(|(_, condition)| *condition != Structural::default()).collect(),
        required: node.required.clone(),
        items: node.items.as_deref().map(condition).filter(|it| *it != Structural::default()).map(Box::new),
        limits: node.limits.clone(),
        all_of: node.all_of.clone(),
        any_of: node.any_of.clone(),
        one_of: node.one_of.clone(),
        not: node.not.clone(),
        ..Structural::default()
    }
}
