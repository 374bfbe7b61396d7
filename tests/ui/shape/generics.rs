use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
struct Note<T: Clone> {
    metadata: ObjectMeta,
    text: T,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
struct Array<const N: usize> {
    metadata: ObjectMeta,
}

fn main() {}
