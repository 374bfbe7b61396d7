use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(scale(spec_replicas_path = ".spec.replicas", status_replicas_path = ".status.replicas"))]
struct NoStatus {
    metadata: ObjectMeta,
    spec: u8,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(scale(spec_replicas_path = ".status.a", status_replicas_path = ".spec.x", label_selector_path = ".a.b"))]
struct Elsewhere {
    metadata: ObjectMeta,
    spec: u8,
    #[status]
    status: u8,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(scale(statuspath = ".status.a", spec_replicas_path = ".spec", labels = 1))]
struct Keys {
    metadata: ObjectMeta,
    spec: u8,
    #[status]
    status: u8,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", scale)]
struct Alone {
    metadata: ObjectMeta,
    #[status]
    status: u8,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(scale(spec_replicas_path = ".spec.a[0]", status_replicas_path = ".status.replicas"))]
struct Index {
    metadata: ObjectMeta,
    #[status]
    status: u8,
}

fn main() {}
