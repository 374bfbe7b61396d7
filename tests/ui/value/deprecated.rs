use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", deprecated = "")]
struct Empty {
    metadata: ObjectMeta,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", deprecated = "two\nlines", deprecated)]
struct Lines {
    metadata: ObjectMeta,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", deprecated = true)]
struct Switch {
    metadata: ObjectMeta,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", deprecated("x"))]
struct List {
    metadata: ObjectMeta,
}

fn main() {}
