//! The model as code, in reading order: the handlers, what the kind is, its status, its strategy, its verbs, its proofs.
//!
//! Everything but the handlers stands in `const _: () = { … }`, where `__rt` is the runtime crate. Nothing of the prelude
//! is named, so that a program may shadow it.

mod fallback;
mod handlers;
mod kube;
mod resource;
mod status;
mod strategy;
mod subresources;
mod verbs;

use proc_macro2::{Span, TokenStream};
use quote::quote;

pub(crate) use self::fallback::fallback;
use crate::model::Model;

/// A span at the user's token for code that is ours: an error points there, and a lint knows that nobody wrote it.
fn ours(at: Span) -> Span {
    at.resolved_at(Span::call_site())
}

/// Writes the model out.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { runtime, lints, .. } = model;
    let resource = resource::resource(model);
    let status = status::has_status(model);
    let kube = kube::resource(model);
    let (types, served) =
        if model.names.served { (handlers::types(model), served(model)) } else { Default::default() };
    quote! {
        #types

        #(#lints)*
        #[allow(refining_impl_trait)]
        const _: () = {
            use #runtime as __rt;

            #resource
            #status
            #served
            #kube
        };
    }
}

/// What only a kind has that is served.
fn served(model: &Model) -> TokenStream {
    let strategy = strategy::default_strategy(model);
    let constructor = handlers::constructor(model);
    let rest = verbs::rest(model);
    let status_rest = verbs::status_rest(model);
    let subresources = subresources::storages(model);
    let served = handlers::served(model);
    let proof = handlers::proof(model);
    quote! {
        #strategy
        #constructor
        #rest
        #status_rest
        #subresources
        #served
        #proof
    }
}
