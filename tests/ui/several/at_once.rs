use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(version = "1", namespced, shortname = "no", shortname = "no")]
#[resource(printcolumn(name = "Text", type = "int", json_path = "text"))]
struct Note {
    metadata: ObjectMeta,
    text: String,
    status: Option<u8>,
}

fn main() {}
