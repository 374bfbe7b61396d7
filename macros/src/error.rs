//! The catalogue of messages, one function each, and the collection that reports them together.
//!
//! Their voice is rustc's: lower case, no full stop, code in backticks; first the fact, then `;` and the remedy.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Error, Generics, Ident, Lit, LitStr, Path, Token};

use crate::syntax::{Given, typed};

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    /// Adds a mistake.
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// The value, or `None` with its mistake added.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// The value of a key, or `None` with its mistake added.
    pub(crate) fn read<'a, T>(&mut self, given: &'a Given<T>) -> Option<&'a T> {
        given.value.as_ref().map_err(|error| self.push(error.clone())).ok()
    }

    /// One `compile_error!` per mistake.
    pub(crate) fn into_compile_errors(self) -> Option<TokenStream> {
        self.0.map(Error::into_compile_error)
    }
}

fn at(tokens: &impl ToTokens, message: impl std::fmt::Display) -> Error {
    Error::new_spanned(tokens, message)
}

// The shape of the struct.

pub(crate) fn is_enum(keyword: Token![enum]) -> Error {
    at(
        &keyword,
        "`Resource` can only be derived for a struct with named fields; put the enum in a field, such as `spec`",
    )
}

pub(crate) fn is_union(keyword: Token![union]) -> Error {
    at(&keyword, "`Resource` can only be derived for a struct with named fields")
}

pub(crate) fn unnamed_fields(ident: &Ident) -> Error {
    at(ident, format_args!("`{ident}` needs named fields: `metadata` at least"))
}

pub(crate) fn generic(ident: &Ident, generics: &Generics) -> Error {
    let typed = typed(&generics.split_for_impl().1);
    at(
        generics,
        format_args!(
            "a resource has one shape on the wire, so `{ident}{typed}` cannot be generic; write a struct per type"
        ),
    )
}

// The attribute.

pub(crate) fn no_attribute(ident: &Ident) -> Error {
    at(
        ident,
        format_args!(
            "`{ident}` derives `Resource` but has no `#[resource(...)]`; it needs at least `group` and `version`"
        ),
    )
}

pub(crate) fn missing_group(attribute: &Path) -> Error {
    at(attribute, "missing `group`; write `#[resource(group = \"example.com\", version = \"v1\")]`")
}

pub(crate) fn missing_version(attribute: &Path) -> Error {
    at(attribute, "missing `version`; write `#[resource(group = \"example.com\", version = \"v1\")]`")
}

pub(crate) fn empty_attribute(attribute: &Path) -> Error {
    at(
        attribute,
        "`#[resource]` says nothing; write `#[resource(group = \"example.com\", version = \"v1\")]`",
    )
}

pub(crate) fn attribute_without_parentheses(attribute: &Path) -> Error {
    at(
        attribute,
        "`#[resource]` takes its keys in parentheses: `#[resource(group = \"example.com\", version = \"v1\")]`",
    )
}

pub(crate) fn resource_on_field(attribute: &Path) -> Error {
    at(
        attribute,
        "`#[resource(...)]` belongs on the struct; a field takes `#[metadata]`, `#[spec]` or `#[status]`",
    )
}

// Keys.

pub(crate) fn unknown_key(key: &Path, known: &[&str]) -> Error {
    at(key, format_args!("unknown key `{}`; the keys are {}", typed(key), listed(known)))
}

pub(crate) fn misspelt_key(key: &Path, meant: &str) -> Error {
    at(key, format_args!("unknown key `{}`; did you mean `{meant}`?", typed(key)))
}

/// A key that belongs to another tool's grammar, with what is written here instead.
pub(crate) fn foreign_key(key: &Path, advice: &str) -> Error {
    at(key, format_args!("unknown key `{}`; {advice}", typed(key)))
}

/// A key for what a marker on a field says here.
pub(crate) fn role_as_key(key: &Path, advice: &str) -> Error {
    at(key, format_args!("`{}` is not a key here; {advice}", typed(key)))
}

pub(crate) fn given_twice(key: &Path) -> Error {
    at(key, format_args!("`{}` is given twice; keep one", typed(key)))
}

// Values.

pub(crate) fn literal_for_key(literal: &Lit) -> Error {
    at(literal, "expected a key, such as `group = \"example.com\"`")
}

pub(crate) fn unreadable_value(key: &Path, value: &TokenStream) -> Error {
    if value.is_empty() {
        return needs_value(key);
    }
    at(value, format_args!("the value of `{}` cannot be read", typed(key)))
}

pub(crate) fn not_a_string(key: &str, value: &impl ToTokens) -> Error {
    let typed = typed(value);
    let example = if typed.contains('"') { "…" } else { &typed };
    at(value, format_args!("`{key}` takes a string: `{key} = \"{example}\"`"))
}

pub(crate) fn needs_value(key: &Path) -> Error {
    let name = typed(key);
    at(key, format_args!("`{name}` needs a value: `{name} = \"…\"`"))
}

pub(crate) fn list_for_string(key: &Path) -> Error {
    let name = typed(key);
    at(key, format_args!("`{name}` takes one string: `{name} = \"…\"`"))
}

pub(crate) fn value_for_switch(key: &Path) -> Error {
    at(key, format_args!("`{}` is a switch; write it alone", typed(key)))
}

pub(crate) fn needs_number(key: &Path, value: &impl ToTokens) -> Error {
    let name = typed(key);
    at(value, format_args!("`{name}` takes a whole number from 0 on: `{name} = 1`"))
}

pub(crate) fn needs_path(key: &Path, value: &impl ToTokens, expected: &str) -> Error {
    at(value, format_args!("`{}` takes {expected}", typed(key)))
}

pub(crate) fn relative_crate(path: &Path) -> Error {
    let typed = typed(path);
    at(
        path,
        format_args!(
            "the path must be absolute; write `::{typed}`, or `crate::…` for a module of this crate"
        ),
    )
}

// kube-rs.

pub(crate) fn kube_without_feature(key: &Path) -> Error {
    at(
        key,
        "`kube` needs the feature `kube` of `resourceful`; write `resourceful = { version = \"…\", features = [\"kube\"] }`",
    )
}

pub(crate) fn kube_denies_unknown_fields(words: &Path) -> Error {
    at(
        words,
        "kube-rs reads objects with `apiVersion` and `kind`, which are no fields of the struct; remove `deny_unknown_fields`",
    )
}

// Verbs.

pub(crate) fn verbs_without_list(key: &Path) -> Error {
    at(key, "`verbs` takes a list: `verbs(get, list, watch)`")
}

pub(crate) fn no_verbs(key: &Path) -> Error {
    at(key, "`verbs()` serves nothing; name a verb, or leave `verbs` out for all of them")
}

pub(crate) fn verb_value(verb: &Path, value: &impl ToTokens) -> Error {
    let verb = typed(verb);
    at(
        value,
        format_args!(
            "a verb stands alone, or with `custom` when its impl is yours: `{verb}` or `{verb} = custom`"
        ),
    )
}

pub(crate) fn literal_for_verb(literal: &Lit) -> Error {
    at(literal, "expected a verb, such as `get`")
}

pub(crate) fn unknown_verb(verb: &Path, known: &[&str]) -> Error {
    at(verb, format_args!("unknown verb `{}`; the verbs are {}", typed(verb), listed(known)))
}

pub(crate) fn misspelt_verb(verb: &Path, meant: &str) -> Error {
    at(verb, format_args!("unknown verb `{}`; did you mean `{meant}`?", typed(verb)))
}

pub(crate) fn patch_is_implied(verb: &Path) -> Error {
    at(verb, "`patch` has no handler of its own; it comes with `get` and `update`, so leave it out")
}

pub(crate) fn verb_twice(verb: &Path) -> Error {
    at(verb, format_args!("the verb `{}` is listed twice", typed(verb)))
}

// Fields and their roles.

pub(crate) fn no_metadata(ident: &Ident) -> Error {
    at(ident, format_args!("`{ident}` has no `metadata` field; add `pub metadata: ObjectMeta`"))
}

pub(crate) fn role_twice(role: &Path, first: &Ident) -> Error {
    let role_name = typed(role);
    at(role, format_args!("a resource has one {role_name}; `{first}` is already marked `#[{role_name}]`"))
}

pub(crate) fn two_roles(role: &Path, first: &Path) -> Error {
    let (role_name, first) = (typed(role), typed(first));
    let message = if role_name == first {
        format!("`#[{role_name}]` is given twice; keep one")
    } else {
        format!("a field has one role; this one is already marked `#[{first}]`")
    };
    at(role, message)
}

pub(crate) fn marker_with_arguments(role: &Path) -> Error {
    at(role, format_args!("`#[{}]` is a marker; write it alone", typed(role)))
}

pub(crate) fn unmarked_status(field: &Ident) -> Error {
    at(
        field,
        "the field `status` is not marked `#[status]`, so every writer could set it; mark it, or rename the field",
    )
}

pub(crate) fn wrong_wire_name(field: &Ident, actual: &str, expected: &str) -> Error {
    at(
        field,
        format_args!(
            "this field is serialised as `{actual}`, but clients expect `{expected}`; add `#[serde(rename = \"{expected}\")]`"
        ),
    )
}

pub(crate) fn nameless(field: &Ident, role: &str, word: &str) -> Error {
    at(field, format_args!("the {role} must be serialised under its own name; remove `#[serde({word})]`"))
}

pub(crate) fn reserved_field(field: &Ident, name: &str) -> Error {
    at(field, format_args!("the server writes `{name}` itself, from `#[resource(...)]`; remove the field"))
}

// Names.

pub(crate) fn bad_group(group: &LitStr) -> Error {
    let group_name = group.value();
    at(
        group,
        format_args!(
            "`{group_name}` is not a group name; it must be a lower-case domain with a dot, such as `example.com`"
        ),
    )
}

pub(crate) fn bad_version(version: &LitStr) -> Error {
    at(
        version,
        format_args!("`{}` is not an API version; write `v1`, `v1beta1` or `v1alpha1`", version.value()),
    )
}

pub(crate) fn bad_kind(kind: &LitStr) -> Error {
    at(
        kind,
        format_args!(
            "`{}` is not a kind; it must be one word of ASCII letters and digits, such as `FlowerPot`",
            kind.value()
        ),
    )
}

pub(crate) fn struct_is_no_kind(ident: &Ident) -> Error {
    at(
        ident,
        format_args!("`{ident}` is not a kind; name one of ASCII letters and digits: `kind = \"FlowerPot\"`"),
    )
}

pub(crate) fn bad_label(value: &LitStr, what: &str) -> Error {
    at(
        value,
        format_args!(
            "`{}` is not {what}; it must be lower-case letters, digits and `-`, beginning with a letter, at most 63 in all",
            value.value()
        ),
    )
}

pub(crate) fn short_name_twice(value: &LitStr) -> Error {
    at(value, format_args!("the short name `{}` is listed twice", value.value()))
}

pub(crate) fn category_twice(value: &LitStr) -> Error {
    at(value, format_args!("the category `{}` is listed twice", value.value()))
}

pub(crate) fn short_name_taken(value: &LitStr, by: &str) -> Error {
    at(value, format_args!("`{}` is already the {by} name; a short name must differ", value.value()))
}

pub(crate) fn empty_warning(text: &LitStr) -> Error {
    at(text, "the warning is empty; write `deprecated` alone for the usual one")
}

pub(crate) fn bad_warning(text: &LitStr) -> Error {
    at(text, "a warning is one line of at most 256 bytes; shorten it")
}

// Columns.

pub(crate) fn column_without_list(key: &Path) -> Error {
    at(
        key,
        "`printcolumn` takes a list: `printcolumn(name = \"Ready\", type = \"boolean\", json_path = \".status.ready\")`",
    )
}

pub(crate) fn incomplete_column(column: &Path, key: &str, example: &str) -> Error {
    at(column, format_args!("this column has no `{key}`; add `{key} = \"{example}\"`"))
}

pub(crate) fn nameless_column(name: &LitStr) -> Error {
    at(name, "a column needs a name, such as `Ready`")
}

pub(crate) fn column_twice(name: &LitStr) -> Error {
    at(name, format_args!("the column `{}` is listed twice", name.value()))
}

pub(crate) fn bad_column_type(kind: &LitStr, meant: Option<&str>, known: &[&str]) -> Error {
    let known = known.join(", ");
    let message = match meant {
        Some(meant) => format!("`{}` is not a column type; use `{meant}` (one of {known})", kind.value()),
        None => format!("`{}` is not a column type; use one of {known}", kind.value()),
    };
    at(kind, message)
}

pub(crate) fn bad_column_format(format: &LitStr, known: &[&str]) -> Error {
    at(format, format_args!("`{}` is not a column format; use one of {}", format.value(), known.join(", ")))
}

pub(crate) fn bad_json_path(path: &LitStr, problem: &str) -> Error {
    at(path, format_args!("`{}` is not a JSON path; {problem}", path.value()))
}

pub(crate) fn json_path_leads_nowhere(path: &LitStr, field: &str, known: &[String]) -> Error {
    let known: Vec<_> = known.iter().map(|field| format!("`.{field}`")).collect();
    at(
        path,
        format_args!(
            "`.{field}` is not a field of this resource; the path begins with one of {}",
            known.join(", ")
        ),
    )
}

// Selectable fields.

pub(crate) fn selectable_twice(path: &LitStr) -> Error {
    at(path, format_args!("the selectable field `{}` is listed twice", path.value()))
}

pub(crate) fn selectable_metadata(path: &LitStr) -> Error {
    at(path, format_args!("`{}` cannot be selectable; only fields of your own can be", path.value()))
}

pub(crate) fn too_many_selectable(key: &Path, most: usize) -> Error {
    at(key, format_args!("a kind has at most {most} selectable fields; leave one out"))
}

// Immutable fields.

pub(crate) fn immutable_twice(path: &LitStr) -> Error {
    at(path, format_args!("the immutable field `{}` is listed twice", path.value()))
}

pub(crate) fn immutable_elsewhere(path: &LitStr) -> Error {
    at(
        path,
        format_args!(
            "`{}` cannot be immutable; name a field that is neither metadata nor status, such as `.spec.zone`",
            path.value()
        ),
    )
}

// Scale.

pub(crate) fn scale_without_list(key: &Path) -> Error {
    at(
        key,
        "`scale` takes a list: `scale(spec_replicas_path = \".spec.replicas\", status_replicas_path = \".status.replicas\")`",
    )
}

pub(crate) fn scale_without_status(key: &Path) -> Error {
    at(key, "`scale` needs a status: `status_replicas_path` must lie under `.status.`")
}

pub(crate) fn incomplete_scale(scale: &Path, key: &str, example: &str) -> Error {
    at(scale, format_args!("this scale has no `{key}`; add `{key} = \"{example}\"`"))
}

pub(crate) fn scale_path_elsewhere(path: &LitStr, key: &str, roots: &[&str]) -> Error {
    let roots: Vec<_> = roots.iter().map(|root| format!("`.{root}.`")).collect();
    at(path, format_args!("`{key}` must lie under {}", roots.join(" or ")))
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
