use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(subresource(name = "print", verb(get), verbs(connect), path = "print", type = Page, methods(GET), colour = "red"))]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
