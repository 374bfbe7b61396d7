//! The fields of the struct: their roles and the names that serde gives them.

use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Meta, Path, Token, Type};

use super::serde_name::{SerdeName, serde_name};
use crate::error::{self, Errors};

/// A named field.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) serde: SerdeName,
    /// The markers on it, in order.
    pub(crate) roles: Vec<Role>,
}

/// What a field is for.
#[derive(Clone, Debug)]
pub(crate) enum Role {
    Metadata(Path),
    Spec(Path),
    Status(Path),
}

impl Role {
    /// The word that the user typed.
    pub(crate) const fn path(&self) -> &Path {
        match self {
            Self::Metadata(path) | Self::Spec(path) | Self::Status(path) => path,
        }
    }
}

impl Field {
    /// The name that serde writes, if it writes one.
    pub(crate) fn name(&self) -> Option<&str> {
        match &self.serde {
            SerdeName::Name(name) => Some(name),
            SerdeName::Nameless(_) => None,
        }
    }

    /// The serde attribute that leaves the field without a name of its own.
    pub(crate) const fn nameless(&self) -> Option<&'static str> {
        match self.serde {
            SerdeName::Nameless(word) => Some(word),
            SerdeName::Name(_) => None,
        }
    }
}

/// Reads the fields of a struct that has these attributes.
pub(super) fn read(
    fields: &Punctuated<syn::Field, Token![,]>,
    struct_attributes: &[Attribute],
    errors: &mut Errors,
) -> Vec<Field> {
    let mut read = Vec::with_capacity(fields.len());
    for field in fields {
        let Some(ident) = &field.ident else { continue };
        read.push(Field {
            ident: ident.clone(),
            ty: field.ty.clone(),
            serde: serde_name(ident, &field.attrs, struct_attributes),
            roles: field.attrs.iter().filter_map(|attribute| role(attribute, errors)).collect(),
        });
    }
    read
}

/// The role of `#[metadata]`, `#[spec]` or `#[status]`. With arguments it is a mistake, and still the role.
fn role(attribute: &Attribute, errors: &mut Errors) -> Option<Role> {
    let path = attribute.path();
    let role = if path.is_ident("metadata") {
        Role::Metadata(path.clone())
    } else if path.is_ident("spec") {
        Role::Spec(path.clone())
    } else if path.is_ident("status") {
        Role::Status(path.clone())
    } else {
        if path.is_ident("resource") {
            errors.push(error::resource_on_field(path));
        }
        return None;
    };
    if !matches!(attribute.meta, Meta::Path(_)) {
        errors.push(error::marker_with_arguments(path));
    }
    Some(role)
}
