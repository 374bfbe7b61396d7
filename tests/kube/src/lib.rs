//! A kind that is a resource of kube-rs, too, in a program that has only kube-rs' types.

use resourceful::kube_core::ObjectMeta;
use resourceful::prelude::{Deserialize, JsonSchema, Serialize};

/// A kind of the whole cluster.
#[derive(resourceful::Resource, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1", kind = "Goose", plural = "geese", kube)]
pub struct Bird {
    /// The metadata, under another name.
    #[metadata]
    #[serde(rename = "metadata")]
    pub meta: ObjectMeta,
}
