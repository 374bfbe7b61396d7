use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
struct Note {
    #[metadata]
    meta: ObjectMeta,
    #[spec]
    wanted: u8,
    #[status]
    observed: u8,
}

fn main() {}
