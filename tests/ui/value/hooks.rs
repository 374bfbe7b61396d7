use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(strategy())]
struct Empty {
    metadata: ObjectMeta,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(strategy)]
struct Word {
    metadata: ObjectMeta,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(strategy(validate = "check", "canonicalize", prepare_for_create = |_, _| {}, name_rule, allow_create_on_update))]
struct Values {
    metadata: ObjectMeta,
}

fn main() {}
