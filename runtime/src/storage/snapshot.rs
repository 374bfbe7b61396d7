//! All objects of a kind at one revision, immutable.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use imbl::OrdSet;

use super::Stored;
use super::field_index::FieldIndex;
use super::fingerprint::{Fingerprint, Screen};

/// All objects of a kind at one revision. Cheap to clone, and nothing changes it.
#[derive(Clone, Default)]
pub struct Snapshot {
    objects: OrdSet<ByKey>,
    by_field: FieldIndex,
    revision: u64,
}

impl Snapshot {
    /// The revision at which this is true.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The object with this key.
    pub fn get(&self, key: &str) -> Option<&Arc<Stored>> {
        self.objects.get(key).map(|entry| &entry.object)
    }

    /// The objects whose key begins with `prefix` and is not below `from`, in key order.
    pub fn range<'a>(&'a self, prefix: &'a str, from: &'a str) -> impl Iterator<Item = &'a Arc<Stored>> + 'a {
        self.entries(prefix, from).map(|entry| &entry.object)
    }

    /// Those of [`range`](Self::range) that a screen admits. Looks at no others.
    pub(crate) fn range_screened<'a>(
        &'a self,
        screen: &'a Screen,
        prefix: &'a str,
        from: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Stored>> + 'a {
        let entries = self.entries(prefix, from).filter(|entry| screen.admits(entry.fingerprint));
        entries.map(|entry| &entry.object)
    }

    fn entries<'a>(&'a self, prefix: &'a str, from: &'a str) -> impl Iterator<Item = &'a ByKey> + 'a {
        // With both ends known, nobody needs to look at the keys in between.
        let end = above(prefix);
        let start = end.as_deref().map_or(from, |end| from.min(end)).max(prefix);
        let end = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        self.objects.range::<_, str>((Bound::Included(start), end))
    }

    /// Those of [`range`](Self::range) that have a value in a selectable field, given by its position. Looks at no others.
    pub fn range_by_field<'a>(
        &'a self,
        field: usize,
        value: &'a str,
        prefix: &'a str,
        from: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Stored>> + 'a {
        let found = self.by_field.range(field, value, from.max(prefix));
        found.take_while(move |object| object.key().starts_with(prefix))
    }

    /// Those of [`range`](Self::range) that have another value in a selectable field, given by its position. Nothing when
    /// they are so many that it is as well to look at all.
    pub(crate) fn range_by_other_fields(
        &self,
        field: usize,
        value: &str,
        prefix: &str,
        from: &str,
    ) -> Option<Vec<&Arc<Stored>>> {
        const FEW: usize = 16;
        let mut found = self.by_field.others(field, value, self.len() / FEW)?;
        found.retain(|object| object.key().starts_with(prefix) && object.key() >= from);
        found.sort_unstable_by_key(|object| object.key());
        Some(found)
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// How many objects have a key that begins with `prefix`. Walks over them, unless the prefix is empty.
    pub fn count(&self, prefix: &str) -> usize {
        if prefix.is_empty() { self.len() } else { self.range(prefix, "").count() }
    }

    /// The same objects; true at this revision too.
    pub(super) fn at(mut self, revision: u64) -> Self {
        self.revision = revision;
        self
    }

    /// Says at which revision this is true.
    pub(super) fn set_revision(&mut self, revision: u64) {
        self.revision = revision;
    }

    /// Puts an object in, and returns the one that it replaces.
    pub(super) fn insert(&mut self, object: Arc<Stored>) -> Option<Arc<Stored>> {
        let fingerprint = Fingerprint::of(&object);
        let entry = ByKey { object, fingerprint };
        let previous = self.objects.insert(entry.clone()).map(|entry| entry.object);
        self.by_field.replace(previous.as_ref(), &entry.object);
        previous
    }

    /// Takes an object out.
    pub(super) fn remove(&mut self, key: &str) -> Option<Arc<Stored>> {
        let ByKey { object, .. } = self.objects.remove(key)?;
        self.by_field.remove(&object);
        Some(object)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snapshot({} objects at revision {})", self.len(), self.revision)
    }
}

/// The least text above all that begin with a prefix, if there is one.
fn above(prefix: &str) -> Option<String> {
    let mut end = prefix.to_owned();
    loop {
        let last = end.pop()?;
        if let Some(next) = (last..=char::MAX).nth(1) {
            end.push(next);
            return Some(end);
        }
    }
}

/// An object that is ordered by its key, which it carries: the tree keeps no second copy.
#[derive(Clone)]
struct ByKey {
    object: Arc<Stored>,
    fingerprint: Fingerprint,
}

impl Borrow<str> for ByKey {
    fn borrow(&self) -> &str {
        self.object.key()
    }
}

impl Ord for ByKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.object.key().cmp(other.object.key())
    }
}

impl PartialOrd for ByKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ByKey {
    fn eq(&self, other: &Self) -> bool {
        self.object.key() == other.object.key()
    }
}

impl Eq for ByKey {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Header;
    use crate::storage::testing::stored;

    fn snapshot(keys: &[&str]) -> Snapshot {
        let mut snapshot = Snapshot::default();
        for (revision, key) in (2..).zip(keys) {
            snapshot.insert(stored(key, revision));
        }
        snapshot
    }

    fn keys(snapshot: &Snapshot, prefix: &str, from: &str) -> Vec<String> {
        snapshot.range(prefix, from).map(|object| object.key().to_owned()).collect()
    }

    #[test]
    fn a_range_begins_with_its_prefix_and_not_below_from() {
        let all = snapshot(&["b/2", "a/1", "b-c/1", "b/1", "b/3", "c/1"]);
        assert_eq!(keys(&all, "", ""), ["a/1", "b-c/1", "b/1", "b/2", "b/3", "c/1"]);
        assert_eq!(keys(&all, "b/", ""), ["b/1", "b/2", "b/3"]);
        assert_eq!(keys(&all, "b/", "b/2"), ["b/2", "b/3"]);
        assert_eq!(keys(&all, "b/", "b/1\0"), ["b/2", "b/3"]);
        assert_eq!(keys(&all, "b/", "c"), [""; 0]);
        assert_eq!(keys(&all, "d/", ""), [""; 0]);
        assert_eq!(keys(&all, "a/", "b/2"), [""; 0]);
        assert_eq!((all.len(), all.count(""), all.count("b/"), all.count("d/")), (6, 6, 3, 0));
    }

    #[test]
    fn a_field_is_looked_up_in_key_order() {
        let with_fields = |key: &str, fields: [&str; 2]| {
            let fields = fields.map(Box::from).into();
            let header = Header { fields, ..Header::default() };
            Arc::new(Stored::new(key, 0, &bytes::Bytes::from_static(b"{}"), Arc::new(header)))
        };
        let mut all = Snapshot::default();
        for (key, fields) in [
            ("b/1", ["north", "1"]),
            ("a/1", ["north", "2"]),
            ("b/2", ["south", "1"]),
            ("b/3", ["north", ""]),
            ("c/1", ["nor", "north"]),
        ] {
            all.insert(with_fields(key, fields));
        }
        let before = all.clone();
        let found = |all: &Snapshot, field: usize, value: &str, prefix: &str, from: &str| {
            let found = all.range_by_field(field, value, prefix, from);
            found.map(|object| object.key().to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(found(&all, 0, "north", "", ""), "a/1 b/1 b/3");
        assert_eq!(found(&all, 0, "north", "b/", ""), "b/1 b/3");
        assert_eq!(found(&all, 0, "north", "b/", "b/1\0"), "b/3");
        assert_eq!(found(&all, 1, "", "", ""), "b/3");
        assert_eq!(found(&all, 1, "1", "", ""), "b/1 b/2");
        assert_eq!((found(&all, 0, "no", "", ""), found(&all, 7, "north", "", "")), Default::default());
        let mut many = all.clone();
        for number in 0..100 {
            many.insert(with_fields(&format!("d/{number}"), ["north", "1"]));
        }
        let others = |field: usize, value: &str, prefix: &str, from: &str| {
            let found = many.range_by_other_fields(field, value, prefix, from)?;
            Some(found.iter().map(|object| object.key().to_owned()).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(others(0, "north", "", "").as_deref(), Some("b/2 c/1"));
        assert_eq!(others(0, "north", "b/", "").as_deref(), Some("b/2"));
        assert_eq!(others(0, "north", "", "b/2\0").as_deref(), Some("c/1"));
        assert_eq!(others(1, "1", "", "").as_deref(), Some("a/1 b/3 c/1"));
        assert_eq!((others(0, "nort", "", ""), others(1, "", "", "")), (None, None));
        assert_eq!(others(7, "north", "", "").as_deref(), Some(""));
        all.insert(with_fields("b/1", ["south", "1"]));
        all.remove("b/3");
        assert_eq!(found(&all, 0, "north", "", ""), "a/1");
        assert_eq!(found(&all, 0, "south", "", ""), "b/1 b/2");
        assert_eq!(found(&before, 0, "north", "", ""), "a/1 b/1 b/3");
    }

    #[test]
    fn a_prefix_ends_where_the_next_text_begins() {
        assert_eq!(above("b/").as_deref(), Some("b0"));
        assert_eq!(above("b\u{d7ff}").as_deref(), Some("b\u{e000}"));
        assert_eq!(above("b\u{10ffff}").as_deref(), Some("c"));
        assert_eq!((above("\u{10ffff}"), above("")), (None, None));
    }

    #[test]
    fn a_clone_does_not_see_what_comes_later() {
        let mut now = snapshot(&["a/1", "a/2"]).at(3);
        let before = now.clone();
        assert_eq!(now.insert(stored("a/1", 4)).map(|object| object.revision()), Some(2));
        assert_eq!(now.remove("a/2").map(|object| object.revision()), Some(3));
        assert!(now.remove("a/2").is_none() && now.insert(stored("a/3", 6)).is_none());
        assert_eq!(keys(&before, "", ""), ["a/1", "a/2"]);
        assert_eq!((before.get("a/1").map(|object| object.revision()), before.revision()), (Some(2), 3));
        assert_eq!(keys(&now, "", ""), ["a/1", "a/3"]);
        assert!(before.get("a/3").is_none());
    }
}
