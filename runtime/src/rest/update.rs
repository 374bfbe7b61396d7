//! How an update says what it wants: a function of the stored object (contract 1.20).

use futures_core::future::BoxFuture;

use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::object::{AnyObject, DynObject};
use crate::options::Preconditions;
use crate::resource::Resource;

/// What an update makes of the stored object. Called once per attempt, so possibly often: it must not change itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what an update wants",
    label = "does not implement `rest::UpdatedObjectInfo`",
    note = "`DefaultUpdatedObjectInfo::replace` and `::change` make one from an object and from a function"
)]
pub trait UpdatedObjectInfo: Send + Sync {
    /// What must be true of the stored object; checked before its revision is (contract 4.20).
    fn preconditions(&self) -> Option<Preconditions> {
        None
    }

    /// The wanted object, from the stored one; `None` when the name does not exist and the update may create it.
    fn updated_object<'a>(
        &'a self,
        ctx: &'a RequestContext,
        old: Option<&'a dyn AnyObject>,
    ) -> BoxFuture<'a, Result<DynObject>>;
}

/// Replaces the stored object, or changes it with a function.
///
/// ```
/// # use resourceful::prelude::*;
/// # use resourceful::rest::DefaultUpdatedObjectInfo;
/// # fn example<Pot: Resource>(pot: Pot) {
/// let replace = DefaultUpdatedObjectInfo::replace(pot);
/// let label = DefaultUpdatedObjectInfo::change(|mut pot: Pot| {
///     // change the pot here
///     Ok(pot)
/// });
/// # }
/// ```
pub struct DefaultUpdatedObjectInfo {
    preconditions: Option<Preconditions>,
    make: Make,
}

type Make = Box<dyn Fn(Option<&dyn AnyObject>) -> Result<DynObject> + Send + Sync>;

impl DefaultUpdatedObjectInfo {
    /// Replaces the stored object. A uid in the given one becomes a precondition, as in a PUT (contract 4.12).
    pub fn replace<T: Resource>(object: T) -> Self {
        Self::replace_object(Box::new(object))
    }

    /// As [`replace`](Self::replace), for an object whose type is erased.
    pub fn replace_object(object: DynObject) -> Self {
        let uid = object.object_meta().uid.clone();
        let preconditions =
            (!uid.is_empty()).then(|| Preconditions { uid: Some(uid), ..Preconditions::default() });
        Self { preconditions, make: Box::new(move |_| Ok(object.clone_object())) }
    }

    /// Changes the stored object with a function, which runs once per attempt.
    pub fn change<T: Resource>(change: impl Fn(T) -> Result<T> + Send + Sync + 'static) -> Self {
        let make: Make = Box::new(move |old| {
            let old = old.and_then(|old| old.downcast_ref::<T>());
            let old = old.ok_or_else(|| Error::internal("there is no object to change"))?;
            Ok(Box::new(change(old.clone())?))
        });
        Self { preconditions: None, make }
    }

    /// Lets a function change what becomes of the stored object, given that too. Runs once per attempt.
    pub(crate) fn transformed(
        self,
        transform: impl Fn(&mut dyn AnyObject, Option<&dyn AnyObject>) + Send + Sync + 'static,
    ) -> Self {
        let Self { preconditions, make } = self;
        let make: Make = Box::new(move |old| {
            let mut object = make(old)?;
            transform(&mut *object, old);
            Ok(object)
        });
        Self { preconditions, make }
    }

    /// Sets what must be true of the stored object.
    pub fn with_preconditions(mut self, preconditions: Preconditions) -> Self {
        self.preconditions = Some(preconditions);
        self
    }
}

impl UpdatedObjectInfo for DefaultUpdatedObjectInfo {
    fn preconditions(&self) -> Option<Preconditions> {
        self.preconditions.clone()
    }

    fn updated_object<'a>(
        &'a self,
        _: &'a RequestContext,
        old: Option<&'a dyn AnyObject>,
    ) -> BoxFuture<'a, Result<DynObject>> {
        Box::pin(std::future::ready((self.make)(old)))
    }
}

impl std::fmt::Debug for DefaultUpdatedObjectInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DefaultUpdatedObjectInfo")
            .field("preconditions", &self.preconditions)
            .finish_non_exhaustive()
    }
}
