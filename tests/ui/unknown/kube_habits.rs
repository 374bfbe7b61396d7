use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(
    shortnames = "no",
    categories = "all",
    printcolumns(),
    status = "NoteStatus",
    spec = "NoteSpec",
    scope = "Namespaced",
    root = "Note",
    derive = "PartialEq",
    schema = "derived",
    crates(kube_core = "::kube_core"),
    doc = "A note",
)]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
