use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(subresource, subresource = "print")]
struct Words {
    metadata: ObjectMeta,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(subresource(name = 3, kind = "Page", verbs = "get"))]
#[resource(subresource(name = "scan", verbs()))]
#[resource(subresource(name = "fax", verbs("get", get = 1)))]
struct Values {
    metadata: ObjectMeta,
}

fn main() {}
