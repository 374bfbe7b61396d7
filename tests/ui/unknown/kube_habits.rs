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
    namespace = "default",
    root = "Note",
    derive = "PartialEq",
    attr = "allow(missing_docs)",
    schema = "derived",
    crates(kube_core = "::kube_core"),
    doc = "A note",
    no_spec,
    annotation("a", "b"),
    label("a", "b"),
    listkind = "Notes",
    rule = "self.text != ''",
)]
struct Note {
    metadata: ObjectMeta,
    text: String,
}

fn main() {}
