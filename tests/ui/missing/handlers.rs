use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", served = false)]
struct Note {
    metadata: ObjectMeta,
}

fn serve<T: resourceful::rest::Served>() {}

fn server() {
    serve::<Note>();
}

fn main() {}
