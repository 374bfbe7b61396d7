//! List: which snapshot, which part of it, and where the next page begins (contract 4.8 to 4.11, 5.14 to 5.25).
//!
//! Nothing is decoded or copied: a list is the objects of a snapshot.

use super::continue_token::ContinueToken;
use super::predicate::Predicate;
use super::{Pipelines, options, revision};
use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::options::{ListOptions, ResourceVersionMatch};
use crate::rest::dynamic::StoredList;
use crate::storage::{Interest, Snapshot, StorageError};

impl Pipelines {
    pub(super) async fn list(&self, ctx: &RequestContext, options: &ListOptions) -> Result<StoredList> {
        let errors = options::validate_list(options);
        if !errors.is_empty() {
            return Err(options::invalid("ListOptions", &errors));
        }
        let first_page = options.continue_token.is_empty();
        let predicate = Predicate::new(self.info(), ctx, options, first_page)?;
        // A list that may be arbitrarily old has no pages, nor has what is left of one.
        let limit = if options.resource_version == "0" { 0 } else { options.limit };
        if first_page {
            let snapshot = self.snapshot_for(options).await?;
            return page(&snapshot, &predicate, "", limit);
        }
        let token = ContinueToken::decode(&options.continue_token)?;
        if !matches!(options.resource_version.as_str(), "" | "0") {
            return Err(Error::bad_request("specifying resource version is not allowed when using continue"));
        }
        let snapshot = match token.revision {
            Some(revision) => self.collection.snapshot_at(revision).await,
            None => self.collection.snapshot().await,
        };
        let snapshot = snapshot.map_err(|error| match error {
            StorageError::Compacted { .. } => token.expired(),
            error => self.storage_error("list", "", error),
        })?;
        page(&snapshot, &predicate, &token.start, limit)
    }

    /// The snapshot that a list without a token is of: the table of contract 5.14.
    async fn snapshot_for(&self, options: &ListOptions) -> Result<Snapshot> {
        let revision = revision::parse(&options.resource_version)
            .map_err(|why| Error::bad_request(format!("invalid resource version: {why}")))?;
        let exact = match options.resource_version_match {
            Some(ResourceVersionMatch::Exact) => true,
            Some(ResourceVersionMatch::NotOlderThan) => false,
            None => options.limit > 0,
        };
        let snapshot = if options.resource_version.is_empty() {
            self.collection.snapshot().await
        } else if exact && revision > 0 {
            self.collection.snapshot_at(revision).await
        } else {
            self.collection.snapshot_not_older_than(revision).await
        };
        snapshot.map_err(|error| self.storage_error("list", "", error))
    }
}

/// The objects that a predicate selects, from a key on. `limit` 0 means all.
fn page(snapshot: &Snapshot, predicate: &Predicate, start: &str, limit: u64) -> Result<StoredList> {
    let mut list = StoredList { revision: snapshot.revision(), ..StoredList::default() };
    let prefix = match predicate.scope() {
        Interest::All => String::new(),
        Interest::Namespace(namespace) => format!("{namespace}/"),
        Interest::Object(key) => {
            list.items.extend(snapshot.get(key).filter(|stored| predicate.selects(stored)).cloned());
            return Ok(list);
        }
    };
    let from = format!("{prefix}{start}");
    let candidates = predicate.candidates(snapshot, &prefix, &from);
    let limit = usize::try_from(limit).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    list.items.extend(candidates.filter(|stored| predicate.selects(stored)).take(limit).cloned());
    let Some(last) = list.items.last().filter(|_| list.items.len() == limit) else { return Ok(list) };
    // Whatever is left makes another page, selected or not (contract 5.19).
    let after = format!("{}\0", last.key());
    let mut rest = snapshot.range(&prefix, &after);
    if rest.next().is_some() {
        let key = last.key().strip_prefix(&prefix).unwrap_or(last.key());
        list.continue_token = ContinueToken::after(key, list.revision).encode()?;
        list.remaining_item_count = predicate.selects_all().then(|| 1 + rest.count() as u64);
    }
    Ok(list)
}
