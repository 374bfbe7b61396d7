use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com")]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
