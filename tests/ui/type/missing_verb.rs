use resourceful::prelude::*;
use resourceful::rest;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", verbs(get, list))]
struct Note {
    metadata: ObjectMeta,
}

fn create_with(_: impl rest::Creater) {}

fn main() {
    create_with(Note::rest(&Store::memory()));
}
