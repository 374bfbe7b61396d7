//! Get (contract 4.5 to 4.7, 5.13).

use std::sync::Arc;

use super::{Pipelines, revision};
use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::options::GetOptions;
use crate::storage::Stored;

impl Pipelines {
    pub(super) async fn get(
        &self,
        ctx: &RequestContext,
        name: &str,
        options: &GetOptions,
    ) -> Result<Arc<Stored>> {
        let key = self.key(ctx, name)?;
        let revision = revision::parse(&options.resource_version)
            .map_err(|why| Error::bad_request(format!("invalid resource version: {why}")))?;
        let snapshot = if options.resource_version.is_empty() {
            self.collection.snapshot().await
        } else {
            self.collection.snapshot_not_older_than(revision).await
        };
        let snapshot = snapshot.map_err(|error| self.storage_error("get", name, error))?;
        snapshot.get(&key).cloned().ok_or_else(|| self.not_found(name))
    }
}
