use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(validation(
    rule = "self.a > 0",
    mesage = "a is too small",
    fieldPath = ".a",
    message_expression = "string(self.a)",
    optional_old_self = true,
    severity = "high",
    cel = "self.a > 0",
))]
struct Note {
    metadata: ObjectMeta,
    a: u8,
}

fn main() {}
