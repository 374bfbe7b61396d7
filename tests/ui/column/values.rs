use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", printcolumn = "Text")]
#[resource(printcolumn(name = "", type = "int", json_path = ".text", format = "i32", priority = -1))]
#[resource(printcolumn(name = "B", type = "duration", json_path = ".text", priority = "1"))]
struct Note {
    metadata: ObjectMeta,
    text: String,
}

fn main() {}
