//! What the user wrote, with spans. Nothing here judges: a value that cannot be read is kept as its error.

mod container;
mod field;
mod serde_name;
mod strategy;
mod value;

use darling::FromMeta;
use darling::ast::NestedMeta;
use quote::ToTokens;
use syn::{
    Attribute, Data, DeriveInput, Expr, Fields, Ident, Lit, Meta, Path, Token, Visibility, parse_quote,
};

pub(crate) use self::container::{
    COLUMN_KEYS, CONTAINER_KEYS, Column, Container, SCALE_KEYS, SUBRESOURCE_KEYS, Scale, Subresource,
    VALIDATION_KEYS, Validation,
};
pub(crate) use self::field::{Field, Role};
pub(crate) use self::strategy::{GivenHook, Strategy};
pub(crate) use self::value::{Boolean, Given, Notice, Switch, Text, Unknown, Verbs};
use crate::error::{self, Errors};

/// A struct with its attributes taken apart.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) generics: syn::Generics,
    /// The doc comment.
    pub(crate) description: String,
    /// Its lint levels, which the code that names it shares.
    pub(crate) lints: Vec<Attribute>,
    /// The words `deny_unknown_fields` of serde, where they stand.
    pub(crate) denies_unknown_fields: Option<Path>,
    /// The word `resource` of the first `#[resource(...)]`.
    pub(crate) attribute: Option<Path>,
    /// The keys of all `#[resource(...)]` together.
    pub(crate) container: Container,
    /// Whether every `#[resource(...)]` could be read; if not, a missing key means nothing.
    pub(crate) complete: bool,
    pub(crate) shape: Shape,
}

/// What was derived upon.
#[derive(Debug)]
pub(crate) enum Shape {
    Named(Vec<Field>),
    /// A tuple struct or a unit struct.
    Unnamed,
    Enum(Token![enum]),
    Union(Token![union]),
}

/// Reads the input of the derive.
pub(crate) fn read(input: &DeriveInput, errors: &mut Errors) -> Raw {
    let mut items = Vec::new();
    let mut complete = true;
    let attributes: Vec<_> =
        input.attrs.iter().filter(|attribute| attribute.path().is_ident("resource")).collect();
    for attribute in &attributes {
        match keys(attribute) {
            Ok(keys) => items.extend(keys),
            Err(error) => {
                complete = false;
                errors.push(error);
            }
        }
    }
    Raw {
        ident: input.ident.clone(),
        visibility: input.vis.clone(),
        generics: input.generics.clone(),
        description: description(&input.attrs),
        lints: lints(&input.attrs),
        denies_unknown_fields: serde_name::word(&input.attrs, "deny_unknown_fields"),
        attribute: attributes.first().map(|attribute| attribute.path().clone()),
        container: container(&items, errors),
        complete,
        shape: shape(input, errors),
    }
}

/// The items of `#[resource(group = "…", namespaced)]`.
fn keys(attribute: &Attribute) -> syn::Result<Vec<NestedMeta>> {
    match &attribute.meta {
        Meta::List(list) if list.tokens.is_empty() => Err(error::empty_attribute(attribute.path())),
        Meta::List(list) => value::list_items(&list.tokens),
        Meta::Path(path) => Err(error::empty_attribute(path)),
        Meta::NameValue(meta) => Err(error::attribute_without_parentheses(&meta.path)),
    }
}

fn container(items: &[NestedMeta], errors: &mut Errors) -> Container {
    errors.take(Container::from_list(items).map_err(Into::into)).unwrap_or_default()
}

fn shape(input: &DeriveInput, errors: &mut Errors) -> Shape {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Shape::Named(field::read(&fields.named, &input.attrs, errors)),
            Fields::Unnamed(_) | Fields::Unit => Shape::Unnamed,
        },
        Data::Enum(data) => Shape::Enum(data.enum_token),
        Data::Union(data) => Shape::Union(data.union_token),
    }
}

/// `#[allow(…)]` as it is, and `#[allow(deprecated)]` for a struct that is.
fn lints(attributes: &[Attribute]) -> Vec<Attribute> {
    let lint = |attribute: &Attribute| {
        if attribute.path().is_ident("allow") {
            Some(attribute.clone())
        } else if attribute.path().is_ident("deprecated") {
            Some(parse_quote!(#[allow(deprecated)]))
        } else {
            None
        }
    };
    attributes.iter().filter_map(lint).collect()
}

/// The text of the `///` lines: lines of a paragraph joined, as rustdoc reads them.
fn description(attributes: &[Attribute]) -> String {
    let mut description = String::new();
    for line in attributes.iter().filter_map(doc_line) {
        for line in line.lines().map(str::trim).chain(line.is_empty().then_some("")) {
            if line.is_empty() {
                if !description.is_empty() && !description.ends_with('\n') {
                    description.push_str("\n\n");
                }
            } else {
                if !description.is_empty() && !description.ends_with('\n') {
                    description.push(' ');
                }
                description.push_str(line);
            }
        }
    }
    description.truncate(description.trim_end().len());
    description
}

/// The text of `#[doc = "…"]`.
fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else { return None };
    match &meta.value {
        Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) if meta.path.is_ident("doc") => {
            Some(text.value())
        }
        _ => None,
    }
}

/// A path as the user typed it, for messages.
pub(crate) fn typed(path: &impl ToTokens) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}
