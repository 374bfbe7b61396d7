use resourceful::prelude::*;

/// A note.
#[derive(Resource, Serialize, Deserialize, JsonSchema, Clone, Debug)]
#[resource(group = "notes.example.com", version = "v1")]
pub struct Note {
    pub metadata: ObjectMeta,
    pub text: String,
}
