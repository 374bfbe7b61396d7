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
    #[resource(
        selectable = ".spec.size",
        immutable = ".spec.size",
        deprecated,
        validation = "self.spec.size > 0"
    )]
    #[resource(subresource(name = "size", kind = Measure, verbs(get, create, update)))]
    #[resource(subresource(name = "echo", verbs(connect)))]
    #[resource(strategy(
        begin_create = hooks::begin_create,
        prepare_for_create = hooks::prepare,
        validate = hooks::validate,
        warnings_on_create = hooks::warn,
        canonicalize = hooks::canonicalize,
        after_create = hooks::after_create,
        begin_update = hooks::begin_update,
        prepare_for_update = hooks::prepare_update,
        validate_update = hooks::validate_update,
        warnings_on_update = hooks::warn_update,
        after_update = hooks::after_update,
        allow_create_on_update = true,
        allow_unconditional_update = hooks::YES,
        prepare_for_status_update = hooks::prepare_update,
        validate_status_update = hooks::validate_update,
        warnings_on_status_update = hooks::warn_update,
        check_graceful_delete = hooks::graceful,
        default_garbage_collection_policy = ::resourceful::strategy::GarbageCollectionPolicy::Unsupported,
        name_rule = ::resourceful::strategy::NameRule::PathSegment,
        after_delete = hooks::after_delete,
    ))]
    pub(super) struct Shadow {
        metadata: ObjectMeta,
        spec: Size,
        #[status]
        status: ::core::option::Option<Size>,
    }

    schema!(Shadow);

    /// Every hook there is, by hand.
    #[allow(clippy::unnecessary_wraps, reason = "the signatures are those of the hooks")]
    mod hooks {
        use ::resourceful::RequestContext;
        use ::resourceful::field::ErrorList;
        use ::resourceful::options::{CreateOptions, DeleteOptions, UpdateOptions};
        use ::resourceful::strategy::Finish;
        use ::std::string::String;
        use ::std::vec::Vec;

        use super::Shadow;

        pub(super) const YES: bool = true;

        pub(super) fn begin_create(
            _: &RequestContext,
            _: &Shadow,
            _: &CreateOptions,
        ) -> ::resourceful::Result<Finish> {
            ::core::result::Result::Ok(Finish::nothing())
        }

        pub(super) fn begin_update(
            _: &RequestContext,
            _: &Shadow,
            _: &Shadow,
            _: &UpdateOptions,
        ) -> ::resourceful::Result<Finish> {
            ::core::result::Result::Ok(Finish::nothing())
        }

        pub(super) fn prepare(_: &RequestContext, shadow: &mut Shadow) {
            canonicalize(shadow);
        }

        pub(super) fn prepare_update(_: &RequestContext, shadow: &mut Shadow, _: &Shadow) {
            canonicalize(shadow);
        }

        pub(super) fn canonicalize(shadow: &mut Shadow) {
            shadow.spec.size = ::core::cmp::Ord::max(shadow.spec.size, 1);
        }

        pub(super) fn validate(_: &RequestContext, _: &Shadow) -> ErrorList {
            ErrorList::new()
        }

        pub(super) fn validate_update(_: &RequestContext, _: &Shadow, _: &Shadow) -> ErrorList {
            ErrorList::new()
        }

        pub(super) fn warn(_: &RequestContext, _: &Shadow) -> Vec<String> {
            Vec::new()
        }

        pub(super) fn warn_update(_: &RequestContext, _: &Shadow, _: &Shadow) -> Vec<String> {
            Vec::new()
        }

        pub(super) fn after_create(_: &RequestContext, _: &Shadow, _: &CreateOptions) {}

        pub(super) fn after_update(_: &RequestContext, _: &Shadow, _: &UpdateOptions) {}

        pub(super) fn after_delete(_: &RequestContext, _: &Shadow, _: &DeleteOptions) {}

        pub(super) fn graceful(_: &RequestContext, _: &Shadow, _: &mut DeleteOptions) -> bool {
            false
        }
    }

    /// A kind that is there for a subresource.
    #[derive(::resourceful::Resource, Serialize, Deserialize, ::core::clone::Clone, ::core::fmt::Debug)]
    #[resource(group = "hygiene.example.com", version = "v1", served = false)]
    pub(super) struct Measure {
        metadata: ObjectMeta,
    }

    schema!(Measure);

    /// Handlers by hand.
    mod handlers {
        use ::resourceful::options::{ConnectOptions, CreateOptions, GetOptions, UpdateOptions};
        use ::resourceful::rest::http::{Method, Request, Response};
        use ::resourceful::rest::{
            ConnectBody, Connecter, Created, Getter, NamedCreater, UpdatedObjectInfo, Updater,
            ValidateObject, ValidateObjectUpdate,
        };
        use ::resourceful::{Error, Object, RequestContext, Result};

        use super::{Measure, ShadowEchoRest, ShadowSizeRest};

        fn nothing<T>() -> Result<T> {
            ::core::result::Result::Err(Error::bad_request("nothing"))
        }

        impl Getter for ShadowSizeRest {
            async fn get(&self, _: &RequestContext, _: &str, _: &GetOptions) -> Result<Object<Measure>> {
                nothing()
            }
        }

        impl NamedCreater for ShadowSizeRest {
            async fn create(
                &self,
                _: &RequestContext,
                _: &str,
                _: Measure,
                _: &dyn ValidateObject,
                _: &CreateOptions,
            ) -> Result<Created<Measure>> {
                nothing()
            }
        }

        impl Updater for ShadowSizeRest {
            async fn update(
                &self,
                _: &RequestContext,
                _: &str,
                _: &dyn UpdatedObjectInfo,
                _: &dyn ValidateObject,
                _: &dyn ValidateObjectUpdate,
                _: bool,
                _: &UpdateOptions,
            ) -> Result<(Object<Measure>, bool)> {
                nothing()
            }
        }

        impl Connecter for ShadowEchoRest {
            const CONNECT_METHODS: &'static [Method] = &[Method::POST];

            async fn connect(
                &self,
                _: &RequestContext,
                _: &str,
                _: &ConnectOptions,
                request: Request<ConnectBody>,
            ) -> Result<Response<ConnectBody>> {
                ::core::result::Result::Ok(Response::new(request.into_body()))
            }
        }
    }

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
