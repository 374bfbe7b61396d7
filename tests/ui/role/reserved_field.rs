use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
struct Note {
    metadata: ObjectMeta,
    kind: String,
    #[serde(rename = "apiVersion")]
    version: String,
}

fn main() {}
