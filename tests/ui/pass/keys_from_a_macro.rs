use resourceful::prelude::*;

/// Keys that come out of a `macro_rules!`.
macro_rules! kind {
    ($name:ident, $group:literal, $version:expr) => {
        #[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
        #[resource(group = $group, version = $version)]
        struct $name {
            metadata: ObjectMeta,
        }
    };
}

kind!(Note, "example.com", "v1");

fn main() {
    assert_eq!(Note::INFO.api_version(), "example.com/v1");
}
