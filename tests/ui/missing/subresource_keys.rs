use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(subresource(kind = Note))]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
