//! The derive of Resourceful.

use proc_macro::TokenStream;

/// Placeholder until the derive lands.
#[proc_macro_derive(Resource, attributes(resource, metadata, spec, status))]
pub fn derive_resource(_input: TokenStream) -> TokenStream {
    TokenStream::new()
}
