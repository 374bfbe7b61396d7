//! The stub beside errors when there is no struct with metadata to write impls for: the program can still name the type
//! as a resource.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput};

/// ```text
/// impl Resource for Pot { … unimplemented!() … }
/// impl Served for Pot { … unimplemented!() … }
/// ```
pub(crate) fn fallback(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    // A generic type has many kinds, and a union has no serde.
    if !input.generics.params.is_empty() || matches!(input.data, Data::Union(_)) {
        return TokenStream::new();
    }
    quote! {
        const _: () = {
            use ::resourceful as __rt;

            #[automatically_derived]
            impl __rt::Resource for #ident {
                const INFO: __rt::ResourceInfo = __rt::ResourceInfo::cluster("", "", "", "", "");

                type Metadata = __rt::ObjectMeta;

                fn metadata(&self) -> &Self::Metadata {
                    ::core::unimplemented!()
                }

                fn metadata_mut(&mut self) -> &mut Self::Metadata {
                    ::core::unimplemented!()
                }
            }

            #[automatically_derived]
            impl __rt::rest::Served for #ident {
                fn handlers(_: &__rt::Store) -> __rt::rest::Handlers {
                    ::core::unimplemented!()
                }
            }
        };
    }
}
