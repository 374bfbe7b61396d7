//! Delete-collection: a list, and a delete for each object of it (contract 4.43 to 4.49).

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::delete::DeleteRequest;
use super::{Pipelines, options};
use crate::context::RequestContext;
use crate::errors::Result;
use crate::options::{DeleteOptions, ListOptions};
use crate::rest::ValidateObject;
use crate::rest::dynamic::StoredList;

/// How many deletes are under way at once, so that a store can write several in one go.
const CONCURRENT_DELETES: usize = 16;

impl Pipelines {
    /// Deletes what a list selects, and returns what was listed. The first failure ends it, but for objects that are gone
    /// already; what was deleted by then stays deleted.
    pub(super) async fn delete_collection(
        &self,
        ctx: &RequestContext,
        delete_validation: &dyn ValidateObject,
        options: DeleteOptions,
        list_options: &ListOptions,
    ) -> Result<StoredList> {
        options::check_delete(&options, true)?;
        let list = self.list(ctx, list_options).await?;
        // Owned items: over borrowed ones the compiler cannot prove the future `Send`.
        let deletes = stream::iter(list.items.clone()).map(async |item| {
            let options = options.clone();
            let delete =
                DeleteRequest { ctx, name: item.name(), key: item.key(), delete_validation, options };
            match self.delete(delete).await {
                Err(error) if !error.is_not_found() => Err(error),
                _ => Ok(()),
            }
        });
        deletes.buffer_unordered(CONCURRENT_DELETES).try_collect::<()>().await?;
        Ok(list)
    }
}
