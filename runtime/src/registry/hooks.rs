//! A [`Strategy`] with its type erased. The hooks and their order are documented there.

use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::field::ErrorList;
use crate::object::AnyObject;
use crate::options::{CreateOptions, DeleteOptions, UpdateOptions};
use crate::resource::Resource;
use crate::strategy::{Finish, GarbageCollectionPolicy, NameRule, Strategy};

type Object = dyn AnyObject;

#[allow(missing_docs, reason = "each method is the one of `Strategy`")]
pub(crate) trait DynStrategy: Send + Sync {
    fn begin_create(&self, ctx: &RequestContext, object: &Object, options: &CreateOptions) -> Result<Finish>;
    fn prepare_for_create(&self, ctx: &RequestContext, object: &mut Object) -> Result<()>;
    fn validate(&self, ctx: &RequestContext, object: &Object) -> Result<ErrorList>;
    fn warnings_on_create(&self, ctx: &RequestContext, object: &Object) -> Result<Vec<String>>;
    fn canonicalize(&self, object: &mut Object) -> Result<()>;
    fn after_create(&self, ctx: &RequestContext, object: &Object, options: &CreateOptions) -> Result<()>;
    fn begin_update(
        &self,
        ctx: &RequestContext,
        object: &Object,
        old: &Object,
        options: &UpdateOptions,
    ) -> Result<Finish>;
    fn prepare_for_update(&self, ctx: &RequestContext, object: &mut Object, old: &Object) -> Result<()>;
    fn validate_update(&self, ctx: &RequestContext, object: &Object, old: &Object) -> Result<ErrorList>;
    fn warnings_on_update(&self, ctx: &RequestContext, object: &Object, old: &Object) -> Result<Vec<String>>;
    fn after_update(&self, ctx: &RequestContext, object: &Object, options: &UpdateOptions) -> Result<()>;
    fn allow_create_on_update(&self) -> bool;
    fn allow_unconditional_update(&self) -> bool;
    fn prepare_for_status_update(
        &self,
        ctx: &RequestContext,
        object: &mut Object,
        old: &Object,
    ) -> Result<()>;
    fn validate_status_update(
        &self,
        ctx: &RequestContext,
        object: &Object,
        old: &Object,
    ) -> Result<ErrorList>;
    fn warnings_on_status_update(
        &self,
        ctx: &RequestContext,
        object: &Object,
        old: &Object,
    ) -> Result<Vec<String>>;
    fn check_graceful_delete(
        &self,
        ctx: &RequestContext,
        object: &Object,
        options: &mut DeleteOptions,
    ) -> Result<bool>;
    fn default_garbage_collection_policy(&self) -> GarbageCollectionPolicy;
    fn name_rule(&self) -> NameRule;
    fn after_delete(&self, ctx: &RequestContext, object: &Object, options: &DeleteOptions) -> Result<()>;
}

impl<S: Strategy> DynStrategy for S {
    fn begin_create(&self, ctx: &RequestContext, object: &Object, options: &CreateOptions) -> Result<Finish> {
        Strategy::begin_create(self, ctx, typed(object)?, options)
    }

    fn prepare_for_create(&self, ctx: &RequestContext, object: &mut Object) -> Result<()> {
        Strategy::prepare_for_create(self, ctx, typed_mut(object)?);
        Ok(())
    }

    fn validate(&self, ctx: &RequestContext, object: &Object) -> Result<ErrorList> {
        Ok(Strategy::validate(self, ctx, typed(object)?))
    }

    fn warnings_on_create(&self, ctx: &RequestContext, object: &Object) -> Result<Vec<String>> {
        Ok(Strategy::warnings_on_create(self, ctx, typed(object)?))
    }

    fn canonicalize(&self, object: &mut Object) -> Result<()> {
        Strategy::canonicalize(self, typed_mut(object)?);
        Ok(())
    }

    fn after_create(&self, ctx: &RequestContext, object: &Object, options: &CreateOptions) -> Result<()> {
        Strategy::after_create(self, ctx, typed(object)?, options);
        Ok(())
    }

    fn begin_update(
        &self,
        ctx: &RequestContext,
        object: &Object,
        old: &Object,
        options: &UpdateOptions,
    ) -> Result<Finish> {
        Strategy::begin_update(self, ctx, typed(object)?, typed(old)?, options)
    }

    fn prepare_for_update(&self, ctx: &RequestContext, object: &mut Object, old: &Object) -> Result<()> {
        Strategy::prepare_for_update(self, ctx, typed_mut(object)?, typed(old)?);
        Ok(())
    }

    fn validate_update(&self, ctx: &RequestContext, object: &Object, old: &Object) -> Result<ErrorList> {
        Ok(Strategy::validate_update(self, ctx, typed(object)?, typed(old)?))
    }

    fn warnings_on_update(&self, ctx: &RequestContext, object: &Object, old: &Object) -> Result<Vec<String>> {
        Ok(Strategy::warnings_on_update(self, ctx, typed(object)?, typed(old)?))
    }

    fn after_update(&self, ctx: &RequestContext, object: &Object, options: &UpdateOptions) -> Result<()> {
        Strategy::after_update(self, ctx, typed(object)?, options);
        Ok(())
    }

    fn allow_create_on_update(&self) -> bool {
        Strategy::allow_create_on_update(self)
    }

    fn allow_unconditional_update(&self) -> bool {
        Strategy::allow_unconditional_update(self)
    }

    fn prepare_for_status_update(
        &self,
        ctx: &RequestContext,
        object: &mut Object,
        old: &Object,
    ) -> Result<()> {
        Strategy::prepare_for_status_update(self, ctx, typed_mut(object)?, typed(old)?);
        Ok(())
    }

    fn validate_status_update(
        &self,
        ctx: &RequestContext,
        object: &Object,
        old: &Object,
    ) -> Result<ErrorList> {
        Ok(Strategy::validate_status_update(self, ctx, typed(object)?, typed(old)?))
    }

    fn warnings_on_status_update(
        &self,
        ctx: &RequestContext,
        object: &Object,
        old: &Object,
    ) -> Result<Vec<String>> {
        Ok(Strategy::warnings_on_status_update(self, ctx, typed(object)?, typed(old)?))
    }

    fn check_graceful_delete(
        &self,
        ctx: &RequestContext,
        object: &Object,
        options: &mut DeleteOptions,
    ) -> Result<bool> {
        Ok(Strategy::check_graceful_delete(self, ctx, typed(object)?, options))
    }

    fn default_garbage_collection_policy(&self) -> GarbageCollectionPolicy {
        Strategy::default_garbage_collection_policy(self)
    }

    fn name_rule(&self) -> NameRule {
        Strategy::name_rule(self)
    }

    fn after_delete(&self, ctx: &RequestContext, object: &Object, options: &DeleteOptions) -> Result<()> {
        Strategy::after_delete(self, ctx, typed(object)?, options);
        Ok(())
    }
}

fn typed<T: Resource>(object: &Object) -> Result<&T> {
    object.downcast_ref().ok_or_else(wrong_type::<T>)
}

fn typed_mut<T: Resource>(object: &mut Object) -> Result<&mut T> {
    object.downcast_mut().ok_or_else(wrong_type::<T>)
}

fn wrong_type<T: Resource>() -> Error {
    Error::internal(format!("the object is not a {}", T::INFO.kind))
}
