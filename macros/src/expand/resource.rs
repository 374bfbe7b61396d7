//! `impl Resource`: what the kind is.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::model::{Column, Model, Scale, Validation};

/// ```text
/// impl __rt::Resource for Pot {
///     const INFO: __rt::ResourceInfo = __rt::ResourceInfo::namespaced("example.com", "v1", "Pot", "pots", "pot");
///     …
/// }
/// ```
pub(super) fn resource(model: &Model) -> TokenStream {
    let Model { ident, metadata, .. } = model;
    let (field, ty) = (&metadata.ident, &metadata.ty);
    let info = info(model);
    let status_operations = (!model.status.is_empty()).then(|| {
        quote! {
            fn status_operations() -> ::core::option::Option<__rt::resource::StatusOperations<Self>> {
                ::core::option::Option::Some(__rt::resource::StatusOperations::of())
            }
        }
    });
    let handlers = (model.names.served && !model.subresources.is_empty()).then(|| {
        quote! {
            fn handlers_with_subresources() -> ::core::option::Option<fn(&__rt::Store) -> __rt::rest::Handlers> {
                ::core::option::Option::Some(<Self as __rt::rest::Served>::handlers)
            }
        }
    });
    quote! {
        /// What the kind is.
        #[automatically_derived]
        impl __rt::Resource for #ident {
            const INFO: __rt::ResourceInfo = #info;

            type Metadata = #ty;

            fn metadata(&self) -> &Self::Metadata {
                &self.#field
            }

            fn metadata_mut(&mut self) -> &mut Self::Metadata {
                &mut self.#field
            }

            #status_operations
            #handlers
        }
    }
}

/// The constant, with a builder call for each thing that was set.
fn info(model: &Model) -> TokenStream {
    let names = &model.names;
    let scope = if names.namespaced { quote!(namespaced) } else { quote!(cluster) };
    let (group, version, kind) = (&names.group, &names.version, &names.kind);
    let (plural, singular, description) = (&names.plural, &names.singular, &names.description);
    let short_names = list(&quote!(short_names), &names.short_names);
    let categories = list(&quote!(categories), &names.categories);
    let columns = list(&quote!(columns), &model.columns.iter().map(column).collect::<Vec<_>>());
    let status: Vec<_> = model.status.iter().map(|field| &field.name).collect();
    let status_fields = list(&quote!(status_fields), &status);
    let selectable_fields = list(&quote!(selectable_fields), &model.selectable);
    let immutable_fields = list(&quote!(immutable_fields), &model.immutable);
    let validations =
        list(&quote!(validations), &model.validations.iter().map(validation).collect::<Vec<_>>());
    let scale = model.scale.as_ref().map(scale);
    let served = (!names.served).then(|| quote!(.served(false)));
    let storage = (!names.storage).then(|| quote!(.storage(false)));
    let warning = &names.deprecation_warning;
    let deprecated = (!warning.is_empty()).then(|| quote!(.deprecated(#warning)));
    let description = (!description.is_empty()).then(|| quote!(.description(#description)));
    quote! {
        __rt::ResourceInfo::#scope(#group, #version, #kind, #plural, #singular)
            #short_names
            #categories
            #columns
            #status_fields
            #selectable_fields
            #immutable_fields
            #validations
            #scale
            #served
            #storage
            #deprecated
            #description
    }
}

/// `.short_names(&["fp"])`, or nothing.
fn list(method: &TokenStream, items: &[impl quote::ToTokens]) -> Option<TokenStream> {
    (!items.is_empty()).then(|| quote!(.#method(&[#(#items),*])))
}

/// `__rt::info::Column::new("Ready", "boolean", ".status.ready").priority(1)`
fn column(column: &Column) -> TokenStream {
    let Column { name, kind, json_path, description, format, priority } = column;
    let description = (!description.is_empty()).then(|| quote!(.description(#description)));
    let format = (!format.is_empty()).then(|| quote!(.format(#format)));
    let priority = Literal::i32_unsuffixed(*priority);
    let priority = (column.priority != 0).then(|| quote!(.priority(#priority)));
    quote!(__rt::info::Column::new(#name, #kind, #json_path) #description #format #priority)
}

/// `__rt::info::Validation::new("self.max >= self.min").message("max must not be below min")`
fn validation(validation: &Validation) -> TokenStream {
    let Validation { rule, message, reason, field_path } = validation;
    let message = (!message.is_empty()).then(|| quote!(.message(#message)));
    let reason = (!reason.is_empty()).then(|| quote!(.reason(#reason)));
    let field_path = (!field_path.is_empty()).then(|| quote!(.field_path(#field_path)));
    quote!(__rt::info::Validation::new(#rule) #message #reason #field_path)
}

/// `.scale(__rt::info::ScalePaths::new(".spec.replicas", ".status.replicas"))`
fn scale(scale: &Scale) -> TokenStream {
    let Scale { spec_replicas, status_replicas, label_selector } = scale;
    let selector = (!label_selector.is_empty()).then(|| quote!(.label_selector_path(#label_selector)));
    quote!(.scale(__rt::info::ScalePaths::new(#spec_replicas, #status_replicas) #selector))
}
