use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(printcolumn(name = "Text", type_ = "string", type = "string", json_path = ".text"))]
struct Note {
    metadata: ObjectMeta,
    text: String,
}

fn main() {}
