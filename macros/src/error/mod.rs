//! The catalogue of messages, one function each in the file of what they are about, and the collection that reports them
//! together.
//!
//! Their voice is rustc's: lower case, no full stop, code in backticks; first the fact, then `;` and the remedy.

mod columns;
mod fields;
mod keys;
mod names;
mod paths;
mod shape;
mod strategy;
mod subresources;
mod validations;
mod values;
mod verbs;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

pub(crate) use self::columns::*;
pub(crate) use self::fields::*;
pub(crate) use self::keys::*;
pub(crate) use self::names::*;
pub(crate) use self::paths::*;
pub(crate) use self::shape::*;
pub(crate) use self::strategy::*;
pub(crate) use self::subresources::*;
pub(crate) use self::validations::*;
pub(crate) use self::values::*;
pub(crate) use self::verbs::*;
use crate::syntax::Given;

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

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
