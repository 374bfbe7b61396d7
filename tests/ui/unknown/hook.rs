use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(strategy(validat = check, on_create = check, after_create))]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
