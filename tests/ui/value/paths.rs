use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", crate = resourceful)]
struct Relative {
    metadata: ObjectMeta,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", crate = "resourceful", strategy = "Hooks")]
struct Quoted {
    metadata: ObjectMeta,
}

fn main() {}
