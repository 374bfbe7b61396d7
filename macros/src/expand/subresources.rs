//! The subresources that the user implements: their handlers' types, and how a server gets hold of them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::ours;
use crate::model::{Model, Subresource, SubresourceVerb};

/// `PotWaterRest`
fn handler(model: &Model, subresource: &Subresource) -> Ident {
    format_ident!("{}{}Rest", model.ident, subresource.handler)
}

/// `water_rest`, in which no keyword and no other variable can be.
fn variable(subresource: &Subresource) -> Ident {
    format_ident!("{}_rest", subresource.name.replace('-', "_"))
}

/// ```text
/// pub struct PotWaterRest {
///     pub registry: ::resourceful::Registry<Pot>,
/// }
/// ```
pub(super) fn types(model: &Model) -> TokenStream {
    let Model { ident, visibility, runtime, lints, .. } = model;
    let types = model.subresources.iter().map(|subresource| {
        let handler = handler(model, subresource);
        let docs =
            format!(" The handlers of `/{}` of `{}`, to implement.", subresource.name, model.names.kind);
        quote! {
            #[doc = #docs]
            #(#lints)*
            #[allow(missing_debug_implementations)]
            #visibility struct #handler {
                /// The pipelines of the objects.
                #[allow(dead_code)]
                #visibility registry: #runtime::Registry<#ident>,
            }
        }
    });
    quote!(#(#types)*)
}

/// ```text
/// impl __rt::rest::Storage for PotWaterRest {
///     type Object = Watering;
/// }
/// ```
pub(super) fn storages(model: &Model) -> TokenStream {
    let storages = model.subresources.iter().map(|subresource| {
        let (ident, handler) = (&model.ident, handler(model, subresource));
        // A type that is no kind, or that nobody may see, is a mistake at the user's path.
        let object = if let Some(kind) = &subresource.kind {
            quote_spanned!(ours(kind.span())=> type Object = #kind;)
        } else {
            quote!(type Object = #ident;)
        };
        quote! {
            #[automatically_derived]
            impl __rt::rest::Storage for #handler {
                #object
            }

            #[automatically_derived]
            impl __rt::rest::TableConvertor for #handler {}
        }
    });
    quote!(#(#storages)*)
}

/// ```text
/// let water_rest = PotWaterRest { registry: ::core::clone::Clone::clone(&rest.registry) };
/// ```
pub(super) fn variables(model: &Model) -> TokenStream {
    let variables = model.subresources.iter().map(|subresource| {
        let (variable, handler) = (variable(subresource), handler(model, subresource));
        quote!(let #variable = #handler { registry: ::core::clone::Clone::clone(&rest.registry) };)
    });
    quote!(#(#variables)*)
}

/// `.subresource("water", __rt::rest::Handlers::of(water_rest).named_creater().table_convertor().build())`
pub(super) fn slots(model: &Model) -> TokenStream {
    let slots = model.subresources.iter().map(|subresource| {
        let (name, variable) = (&subresource.name, variable(subresource));
        let verbs = subresource.verbs.iter().map(|(verb, word)| {
            let span = ours(word.span());
            let slot = Ident::new(slot(*verb), span);
            quote_spanned!(span=> .#slot())
        });
        quote!(.subresource(#name, __rt::rest::Handlers::of(#variable) #(#verbs)* .table_convertor().build()))
    });
    quote!(#(#slots)*)
}

/// The method of `HandlersBuilder` that takes a verb.
const fn slot(verb: SubresourceVerb) -> &'static str {
    match verb {
        SubresourceVerb::Get => "getter",
        SubresourceVerb::Create => "named_creater",
        SubresourceVerb::Update => "updater",
        SubresourceVerb::Connect => "connecter",
    }
}
