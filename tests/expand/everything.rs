// What `#[derive(Resource)]` makes of source/everything.rs.
// Written by `BLESS=1 cargo test -p resourceful-macros`.

use resourceful::prelude::*;
use resourceful::rest;

/// A pool of workers.
///
/// It grows and shrinks
/// with the load.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pool {
    #[serde(rename = "metadata")]
    meta: ObjectMeta,
    spec: PoolSpec,
    #[serde(default)]
    status: PoolStatus,
    last_scaled: Option<String>,
}

/// The storage handlers of `WorkerPool`: one impl per verb.
#[allow(missing_debug_implementations)]
pub(crate) struct PoolRest {
    /// The pipelines behind the verbs, for those written by hand.
    pub(crate) registry: ::resourceful::Registry<Pool>,
}

/// The storage handlers of `/status` of `WorkerPool`.
#[allow(missing_debug_implementations)]
pub(crate) struct PoolStatusRest {
    registry: ::resourceful::Registry<Pool>,
}

/// The handlers of `/drain` of `WorkerPool`, to implement.
#[allow(missing_debug_implementations)]
pub(crate) struct PoolDrainRest {
    /// The pipelines of the objects.
    #[allow(dead_code)]
    pub(crate) registry: ::resourceful::Registry<Pool>,
}

/// The handlers of `/console` of `WorkerPool`, to implement.
#[allow(missing_debug_implementations)]
pub(crate) struct PoolConsoleRest {
    /// The pipelines of the objects.
    #[allow(dead_code)]
    pub(crate) registry: ::resourceful::Registry<Pool>,
}

#[allow(refining_impl_trait)]
const _: () = {
    use ::resourceful as __rt;

    /// What the kind is.
    #[automatically_derived]
    impl __rt::Resource for Pool {
        const INFO: __rt::ResourceInfo = __rt::ResourceInfo::namespaced(
                "compute.example.com",
                "v1beta1",
                "WorkerPool",
                "workerpools",
                "workerpool",
            )
            .short_names(&["wp", "pool"])
            .categories(&["all", "compute"])
            .columns(
                &[
                    __rt::info::Column::new("Desired", "integer", ".spec.replicas")
                        .format("int32"),
                    __rt::info::Column::new("Ready", "integer", ".status.ready")
                        .description("Workers that answer"),
                    __rt::info::Column::new("Age", "date", ".metadata.creationTimestamp")
                        .priority(1),
                ],
            )
            .status_fields(&["status", "lastScaled"])
            .selectable_fields(&[".spec.zone", ".status.ready"])
            .immutable_fields(&[".spec.zone"])
            .validations(
                &[
                    __rt::info::Validation::new("self.spec.replicas >= 0"),
                    __rt::info::Validation::new("self.spec.zone == oldSelf.spec.zone")
                        .message("a pool does not move")
                        .reason("FieldValueForbidden")
                        .field_path(".spec.zone"),
                ],
            )
            .scale(
                __rt::info::ScalePaths::new(".spec.replicas", ".status.ready")
                    .label_selector_path(".status.selector"),
            )
            .deprecated("use compute.example.com/v1")
            .description("A pool of workers.\n\nIt grows and shrinks with the load.");
        type Metadata = ObjectMeta;
        fn metadata(&self) -> &Self::Metadata {
            &self.meta
        }
        fn metadata_mut(&mut self) -> &mut Self::Metadata {
            &mut self.meta
        }
        fn status_operations() -> ::core::option::Option<
            __rt::resource::StatusOperations<Self>,
        > {
            ::core::option::Option::Some(__rt::resource::StatusOperations::of())
        }
        fn handlers_with_subresources() -> ::core::option::Option<
            fn(&__rt::Store) -> __rt::rest::Handlers,
        > {
            ::core::option::Option::Some(<Self as __rt::rest::Served>::handlers)
        }
    }

    /// What belongs to `/status`.
    #[automatically_derived]
    impl __rt::HasStatus for Pool {
        fn copy_status(&mut self, from: &Self) {
            __rt::proofs::copy_status(&mut self.status, &from.status);
            __rt::proofs::copy_status(&mut self.last_scaled, &from.last_scaled);
        }
        fn clear_status(&mut self) {
            self.status = __rt::proofs::empty_status::<PoolStatus>();
            self.last_scaled = __rt::proofs::empty_status::<Option<String>>();
        }
    }

    /// Every hook as it is by default, but for these.
    struct PoolStrategy;

    #[automatically_derived]
    impl __rt::Strategy for PoolStrategy {
        type Object = Pool;
        fn prepare_for_create(
            &self,
            ctx: &__rt::RequestContext,
            object: &mut Self::Object,
        ) {
            start_small(ctx, object);
        }
        fn validate(
            &self,
            ctx: &__rt::RequestContext,
            object: &Self::Object,
        ) -> __rt::field::ErrorList {
            check_pool(ctx, object)
        }
        fn allow_unconditional_update(&self) -> bool {
            true
        }
    }

    impl Pool {
        /// The storage handlers on a store: of the kind, and of its `/status`.
        #[must_use]
        pub(crate) fn rest(store: &__rt::Store) -> (PoolRest, PoolStatusRest) {
            let registry = __rt::Registry::new(store, PoolStrategy);
            (
                PoolRest {
                    registry: ::core::clone::Clone::clone(&registry),
                },
                PoolStatusRest { registry },
            )
        }
    }

    /// What the handlers serve: one impl for each verb follows.
    impl __rt::rest::Storage for PoolRest {
        type Object = Pool;
    }

    impl __rt::rest::Scoper for PoolRest {}

    impl __rt::rest::TableConvertor for PoolRest {}

    #[automatically_derived]
    impl __rt::rest::Getter for PoolRest {
        fn get<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            options: &'a __rt::options::GetOptions,
        ) -> __rt::RegistryFuture<'a, __rt::Object<Pool>> {
            self.registry.get(ctx, name, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Lister for PoolRest {
        fn list<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            options: &'a __rt::options::ListOptions,
        ) -> __rt::RegistryFuture<'a, __rt::ObjectList<Pool>> {
            self.registry.list(ctx, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Updater for PoolRest {
        fn update<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            info: &'a dyn __rt::rest::UpdatedObjectInfo,
            create: &'a dyn __rt::rest::ValidateObject,
            update: &'a dyn __rt::rest::ValidateObjectUpdate,
            force: bool,
            options: &'a __rt::options::UpdateOptions,
        ) -> __rt::RegistryFuture<'a, (__rt::Object<Pool>, bool)> {
            self.registry.update(ctx, name, info, create, update, force, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::GracefulDeleter for PoolRest {
        fn delete<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            validation: &'a dyn __rt::rest::ValidateObject,
            options: __rt::options::DeleteOptions,
        ) -> __rt::RegistryFuture<'a, __rt::rest::Deleted<Pool>> {
            self.registry.delete(ctx, name, validation, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Watcher for PoolRest {
        fn watch<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            options: &'a __rt::options::ListOptions,
        ) -> __rt::RegistryFuture<'a, __rt::watch::WatchStream<Pool>> {
            self.registry.watch(ctx, options)
        }
    }

    /// What the handlers of `/status` serve: an update changes the status alone.
    impl __rt::rest::Storage for PoolStatusRest {
        type Object = Pool;
    }

    #[automatically_derived]
    impl __rt::rest::Getter for PoolStatusRest {
        fn get<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            options: &'a __rt::options::GetOptions,
        ) -> __rt::RegistryFuture<'a, __rt::Object<Pool>> {
            self.registry.get(ctx, name, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Updater for PoolStatusRest {
        fn update<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            info: &'a dyn __rt::rest::UpdatedObjectInfo,
            _: &'a dyn __rt::rest::ValidateObject,
            update: &'a dyn __rt::rest::ValidateObjectUpdate,
            _: bool,
            options: &'a __rt::options::UpdateOptions,
        ) -> __rt::RegistryFuture<'a, (__rt::Object<Pool>, bool)> {
            self.registry.update_status(ctx, name, info, update, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Storage for PoolDrainRest {
        type Object = Drain;
    }

    #[automatically_derived]
    impl __rt::rest::TableConvertor for PoolDrainRest {}

    #[automatically_derived]
    impl __rt::rest::Storage for PoolConsoleRest {
        type Object = Pool;
    }

    #[automatically_derived]
    impl __rt::rest::TableConvertor for PoolConsoleRest {}

    /// What a server takes.
    #[automatically_derived]
    impl __rt::rest::Served for Pool {
        fn handlers(store: &__rt::Store) -> __rt::rest::Handlers {
            let (rest, status) = Self::rest(store);
            let scale = __rt::rest::ScaleRest::new(&rest.registry);
            let drain_rest = PoolDrainRest {
                registry: ::core::clone::Clone::clone(&rest.registry),
            };
            let console_rest = PoolConsoleRest {
                registry: ::core::clone::Clone::clone(&rest.registry),
            };
            __rt::rest::Handlers::of(rest)
                .getter()
                .lister()
                .creater()
                .updater()
                .deleter()
                .watcher()
                .status(status)
                .scale(scale)
                .subresource(
                    "drain",
                    __rt::rest::Handlers::of(drain_rest)
                        .getter()
                        .named_creater()
                        .table_convertor()
                        .build(),
                )
                .subresource(
                    "console",
                    __rt::rest::Handlers::of(console_rest)
                        .connecter()
                        .table_convertor()
                        .build(),
                )
                .build()
        }
    }
};

#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
struct PoolSpec {
    replicas: i32,
    zone: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Default)]
struct PoolStatus {
    ready: i32,
    selector: String,
}

/// Takes the work from a pool.
#[derive(Resource, Serialize, Deserialize, JsonSchema, Clone, Debug)]
#[resource(group = "compute.example.com", version = "v1beta1", served = false)]
pub(crate) struct Drain {
    metadata: ObjectMeta,
    seconds: u32,
}
fn start_small(_: &RequestContext, pool: &mut Pool) {
    pool.spec.replicas = pool.spec.replicas.min(3);
}
fn check_pool(_: &RequestContext, pool: &Pool) -> ErrorList {
    if pool.spec.replicas < 0 {
        let path = field::Path::new("spec").child("replicas");
        return field::Error::invalid(path, pool.spec.replicas, "must not be negative")
            .into();
    }
    ErrorList::new()
}

impl rest::Creater for PoolRest {
    async fn create(
        &self,
        ctx: &RequestContext,
        mut pool: Pool,
        create_validation: &dyn rest::ValidateObject,
        options: &CreateOptions,
    ) -> resourceful::Result<Object<Pool>> {
        pool.spec.replicas = pool.spec.replicas.max(1);
        self.registry.create(ctx, pool, create_validation, options).await
    }
}

impl rest::Getter for PoolDrainRest {
    async fn get(
        &self,
        _: &RequestContext,
        name: &str,
        _: &GetOptions,
    ) -> resourceful::Result<Object<Drain>> {
        Object::new(Drain {
            metadata: ObjectMeta::named(name),
            seconds: 0,
        })
    }
}

impl rest::NamedCreater for PoolDrainRest {
    async fn create(
        &self,
        ctx: &RequestContext,
        name: &str,
        drain: Drain,
        _: &dyn rest::ValidateObject,
        _: &CreateOptions,
    ) -> resourceful::Result<rest::Created<Drain>> {
        self.registry.get(ctx, name, &GetOptions::default()).await?;
        Ok(Object::new(drain)?.into())
    }
}

impl rest::Connecter for PoolConsoleRest {
    const CONNECT_METHODS: &'static [rest::http::Method] = &[rest::http::Method::GET];
    async fn connect(
        &self,
        _: &RequestContext,
        name: &str,
        _: &ConnectOptions,
        _: rest::http::Request<rest::ConnectBody>,
    ) -> resourceful::Result<rest::http::Response<rest::ConnectBody>> {
        Ok(rest::http::Response::new(format!("the console of {name}").into()))
    }
}
