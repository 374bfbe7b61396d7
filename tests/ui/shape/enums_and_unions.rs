use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
enum Note {
    Text(String),
}

#[derive(Resource)]
#[resource(group = "example.com", version = "v1")]
union Bits {
    float: f32,
    integer: u32,
}

fn main() {}
