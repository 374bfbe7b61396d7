//! From JSON Schema as schemars writes it to a structural schema.
//!
//! Nothing here fails: what a structural schema cannot say becomes "anything goes", and a text among the problems.

mod variants;

use serde_json::{Map, Value};

use self::variants::{condition, push_choice};
use super::embedded::embed;
use super::rules::{EMBEDDED, LIST_TYPE};
use super::{Limits, Problem, Structural, Type, keywords};

/// What to do where values may be of several types.
const ONE_TYPE: &str =
    "give it one type, or say with x-kubernetes-preserve-unknown-fields that anything goes";

/// One import: what its nodes share.
#[derive(Debug, Default)]
pub(super) struct Import<'a> {
    /// What `$ref` names. Without them a reference closes a cycle, since schemars inlines everything else.
    definitions: Option<&'a Map<String, Value>>,
    /// What could not be said.
    pub(super) problems: Vec<Problem>,
    /// Where the import is, as in `.spec.rules[]`.
    path: String,
}

impl<'a> Import<'a> {
    /// An import whose references name these definitions, which must not refer to themselves.
    pub(super) fn with(definitions: &'a Map<String, Value>) -> Self {
        Self { definitions: Some(definitions), ..Self::default() }
    }

    /// Imports a whole schema.
    pub(super) fn root(&mut self, schema: &Value) -> Structural {
        self.node(schema)
    }

    fn problem(&mut self, message: impl Into<String>, remedy: &'static str) {
        self.problems.push(Problem::new(&self.path, message, remedy));
    }

    fn node(&mut self, schema: &Value) -> Structural {
        match schema {
            Value::Object(schema) => self.object(schema),
            _ => Structural::anything(),
        }
    }

    /// A node one step further down.
    fn child(&mut self, step: &str, schema: &Value) -> Structural {
        let length = self.path.len();
        self.path.push_str(step);
        let node = self.node(schema);
        self.path.truncate(length);
        node
    }

    fn object(&mut self, schema: &Map<String, Value>) -> Structural {
        let mut node = match schema.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.reference(reference),
            None => Structural::default(),
        };
        let description = keywords::describe(schema);
        if !description.is_empty() {
            node.description = description;
        }
        node.nullable |= schema.get("nullable") == Some(&Value::Bool(true));
        node.default = schema.get("default").filter(|default| !default.is_null()).cloned();
        self.types(schema, &mut node);
        keywords::values(schema, &mut node);
        keywords::limits(schema, &mut node.limits);
        keywords::format(schema, &mut node);
        self.fields(schema, &mut node);
        self.elements(schema, &mut node);
        keywords::extensions(schema, &mut node);
        self.logic(schema, &mut node);
        if node.extensions.get(EMBEDDED) == Some(&Value::Bool(true)) {
            embed(&mut node);
        }
        if node.kind.is_none() && !node.int_or_string {
            node.preserve_unknown = true;
        }
        node
    }

    fn reference(&mut self, reference: &str) -> Structural {
        let name = reference.rsplit('/').next().unwrap_or_default();
        match self.definitions.and_then(|definitions| definitions.get(name)) {
            Some(schema) => self.node(schema),
            None => Structural::anything(),
        }
    }

    fn types(&mut self, schema: &Map<String, Value>, node: &mut Structural) {
        let mut kinds: Vec<Type> = Vec::new();
        let names = match schema.get("type") {
            Some(Value::Array(names)) => names.as_slice(),
            Some(name) => std::slice::from_ref(name),
            None => return,
        };
        for name in names.iter().filter_map(Value::as_str) {
            match Type::named(name) {
                Some(kind) => kinds.push(kind),
                None => node.nullable |= name == "null",
            }
        }
        match *kinds.as_slice() {
            [] => {}
            [kind] => node.kind = Some(kind),
            [Type::Integer, Type::Number] | [Type::Number, Type::Integer] => node.kind = Some(Type::Number),
            [Type::Integer, Type::String] | [Type::String, Type::Integer] => node.int_or_string = true,
            _ => self.problem("several types; the value is not checked", ONE_TYPE),
        }
    }

    /// `properties`, and the ways of saying what other keys there may be.
    fn fields(&mut self, schema: &Map<String, Value>, node: &mut Structural) {
        if let Some(Value::Object(properties)) = schema.get("properties") {
            for (name, property) in properties {
                let property = self.child(&format!(".{name}"), property);
                node.properties.insert(name.clone(), property);
            }
            node.kind.get_or_insert(Type::Object);
        }
        let required = schema.get("required").and_then(Value::as_array);
        node.required.extend(required.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let others = patterns.and_then(|patterns| patterns.values().next()).or_else(|| {
            ["additionalProperties", "unevaluatedProperties"].iter().find_map(|key| schema.get(*key))
        });
        match others {
            None | Some(Value::Bool(false)) => {}
            // A flattened map: structural schemas cannot type it beside declared fields.
            Some(_) if !node.properties.is_empty() => node.preserve_unknown = true,
            Some(others) => {
                node.kind.get_or_insert(Type::Object);
                node.additional = Some(Box::new(self.child("[*]", others)));
            }
        }
    }

    fn elements(&mut self, schema: &Map<String, Value>, node: &mut Structural) {
        if node.kind != Some(Type::Array) {
            return;
        }
        let items = schema.get("items").filter(|_| !schema.contains_key("prefixItems"));
        // A tuple has a type per position, for which there is no word; its length stays.
        node.items = Some(Box::new(match items {
            Some(items) => self.child("[]", items),
            None => Structural::anything(),
        }));
        if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
            self.unique(schema, node);
        }
    }

    /// A set in Rust. Kubernetes has no `uniqueItems`, but lists that are sets, of plain values.
    fn unique(&mut self, schema: &Map<String, Value>, node: &mut Structural) {
        let given = schema.get(LIST_TYPE).and_then(Value::as_str);
        let is_plain = |item: &Structural| {
            item.int_or_string || !matches!(item.kind, None | Some(Type::Array | Type::Object))
        };
        match given {
            Some("map") => {}
            Some("set") => node.is_set = true,
            None if node.items.as_deref().is_some_and(is_plain) => {
                node.is_set = true;
                node.extensions.insert(LIST_TYPE.to_owned(), "set".into());
            }
            _ => {
                let remedy = "say with x-kubernetes-list-type that the list is a map, and what its keys are";
                self.problem(
                    "Kubernetes has no sets of objects or lists; that items differ is not checked",
                    remedy,
                );
            }
        }
    }

    fn logic(&mut self, schema: &Map<String, Value>, node: &mut Structural) {
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let part = self.object_or_default(part);
            self.absorb(node, part);
        }
        for word in ["oneOf", "anyOf"] {
            if let Some(Value::Array(variants)) = schema.get(word) {
                self.variants(node, variants, word == "oneOf");
            }
        }
        if let Some(not) = schema.get("not") {
            let forbidden = condition(&self.node(not));
            node.not = Some(Box::new(forbidden)).filter(|it| declares(node, it));
        }
        if schema.contains_key("if") {
            self.problem("if, then and else are not checked", "check it in the strategy's validate");
        }
    }

    /// A part of `allOf`, which adds nothing where it says nothing.
    fn object_or_default(&mut self, schema: &Value) -> Structural {
        let mut part = self.node(schema);
        if part.kind.is_none() && schema.get("x-kubernetes-preserve-unknown-fields").is_none() {
            part.preserve_unknown = false;
        }
        part
    }

    fn property(&mut self, node: &mut Structural, name: String, property: Structural) {
        let Some(old) = node.properties.get_mut(&name) else {
            node.properties.insert(name, property);
            return;
        };
        if old.kind == property.kind && !old.values.is_empty() && !property.values.is_empty() {
            // The tag of an enum: every variant brings its own value, unless the whole has them all.
            for value in property.values {
                if !old.values.contains(&value) {
                    old.values.push(value);
                    old.description.clear();
                }
            }
            return;
        }
        let described = property.described(&old.description);
        if *old != described {
            *old = Structural::anything().described(&described.description);
            let message = format!("the variants differ in field {name:?}; its value is not checked");
            self.problem(message, "give the field one type, or another name in each variant");
        }
    }

    /// Adds to a node what a part of it says. What the node says itself stands.
    fn absorb(&mut self, node: &mut Structural, part: Structural) {
        if node.description.is_empty() {
            node.description = part.description;
        }
        node.kind = node.kind.or(part.kind);
        node.format = node.format.take().or(part.format);
        node.default = node.default.take().or(part.default);
        node.nullable |= part.nullable;
        node.preserve_unknown |=
            part.preserve_unknown || (part.additional.is_some() && !node.properties.is_empty());
        node.int_or_string |= part.int_or_string;
        if node.values.is_empty() {
            node.values = part.values;
        }
        for (name, property) in part.properties {
            self.property(node, name, property);
        }
        for field in part.required {
            if !node.required.contains(&field) {
                node.required.push(field);
            }
        }
        if node.properties.is_empty() {
            node.additional = node.additional.take().or(part.additional);
        }
        node.items = node.items.take().or(part.items);
        node.is_set |= part.is_set;
        if node.limits == Limits::default() {
            node.limits = part.limits;
        } else if part.limits != Limits::default() {
            node.all_of.push(Structural { limits: part.limits, ..Structural::default() });
        }
        node.all_of.extend(part.all_of);
        push_choice(node, part.one_of, true);
        push_choice(node, part.any_of, false);
        node.extensions.extend(part.extensions);
    }
}

impl Type {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "array" => Self::Array,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "object" => Self::Object,
            "string" => Self::String,
            _ => return None,
        })
    }

    pub(super) fn of_value(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        })
    }
}

/// Whether a validation says anything, and speaks only of fields that a node has, as Kubernetes demands.
fn declares(node: &Structural, validation: &Structural) -> bool {
    *validation != Structural::default()
        && validation.properties.keys().all(|name| node.properties.contains_key(name))
}
