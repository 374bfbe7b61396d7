//! The structural schema of a kind: from the Rust type to what OpenAPI, validation and apply read.
//!
//! A [`Structural`] schema says for every field which type it has, in one tree without references, as Kubernetes demands
//! of a CustomResourceDefinition. [`import`] makes it from what schemars gives; [`fields`] holds documents against it,
//! [`defaults`] completes them and [`rules`] says what is wrong with them.

mod current;
mod defaults;
mod embedded;
mod fields;
mod import;
mod keywords;
mod leads;
pub(crate) mod meta;
mod problem;
mod rules;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Map, Number, Value, json};

pub(crate) use self::defaults::{Defaults, drop_nulls};
pub(crate) use self::fields::{
    Known, MAX_PROBLEMS, list_for_object, mismatch, overflows, push_field, push_index, sort_unknown,
    unknown_fields, whole_numbers,
};
use self::import::Import;
pub(crate) use self::problem::Problem;
pub(crate) use self::rules::{Check, Rules};
use crate::info::ResourceInfo;

/// One node of a structural schema. Serialises as OpenAPI 3.0.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Structural {
    /// The type; none where anything goes and in value validations.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<Type>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) format: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) nullable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<Value>,
    /// The only values allowed; empty when there is no such list.
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub(crate) values: Vec<Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) properties: BTreeMap<String, Self>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) required: Vec<String>,
    /// The values of a map; never beside `properties`.
    #[serde(rename = "additionalProperties", skip_serializing_if = "Option::is_none")]
    pub(crate) additional: Option<Box<Self>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) items: Option<Box<Self>>,
    #[serde(flatten)]
    pub(crate) limits: Limits,
    /// Value validations: they restrict, and declare no field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) all_of: Vec<Self>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) any_of: Vec<Self>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) one_of: Vec<Self>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not: Option<Box<Self>>,
    /// Whether fields that are not declared are kept.
    #[serde(rename = "x-kubernetes-preserve-unknown-fields", skip_serializing_if = "is_false")]
    pub(crate) preserve_unknown: bool,
    #[serde(rename = "x-kubernetes-int-or-string", skip_serializing_if = "is_false")]
    pub(crate) int_or_string: bool,
    /// The other `x-kubernetes-…` words, as they were given.
    #[serde(flatten)]
    pub(crate) extensions: Map<String, Value>,
}

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Type {
    Array,
    Boolean,
    Integer,
    Number,
    Object,
    String,
}

impl Type {
    /// The word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Object => "object",
            Self::String => "string",
        }
    }
}

/// What a value must keep to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Limits {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) minimum: Option<Number>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) exclusive_minimum: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) maximum: Option<Number>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) exclusive_maximum: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) multiple_of: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_length: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_length: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pattern: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_items: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_items: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_properties: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_properties: Option<u64>,
}

impl Structural {
    /// A value of which nothing is known.
    pub(crate) fn anything() -> Self {
        Self { preserve_unknown: true, ..Self::default() }
    }

    /// A value of a type.
    pub(crate) fn of(kind: Type) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }

    /// The same node with a description.
    pub(crate) fn described(mut self, description: &str) -> Self {
        description.clone_into(&mut self.description);
        self
    }

    /// The node as an OpenAPI 3.0 document.
    pub(crate) fn to_openapi(&self) -> Value {
        // Nothing in the tree can fail to serialise: all keys are strings.
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// The schema of a kind.
#[derive(Debug)]
pub(crate) struct KindSchema {
    /// The object, with apiVersion, kind and metadata.
    pub(crate) root: Structural,
    /// The defaults, where the type has any.
    pub(crate) defaults: Option<Defaults>,
    /// What an object must keep to beside its metadata, where that is anything.
    pub(crate) rules: Option<Rules>,
    /// Whether a value of the Rust type could break a rule.
    pub(crate) checks_values: bool,
    /// What of the type a structural schema cannot say, for whoever wrote the type.
    pub(crate) problems: Vec<Problem>,
    /// Whether it has numbers of 32 bits.
    pub(crate) has_floats: bool,
    /// Whether upstream reads objects of the kind into a Go type, as it does a `Scale`.
    pub(crate) is_go_type: bool,
    /// The rules and the types.
    rules_with_types: OnceLock<Option<Rules>>,
}

impl KindSchema {
    /// The schema of a type that is served as a kind.
    pub(crate) fn of<T: JsonSchema>(info: &ResourceInfo) -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        let mut schema = settings.into_generator().into_root_schema_for::<T>();
        // The root has the name of the type for its title, which says nothing about the kind.
        if schema.get("title").and_then(Value::as_str) == Some(&*T::schema_name()) {
            schema.remove("title");
        }
        Self::new(info, schema.as_value())
    }

    /// Makes the structural schema of a kind from what schemars says about its type.
    fn new(info: &ResourceInfo, schema: &Value) -> Self {
        let mut import = Import::default();
        let mut root = import.root(schema);
        let mut problems = import.problems;
        if root.kind != Some(Type::Object) {
            let remedy = "derive it on a struct with named fields, and let serde write it as one";
            problems.push(Problem::new("", "a kind must be an object", remedy));
            root = Structural { kind: Some(Type::Object), ..Structural::anything() };
        }
        if root.description.is_empty() {
            info.description.clone_into(&mut root.description);
        }
        // A map of everything beside the declared fields: the declared ones come now.
        if root.additional.take().is_some() {
            root.preserve_unknown = true;
        }
        // Metadata may be left out of a body, and a client does not send the status.
        root.required.retain(|field| !is_common(field) && !info.status_fields.contains(&field.as_str()));
        // What every object has is completed and checked elsewhere.
        root.properties.retain(|field, _| !is_common(field));
        add_validations(info, &mut root);
        let defaults = Defaults::of(&root);
        let rules = Rules::of(&root, &mut problems);
        let checks_values = rules.as_ref().is_some_and(Rules::bind_values);
        root.properties
            .insert("apiVersion".into(), Structural::of(Type::String).described(meta::API_VERSION));
        root.properties.insert("kind".into(), Structural::of(Type::String).described(meta::KIND));
        root.properties.insert("metadata".into(), meta::object_meta().clone());
        problems.extend(leads::problems(info, &root));
        let is_go_type = info.group == "autoscaling";
        let has_floats = fields::has_floats(&root);
        let rules_with_types = OnceLock::new();
        Self { root, defaults, rules, checks_values, problems, has_floats, is_go_type, rules_with_types }
    }

    /// The rules with the types in them, for a document that no value could be made of. Made at the first of those.
    pub(crate) fn rules_with_types(&self) -> Option<&Rules> {
        let make = || {
            let mut own = self.root.clone();
            own.properties.retain(|field, _| !is_common(field));
            Rules::with_types(&own)
        };
        self.rules_with_types.get_or_init(make).as_ref()
    }
}

/// Whether a field is one that every object has.
fn is_common(field: &str) -> bool {
    matches!(field, "apiVersion" | "kind" | "metadata")
}

/// Adds the rules in CEL that the kind has beside those of its type.
fn add_validations(info: &ResourceInfo, root: &mut Structural) {
    if info.validations.is_empty() {
        return;
    }
    let rules = root.extensions.entry(rules::VALIDATIONS).or_insert_with(|| Value::Array(Vec::new()));
    let Some(rules) = rules.as_array_mut() else { return };
    for validation in info.validations {
        let mut rule = json!({"rule": validation.rule});
        let words = [
            ("message", validation.message),
            ("reason", validation.reason),
            ("fieldPath", validation.field_path),
        ];
        for (word, text) in words.into_iter().filter(|(_, text)| !text.is_empty()) {
            rule[word] = text.into();
        }
        rules.push(rule);
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

#[cfg(test)]
mod tests;
