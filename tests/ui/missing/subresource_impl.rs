use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(subresource(name = "print", verbs(get, create, update, connect)))]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
