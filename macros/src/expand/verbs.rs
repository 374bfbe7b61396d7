//! One impl per verb, each a call into the registry.
//!
//! The kind is named as such and not as `Self::Object`, which the compiler would have to look up in every signature.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::handlers;
use crate::model::{Model, Verb};

/// The impls of `PotRest`. A custom verb is left to the user.
pub(super) fn rest(model: &Model) -> TokenStream {
    let (ident, rest) = (&model.ident, handlers::rest(model));
    let verbs = model.verbs.iter().filter(|served| served.custom.is_none());
    let verbs = verbs.map(|served| capability(served.verb, ident, &rest));
    quote! {
        /// What the handlers serve: one impl for each verb follows.
        impl __rt::rest::Storage for #rest {
            type Object = #ident;
        }

        impl __rt::rest::Scoper for #rest {}

        impl __rt::rest::TableConvertor for #rest {}

        #(#verbs)*
    }
}

/// The impls of `PotStatusRest`.
pub(super) fn status_rest(model: &Model) -> Option<TokenStream> {
    if !model.status_endpoint {
        return None;
    }
    let (ident, rest) = (&model.ident, handlers::status_rest(model));
    let getter = capability(Verb::Get, ident, &rest);
    Some(quote! {
        /// What the handlers of `/status` serve: an update changes the status alone.
        impl __rt::rest::Storage for #rest {
            type Object = #ident;
        }

        #getter

        #[automatically_derived]
        impl __rt::rest::Updater for #rest {
            fn update<'a>(
                &'a self,
                ctx: &'a __rt::RequestContext,
                name: &'a str,
                info: &'a dyn __rt::rest::UpdatedObjectInfo,
                _: &'a dyn __rt::rest::ValidateObject,
                update: &'a dyn __rt::rest::ValidateObjectUpdate,
                _: bool,
                options: &'a __rt::options::UpdateOptions,
            ) -> __rt::RegistryFuture<'a, (__rt::Object<#ident>, bool)> {
                self.registry.update_status(ctx, name, info, update, options)
            }
        }
    })
}

/// ```text
/// impl __rt::rest::Getter for PotRest {
///     fn get<'a>(…) -> __rt::RegistryFuture<'a, __rt::Object<Pot>> {
///         self.registry.get(ctx, name, options)
///     }
/// }
/// ```
fn capability(verb: Verb, ident: &Ident, rest: &Ident) -> TokenStream {
    let (name, method) = match verb {
        Verb::Get => (quote!(Getter), get(ident)),
        Verb::List => (quote!(Lister), list(ident)),
        Verb::Create => (quote!(Creater), create(ident)),
        Verb::Update => (quote!(Updater), update(ident)),
        Verb::Delete => (quote!(GracefulDeleter), delete(ident)),
        Verb::DeleteCollection => (quote!(CollectionDeleter), delete_collection(ident)),
        Verb::Watch => (quote!(Watcher), watch(ident)),
    };
    quote! {
        #[automatically_derived]
        impl __rt::rest::#name for #rest {
            #method
        }
    }
}

fn get(ident: &Ident) -> TokenStream {
    quote! {
        fn get<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            options: &'a __rt::options::GetOptions,
        ) -> __rt::RegistryFuture<'a, __rt::Object<#ident>> {
            self.registry.get(ctx, name, options)
        }
    }
}

fn list(ident: &Ident) -> TokenStream {
    quote! {
        fn list<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            options: &'a __rt::options::ListOptions,
        ) -> __rt::RegistryFuture<'a, __rt::ObjectList<#ident>> {
            self.registry.list(ctx, options)
        }
    }
}

fn create(ident: &Ident) -> TokenStream {
    quote! {
        fn create<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            object: #ident,
            validation: &'a dyn __rt::rest::ValidateObject,
            options: &'a __rt::options::CreateOptions,
        ) -> __rt::RegistryFuture<'a, __rt::Object<#ident>> {
            self.registry.create(ctx, object, validation, options)
        }
    }
}

fn update(ident: &Ident) -> TokenStream {
    quote! {
        fn update<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            info: &'a dyn __rt::rest::UpdatedObjectInfo,
            create: &'a dyn __rt::rest::ValidateObject,
            update: &'a dyn __rt::rest::ValidateObjectUpdate,
            force: bool,
            options: &'a __rt::options::UpdateOptions,
        ) -> __rt::RegistryFuture<'a, (__rt::Object<#ident>, bool)> {
            self.registry.update(ctx, name, info, create, update, force, options)
        }
    }
}

fn delete(ident: &Ident) -> TokenStream {
    quote! {
        fn delete<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            validation: &'a dyn __rt::rest::ValidateObject,
            options: __rt::options::DeleteOptions,
        ) -> __rt::RegistryFuture<'a, __rt::rest::Deleted<#ident>> {
            self.registry.delete(ctx, name, validation, options)
        }
    }
}

fn delete_collection(ident: &Ident) -> TokenStream {
    quote! {
        fn delete_collection<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            validation: &'a dyn __rt::rest::ValidateObject,
            options: __rt::options::DeleteOptions,
            list_options: &'a __rt::options::ListOptions,
        ) -> __rt::RegistryFuture<'a, __rt::ObjectList<#ident>> {
            self.registry.delete_collection(ctx, validation, options, list_options)
        }
    }
}

fn watch(ident: &Ident) -> TokenStream {
    quote! {
        fn watch<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            options: &'a __rt::options::ListOptions,
        ) -> __rt::RegistryFuture<'a, __rt::watch::WatchStream<#ident>> {
            self.registry.watch(ctx, options)
        }
    }
}
