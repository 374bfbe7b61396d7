//! What a delete decides before it writes: Go's `rest.BeforeDelete` (contract 2.E), and the finalizers through which the
//! garbage collector takes part (contract 4.31).

use super::{Pipelines, metadata, options};
use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::meta::{ObjectMeta, Time};
use crate::object::AnyObject;
use crate::options::DeleteOptions;
use crate::resource::GroupResource;
use crate::strategy::GarbageCollectionPolicy;

/// Keeps an object until its dependents have lost it as their owner.
const ORPHAN: &str = "orphan";

/// Keeps an object until its dependents are gone.
const FOREGROUND: &str = "foregroundDeletion";

/// Whether a delete waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grace {
    /// It does not.
    None,
    /// A grace period begins, or became shorter.
    Started,
    /// A grace period runs, and nothing changes about it.
    Pending,
}

impl Pipelines {
    /// Checks the options and the object, and begins a grace period when the strategy wants one.
    pub(super) fn before_delete(
        &self,
        ctx: &RequestContext,
        object: &mut dyn AnyObject,
        options: &mut DeleteOptions,
    ) -> Result<Grace> {
        options::check_delete(options, false)?;
        self.check_delete_preconditions(&object.object_meta(), options)?;
        if options.grace_period_seconds.is_some_and(i64::is_negative) {
            options.grace_period_seconds = Some(1);
        }
        let meta = object.object_meta();
        if let Some(deletion) = meta.deletion_timestamp {
            let running = meta.deletion_grace_period_seconds.unwrap_or(0);
            drop(meta);
            return Ok(metadata::change(object, |meta| shorten(meta, deletion, running, options)));
        }
        drop(meta);
        if !self.strategy.check_graceful_delete(ctx, object, options)? {
            return Ok(Grace::None);
        }
        let Some(grace) = options.grace_period_seconds else {
            return Err(Error::internal("options.GracePeriodSeconds should not be nil"));
        };
        metadata::change(object, |meta| {
            meta.deletion_timestamp = Some(Time::now().plus_seconds(grace));
            meta.deletion_grace_period_seconds = Some(grace);
            bump_generation(meta);
        });
        Ok(Grace::Started)
    }

    /// Fails early; storage checks again when it deletes. Here upstream names the kind (contract 2.26).
    fn check_delete_preconditions(&self, meta: &ObjectMeta, options: &DeleteOptions) -> Result<()> {
        let Some(preconditions) = &options.preconditions else { return Ok(()) };
        let conflict = |what: &str, expected: &str, actual: &str, guess: &str| {
            let info = self.info();
            let kind = GroupResource { group: info.group.into(), resource: info.kind.into() };
            let why = format!(
                "the {what} in the precondition ({expected}) does not match the {what} in record ({actual}). The \
                 object might have been {guess}"
            );
            Err(Error::conflict(&kind, &meta.name, &why))
        };
        match (&preconditions.uid, &preconditions.resource_version) {
            (Some(uid), _) if *uid != meta.uid => {
                conflict("UID", uid, &meta.uid, "deleted and then recreated")
            }
            (_, Some(revision)) if *revision != meta.resource_version => {
                conflict("ResourceVersion", revision, &meta.resource_version, "modified")
            }
            _ => Ok(()),
        }
    }

    /// The finalizers that an object has while it is deleted with these options.
    pub(super) fn finalizers_for_delete(&self, meta: &ObjectMeta, options: &DeleteOptions) -> Vec<String> {
        let is_collectors = |finalizer: &String| finalizer == ORPHAN || finalizer == FOREGROUND;
        let mut finalizers: Vec<String> =
            meta.finalizers.iter().filter(|finalizer| !is_collectors(finalizer)).cloned().collect();
        let policy = self.strategy.default_garbage_collection_policy();
        let collectors = match (policy, options.orphan_dependents, options.propagation_policy.as_deref()) {
            (GarbageCollectionPolicy::Unsupported, _, _) | (_, Some(false), _) => None,
            (_, Some(true), _) | (_, None, Some("Orphan")) => Some(ORPHAN),
            (_, None, Some("Foreground")) => Some(FOREGROUND),
            (_, None, Some(_)) => None,
            (policy, None, None) => match meta.finalizers.iter().find(|finalizer| is_collectors(finalizer)) {
                Some(finalizer) if finalizer == FOREGROUND => Some(FOREGROUND),
                Some(_) => Some(ORPHAN),
                None => (policy == GarbageCollectionPolicy::OrphanDependents).then_some(ORPHAN),
            },
        };
        finalizers.extend(collectors.map(str::to_owned));
        let same = finalizers.len() == meta.finalizers.len()
            && finalizers.iter().all(|finalizer| meta.finalizers.contains(finalizer));
        if same { meta.finalizers.clone() } else { finalizers }
    }
}

/// Deletes an object again: its grace period may only become shorter (contract 2.26, 2.27, 2.28).
fn shorten(meta: &mut ObjectMeta, deletion: Time, running: i64, options: &mut DeleteOptions) -> Grace {
    if running == 0 {
        return Grace::None;
    }
    match options.grace_period_seconds {
        Some(grace) if grace < running => {
            let now = Time::now();
            let moved = deletion.plus_seconds(grace.saturating_sub(running));
            let late = moved < now;
            meta.deletion_timestamp = Some(if late { now } else { moved });
            meta.deletion_grace_period_seconds = Some(if late && grace != 0 { 1 } else { grace });
            Grace::Started
        }
        Some(_) => Grace::Pending,
        None => {
            options.grace_period_seconds = Some(running);
            Grace::Pending
        }
    }
}

/// Marks an object that only its finalizers still keep (contract 4.30).
pub(super) fn mark_as_deleting(meta: &mut ObjectMeta) {
    let now = Time::now();
    if meta.deletion_timestamp.is_none() {
        bump_generation(meta);
    }
    if meta.deletion_timestamp.is_none_or(|deletion| deletion > now) {
        meta.deletion_timestamp = Some(now);
    }
    meta.deletion_grace_period_seconds = Some(0);
}

fn bump_generation(meta: &mut ObjectMeta) {
    if meta.generation > 0 {
        meta.generation = meta.generation.saturating_add(1);
    }
}
