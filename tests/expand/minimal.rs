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
#[allow(missing_debug_implementations)]
pub struct NoteRest {
    /// The pipelines behind the verbs, for those written by hand.
    pub registry: ::resourceful::Registry<Note>,
}

#[allow(refining_impl_trait)]
const _: () = {
    use ::resourceful as __rt;

    /// What the kind is.
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

    /// What the handlers serve: one impl for each verb follows.
    impl __rt::rest::Storage for NoteRest {
        type Object = Note;
    }

    impl __rt::rest::Scoper for NoteRest {}

    impl __rt::rest::TableConvertor for NoteRest {}

    #[automatically_derived]
    impl __rt::rest::Getter for NoteRest {
        fn get<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            options: &'a __rt::options::GetOptions,
        ) -> __rt::RegistryFuture<'a, __rt::Object<Note>> {
            self.registry.get(ctx, name, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Lister for NoteRest {
        fn list<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            options: &'a __rt::options::ListOptions,
        ) -> __rt::RegistryFuture<'a, __rt::ObjectList<Note>> {
            self.registry.list(ctx, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Creater for NoteRest {
        fn create<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            object: Note,
            validation: &'a dyn __rt::rest::ValidateObject,
            options: &'a __rt::options::CreateOptions,
        ) -> __rt::RegistryFuture<'a, __rt::Object<Note>> {
            self.registry.create(ctx, object, validation, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Updater for NoteRest {
        fn update<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            info: &'a dyn __rt::rest::UpdatedObjectInfo,
            create: &'a dyn __rt::rest::ValidateObject,
            update: &'a dyn __rt::rest::ValidateObjectUpdate,
            force: bool,
            options: &'a __rt::options::UpdateOptions,
        ) -> __rt::RegistryFuture<'a, (__rt::Object<Note>, bool)> {
            self.registry.update(ctx, name, info, create, update, force, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::GracefulDeleter for NoteRest {
        fn delete<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            name: &'a str,
            validation: &'a dyn __rt::rest::ValidateObject,
            options: __rt::options::DeleteOptions,
        ) -> __rt::RegistryFuture<'a, __rt::rest::Deleted<Note>> {
            self.registry.delete(ctx, name, validation, options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::CollectionDeleter for NoteRest {
        fn delete_collection<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            validation: &'a dyn __rt::rest::ValidateObject,
            options: __rt::options::DeleteOptions,
            list_options: &'a __rt::options::ListOptions,
        ) -> __rt::RegistryFuture<'a, __rt::ObjectList<Note>> {
            self.registry.delete_collection(ctx, validation, options, list_options)
        }
    }

    #[automatically_derived]
    impl __rt::rest::Watcher for NoteRest {
        fn watch<'a>(
            &'a self,
            ctx: &'a __rt::RequestContext,
            options: &'a __rt::options::ListOptions,
        ) -> __rt::RegistryFuture<'a, __rt::watch::WatchStream<Note>> {
            self.registry.watch(ctx, options)
        }
    }

    /// What a server takes.
    #[automatically_derived]
    impl __rt::rest::Served for Note {
        fn handlers(store: &__rt::Store) -> __rt::rest::Handlers {
            let rest = Self::rest(store);
            __rt::rest::Handlers::of(rest).standard().build()
        }
    }

    const _: () = __rt::proofs::standard_storage::<NoteRest>();
};
