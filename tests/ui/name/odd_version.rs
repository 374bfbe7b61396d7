use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1aplha1")]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
