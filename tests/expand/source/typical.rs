use resourceful::prelude::*;

/// A flower pot that waters itself.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1alpha1", namespaced, shortname = "fp")]
#[resource(printcolumn(name = "Moisture", type = "integer", json_path = ".status.moisture"))]
pub struct FlowerPot {
    pub metadata: ObjectMeta,
    pub spec: FlowerPotSpec,
    #[status]
    pub status: Option<FlowerPotStatus>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FlowerPotSpec {
    pub plant: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FlowerPotStatus {
    pub moisture: u8,
}
