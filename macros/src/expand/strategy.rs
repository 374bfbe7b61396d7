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

/// The value that the registry gets: `PotStrategy`, or `__rt::proofs::strategy::<Pot, my::Strategy>()`, which needs a
/// `Strategy` of this kind with a `Default` and says so at the user's path.
pub(super) fn value(model: &Model) -> TokenStream {
    let ident = &model.ident;
    match &model.strategy {
        None => {
            let strategy = format_ident!("{ident}Strategy");
            quote!(#strategy)
        }
        Some(path) => quote_spanned!(ours(path.span())=> __rt::proofs::strategy::<#ident, #path>()),
    }
}
