//! `impl kube::Resource`: the same kind, as kube-rs sees it.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::ours;
use crate::model::Model;

/// ```text
/// impl __rt::kube_core::Resource for Pot {
///     type DynamicType = ();
///     type Scope = __rt::kube_core::NamespaceResourceScope;
///
///     fn kind(_: &()) -> Cow<'_, str> {
///         Cow::Borrowed(<Self as __rt::Resource>::INFO.kind)
///     }
///     …
///     fn meta(&self) -> &__rt::kube_core::ObjectMeta {
///         <ObjectMeta as __rt::proofs::kube::Metadata>::as_theirs(&self.metadata)
///     }
///     …
/// }
/// ```
///
/// Handing out the metadata is also the proof that it is of kube-rs' type, so that it carries the span of the type.
pub(super) fn resource(model: &Model) -> Option<TokenStream> {
    if !model.kube {
        return None;
    }
    let Model { ident, metadata, .. } = model;
    let (field, ty) = (&metadata.ident, &metadata.ty);
    let scope =
        if model.names.namespaced { quote!(NamespaceResourceScope) } else { quote!(ClusterResourceScope) };
    let cow = quote!(::std::borrow::Cow);
    let info = quote!(<Self as __rt::Resource>::INFO);
    let proof = quote_spanned!(ours(ty.span())=> <#ty as __rt::proofs::kube::Metadata>);
    Some(quote! {
        #[automatically_derived]
        impl __rt::kube_core::Resource for #ident {
            type DynamicType = ();
            type Scope = __rt::kube_core::#scope;

            fn kind(_: &()) -> #cow<'_, str> {
                #cow::Borrowed(#info.kind)
            }

            fn group(_: &()) -> #cow<'_, str> {
                #cow::Borrowed(#info.group)
            }

            fn version(_: &()) -> #cow<'_, str> {
                #cow::Borrowed(#info.version)
            }

            fn plural(_: &()) -> #cow<'_, str> {
                #cow::Borrowed(#info.plural)
            }

            fn meta(&self) -> &__rt::kube_core::ObjectMeta {
                #proof::as_theirs(&self.#field)
            }

            fn meta_mut(&mut self) -> &mut __rt::kube_core::ObjectMeta {
                #proof::as_theirs_mut(&mut self.#field)
            }
        }
    })
}
