//! The derive depends on nothing that surrounds the struct: no prelude, no names, no lint settings.

#![no_implicit_prelude]
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications)]
#![deny(unused, rust_2018_idioms, future_incompatible, single_use_lifetimes, trivial_casts, unused_results)]
#![deny(clippy::all, clippy::pedantic)]
// Other derives on the structs of this file have it.
#![allow(clippy::absolute_paths)]

/// Schemars' own derive needs the prelude.
macro_rules! schema {
    ($kind:ty) => {
        impl ::schemars::JsonSchema for $kind {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::stringify!($kind))
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::core::default::Default::default()
            }
        }
    };
}

/// The crate has a name of its own, and the things of the prelude have other meanings.
mod shadowed {
    #![allow(dead_code, non_camel_case_types)]

    use ::resourceful::prelude::{Deserialize, ObjectMeta, Serialize};

    pub(super) struct Option;
    pub(super) struct Result;
    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Ok;
    pub(super) struct String;
    pub(super) struct Vec;
    pub(super) struct Box;
    pub(super) struct Default;
    pub(super) struct Clone;
    pub(super) struct Debug;
    pub(super) struct Store;
    pub(super) struct Registry;
    pub(super) struct ResourceInfo;
    pub(super) mod resourceful {}
    pub(super) mod rest {}
    pub(super) mod core {}
    pub(super) mod std {}

    /// A kind among them.
    #[derive(::resourceful::Resource, Serialize, Deserialize, ::core::clone::Clone, ::core::fmt::Debug)]
    #[resource(group = "hygiene.example.com", version = "v1", shortname = "sh", category = "all")]
    #[resource(printcolumn(name = "Size", type = "integer", json_path = ".status.size", priority = 1))]
    #[resource(scale(spec_replicas_path = ".spec.size", status_replicas_path = ".status.size"))]
    #[resource(selectable = ".spec.size", deprecated)]
    pub(super) struct Shadow {
        metadata: ObjectMeta,
        spec: Size,
        #[status]
        status: ::core::option::Option<Size>,
    }

    schema!(Shadow);

    #[derive(Serialize, Deserialize, ::core::clone::Clone, ::core::fmt::Debug)]
    pub(super) struct Size {
        size: u8,
    }
}

/// Words that are keywords.
mod raw {
    use ::resourceful::prelude::{Deserialize, ObjectMeta, Serialize};

    /// A match.
    #[derive(::resourceful::Resource, Serialize, Deserialize, ::core::clone::Clone, ::core::fmt::Debug)]
    #[resource(group = "hygiene.example.com", version = "v1")]
    pub(super) struct r#Match {
        pub(super) metadata: ObjectMeta,
        pub(super) r#type: u8,
    }

    schema!(r#Match);
}

/// Kinds that nobody else can see.
mod private {
    use ::resourceful::prelude::{Deserialize, ObjectMeta, Serialize};

    #[derive(
        ::resourceful::Resource,
        Serialize,
        Deserialize,
        ::core::clone::Clone,
        ::core::fmt::Debug,
        ::core::default::Default,
    )]
    #[resource(group = "hygiene.example.com", version = "v1", namespaced, verbs(get))]
    struct Secret {
        metadata: ObjectMeta,
        #[status]
        status: u8,
    }

    schema!(Secret);

    #[test]
    fn a_private_kind_is_a_resource() {
        let mut secret = Secret { status: 7, ..::core::default::Default::default() };
        ::resourceful::HasStatus::clear_status(&mut secret);
        ::std::assert_eq!(secret.status, 0);
    }

    /// A kind in a function, where items cannot be named from outside.
    #[test]
    fn a_local_kind_is_a_resource() {
        #[derive(
            ::resourceful::Resource, Serialize, Deserialize, ::core::clone::Clone, ::core::fmt::Debug,
        )]
        #[resource(group = "hygiene.example.com", version = "v1")]
        struct Local {
            metadata: ObjectMeta,
        }
        schema!(Local);
        ::std::assert_eq!(<Local as ::resourceful::Resource>::INFO.plural, "locals");
    }
}

/// Lint levels of the struct hold for what is written for it.
mod lints {
    use ::resourceful::prelude::{Deserialize, ObjectMeta, Serialize};

    #[derive(::resourceful::Resource, Serialize, Deserialize, ::core::clone::Clone, ::core::fmt::Debug)]
    #[resource(group = "hygiene.example.com", version = "v1", kind = "Old")]
    #[allow(non_camel_case_types, dead_code)]
    #[deprecated = "use another one"]
    struct old_kind {
        metadata: ObjectMeta,
    }

    #[allow(deprecated)]
    mod schema {
        schema!(super::old_kind);
    }
}

/// A public kind, documented and nothing more.
#[derive(
    ::resourceful::Resource,
    ::serde::Serialize,
    ::serde::Deserialize,
    ::core::clone::Clone,
    ::core::fmt::Debug,
)]
#[resource(group = "hygiene.example.com", version = "v1")]
pub struct Visible {
    /// The metadata.
    pub metadata: ::resourceful::ObjectMeta,
    /// The status.
    #[status]
    pub status: ::core::option::Option<u8>,
}

schema!(Visible);

#[test]
fn names_are_those_of_the_structs() {
    use ::resourceful::Resource as _;

    ::std::assert_eq!(shadowed::Shadow::INFO.short_names, ["sh"]);
    ::std::assert_eq!(shadowed::Shadow::INFO.status_fields, ["status"]);
    ::std::assert_eq!(raw::r#Match::INFO.kind, "Match");
    ::std::assert_eq!(raw::r#Match::INFO.plural, "matches");
    let r#match = raw::r#Match { metadata: ::resourceful::ObjectMeta::named("a"), r#type: 1 };
    ::std::assert_eq!(r#match.metadata().name, "a");
    ::std::assert_eq!(r#match.r#type, 1);
    ::std::assert!(Visible::INFO.has_status());
}
