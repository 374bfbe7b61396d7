// What `#[derive(Resource)]` makes of source/minimal.rs.
// Written by `BLESS=1 cargo test -p resourceful-macros`.

use resourceful::prelude::*;

/// A note.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug)]
pub struct Note {
    pub metadata: ObjectMeta,
    pub text: String,
}

/// The storage handlers of `Note`: one impl per verb.
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
pub struct NoteRest {
    /// The pipelines behind the verbs, for those written by hand.
    pub registry: ::resourceful::Registry<Note>,
}

const _: () = {
    use ::resourceful as __rt;

    #[automatically_derived]
    impl __rt::Resource for Note {
        const INFO: __rt::ResourceInfo = __rt::ResourceInfo::cluster(
                "notes.example.com",
                "v1",
                "Note",
                "notes",
                "note",
            )
            .description("A note.");
        type Metadata = ObjectMeta;
        fn metadata(&self) -> &Self::Metadata {
            &self.metadata
        }
        fn metadata_mut(&mut self) -> &mut Self::Metadata {
            &mut self.metadata
        }
    }

    /// Every hook as it is by default.
    struct NoteStrategy;

    #[automatically_derived]
    impl __rt::Strategy for NoteStrategy {
        type Object = Note;
    }

    impl Note {
        /// The storage handlers on a store.
        #[must_use]
        pub fn rest(store: &__rt::Store) -> NoteRest {
            let registry = __rt::Registry::new(store, NoteStrategy);
            NoteRest { registry }
        }
    }

    #[automatically_derived]
    impl __rt::rest::Storage for NoteRest {
        type Object = Note;
    }

    #[automatically_derived]
    impl __rt::rest::Scoper for NoteRest {}

    #[automatically_derived]
    impl __rt::rest::TableConvertor for NoteRest {}

    #[automatically_derived]
    impl __rt::rest::Getter for NoteRest {
        async fn get(
            &self,
            ctx: &__rt::RequestContext,
            name: &str,
            options: &__rt::options::GetOptions,
        ) -> __rt::Result<__rt::Object<Self::Object>> {
            self.registry.get(ctx, name, options).await
        }
    }

    #[automatically_derived]
    impl __rt::rest::Lister for NoteRest {
        async fn list(
            &self,
            ctx: &__rt::RequestContext,
            options: &__rt::options::ListOptions,
        ) -> __rt::Result<__rt::ObjectList<Self::Object>> {
            self.registry.list(ctx, options).await
        }
    }

    #[automatically_derived]
    impl __rt::rest::Creater for NoteRest {
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

    #[automatically_derived]
    impl __rt::rest::Updater for NoteRest {
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

    #[automatically_derived]
    impl __rt::rest::GracefulDeleter for NoteRest {
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

    #[automatically_derived]
    impl __rt::rest::CollectionDeleter for NoteRest {
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

    #[automatically_derived]
    impl __rt::rest::Watcher for NoteRest {
        async fn watch(
            &self,
            ctx: &__rt::RequestContext,
            options: &__rt::options::ListOptions,
        ) -> __rt::Result<__rt::watch::WatchStream<Self::Object>> {
            self.registry.watch(ctx, options).await
        }
    }

    #[automatically_derived]
    impl __rt::rest::Served for Note {
        fn handlers(store: &__rt::Store) -> __rt::rest::Handlers {
            let rest = Self::rest(store);
            __rt::rest::Handlers::of(rest).standard().build()
        }
    }

    const _: () = __rt::proofs::standard_storage::<NoteRest>();
};
