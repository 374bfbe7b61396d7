use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(printcolumn(name = "Text", type_ = "string", type = "string", json_path = ".text", path = ".text", header = "T", kind = "a"))]
#[resource(printcolumn(name = "B", type = "string", jsonPath = ".text", json_path = ".text", colour = "red"))]
struct Note {
    metadata: ObjectMeta,
    text: String,
}

fn main() {}
