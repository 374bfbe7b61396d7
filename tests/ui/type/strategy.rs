use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", strategy = NoStrategy)]
struct Unfit {
    metadata: ObjectMeta,
}

struct NoStrategy;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", strategy = NoDefault)]
struct Note {
    metadata: ObjectMeta,
}

struct NoDefault;

impl Strategy for NoDefault {
    type Object = Note;
}

fn main() {}
