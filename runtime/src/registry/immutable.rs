//! Fields that an update cannot change: what Go strategies check with `ValidateImmutableField`.

use serde_json::Value;

use super::{Pipelines, generation};
use crate::errors::Result;
use crate::field::{self, ErrorList, Path};
use crate::object::AnyObject;

impl Pipelines {
    /// An error for each immutable field whose value means something else than before. To set one that was not set is a
    /// change too.
    pub(super) fn validate_immutable(
        &self,
        object: &dyn AnyObject,
        old: &dyn AnyObject,
    ) -> Result<ErrorList> {
        let paths = self.info().immutable_fields;
        if paths.is_empty() {
            return Ok(ErrorList::new());
        }
        let (object, old) = (object.to_value()?, old.to_value()?);
        let changed = paths.iter().filter_map(|path| {
            let (value, old) = (find(&object, path), find(&old, path));
            let name = path.strip_prefix('.').unwrap_or(path);
            (!generation::same(value, old)).then(|| field::Error::immutable(Path::new(name), value))
        });
        Ok(changed.collect())
    }
}

/// What lies at a path of plain names, as in `.spec.zone`; null when there is nothing.
fn find<'v>(document: &'v Value, path: &str) -> &'v Value {
    path.split('.').skip(1).try_fold(document, |value, name| value.get(name)).unwrap_or(&Value::Null)
}
