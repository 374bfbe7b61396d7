use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(validation = "self.a > 0", validation(rule = "self.a > 0", message = "b", message = "c"))]
struct Note {
    metadata: ObjectMeta,
    a: u8,
}

fn main() {}
