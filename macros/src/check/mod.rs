//! From what the user wrote to the [`Model`]: every rule, and every mistake in one go.
//!
//! Where there is a mistake, a stand-in takes its place and the check goes on. The model is then still good enough to
//! be written out beside the errors, so that the rest of the program sees the types and impls that it names.

mod columns;
mod immutable;
mod json_path;
mod keys;
mod kube;
mod names;
mod roles;
mod scale;
mod selectable;
mod strategy;
mod subresource;
mod validation;
mod verbs;

use syn::parse_quote;

use crate::error::{self, Errors};
use crate::model::Model;
use crate::syntax::{CONTAINER_KEYS, Container, Field, Given, Raw, Shape};

/// Checks the input; `None` when there is not even a struct with metadata to write impls for.
pub(crate) fn check(raw: &Raw, errors: &mut Errors) -> Option<Model> {
    let fields = named_fields(raw, errors);
    if raw.attribute.is_none() {
        errors.push(error::no_attribute(&raw.ident));
    }
    keys::unknown(&raw.container.unknown, CONTAINER_KEYS, keys::CONTAINER_HABITS, errors);
    let names = names::check(raw, errors);
    let columns = columns::check(&raw.container.printcolumn, fields.unwrap_or_default(), errors);
    let selectable = selectable::check(&raw.container.selectable, fields.unwrap_or_default(), errors);
    let validations = validation::check(&raw.container.validation, fields.unwrap_or_default(), errors);
    let strategy = strategy::check(single(&raw.container.strategy, errors).value(), errors);
    let subresources = subresource::check(&raw.container.subresource, errors);
    let runtime = single(&raw.container.runtime, errors).value();
    let kube = kube::check(raw, errors);
    let verbs = verbs::check(&raw.container.verbs, errors);
    if !names.served {
        not_served(&raw.container, errors);
    } else if let (false, Some(storage)) = (names.storage, raw.container.storage.first()) {
        verbs::all_by_hand(&verbs, &storage.key, errors);
    }

    let roles = roles::check(&raw.ident, fields?, errors);
    let status_endpoint = !roles.status.is_empty() && verbs::serve_status(&verbs);
    let scale = scale::check(&raw.container.scale, fields?, !roles.status.is_empty(), errors);
    let immutable = immutable::check(&raw.container.immutable, fields?, errors);
    Some(Model {
        status_endpoint,
        immutable,
        scale: scale.filter(|_| status_endpoint),
        metadata: roles.metadata?,
        status: roles.status,
        runtime: runtime.map_or_else(|| parse_quote!(::resourceful), |runtime| runtime.0.clone()),
        strategy,
        subresources,
        validations,
        ident: raw.ident.clone(),
        lints: raw.lints.clone(),
        visibility: raw.visibility.clone(),
        names,
        columns,
        selectable,
        kube,
        verbs,
    })
}

/// `served = false` beside keys that say how the kind is served
fn not_served(container: &Container, errors: &mut Errors) {
    let keys = [
        container.scale.first().map(|given| &given.key),
        container.subresource.first().map(|given| &given.key),
        container.strategy.first().map(|given| &given.key),
        container.verbs.first().map(|given| &given.key),
    ];
    for key in keys.into_iter().flatten() {
        errors.push(error::key_of_served(key));
    }
}

/// The fields of a struct that can be a resource at all.
fn named_fields<'a>(raw: &'a Raw, errors: &mut Errors) -> Option<&'a [Field]> {
    let fields = match &raw.shape {
        Shape::Named(fields) => Ok(fields.as_slice()),
        Shape::Unnamed => Err(error::unnamed_fields(&raw.ident)),
        Shape::Enum(keyword) => Err(error::is_enum(*keyword)),
        Shape::Union(keyword) => Err(error::is_union(*keyword)),
    };
    let fields = errors.take(fields);
    if raw.generics.params.is_empty() {
        return fields;
    }
    errors.push(error::generic(&raw.ident, &raw.generics));
    None
}

/// Words of other tools that are answered with advice.
#[cfg(test)]
pub(crate) fn habits() -> impl Iterator<Item = &'static str> {
    let lists = [
        keys::CONTAINER_HABITS,
        keys::COLUMN_HABITS,
        keys::SCALE_HABITS,
        keys::VALIDATION_HABITS,
        keys::SUBRESOURCE_HABITS,
    ];
    lists.into_iter().flatten().map(|(habit, _)| *habit)
}

/// A key that may stand once.
enum Single<T> {
    /// It was not given.
    Absent,
    /// It was given with a value that cannot be read, which is reported.
    Broken,
    /// Its value.
    Value(T),
}

impl<T> Single<T> {
    fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Broken => None,
        }
    }
}

/// `group = "a.example.com", group = "b.example.com"`: the second is a mistake, the first counts.
fn single<'a, T>(given: &'a [Given<T>], errors: &mut Errors) -> Single<&'a T> {
    let [first, others @ ..] = given else { return Single::Absent };
    for other in others {
        errors.push(error::given_twice(&other.key));
    }
    errors.read(first).map_or(Single::Broken, Single::Value)
}
