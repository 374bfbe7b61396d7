//! A list on its way out, chunk by chunk: no copy of the whole list, and no serde for any of its items.

use std::sync::Arc;

use bytes::Bytes;

use super::representation::Form;
use crate::storage::Stored;

/// About how much is made at once.
pub(crate) const CHUNK: usize = 64 * 1024;

/// The chunks of a list document.
pub(crate) struct ListBody {
    head: Vec<u8>,
    items: std::vec::IntoIter<Arc<Stored>>,
    form: Form,
    first: bool,
    done: bool,
}

impl ListBody {
    /// A list. The head ends with the bracket that opens the items.
    pub(crate) fn new(head: Vec<u8>, items: Vec<Arc<Stored>>, form: Form) -> Self {
        Self { head, items: items.into_iter(), form, first: true, done: false }
    }

    /// Whether nothing is left.
    pub(crate) fn is_done(&self) -> bool {
        self.done
    }
}

impl Iterator for ListBody {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if self.done {
            return None;
        }
        let mut chunk = std::mem::take(&mut self.head);
        // Items of one kind tend to be of one size, and the chunk ends with the first that reaches its limit.
        let expected = self.items.as_slice().first().map_or(0, |item| item.wire().len() + 512);
        chunk.reserve(expected.saturating_mul(self.items.len()).min(CHUNK) + expected + 8);
        while chunk.len() < CHUNK {
            let Some(item) = self.items.next() else {
                chunk.extend_from_slice(b"]}\n");
                self.done = true;
                break;
            };
            if !std::mem::take(&mut self.first) {
                chunk.push(b',');
            }
            self.form.write_item(&item, &mut chunk);
        }
        Some(Bytes::from(chunk))
    }
}
