// What `#[derive(Resource)]` makes of source/typical.rs.
// Written by `BLESS=1 cargo test -p resourceful-macros`.

use resourceful::prelude::*;

/// A flower pot that waters itself.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FlowerPot {
    pub metadata: ObjectMeta,
    pub spec: FlowerPotSpec,
    pub status: Option<FlowerPotStatus>,
}

/// The storage handlers of `FlowerPot`: one impl per verb.
#[allow(missing_debug_implementations)]
pub struct FlowerPotRest {
    /// The pipelines behind the verbs, for those written by hand.
    pub registry: ::resourceful::Registry<FlowerPot>,
}

/// The storage handlers of `/status` of `FlowerPot`.
#[allow(missing_debug_implementations)]
pub struct FlowerPotStatusRest {
    registry: ::resourceful::Registry<FlowerPot>,
}

#[allow(refining_impl_trait)]
const _: () = {
    use ::resourceful as __rt;

    /// What the kind is.
    #[automatically_derived]
    impl __rt::Resource for FlowerPot {
        const INFO: __rt::ResourceInfo = __rt::ResourceInfo::namespaced(
                "garden.example.com",
                "v1alpha1",
                "FlowerPot",
                "flowerpots",
                "flowerpot",
            )
            .short_names(&["fp"])
            .columns(
                &[__rt::info::Column::new("Moisture", "integer", ".status.moisture")],
            )
            .status_fields(&["status"])
            .description("A flower pot that waters itself.");
        type Metadata = ObjectMeta;
        fn metadata(&self) -> &Self::Metadata {
            &self.metadata
        }
        fn metadata_mut(&mut self) -> &mut Self::Metadata {
            &mut self.metadata
        }
        fn status_operations() -> ::core::option::Option<
            __rt::resource::StatusOperations<Self>,
        > {
            ::core::option::Option::Some(__rt::resource::StatusOperations::of())
        }
    }

    /// What belongs to `/status`.
    #[automatically_derived]
    impl __rt::HasStatus for FlowerPot {
        fn copy_status(&mut self, from: &Self) {
            __rt::proofs::copy_status(&mut self.status, &from.status);
        }
        fn clear_status(&mut self) {
            self.status = __rt::proofs::empty_status::<Option<FlowerPotStatus>>();
        }
    }

    /// Every hook as it is by default.
    struct FlowerPotStrategy;

    #[automatically_derived]
    impl __rt::Strategy for FlowerPotStrategy {
        type Object = FlowerPot;
    }

    impl FlowerPot {
        /// The storage handlers on a store: of the kind, and of its `/status`.
        #[must_use]
        pub fn rest(store: &__rt::Store) -> (FlowerPotRest, FlowerPotStatusRest) {
            let registry = __rt::Registry::new(store, FlowerPotStrategy);
            (
                FlowerPotRest {
                    registry: ::core::clone::Clone::clone(&registry),
                },
                FlowerPotStatusRest { registry },
            )
        }
    }

    /// What the handlers serve: one impl for each verb follows.
    impl __rt::rest::Storage for FlowerPotRest {
        type Object = FlowerPot;
    }

    impl __rt::rest::Scoper for FlowerPotRest {}

    impl __rt::rest::TableConvertor for FlowerPotRest {}

    #[automatically_derived]
    impl __rt::rest::Getter for FlowerPotRest {
        fn get<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            options: &'a __rt::options::GetOptions,
        ) -> __rt::RegistryFuture<'a, __rt::Object<FlowerPot>> {
            self.registry.get(ctx, name, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Lister for FlowerPotRest {
        fn list<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            options: &'a __rt::options::ListOptions,
        ) -> __rt::RegistryFuture<'a, __rt::ObjectList<FlowerPot>> {
            self.registry.list(ctx, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Creater for FlowerPotRest {
        fn create<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            object: FlowerPot,
            validation: &'a dyn __rt::rest::ValidateObject,
            options: &'a __rt::options::CreateOptions,
        ) -> __rt::RegistryFuture<'a, __rt::Object<FlowerPot>> {
            self.registry.create(ctx, object, validation, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Updater for FlowerPotRest {
        fn update<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            info: &'a dyn __rt::rest::UpdatedObjectInfo,
            create: &'a dyn __rt::rest::ValidateObject,
            update: &'a dyn __rt::rest::ValidateObjectUpdate,
            force: bool,
            options: &'a __rt::options::UpdateOptions,
        ) -> __rt::RegistryFuture<'a, (__rt::Object<FlowerPot>, bool)> {
            self.registry.update(ctx, name, info, create, update, force, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::GracefulDeleter for FlowerPotRest {
        fn delete<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            validation: &'a dyn __rt::rest::ValidateObject,
            options: __rt::options::DeleteOptions,
        ) -> __rt::RegistryFuture<'a, __rt::rest::Deleted<FlowerPot>> {
            self.registry.delete(ctx, name, validation, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::CollectionDeleter for FlowerPotRest {
        fn delete_collection<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            validation: &'a dyn __rt::rest::ValidateObject,
            options: __rt::options::DeleteOptions,
            list_options: &'a __rt::options::ListOptions,
        ) -> __rt::RegistryFuture<'a, __rt::ObjectList<FlowerPot>> {
            self.registry.delete_collection(ctx, validation, options, list_options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Watcher for FlowerPotRest {
        fn watch<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            options: &'a __rt::options::ListOptions,
        ) -> __rt::RegistryFuture<'a, __rt::watch::WatchStream<FlowerPot>> {
            self.registry.watch(ctx, options)
        }
    }

    /// What the handlers of `/status` serve: an update changes the status alone.
    impl __rt::rest::Storage for FlowerPotStatusRest {
        type Object = FlowerPot;
    }

    #[automatically_derived]
    impl __rt::rest::Getter for FlowerPotStatusRest {
        fn get<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            options: &'a __rt::options::GetOptions,
        ) -> __rt::RegistryFuture<'a, __rt::Object<FlowerPot>> {
            self.registry.get(ctx, name, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Updater for FlowerPotStatusRest {
        fn update<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            info: &'a dyn __rt::rest::UpdatedObjectInfo,
            _: &'a dyn __rt::rest::ValidateObject,
            update: &'a dyn __rt::rest::ValidateObjectUpdate,
            _: bool,
            options: &'a __rt::options::UpdateOptions,
        ) -> __rt::RegistryFuture<'a, (__rt::Object<FlowerPot>, bool)> {
            self.registry.update_status(ctx, name, info, update, options)
        }
    }

    /// What a server takes.
    #[automatically_derived]
    impl __rt::rest::Served for FlowerPot {
        fn handlers(store: &__rt::Store) -> __rt::rest::Handlers {
            let (rest, status) = Self::rest(store);
            __rt::rest::Handlers::of(rest).standard().status(status).build()
        }
    }

    const _: () = __rt::proofs::standard_storage::<FlowerPotRest>();
};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FlowerPotSpec {
    pub plant: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FlowerPotStatus {
    pub moisture: u8,
}
