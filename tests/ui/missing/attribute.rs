use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
