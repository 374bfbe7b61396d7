use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
struct Note {
    metadata: ObjectMeta,
    #[status]
    #[serde(flatten)]
    status: Seen,
}

#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
struct Seen {
    seen: bool,
}

fn main() {}
