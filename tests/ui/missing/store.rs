use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", storage = false, verbs(get = custom, list))]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
