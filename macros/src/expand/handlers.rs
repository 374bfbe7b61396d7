//! The handlers: their types, where they come from, and how a server gets hold of them.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use super::{ours, strategy, subresources};
use crate::model::{Model, Verb};

/// `PotRest`
pub(super) fn rest(model: &Model) -> Ident {
    format_ident!("{}Rest", model.ident)
}

/// `PotStatusRest`
pub(super) fn status_rest(model: &Model) -> Ident {
    format_ident!("{}StatusRest", model.ident)
}

/// ```text
/// pub struct PotRest {
///     pub registry: ::resourceful::Registry<Pot>,
/// }
/// ```
pub(super) fn types(model: &Model) -> TokenStream {
    let Model { ident, visibility, runtime, lints, .. } = model;
    let kind = &model.names.kind;
    let (rest, status_rest) = (rest(model), status_rest(model));
    let docs = format!(" The storage handlers of `{kind}`: one impl per verb.");
    // With every verb written by hand, nobody need use the registry.
    let unused = model.verbs.iter().all(|verb| verb.custom.is_some()).then(|| quote!(#[allow(dead_code)]));
    let status_docs = format!(" The storage handlers of `/status` of `{kind}`.");
    let status_rest = model.status_endpoint.then(|| {
        quote! {
            #[doc = #status_docs]
            #(#lints)*
            #[allow(missing_debug_implementations)]
            #visibility struct #status_rest {
                registry: #runtime::Registry<#ident>,
            }
        }
    });
    let subresources = subresources::types(model);
    quote! {
        #[doc = #docs]
        #(#lints)*
        #[allow(missing_debug_implementations)]
        #visibility struct #rest {
            /// The pipelines behind the verbs, for those written by hand.
            #unused
            #visibility registry: #runtime::Registry<#ident>,
        }

        #status_rest
        #subresources
    }
}

/// ```text
/// impl Pot {
///     pub fn rest(store: &__rt::Store) -> (PotRest, PotStatusRest) { … }
/// }
/// ```
pub(super) fn constructor(model: &Model) -> TokenStream {
    let Model { ident, visibility, .. } = model;
    let (rest, status_rest) = (rest(model), status_rest(model));
    let registry = strategy::registry(model);
    let (docs, result, handlers) = if model.status_endpoint {
        (
            " The storage handlers on a store: of the kind, and of its `/status`.",
            quote!((#rest, #status_rest)),
            quote!((#rest { registry: ::core::clone::Clone::clone(&registry) }, #status_rest { registry })),
        )
    } else {
        (" The storage handlers on a store.", quote!(#rest), quote!(#rest { registry }))
    };
    quote! {
        impl #ident {
            #[doc = #docs]
            #[must_use]
            #visibility fn rest(store: &__rt::Store) -> #result {
                let registry = #registry;
                #handlers
            }
        }
    }
}

/// ```text
/// impl __rt::rest::Served for Pot {
///     fn handlers(store: &__rt::Store) -> __rt::rest::Handlers {
///         let (rest, status) = Self::rest(store);
///         __rt::rest::Handlers::of(rest).standard().status(status).build()
///     }
/// }
/// ```
pub(super) fn served(model: &Model) -> TokenStream {
    let ident = &model.ident;
    // A custom verb whose impl is missing is an error at the word `custom`.
    let span = model.verbs.iter().find_map(|served| served.custom).map_or_else(Span::call_site, ours);
    let builder = quote_spanned!(span=> __rt::rest::Handlers::of(rest));
    let slots = slots(model, span);
    let (handlers, status) = if model.status_endpoint {
        (quote!((rest, status)), Some(quote!(.status(status))))
    } else {
        (quote!(rest), None)
    };
    let scale_rest =
        model.scale.as_ref().map(|_| quote!(let scale = __rt::rest::ScaleRest::new(&rest.registry);));
    let scale = model.scale.as_ref().map(|_| quote!(.scale(scale)));
    let subresource_rests = subresources::variables(model);
    let subresources = subresources::slots(model);
    quote! {
        /// What a server takes.
        #[automatically_derived]
        impl __rt::rest::Served for #ident {
            fn handlers(store: &__rt::Store) -> __rt::rest::Handlers {
                let #handlers = Self::rest(store);
                #scale_rest
                #subresource_rests
                #builder #slots #status #scale #subresources .build()
            }
        }
    }
}

/// `.standard()`, or `.getter().lister()` for what is served.
fn slots(model: &Model, span: Span) -> TokenStream {
    if model.is_standard() {
        return quote!(.standard());
    }
    let slots = model.verbs.iter().map(|served| {
        let slot = Ident::new(slot(served.verb), served.custom.map_or(span, ours));
        quote_spanned!(slot.span()=> .#slot())
    });
    let lists = model.verbs.iter().any(|served| served.verb == Verb::List);
    let tables = (!lists).then(|| quote!(.table_convertor()));
    quote!(#(#slots)* #tables)
}

/// The method of `HandlersBuilder` that takes a verb.
const fn slot(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "getter",
        Verb::List => "lister",
        Verb::Create => "creater",
        Verb::Update => "updater",
        Verb::Delete => "deleter",
        Verb::DeleteCollection => "collection_deleter",
        Verb::Watch => "watcher",
    }
}

/// With every verb served, the handlers are what Go calls a `StandardStorage`.
pub(super) fn proof(model: &Model) -> Option<TokenStream> {
    let rest = rest(model);
    model.is_standard().then(|| quote!(const _: () = __rt::proofs::standard_storage::<#rest>();))
}
