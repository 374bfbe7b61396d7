//! The strategy: the user's type, or one in which every hook is as it is by default but for those that the user gave.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::ours;
use crate::hooks::{Parameter, Returned};
use crate::model::{Hook, Model, Strategy};

/// ```text
/// struct PotStrategy;
/// impl __rt::Strategy for PotStrategy {
///     type Object = Pot;
///
///     fn validate(&self, ctx: &__rt::RequestContext, object: &Self::Object) -> __rt::field::ErrorList {
///         check_pot(ctx, object)
///     }
/// }
/// ```
pub(super) fn default_strategy(model: &Model) -> Option<TokenStream> {
    let Strategy::Hooks(hooks) = &model.strategy else { return None };
    let ident = &model.ident;
    let strategy = format_ident!("{ident}Strategy");
    let docs = if hooks.is_empty() {
        " Every hook as it is by default."
    } else {
        " Every hook as it is by default, but for these."
    };
    let hooks = hooks.iter().map(hook);
    Some(quote! {
        #[doc = #docs]
        struct #strategy;

        #[automatically_derived]
        impl __rt::Strategy for #strategy {
            type Object = #ident;

            #(#hooks)*
        }
    })
}

/// A hook that calls the user's function, or returns the user's constant.
fn hook(Hook { hook, value }: &Hook) -> TokenStream {
    let name = Ident::new(hook.name, proc_macro2::Span::call_site());
    let parameters = hook.parameters.iter().map(|parameter| {
        let (name, ty) = (argument(*parameter), argument_type(*parameter));
        quote!(#name: #ty)
    });
    let result = result(hook.result);
    let body = if hook.parameters.is_empty() {
        quote!(#value)
    } else {
        let arguments = hook.parameters.iter().map(|parameter| argument(*parameter));
        // A function with other parameters is a mistake at its path.
        let arguments = quote_spanned!(ours(value.span())=> (#(#arguments),*));
        let end = (hook.result == Returned::Nothing).then(|| quote!(;));
        quote!(#value #arguments #end)
    };
    quote! {
        fn #name(&self, #(#parameters),*) #result {
            #body
        }
    }
}

fn argument(parameter: Parameter) -> TokenStream {
    match parameter {
        Parameter::Ctx => quote!(ctx),
        Parameter::Object | Parameter::ObjectMut => quote!(object),
        Parameter::Old => quote!(old),
        Parameter::CreateOptions
        | Parameter::UpdateOptions
        | Parameter::DeleteOptions
        | Parameter::DeleteOptionsMut => quote!(options),
    }
}

fn argument_type(parameter: Parameter) -> TokenStream {
    match parameter {
        Parameter::Ctx => quote!(&__rt::RequestContext),
        Parameter::Object | Parameter::Old => quote!(&Self::Object),
        Parameter::ObjectMut => quote!(&mut Self::Object),
        Parameter::CreateOptions => quote!(&__rt::options::CreateOptions),
        Parameter::UpdateOptions => quote!(&__rt::options::UpdateOptions),
        Parameter::DeleteOptions => quote!(&__rt::options::DeleteOptions),
        Parameter::DeleteOptionsMut => quote!(&mut __rt::options::DeleteOptions),
    }
}

fn result(result: Returned) -> Option<TokenStream> {
    Some(match result {
        Returned::Nothing => return None,
        Returned::Finish => quote!(-> __rt::Result<__rt::strategy::Finish>),
        Returned::Errors => quote!(-> __rt::field::ErrorList),
        Returned::Warnings => quote!(-> ::std::vec::Vec<::std::string::String>),
        Returned::Bool => quote!(-> bool),
        Returned::GarbageCollectionPolicy => quote!(-> __rt::strategy::GarbageCollectionPolicy),
        Returned::NameRule => quote!(-> __rt::strategy::NameRule),
    })
}

/// The pipelines with the strategy: `__rt::Registry::new(store, PotStrategy)`, or with the user's type
/// `__rt::proofs::registry::<Self, my::Strategy>(store)`, which says at the user's path what a strategy needs.
pub(super) fn registry(model: &Model) -> TokenStream {
    match &model.strategy {
        Strategy::Hooks(_) => {
            let strategy = format_ident!("{}Strategy", model.ident);
            quote!(__rt::Registry::new(store, #strategy))
        }
        Strategy::Type(path) => {
            let registry = quote_spanned!(ours(path.span())=> __rt::proofs::registry::<Self, #path>);
            quote!(#registry(store))
        }
    }
}
