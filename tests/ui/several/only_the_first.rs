use resourceful::prelude::*;
use resourceful::rest;

/// The program goes on to use the types; only the mistakes are reported.
#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example", version = "v1", namespced, verbs(get, create = custom))]
struct Note {
    metadata: ObjectMeta,
    #[status]
    observed: Option<u8>,
}

impl rest::Creater for NoteRest {
    async fn create(
        &self,
        ctx: &RequestContext,
        note: Note,
        validation: &dyn rest::ValidateObject,
        options: &CreateOptions,
    ) -> resourceful::Result<Object<Note>> {
        self.registry.create(ctx, note, validation, options).await
    }
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
struct NoMetadata {
    text: String,
}

fn serve<T: rest::Served>() {}

fn main() {
    let (note, _status): (NoteRest, NoteStatusRest) = Note::rest(&Store::memory());
    let _ = Note::INFO.plural;
    let _ = |to: &mut Note, from: &Note| to.copy_status(from);
    let _ = note.registry;
    serve::<Note>();
    serve::<NoMetadata>();
}
