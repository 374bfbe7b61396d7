use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(version = "v1")]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
