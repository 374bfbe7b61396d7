use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = example.com, version = 1, kind, plural("notes"), singular = true)]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
