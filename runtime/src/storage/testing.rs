//! Small objects for the tests of this room.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{Describe, Header, History, Store, Stored, Value};

/// Reads `{"metadata":{…}…}`.
#[derive(Debug)]
pub(super) struct Plain;

impl Describe for Plain {
    fn describe(&self, bytes: &[u8]) -> Result<Header, String> {
        let start = "{\"metadata\":".len();
        let rest = bytes.strip_prefix(b"{\"metadata\":").ok_or("it has no metadata")?;
        let close = rest.iter().position(|byte| *byte == b'}').ok_or("its metadata does not end")?;
        let place = |at: usize| u32::try_from(at).map_err(|error| error.to_string());
        Ok(Header { metadata: place(start)?, splice: place(start + close)?, ..Header::default() })
    }
}

/// An object that says something.
pub(super) fn value(text: &str) -> Value {
    Bytes::from(format!("{{\"metadata\":{{}},\"text\":\"{text}\"}}")).into()
}

/// What [`value`] said.
pub(super) fn text(stored: &Stored) -> String {
    let bytes = stored.after_metadata();
    let text = bytes.strip_prefix(b",\"text\":\"").and_then(|rest| rest.strip_suffix(b"\"}"));
    String::from_utf8_lossy(text.unwrap_or(bytes)).into_owned()
}

/// An object as a collection holds it.
pub(super) fn stored(key: &str, revision: u64) -> Arc<Stored> {
    let value = value(key);
    let header = Plain.describe(&value.bytes).map(Arc::new).unwrap_or_default();
    Arc::new(Stored::new(key, revision, &value.bytes, header))
}

/// A store whose logs hold next to nothing, so that everything old comes from the engine.
pub(super) fn forgetful(store: Store) -> Store {
    store.with_history(History { watch_age: Duration::ZERO, watch_bytes: 0, ..History::default() })
}
