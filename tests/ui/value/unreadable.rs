use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = pub(crate), version = "v1", strategy(validate = pub(crate)))]
struct Note {
    metadata: ObjectMeta,
}

fn main() {}
