use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(validation, validation = 3, validation("a"))]
struct Words {
    metadata: ObjectMeta,
}

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(validation(rule = "", message = ""))]
#[resource(validation(rule = "self.a > 0\n&& self.a < 9"))]
#[resource(validation(rule = "self.a > 1", message = "two\nlines", reason = "fieldInvalid"))]
#[resource(validation(rule = "self.a > 2", reason = "no", field_path = "a"))]
#[resource(validation(rule = "self.a > 3", field_path = ".a[0]"))]
#[resource(validation(rule = "self.a > 4", field_path = ".b"))]
struct Texts {
    metadata: ObjectMeta,
    a: u8,
}

fn main() {}
