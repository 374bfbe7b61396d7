use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
struct Note {
    #[metadata]
    metadata: ObjectMeta,
    #[metadata]
    meta: ObjectMeta,
    #[spec]
    #[status]
    spec: u8,
    #[status]
    #[status]
    status: u8,
}

fn main() {}
