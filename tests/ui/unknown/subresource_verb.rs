use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(subresource(name = "print", verbs(gett, list, delete, patch, connect = custom)))]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
