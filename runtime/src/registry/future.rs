//! What the methods of a [`Registry`](super::Registry) return: a future whose type says nothing about its inside.
//!
//! An `async fn` would show the compiler every future within it, and each kind's handlers would have to prove anew that
//! all of them are `Send`. Behind a box that is said once, and a program with many kinds is checked in half the time.

#![allow(private_bounds, reason = "what is in the box is nobody's business")]

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::future::BoxFuture;

use crate::errors::Result;
use crate::object::{Object, ObjectList};
use crate::rest::Deleted;
use crate::rest::dynamic::{StoredDeleted, StoredList};
use crate::storage::Stored;
use crate::watch::{Watch, WatchStream};

/// The future of a call into a [`Registry`](crate::Registry): `Result<R>` when awaited. It does nothing until then.
#[must_use = "futures do nothing unless awaited"]
pub struct RegistryFuture<'a, R: Typed> {
    erased: BoxFuture<'a, Result<R::Erased>>,
}

impl<'a, R: Typed> RegistryFuture<'a, R> {
    pub(super) fn new(erased: BoxFuture<'a, Result<R::Erased>>) -> Self {
        Self { erased }
    }
}

impl<R: Typed> Future for RegistryFuture<'_, R> {
    type Output = Result<R>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<R>> {
        // Written out: every kind has a copy of this, and would have one of `map_ok` for each of its verbs.
        match self.erased.as_mut().poll(cx) {
            Poll::Ready(Ok(erased)) => Poll::Ready(Ok(R::typed(erased))),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<R: Typed> fmt::Debug for RegistryFuture<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryFuture").finish_non_exhaustive()
    }
}

/// A result that names its type, and what it is without.
pub(crate) trait Typed {
    type Erased;

    fn typed(erased: Self::Erased) -> Self;
}

impl<T> Typed for Object<T> {
    type Erased = Arc<Stored>;

    fn typed(erased: Arc<Stored>) -> Self {
        Self::from_stored(erased)
    }
}

/// The result of an update: the object, and whether it was created.
impl<T> Typed for (Object<T>, bool) {
    type Erased = (Arc<Stored>, bool);

    fn typed((object, created): (Arc<Stored>, bool)) -> Self {
        (Object::from_stored(object), created)
    }
}

impl<T> Typed for ObjectList<T> {
    type Erased = StoredList;

    fn typed(erased: StoredList) -> Self {
        Self::from_list(erased)
    }
}

impl<T> Typed for Deleted<T> {
    type Erased = StoredDeleted;

    fn typed(erased: StoredDeleted) -> Self {
        match erased {
            StoredDeleted::Now(status) => Self::Now(status),
            StoredDeleted::Pending(object) => Self::Pending(Object::from_stored(object)),
        }
    }
}

impl<T: 'static> Typed for WatchStream<T> {
    type Erased = Watch;

    fn typed(erased: Watch) -> Self {
        Self::from_watch(erased)
    }
}
