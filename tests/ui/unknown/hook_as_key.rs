use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", validate = check_note)]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
