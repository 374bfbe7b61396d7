use kube::Resource;
use resourceful::prelude::{Deserialize, JsonSchema, ObjectMeta, Serialize};

/// A trait of the same name, as kube-rs has one.
mod kube {
    pub trait Resource {}
}

#[derive(resourceful::Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
struct Note {
    metadata: ObjectMeta,
}

impl kube::Resource for Note {}

fn needs(_: impl Resource) {}

fn main() {
    needs(Note { metadata: ObjectMeta::named("a") });
}
