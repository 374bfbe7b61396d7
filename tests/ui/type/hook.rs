use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(strategy(validate = check, canonicalize = missing, name_rule = 3))]
struct Note {
    metadata: ObjectMeta,
}

fn check(_: &Note) -> ErrorList {
    ErrorList::new()
}

fn main() {}
