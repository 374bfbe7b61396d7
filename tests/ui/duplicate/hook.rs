use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(strategy(canonicalize = trim, canonicalize = trim))]
struct Note {
    metadata: ObjectMeta,
}

fn trim(_: &mut Note) {}

fn main() {}
