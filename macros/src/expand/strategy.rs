//! The strategy: the user's type, or one in which every hook is as it is by default.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::ours;
use crate::model::Model;

/// ```text
/// struct PotStrategy;
/// impl __rt::Strategy for PotStrategy {
///     type Object = Pot;
/// }
/// ```
pub(super) fn default_strategy(model: &Model) -> Option<TokenStream> {
    if model.strategy.is_some() {
        return None;
    }
    let ident = &model.ident;
    let strategy = format_ident!("{ident}Strategy");
    Some(quote! {
        /// Every hook as it is by default.
        struct #strategy;

        #[automatically_derived]
        impl __rt::Strategy for #strategy {
            type Object = #ident;
        }
    })
}

/// The pipelines with the strategy: `__rt::Registry::new(store, PotStrategy)`, or with the user's type
/// `__rt::proofs::registry::<Self, my::Strategy>(store)`, which says at the user's path what a strategy needs.
pub(super) fn registry(model: &Model) -> TokenStream {
    match &model.strategy {
        None => {
            let strategy = format_ident!("{}Strategy", model.ident);
            quote!(__rt::Registry::new(store, #strategy))
        }
        Some(path) => {
            let registry = quote_spanned!(ours(path.span())=> __rt::proofs::registry::<Self, #path>);
            quote!(#registry(store))
        }
    }
}
