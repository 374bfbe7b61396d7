//! What generated code asks of the types that a user names. Each question is asked at the user's own token.

use crate::registry::Registry;
use crate::resource::Resource;
use crate::rest::StandardStorage;
use crate::storage::Store;
use crate::strategy::Strategy;

/// What the type of a field marked `#[status]` must be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the status of a resource",
    label = "not a status",
    note = "a status starts empty, so it must be `Default`; add `#[derive(Default)]`, or make the field an `Option`"
)]
pub trait Status: Default {}
impl<T: Default> Status for T {}

/// The status of a new object.
pub fn empty_status<T: Status>() -> T {
    T::default()
}

/// Copies a status, into the old one's memory where that is possible.
pub fn copy_status<T: Clone>(to: &mut T, from: &T) {
    to.clone_from(from);
}

/// What the type named by `strategy = …` must be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the strategy of `{T}`",
    label = "not a strategy of this kind",
    note = "it needs `impl Strategy` with `type Object = {T}`, and `#[derive(Default)]`"
)]
pub trait StrategyOf<T>: Strategy<Object = T> + Default {}
impl<T, S: Strategy<Object = T> + Default> StrategyOf<T> for S {}

/// The pipelines of a kind with the strategy that the user names. One bound says all that is asked of it, so that a type
/// which is no strategy is one mistake and not three.
pub fn registry<T: Resource, S: StrategyOf<T>>(store: &Store) -> Registry<T> {
    Registry::new(store, S::default())
}

/// Accepts handlers with every verb.
pub const fn standard_storage<R: StandardStorage>() {}

/// What `#[resource(kube)]` asks of the metadata.
#[cfg(feature = "kube")]
pub mod kube {
    use kube_core::ObjectMeta;

    /// The type that kube-rs hands out references to.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be the metadata of a resource of kube-rs",
        label = "not kube-rs' `ObjectMeta`",
        note = "`#[resource(kube)]` needs the metadata of kube-rs: `use kube::core::ObjectMeta`, \
                in the version of `resourceful::kube_core`"
    )]
    pub trait Metadata {
        fn as_theirs(&self) -> &ObjectMeta;
        fn as_theirs_mut(&mut self) -> &mut ObjectMeta;
    }

    impl Metadata for ObjectMeta {
        fn as_theirs(&self) -> &ObjectMeta {
            self
        }

        fn as_theirs_mut(&mut self) -> &mut ObjectMeta {
            self
        }
    }
}
