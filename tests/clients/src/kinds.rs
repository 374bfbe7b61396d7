//! Kinds that are served and that kube-rs' `Api` takes, with the very same struct.

use kube::core::ObjectMeta;
use resourceful::prelude::{Deserialize, HasStatus, JsonSchema, ResourceInfo, Serialize};

/// A flower pot that waters itself.
#[derive(resourceful::Resource, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[resource(
    group = "garden.example.com",
    version = "v1",
    namespaced,
    shortname = "fp",
    category = "garden",
    kube
)]
#[resource(printcolumn(name = "Moisture", type = "integer", json_path = ".status.moisture"))]
#[resource(selectable = ".spec.plant")]
#[resource(scale(
    spec_replicas_path = ".spec.plants",
    status_replicas_path = ".status.plants",
    label_selector_path = ".status.selector"
))]
pub struct FlowerPot {
    /// The metadata.
    pub metadata: ObjectMeta,
    /// What is wanted.
    pub spec: FlowerPotSpec,
    /// What is.
    #[status]
    pub status: Option<FlowerPotStatus>,
}

/// What is wanted of a [`FlowerPot`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FlowerPotSpec {
    /// What grows in it.
    #[schemars(length(min = 1))]
    pub plant: String,
    /// How many of it.
    #[serde(default = "one")]
    pub plants: u32,
}

fn one() -> u32 {
    1
}

/// What a [`FlowerPot`] is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FlowerPotStatus {
    /// In percent.
    #[schemars(range(max = 100))]
    pub moisture: u8,
    /// How many plants are there.
    pub plants: u32,
    /// The label selector of the plants.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub selector: String,
}

impl FlowerPot {
    /// A pot with a plant in it.
    pub fn new(name: &str, plant: &str) -> Self {
        Self {
            metadata: ObjectMeta { name: Some(name.into()), ..ObjectMeta::default() },
            spec: FlowerPotSpec { plant: plant.into(), plants: 1 },
            status: None,
        }
    }
}

/// A garden, of which pots are parts; it belongs to the cluster and has no status.
#[derive(resourceful::Resource, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1", kube)]
pub struct Garden {
    /// The metadata.
    pub metadata: ObjectMeta,
    /// Where it lies.
    #[serde(default)]
    pub place: String,
}

const _: fn() = || {
    fn is<T: resourceful::Resource + kube::Resource>() -> &'static ResourceInfo {
        const { &T::INFO }
    }
    fn has_status<T: HasStatus>() {}
    let _ = is::<FlowerPot>();
    let _ = is::<Garden>();
    has_status::<FlowerPot>();
};
