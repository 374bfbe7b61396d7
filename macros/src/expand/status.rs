//! `impl HasStatus`: how status is copied and cleared, field by field.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::ours;
use crate::model::{Model, StatusField};

/// ```text
/// impl __rt::HasStatus for Pot {
///     fn copy_status(&mut self, from: &Self) {
///         __rt::proofs::copy_status(&mut self.status, &from.status);
///     }
///
///     fn clear_status(&mut self) {
///         self.status = __rt::proofs::empty_status::<Option<PotStatus>>();
///     }
/// }
/// ```
pub(super) fn has_status(model: &Model) -> Option<TokenStream> {
    if model.status.is_empty() {
        return None;
    }
    let ident = &model.ident;
    let fields = model.status.iter().map(|field| &field.ident);
    let copies = quote!(#(__rt::proofs::copy_status(&mut self.#fields, &from.#fields);)*);
    let clears = model.status.iter().map(clear);
    Some(quote! {
        /// What belongs to `/status`.
        #[automatically_derived]
        impl __rt::HasStatus for #ident {
            fn copy_status(&mut self, from: &Self) {
                #copies
            }

            fn clear_status(&mut self) {
                #(#clears)*
            }
        }
    })
}

/// Clearing is also the proof that the type can be a status, so that it carries the span of the type.
fn clear(field: &StatusField) -> TokenStream {
    let StatusField { ident, ty, .. } = field;
    let empty = quote_spanned!(ours(ty.span())=> __rt::proofs::empty_status::<#ty>());
    quote!(self.#ident = #empty;)
}
