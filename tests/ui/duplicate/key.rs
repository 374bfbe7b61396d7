use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", group = "example.org", namespaced)]
#[resource(namespaced)]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
