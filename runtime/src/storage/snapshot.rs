//! All objects of a kind at one revision, immutable.

use std::sync::Arc;

use super::Stored;

/// All objects of a kind at one revision. Cheap to clone, and nothing changes it.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {}

impl Snapshot {
    /// The revision at which this is true.
    pub fn revision(&self) -> u64 {
        0
    }

    /// The object with this key.
    pub fn get(&self, _key: &str) -> Option<&Arc<Stored>> {
        None
    }

    /// The objects whose key begins with `prefix` and is not below `from`, in key order.
    pub fn range<'a>(
        &'a self,
        _prefix: &'a str,
        _from: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Stored>> + 'a {
        std::iter::empty()
    }
}
