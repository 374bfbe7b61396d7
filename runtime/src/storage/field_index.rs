//! The objects of a kind by the values of its selectable fields, so that a list which selects by one looks at what it
//! finds and at nothing else.

use std::cmp::Ordering;
use std::ops::Bound;
use std::sync::Arc;

use imbl::OrdSet;

use super::Stored;

/// Each object once per selectable field, in the order of field, value and key. As cheap to clone as a snapshot, and
/// empty for a kind without such fields.
#[derive(Clone, Default)]
pub(super) struct FieldIndex(OrdSet<Entry>);

/// A place in the index: 16 bytes, with the value in the object's header and nowhere else.
#[derive(Clone)]
enum Entry {
    Object(Arc<Stored>, u8),
    /// The end of a range that somebody looks for.
    Edge(Box<(u8, String, String)>),
}

impl FieldIndex {
    /// Puts an object in the place of another one with its key.
    pub(super) fn replace(&mut self, previous: Option<&Arc<Stored>>, object: &Arc<Stored>) {
        for (field, value) in (0..).zip(&object.header().fields) {
            if let Some(previous) =
                previous.filter(|previous| previous.header().field(field.into()) != &**value)
            {
                self.0.remove(&Entry::Object(Arc::clone(previous), field));
            }
            self.0.insert(Entry::Object(Arc::clone(object), field));
        }
    }

    /// Takes an object out.
    pub(super) fn remove(&mut self, object: &Arc<Stored>) {
        for (field, _) in (0..).zip(&object.header().fields) {
            self.0.remove(&Entry::Object(Arc::clone(object), field));
        }
    }

    /// The objects with a value in a field, from a key on, in key order.
    pub(super) fn range<'a>(
        &'a self,
        field: usize,
        value: &'a str,
        from: &str,
    ) -> impl Iterator<Item = &'a Arc<Stored>> + 'a {
        // More fields than a kind can have select nothing.
        let field = u8::try_from(field).unwrap_or(u8::MAX);
        let start = Entry::edge(field, value, from);
        let entries = self.0.range((Bound::Included(start), Bound::Unbounded));
        entries.map_while(move |entry| match entry {
            Entry::Object(object, of) if *of == field && object.header().field(field.into()) == value => {
                Some(object)
            }
            _ => None,
        })
    }

    /// The objects with any other value in a field, in no order; nothing when there are more than `most`.
    pub(super) fn others(&self, field: usize, value: &str, most: usize) -> Option<Vec<&Arc<Stored>>> {
        let field = u8::try_from(field).ok()?;
        let edge = |field, value: &str| Entry::edge(field, value, "");
        // No text lies between a text and the same with a zero byte at its end.
        let above = edge(field, &format!("{value}\0"));
        let below = self.0.range((Bound::Included(edge(field, "")), Bound::Excluded(edge(field, value))));
        let above = self.0.range((Bound::Included(above), Bound::Excluded(edge(field.checked_add(1)?, ""))));
        let mut others = Vec::new();
        for entry in below.chain(above) {
            if others.len() == most {
                return None;
            }
            if let Entry::Object(object, _) = entry {
                others.push(object);
            }
        }
        Some(others)
    }
}

impl Entry {
    fn edge(field: u8, value: &str, key: &str) -> Self {
        Self::Edge(Box::new((field, value.to_owned(), key.to_owned())))
    }

    fn place(&self) -> (u8, &str, &str) {
        match self {
            Self::Object(object, field) => (*field, object.header().field((*field).into()), object.key()),
            Self::Edge(edge) => (edge.0, &edge.1, &edge.2),
        }
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl Eq for Entry {}
