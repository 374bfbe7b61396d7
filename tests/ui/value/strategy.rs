use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(strategy = "Hooks")]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
