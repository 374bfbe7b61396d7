use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(
    group = "example.com",
    version = "v1",
    path = "notes",
    short_name = "no",
    short_names = "no",
    column(),
    columns(),
    list_kind = "Notes",
    metadata = "ObjectMeta",
    cluster,
    subresources(status),
    selectablefield = ".spec",
    storageversion,
    unservedversion,
    deprecatedversion = "use v2",
    cel = "self.a > 0",
    methods(get),
    hooks(validate = check),
    generate_name = "note-",
)]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
