//! An object at rest: the bytes that go on the wire, and a small header.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::{Bytes, BytesMut};

/// An object at rest.
///
/// An engine keeps an object's JSON without its resourceVersion, which only the commit decides. Here the revision is
/// spliced in, once, so that every read sends the same shared bytes and runs no serde.
pub struct Stored {
    key: Box<str>,
    revision: u64,
    wire: Bytes,
    /// Where the spliced text ends; it begins at `header.splice`.
    spliced: u32,
    header: Arc<Header>,
    /// Whether the engine holds the object in an older form.
    outdated: bool,
    memo: Memo,
}

/// Things computed from an object, one for each type of thing.
#[derive(Default)]
struct Memo(OnceLock<Box<(Arc<dyn Any + Send + Sync>, Self)>>);

/// What selection and answers need to know of an object without reading its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The object's uid.
    pub uid: Box<str>,
    /// The labels, sorted by key.
    pub labels: Box<[(Box<str>, Box<str>)]>,
    /// The values of the kind's selectable fields, in the kind's order.
    pub fields: Box<[Box<str>]>,
    /// Where the metadata document begins in the bytes.
    pub metadata: u32,
    /// Where the resourceVersion goes: just before the brace that closes the metadata.
    pub splice: u32,
}

impl Header {
    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        let found = self.labels.binary_search_by(|(name, _)| (**name).cmp(key)).ok()?;
        Some(&self.labels[found].1)
    }

    /// The value of a selectable field, by its position; empty for one that is not there.
    pub fn field(&self, position: usize) -> &str {
        self.fields.get(position).map_or("", |value| value)
    }
}

impl Stored {
    /// Splices a revision into an object's bytes. The key is `namespace/name`, or just the name; revision 0 splices
    /// nothing, as in the answer to a dry run (contract 4.51).
    pub fn new(key: &str, revision: u64, bytes: &Bytes, header: Arc<Header>) -> Self {
        let splice = header.splice as usize;
        let (wire, spliced) = if revision == 0 {
            (bytes.clone(), splice)
        } else {
            let comma = if bytes.get(splice.wrapping_sub(1)) == Some(&b'{') { "" } else { "," };
            let text = format!("{comma}\"resourceVersion\":\"{revision}\"");
            let mut wire = BytesMut::with_capacity(bytes.len() + text.len());
            wire.extend_from_slice(&bytes[..splice]);
            wire.extend_from_slice(text.as_bytes());
            wire.extend_from_slice(&bytes[splice..]);
            (wire.freeze(), splice + text.len())
        };
        let spliced = u32::try_from(spliced).unwrap_or(u32::MAX);
        Self { key: key.into(), revision, wire, spliced, header, outdated: false, memo: Memo::default() }
    }

    /// The same object, known to be in another form in the engine: writing it as it is is a write.
    pub(crate) fn outdated(self) -> Self {
        Self { outdated: true, ..self }
    }

    /// The same object at another revision, as a DELETED event shows it (contract 4.36, 5.40).
    pub fn at_revision(&self, revision: u64) -> Self {
        Self::new(&self.key, revision, &self.unspliced(), Arc::clone(&self.header))
    }

    /// `namespace/name`, or just the name of a cluster-scoped object.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The object's name.
    pub fn name(&self) -> &str {
        self.key.rsplit_once('/').map_or(&self.key, |(_, name)| name)
    }

    /// The object's namespace; empty for a cluster-scoped object.
    pub fn namespace(&self) -> &str {
        self.key.rsplit_once('/').map_or("", |(namespace, _)| namespace)
    }

    /// The revision of the last write; 0 for an object that was not stored.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What is known of the object.
    pub fn header(&self) -> &Arc<Header> {
        &self.header
    }

    /// The JSON document with its revision: what goes on the wire.
    pub fn wire(&self) -> &Bytes {
        &self.wire
    }

    /// The metadata document with its revision, a part of [`wire`](Self::wire).
    pub fn metadata(&self) -> &[u8] {
        &self.wire[self.header.metadata as usize..=self.spliced as usize]
    }

    /// What follows the metadata document: the other fields and the closing brace.
    pub fn after_metadata(&self) -> &[u8] {
        &self.wire[self.spliced as usize + 1..]
    }

    /// Whether these bytes would store the same object: the no-op test (contract 4.24, 5.9).
    pub fn equals(&self, bytes: &[u8]) -> bool {
        let (splice, spliced) = (self.header.splice as usize, self.spliced as usize);
        !self.outdated
            && self.wire.len() - (spliced - splice) == bytes.len()
            && self.wire[..splice] == bytes[..splice]
            && self.wire[spliced..] == bytes[splice..]
    }

    /// The JSON document without its revision: what an engine keeps.
    pub fn unspliced(&self) -> Bytes {
        let (splice, spliced) = (self.header.splice as usize, self.spliced as usize);
        if splice == spliced {
            return self.wire.clone();
        }
        let mut bytes = BytesMut::with_capacity(self.wire.len());
        bytes.extend_from_slice(&self.wire[..splice]);
        bytes.extend_from_slice(&self.wire[spliced..]);
        bytes.freeze()
    }

    /// Something computed once from the object and kept with it, as its table cells are.
    pub fn memo<M: Send + Sync + 'static>(&self, compute: impl FnOnce() -> M) -> Arc<M> {
        let mut memo = &self.memo;
        while let Some((found, next)) = memo.0.get().map(|memo| &**memo) {
            if let Ok(found) = Arc::clone(found).downcast() {
                return found;
            }
            memo = next;
        }
        let value = Arc::new(compute());
        // Whoever was quicker has computed the same.
        let _ = memo.0.set(Box::new((value.clone(), Memo::default())));
        value
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.key, self.revision)
    }
}
