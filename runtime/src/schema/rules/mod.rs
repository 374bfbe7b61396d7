//! What values must keep to: a structural schema compiled into the rules that documents are checked against.
//!
//! Only what demands something is in the tree, so that a check visits nothing else. Types are not: they are looked at before
//! a document becomes a Rust value. One that is not of the right types is checked against the rules with the types in them.

mod check;
mod embedded;
mod format;
mod lists;
mod pattern;
mod types;

use regex::Regex;
use serde_json::Value;

pub(crate) use self::check::Check;
use self::format::Format;
use self::types::TypeRule;
use super::{Limits, Problem, Structural, Type};

/// The word under which rules in CEL stand.
pub(super) const VALIDATIONS: &str = "x-kubernetes-validations";

/// The word that makes a value a whole Kubernetes object.
pub(super) const EMBEDDED: &str = "x-kubernetes-embedded-resource";

/// The word that says how the items of a list are told apart.
pub(super) const LIST_TYPE: &str = "x-kubernetes-list-type";

/// The rules of one value.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// Whether the schema names a type; [`Check`] counts it where it compares variants.
    typed: bool,
    /// The type, where types are among the rules.
    kind: Option<TypeRule>,
    width: Option<Width>,
    format: Option<(String, Format)>,
    limits: Limits,
    pattern: Option<Regex>,
    values: Vec<Value>,
    required: Vec<Required>,
    properties: Vec<(String, Self)>,
    additional: Option<Box<Self>>,
    items: Option<Box<Self>>,
    list: List,
    /// Whether this is a whole Kubernetes object.
    is_embedded: bool,
    has: Has,
    all_of: Vec<Self>,
    any_of: Vec<Self>,
    one_of: Vec<Self>,
    not: Option<Box<Self>>,
}

/// The formats of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    /// A whole number without a format.
    Integer,
    Int32,
    Int64,
    Float,
}

#[derive(Debug)]
struct Required {
    field: String,
    /// Whether `null` counts as a value.
    nullable: bool,
}

/// What there is here or below.
#[derive(Clone, Copy, Debug, Default)]
struct Has {
    /// Lists whose items must differ.
    lists: bool,
    /// Whole Kubernetes objects.
    embedded: bool,
}

/// What makes the items of a list different from each other.
#[derive(Debug, Default, PartialEq)]
enum List {
    #[default]
    Free,
    Set,
    Map(Vec<String>),
}

impl Rules {
    /// Compiles the rules of a schema, if there are any. What cannot be compiled goes to the problems.
    pub(super) fn of(schema: &Structural, problems: &mut Vec<Problem>) -> Option<Self> {
        let mut compiler = Compiler { path: String::new(), types: false, problems };
        compiler.declared(schema)
    }

    /// The same with the types, for documents that no Rust value could be made of.
    pub(super) fn with_types(schema: &Structural) -> Option<Self> {
        let mut compiler = Compiler { path: String::new(), types: true, problems: &mut Vec::new() };
        compiler.declared(schema)
    }

    /// The rules of a field.
    pub(crate) fn property(&self, name: &str) -> Option<&Self> {
        self.properties.iter().find(|(field, _)| field == name).map(|(_, rules)| rules)
    }

    /// Whether a value of the Rust type could break a rule. The width of its numbers it keeps to by itself.
    pub(super) fn bind_values(&self) -> bool {
        let own = self.kind.is_some()
            || self.format.is_some()
            || self.limits != Limits::default()
            || !self.values.is_empty()
            || !self.required.is_empty()
            || self.list != List::Free
            || self.is_embedded
            || !(self.all_of.is_empty() && self.any_of.is_empty() && self.one_of.is_empty())
            || self.not.is_some();
        own || self.properties.iter().any(|(_, rules)| rules.bind_values())
            || [&self.additional, &self.items].into_iter().flatten().any(|rules| rules.bind_values())
    }

    fn any_part(&self, holds: fn(&Self) -> bool) -> bool {
        self.properties.iter().any(|(_, part)| holds(part))
            || [&self.additional, &self.items].into_iter().flatten().any(|part| holds(part))
    }

    fn is_empty(&self) -> bool {
        !self.bind_values()
            && self.width.is_none()
            && self.properties.is_empty()
            && self.additional.is_none()
            && self.items.is_none()
    }
}

/// One compilation: where it is, and what went wrong.
struct Compiler<'a> {
    path: String,
    /// Whether types are among the rules.
    types: bool,
    problems: &'a mut Vec<Problem>,
}

impl Compiler<'_> {
    /// The rules of what a schema declares; none where it demands nothing.
    fn declared(&mut self, schema: &Structural) -> Option<Rules> {
        let mut rules = self.rules(schema, Self::declared);
        rules.has = Has {
            lists: rules.list != List::Free || rules.any_part(|part| part.has.lists),
            embedded: rules.is_embedded || rules.any_part(|part| part.has.embedded),
        };
        if let Some(default) = &schema.default {
            let errors = Check::new("default").value(&rules, default, None);
            if !errors.is_empty() {
                let message = format!("the default is not allowed: {}", errors.aggregate());
                self.problem(message, "change the default or the limits");
            }
        }
        (!rules.is_empty()).then_some(rules)
    }

    /// The rules of a value validation, whole: how many of its parts hold decides which variant is told of.
    fn restricting(&mut self, schema: &Structural) -> Rules {
        self.rules(schema, |compiler, schema| Some(compiler.restricting(schema)))
    }

    fn rules(&mut self, schema: &Structural, part: fn(&mut Self, &Structural) -> Option<Rules>) -> Rules {
        let mut properties = Vec::new();
        for (name, property) in &schema.properties {
            if let Some(rules) = self.at(&format!(".{name}"), |compiler| part(compiler, property)) {
                properties.push((name.clone(), rules));
            }
        }
        let additional = schema.additional.as_deref();
        let items = schema.items.as_deref();
        let is_embedded = schema.extensions.get(EMBEDDED) == Some(&Value::Bool(true));
        // An object that is embedded has its own say about the two.
        let is_own = |field: &&String| !(is_embedded && matches!(field.as_str(), "apiVersion" | "kind"));
        Rules {
            typed: schema.kind.is_some() || schema.int_or_string || schema.format.is_some(),
            // The Rust type of an integer or string is mostly one that takes anything.
            kind: Some(schema).filter(|_| self.types || schema.int_or_string).and_then(TypeRule::of),
            width: width(schema),
            format: string_format(schema),
            limits: schema.limits.clone(),
            pattern: self.pattern(schema.limits.pattern.as_deref()),
            values: schema.values.clone(),
            required: schema.required.iter().filter(is_own).map(|field| required(schema, field)).collect(),
            properties,
            additional: additional
                .and_then(|schema| self.at("[*]", |compiler| part(compiler, schema)))
                .map(Box::new),
            items: items.and_then(|schema| self.at("[]", |compiler| part(compiler, schema))).map(Box::new),
            list: self.list(schema),
            is_embedded,
            has: Has::default(),
            all_of: self.variants(&schema.all_of),
            any_of: self.variants(&schema.any_of),
            one_of: self.variants(&schema.one_of),
            not: schema.not.as_deref().map(|schema| Box::new(self.restricting(schema))),
        }
    }

    fn at<T>(&mut self, step: &str, compile: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(step);
        let compiled = compile(self);
        self.path.truncate(length);
        compiled
    }

    fn problem(&mut self, message: impl Into<String>, remedy: &'static str) {
        self.problems.push(Problem::new(&self.path, message, remedy));
    }

    fn variants(&mut self, schemas: &[Structural]) -> Vec<Rules> {
        schemas.iter().map(|schema| self.restricting(schema)).collect()
    }

    fn pattern(&mut self, pattern: Option<&str>) -> Option<Regex> {
        let pattern = pattern?;
        match pattern::compile(pattern) {
            Ok(compiled) => Some(compiled),
            Err(why) => {
                let message = format!("the pattern {pattern:?} is not checked: {why}");
                self.problem(message, "write it as Go's regular expressions are written");
                None
            }
        }
    }

    fn list(&mut self, schema: &Structural) -> List {
        if schema.extensions.contains_key(VALIDATIONS) {
            let remedy = "check them in the strategy's validate";
            self.problem("the rules of x-kubernetes-validations are not checked", remedy);
        }
        let keys = schema.extensions.get("x-kubernetes-list-map-keys").and_then(Value::as_array);
        let keys =
            keys.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
        match schema.extensions.get(LIST_TYPE).and_then(Value::as_str) {
            Some("set") => List::Set,
            Some("map") if keys.is_empty() => {
                let remedy = "name the fields that tell its items apart";
                self.problem("a list of type map needs x-kubernetes-list-map-keys", remedy);
                List::Free
            }
            Some("map") => List::Map(keys),
            None | Some("atomic") => List::Free,
            Some(other) => {
                let message = format!("{other:?} is no x-kubernetes-list-type");
                self.problem(message, "use atomic, set or map");
                List::Free
            }
        }
    }
}

fn width(schema: &Structural) -> Option<Width> {
    Some(match (schema.kind?, schema.format.as_deref()) {
        (Type::Integer, Some("int32")) => Width::Int32,
        (Type::Integer, Some("int64")) => Width::Int64,
        (Type::Integer, _) => Width::Integer,
        (Type::Number, Some("float")) => Width::Float,
        _ => return None,
    })
}

fn string_format(schema: &Structural) -> Option<(String, Format)> {
    let name = schema.format.as_ref().filter(|_| matches!(schema.kind, None | Some(Type::String)))?;
    Some((name.clone(), format::named(name)?))
}

fn required(schema: &Structural, field: &str) -> Required {
    let property = schema.properties.get(field);
    // Where no type is given, anything counts.
    let nullable = property.is_none_or(|property| property.nullable || property.kind.is_none());
    Required { field: field.to_owned(), nullable }
}

#[cfg(test)]
mod tests;
