//! `#[derive(Resource)]`: what a struct says about a Kubernetes-style kind, turned into the handlers that serve it.
//!
//! Use it through `resourceful`, which re-exports it. The way of every input:
//!
//! 1. `syntax` reads what the user wrote, with spans, and never fails: mistakes are collected.
//! 2. `check` holds it against the rules and makes the `model`.
//! 3. `expand` writes the model out. It cannot fail.
//!
//! Mistakes are reported all at once, each at the token that it is about. Beside them the derive still writes what the
//! rest of the program needs, so that no second error hides the first.
//!
//! **Architecture invariant:** this crate knows names, not behaviour. What a verb does is written once, in `resourceful`;
//! generated code only calls it.

mod check;
mod error;
mod expand;
mod hooks;
mod model;
mod plural;
mod syntax;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::error::Errors;

#[doc = include_str!("../docs/attributes.md")]
#[proc_macro_derive(Resource, attributes(resource, metadata, spec, status))]
pub fn derive_resource(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive(input.into()).into()
}

fn derive(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let raw = syntax::read(&input, &mut errors);
    let code = match check::check(&raw, &mut errors) {
        Some(model) => expand::expand(&model),
        None => expand::fallback(&input),
    };
    let errors = errors.into_compile_errors();
    quote!(#errors #code)
}
