//! A store of your own: an engine written by hand, below the same snapshots and watches as every other.

mod journal;

use std::sync::Arc;

use resourceful::prelude::*;
use resourceful::storage::Engine;

use self::journal::JournalEngine;

/// A note that is kept in a journal.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "notes.example.com", version = "v1", namespaced)]
pub struct Note {
    pub metadata: ObjectMeta,
    pub spec: NoteSpec,
}

/// What it says.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct NoteSpec {
    pub text: String,
}

#[tokio::main]
async fn main() -> resourceful::Result<()> {
    let store = Store::lazy(|| {
        Box::pin(async {
            let engine = JournalEngine::open("notes.journal")?;
            Ok(Arc::new(engine) as Arc<dyn Engine>)
        })
    });
    ApiServer::from_args().store(store).serve::<Note>().run().await
}
