use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(printcolumn(name = "A", type = "string", json_path = "text"))]
#[resource(printcolumn(name = "B", type = "string", json_path = "$.text"))]
#[resource(printcolumn(name = "C", type = "string", json_path = "{.text}"))]
#[resource(printcolumn(name = "D", type = "string", json_path = ".text."))]
#[resource(printcolumn(name = "E", type = "string", json_path = ".text["))]
#[resource(printcolumn(name = "F", type = "string", json_path = ".a text"))]
#[resource(printcolumn(name = "G", type = "string", json_path = ".txet"))]
struct Note {
    metadata: ObjectMeta,
    text: String,
}

fn main() {}
