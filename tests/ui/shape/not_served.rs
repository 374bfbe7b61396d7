use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", served = false, verbs(get), strategy(canonicalize = trim))]
#[resource(scale(spec_replicas_path = ".spec.a", status_replicas_path = ".status.a"))]
#[resource(subresource(name = "print", verbs(get)))]
struct Note {
    metadata: ObjectMeta,
    spec: u8,
    #[status]
    status: u8,
}

fn main() {}
