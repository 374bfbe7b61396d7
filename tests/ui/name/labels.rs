use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", plural = "Notes", singular = "a.note")]
#[resource(shortname = "1n", category = "all-")]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
