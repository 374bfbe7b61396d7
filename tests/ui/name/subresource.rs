use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(subresource(name = "Print", verbs(get)))]
#[resource(subresource(name = "", verbs(get)))]
#[resource(subresource(name = "status", verbs(get)))]
#[resource(subresource(name = "scale", verbs(get)))]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
