use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
struct Note {
    metadata: ObjectMeta,
    #[status]
    status: NoteStatus,
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct NoteStatus {
    read: bool,
}

fn main() {}
