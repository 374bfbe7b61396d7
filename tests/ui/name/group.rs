use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example", version = "v1")]
struct Dotless {
    metadata: ObjectMeta,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "Example.com", version = "v1")]
struct Upper {
    metadata: ObjectMeta,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example..com", version = "v1")]
struct Dotted {
    metadata: ObjectMeta,
}

fn main() {}
