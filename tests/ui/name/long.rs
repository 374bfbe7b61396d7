use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
struct ANoteThatIsNamedByEverythingThatCanBeWrittenIntoItByItsWriter {
    metadata: ObjectMeta,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", version = "v1")]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
