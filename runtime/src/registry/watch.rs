//! Watch: where a stream of events begins (contract 5.28 to 5.36).

use super::event_stream::{EventStream, Start};
use super::predicate::Predicate;
use super::{Pipelines, options, revision};
use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::options::ListOptions;
use crate::storage::StorageError;
use crate::watch::Watch;

impl Pipelines {
    /// Opens a watch. Once it is open, what fails is an event (contract 5.31, 5.34).
    pub(super) async fn watch(&self, ctx: &RequestContext, options: &ListOptions) -> Result<Watch> {
        let errors = options::validate_watch(options);
        if !errors.is_empty() {
            return Err(options::invalid("ListOptions", &errors));
        }
        let revision = revision::parse(&options.resource_version).map_err(Error::bad_request)?;
        let predicate = Predicate::new(self.info(), ctx, options, true)?;
        let scope = predicate.scope().clone();
        let initial = options.send_initial_events.unwrap_or(revision == 0);
        let start = if initial && revision > 0 {
            // May wait for the revision to come: the answer's head must not wait with it (contract 5.47).
            let (collection, pipelines) = (self.collection.clone(), self.clone());
            Start::Later(Box::pin(async move {
                let opened = async {
                    let snapshot = collection.snapshot_not_older_than(revision).await?;
                    let cursor = collection.watch(snapshot.revision(), scope).await?;
                    Ok((snapshot, cursor))
                };
                opened.await.map_err(|error| pipelines.watch_error(error))
            }))
        } else if revision > 0 {
            match self.collection.watch(revision, scope).await {
                Ok(cursor) => Start::After(cursor),
                Err(error @ StorageError::Compacted { .. }) => Start::Failed(self.watch_error(error)),
                Err(error) => return Err(self.watch_error(error)),
            }
        } else {
            let snapshot = if options.resource_version.is_empty() {
                self.collection.snapshot().await
            } else {
                self.collection.snapshot_not_older_than(0).await
            };
            let snapshot = snapshot.map_err(|error| self.watch_error(error))?;
            let cursor = self.collection.watch(snapshot.revision(), scope).await;
            let cursor = cursor.map_err(|error| self.watch_error(error))?;
            if initial { Start::With(snapshot, cursor) } else { Start::After(cursor) }
        };
        Ok(Box::pin(EventStream::new(self.clone(), predicate, start, options)))
    }

    /// The error of a watch; a revision that is no longer held has its own text here (contract 5.31).
    pub(super) fn watch_error(&self, error: StorageError) -> Error {
        match error {
            StorageError::Compacted { requested, oldest } => {
                Error::expired(format!("too old resource version: {requested} ({oldest})"))
            }
            error => self.storage_error("watch", "", error),
        }
    }
}
