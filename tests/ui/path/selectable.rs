use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(selectable, selectable = "spec.zone", selectable = ".spec.zones[0]", selectable = ".metadata.uid")]
#[resource(selectable = ".text", selectable = ".text", selectable = ".txet")]
#[resource(selectable = ".text.a")]
struct Note {
    metadata: ObjectMeta,
    text: String,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(selectable = ".a.a", selectable = ".a.b", selectable = ".a.c", selectable = ".a.d", selectable = ".a.e")]
#[resource(selectable = ".a.f", selectable = ".a.g", selectable = ".a.h", selectable = ".a.i")]
struct Many {
    metadata: ObjectMeta,
    a: u8,
}

fn main() {}
