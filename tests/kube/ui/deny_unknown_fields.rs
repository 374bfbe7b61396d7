use resourceful::kube_core::ObjectMeta;
use resourceful::prelude::{Deserialize, JsonSchema, Resource, Serialize};

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", kube)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
