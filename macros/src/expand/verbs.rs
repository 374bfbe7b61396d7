//! One impl per verb, each a call into the registry.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::handlers;
use crate::model::{Model, Verb};

/// The impls of `PotRest`. A custom verb is left to the user.
pub(super) fn rest(model: &Model) -> TokenStream {
    let (ident, rest) = (&model.ident, handlers::rest(model));
    let verbs = model.verbs.iter().filter(|served| served.custom.is_none());
    let verbs = verbs.map(|served| capability(served.verb, &rest));
    quote! {
        #[automatically_derived]
        impl __rt::rest::Storage for #rest {
            type Object = #ident;
        }

        #[automatically_derived]
        impl __rt::rest::Scoper for #rest {}

        #[automatically_derived]
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
    let getter = capability(Verb::Get, &rest);
    Some(quote! {
        #[automatically_derived]
        impl __rt::rest::Storage for #rest {
            type Object = #ident;
        }

        #getter

        #[automatically_derived]
        impl __rt::rest::Updater for #rest {
            async fn update(
                &self,
                ctx: &__rt::RequestContext,
                name: &str,
                info: &dyn __rt::rest::UpdatedObjectInfo,
                _: &dyn __rt::rest::ValidateObject,
                update: &dyn __rt::rest::ValidateObjectUpdate,
                _: bool,
                options: &__rt::options::UpdateOptions,
            ) -> __rt::Result<(__rt::Object<Self::Object>, bool)> {
                self.registry.update_status(ctx, name, info, update, options).await
            }
        }
    })
}

/// ```text
/// impl __rt::rest::Getter for PotRest {
///     async fn get(…) -> __rt::Result<__rt::Object<Self::Object>> {
///         self.registry.get(ctx, name, options).await
///     }
/// }
/// ```
fn capability(verb: Verb, rest: &Ident) -> TokenStream {
    let (name, method) = match verb {
        Verb::Get => (quote!(Getter), get()),
        Verb::List => (quote!(Lister), list()),
        Verb::Create => (quote!(Creater), create()),
        Verb::Update => (quote!(Updater), update()),
        Verb::Delete => (quote!(GracefulDeleter), delete()),
        Verb::DeleteCollection => (quote!(CollectionDeleter), delete_collection()),
        Verb::Watch => (quote!(Watcher), watch()),
    };
    quote! {
        #[automatically_derived]
        impl __rt::rest::#name for #rest {
            #method
        }
    }
}

fn get() -> TokenStream {
    quote! {
        async fn get(
            &self,
            ctx: &__rt::RequestContext,
            name: &str,
            options: &__rt::options::GetOptions,
        ) -> __rt::Result<__rt::Object<Self::Object>> {
            self.registry.get(ctx, name, options).await
        }
    }
}

fn list() -> TokenStream {
    quote! {
        async fn list(
            &self,
            ctx: &__rt::RequestContext,
            options: &__rt::options::ListOptions,
        ) -> __rt::Result<__rt::ObjectList<Self::Object>> {
            self.registry.list(ctx, options).await
        }
    }
}

fn create() -> TokenStream {
    quote! {
        async fn create(
            &self,
            ctx: &__rt::RequestContext,
            object: Self::Object,
            validation: &dyn __rt::rest::ValidateObject,
            options: &__rt::options::CreateOptions,
        ) -> __rt::Result<__rt::Object<Self::Object>> {
            self.registry.create(ctx, object, validation, options).await
        }
    }
}

fn update() -> TokenStream {
    quote! {
        async fn update(
            &self,
            ctx: &__rt::RequestContext,
            name: &str,
            info: &dyn __rt::rest::UpdatedObjectInfo,
            create: &dyn __rt::rest::ValidateObject,
            update: &dyn __rt::rest::ValidateObjectUpdate,
            force: bool,
            options: &__rt::options::UpdateOptions,
        ) -> __rt::Result<(__rt::Object<Self::Object>, bool)> {
            self.registry.update(ctx, name, info, create, update, force, options).await
        }
    }
}

fn delete() -> TokenStream {
    quote! {
        async fn delete(
            &self,
            ctx: &__rt::RequestContext,
            name: &str,
            validation: &dyn __rt::rest::ValidateObject,
            options: __rt::options::DeleteOptions,
        ) -> __rt::Result<__rt::rest::Deleted<Self::Object>> {
            self.registry.delete(ctx, name, validation, options).await
        }
    }
}

fn delete_collection() -> TokenStream {
    quote! {
        async fn delete_collection(
            &self,
            ctx: &__rt::RequestContext,
            validation: &dyn __rt::rest::ValidateObject,
            options: __rt::options::DeleteOptions,
            list_options: &__rt::options::ListOptions,
        ) -> __rt::Result<__rt::ObjectList<Self::Object>> {
            self.registry.delete_collection(ctx, validation, options, list_options).await
        }
    }
}

fn watch() -> TokenStream {
    quote! {
        async fn watch(
            &self,
            ctx: &__rt::RequestContext,
            options: &__rt::options::ListOptions,
        ) -> __rt::Result<__rt::watch::WatchStream<Self::Object>> {
            self.registry.watch(ctx, options).await
        }
    }
}
