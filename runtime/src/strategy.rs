//! The hooks of a kind, in the order in which they run (contract 2 and 3).

use std::fmt;

use crate::context::RequestContext;
use crate::errors::Result;
use crate::field::ErrorList;
use crate::meta::validation;
use crate::options::{CreateOptions, DeleteOptions, UpdateOptions};
use crate::resource::Resource;

/// What a kind does besides what every kind does. Every hook has a default, so an empty `impl` is a complete strategy.
///
/// The names are those of Go's `rest.RESTCreateStrategy` and its sisters. The server itself keeps status and generation
/// apart before these hooks run: status is emptied on create and copied from the stored object on a main update.
///
/// Order on create: [`begin_create`](Self::begin_create), [`prepare_for_create`](Self::prepare_for_create),
/// [`validate`](Self::validate), the metadata rules, [`warnings_on_create`](Self::warnings_on_create),
/// [`canonicalize`](Self::canonicalize), the write, [`after_create`](Self::after_create) (contract 2.B, 4.1).
///
/// Order on update: [`begin_update`](Self::begin_update), [`prepare_for_update`](Self::prepare_for_update), the metadata
/// rules, [`validate_update`](Self::validate_update), [`warnings_on_update`](Self::warnings_on_update),
/// [`canonicalize`](Self::canonicalize), the write, [`after_update`](Self::after_update) (contract 2.C, 4.12). An update
/// of `/status` runs the `status` twins instead.
///
/// Just before each `validate` hook the object is checked against the limits of its schema; the errors of both are told
/// together (see [`Resource`]).
///
/// `prepare_*` and `canonicalize` may change the object; nothing else may. Hooks may run several times for one request,
/// once per attempt, when other writers are faster.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a strategy",
    label = "does not implement `Strategy`",
    note = "every hook has a default: `impl Strategy for {Self} {{ type Object = …; }}`"
)]
#[allow(unused_variables, reason = "the defaults ignore what overriding hooks use")]
pub trait Strategy: Send + Sync + 'static {
    /// The kind.
    type Object: Resource;

    /// Before a create is prepared and checked; the returned guard learns whether it was stored (contract 2.29).
    fn begin_create(
        &self,
        ctx: &RequestContext,
        object: &Self::Object,
        options: &CreateOptions,
    ) -> Result<Finish> {
        Ok(Finish::nothing())
    }

    /// Defaults and normalises a new object. Must not hide what validation should refuse.
    fn prepare_for_create(&self, ctx: &RequestContext, object: &mut Self::Object) {}

    /// Says what is wrong with a new object. When this finds nothing, the generic metadata rules run (contract 2.8).
    fn validate(&self, ctx: &RequestContext, object: &Self::Object) -> ErrorList {
        ErrorList::new()
    }

    /// Warnings about a valid new object.
    fn warnings_on_create(&self, ctx: &RequestContext, object: &Self::Object) -> Vec<String> {
        Vec::new()
    }

    /// Brings a valid object into its one stored form, after a create's or an update's validation.
    fn canonicalize(&self, object: &mut Self::Object) {}

    /// Runs once the object is stored, and in a dry run too (contract 2.31, 4.55).
    fn after_create(&self, ctx: &RequestContext, object: &Self::Object, options: &CreateOptions) {}

    /// Before an update is prepared and checked, once per attempt; the guard learns that the attempt passed its checks
    /// (contract 2.30).
    fn begin_update(
        &self,
        ctx: &RequestContext,
        object: &Self::Object,
        old: &Self::Object,
        options: &UpdateOptions,
    ) -> Result<Finish> {
        Ok(Finish::nothing())
    }

    /// Defaults and normalises an updated object.
    fn prepare_for_update(&self, ctx: &RequestContext, object: &mut Self::Object, old: &Self::Object) {}

    /// Says what is wrong with an updated object; joined with what the metadata rules find (contract 2.11).
    fn validate_update(&self, ctx: &RequestContext, object: &Self::Object, old: &Self::Object) -> ErrorList {
        ErrorList::new()
    }

    /// Warnings about a valid updated object.
    fn warnings_on_update(
        &self,
        ctx: &RequestContext,
        object: &Self::Object,
        old: &Self::Object,
    ) -> Vec<String> {
        Vec::new()
    }

    /// Runs once the update is stored, and in a dry run too.
    fn after_update(&self, ctx: &RequestContext, object: &Self::Object, options: &UpdateOptions) {}

    /// Whether a PUT to a name that does not exist creates it.
    fn allow_create_on_update(&self) -> bool {
        false
    }

    /// Whether an update without a resourceVersion wins over whatever is stored.
    fn allow_unconditional_update(&self) -> bool {
        false
    }

    /// As [`prepare_for_update`](Self::prepare_for_update), for `/status`. Everything but status is already the stored
    /// object's (contract 3.8).
    fn prepare_for_status_update(&self, ctx: &RequestContext, object: &mut Self::Object, old: &Self::Object) {
    }

    /// As [`validate_update`](Self::validate_update), for `/status`: sees the real old and new status.
    fn validate_status_update(
        &self,
        ctx: &RequestContext,
        object: &Self::Object,
        old: &Self::Object,
    ) -> ErrorList {
        ErrorList::new()
    }

    /// As [`warnings_on_update`](Self::warnings_on_update), for `/status`.
    fn warnings_on_status_update(
        &self,
        ctx: &RequestContext,
        object: &Self::Object,
        old: &Self::Object,
    ) -> Vec<String> {
        Vec::new()
    }

    /// Whether a delete waits: `true` starts the grace period that `options` then must hold (contract 2.26).
    fn check_graceful_delete(
        &self,
        ctx: &RequestContext,
        object: &Self::Object,
        options: &mut DeleteOptions,
    ) -> bool {
        false
    }

    /// What a delete without a propagation policy does to dependents.
    fn default_garbage_collection_policy(&self) -> GarbageCollectionPolicy {
        GarbageCollectionPolicy::DeleteDependents
    }

    /// Which names objects may have.
    fn name_rule(&self) -> NameRule {
        NameRule::DnsSubdomain
    }

    /// Runs once the object is gone, and in a dry run too.
    fn after_delete(&self, ctx: &RequestContext, object: &Self::Object, options: &DeleteOptions) {}
}

/// What a delete does to dependents when the request does not say (contract 2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GarbageCollectionPolicy {
    /// The garbage collector deletes them.
    #[default]
    DeleteDependents,
    /// They lose their owner.
    OrphanDependents,
    /// The kind takes no part in garbage collection.
    Unsupported,
}

/// Which names the objects of a kind may have (contract 9.1, 9.6, 9.7, 17). A strategy's `validate` can ask for more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameRule {
    /// As in `example.com`: what most kinds want, and what a CustomResource has.
    #[default]
    DnsSubdomain,
    /// As in `my-name`: for names that become a part of a host name.
    DnsLabel,
    /// Anything that fits between two slashes, as in `system:node`.
    PathSegment,
}

impl NameRule {
    /// The rule as metadata validation asks it.
    pub(crate) fn function(self) -> fn(&str, bool) -> Vec<String> {
        match self {
            Self::DnsSubdomain => validation::dns_subdomain_name,
            Self::DnsLabel => validation::dns_label_name,
            Self::PathSegment => validation::path_segment_name,
        }
    }
}

/// What a `begin_*` hook wants to hear at the end: whether the operation succeeded.
pub struct Finish(Option<Box<dyn FnOnce(bool) + Send>>);

impl Finish {
    /// Nothing to do at the end.
    pub const fn nothing() -> Self {
        Self(None)
    }

    /// Calls back with `true` after success and with `false` after any later failure.
    pub fn with(callback: impl FnOnce(bool) + Send + 'static) -> Self {
        Self(Some(Box::new(callback)))
    }

    /// Reports success. Dropping the guard instead reports failure.
    pub(crate) fn succeed(mut self) {
        if let Some(callback) = self.0.take() {
            callback(true);
        }
    }
}

impl Drop for Finish {
    fn drop(&mut self) {
        if let Some(callback) = self.0.take() {
            callback(false);
        }
    }
}

impl fmt::Debug for Finish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Finish").field(&self.0.is_some()).finish()
    }
}
