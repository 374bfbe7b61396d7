use resourceful::prelude::*;

/// Every key, every role.
#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1beta1", kind = "Memo", plural = "memos", singular = "memo")]
#[resource(shortname = "m", shortname = "me", category = "all", category = "office", namespaced)]
#[resource(printcolumn(name = "Text", type = "string", json_path = ".spec.text", description = "What it says", format = "byte", priority = 1))]
#[resource(printcolumn(name = "Seen", type = "string", json_path = r#".status.conditions[?(@.type=="Seen")].status"#))]
#[resource(selectable = ".spec", selectable = ".at", immutable = ".spec", deprecated)]
#[resource(scale(spec_replicas_path = ".spec.a", status_replicas_path = ".status.b", label_selector_path = ".spec.c"))]
#[resource(strategy = Hooks, verbs(get, list, create, update, delete, deletecollection, watch), crate = ::resourceful)]
struct Note {
    #[metadata]
    #[serde(rename = "metadata")]
    meta: ObjectMeta,
    #[spec]
    #[serde(rename = "spec")]
    wanted: String,
    #[status]
    #[serde(rename = "status")]
    seen: Option<u8>,
    #[status]
    at: u64,
}

#[derive(Default)]
struct Hooks;

impl Strategy for Hooks {
    type Object = Note;
}

fn main() {}
