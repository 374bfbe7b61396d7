use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(validation(message = "no"))]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
