use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
struct Note {
    metadata: ObjectMeta,
    #[resource(shortname = "t")]
    text: String,
}

fn main() {}
