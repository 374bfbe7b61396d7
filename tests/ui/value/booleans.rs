use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", served, storage = "false")]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
