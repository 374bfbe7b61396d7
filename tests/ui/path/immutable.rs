use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(immutable, immutable = "spec", immutable = ".metadata.labels", immutable = ".status.ready")]
#[resource(immutable = ".text", immutable = ".text", immutable = ".txet")]
struct Note {
    metadata: ObjectMeta,
    text: String,
    #[status]
    status: bool,
}

fn main() {}
