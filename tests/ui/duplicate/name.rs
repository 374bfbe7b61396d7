use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(shortname = "no", shortname = "no", category = "all", category = "all")]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
