use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", kind = "My Note")]
struct Note {
    metadata: ObjectMeta,
}

#[allow(non_camel_case_types)]
#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
struct Notiz_Ä {
    metadata: ObjectMeta,
}

fn main() {}
