//! The callbacks that run last before a write: validating admission, for whoever calls a handler.

use futures_core::future::BoxFuture;

use crate::context::RequestContext;
use crate::errors::Result;
use crate::object::AnyObject;

/// Go's `rest.ValidateObjectFunc`: sees a new or a doomed object, and may refuse. Any
/// `Fn(&RequestContext, &dyn AnyObject) -> Result<()>` is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot validate objects",
    label = "does not implement `rest::ValidateObject`",
    note = "pass `&ValidateAllObjects`, or a function `fn(&RequestContext, &dyn AnyObject) -> Result<()>`"
)]
pub trait ValidateObject: Send + Sync {
    /// Refuses the object with an error.
    fn validate<'a>(
        &'a self,
        ctx: &'a RequestContext,
        object: &'a dyn AnyObject,
    ) -> BoxFuture<'a, Result<()>>;
}

/// Go's `rest.ValidateObjectUpdateFunc`: sees the new and the old object, and may refuse. Any
/// `Fn(&RequestContext, &dyn AnyObject, &dyn AnyObject) -> Result<()>` is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot validate updates",
    label = "does not implement `rest::ValidateObjectUpdate`",
    note = "pass `&ValidateAllObjects`, or a function `fn(&RequestContext, &dyn AnyObject, &dyn AnyObject) -> Result<()>`"
)]
pub trait ValidateObjectUpdate: Send + Sync {
    /// Refuses the update with an error.
    fn validate_update<'a>(
        &'a self,
        ctx: &'a RequestContext,
        object: &'a dyn AnyObject,
        old: &'a dyn AnyObject,
    ) -> BoxFuture<'a, Result<()>>;
}

/// Refuses nothing: Go's `rest.ValidateAllObjectFunc` and `rest.ValidateAllObjectUpdateFunc`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ValidateAllObjects;

impl ValidateObject for ValidateAllObjects {
    fn validate<'a>(&'a self, _: &'a RequestContext, _: &'a dyn AnyObject) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl ValidateObjectUpdate for ValidateAllObjects {
    fn validate_update<'a>(
        &'a self,
        _: &'a RequestContext,
        _: &'a dyn AnyObject,
        _: &'a dyn AnyObject,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl<F: Fn(&RequestContext, &dyn AnyObject) -> Result<()> + Send + Sync> ValidateObject for F {
    fn validate<'a>(
        &'a self,
        ctx: &'a RequestContext,
        object: &'a dyn AnyObject,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(self(ctx, object)))
    }
}

impl<F: Fn(&RequestContext, &dyn AnyObject, &dyn AnyObject) -> Result<()> + Send + Sync> ValidateObjectUpdate
    for F
{
    fn validate_update<'a>(
        &'a self,
        ctx: &'a RequestContext,
        object: &'a dyn AnyObject,
        old: &'a dyn AnyObject,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(self(ctx, object, old)))
    }
}
