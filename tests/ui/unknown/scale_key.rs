use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(scale(specpath = ".spec.a", statuspath = ".status.a", selectorpath = ".spec.b", replicas_path = ".a"))]
struct Note {
    metadata: ObjectMeta,
    spec: u8,
    #[status]
    status: u8,
}

fn main() {}
