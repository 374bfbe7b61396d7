//! The smallest program: one struct, and kubectl works on it.

use resourceful::prelude::*;

/// A flower pot that waters itself.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1alpha1", namespaced, shortname = "fp")]
#[resource(printcolumn(name = "Plant", type = "string", json_path = ".spec.plant"))]
#[resource(printcolumn(name = "Moisture", type = "integer", json_path = ".status.moisture"))]
pub struct FlowerPot {
    pub metadata: ObjectMeta,
    pub spec: FlowerPotSpec,
    #[status]
    pub status: Option<FlowerPotStatus>,
}

/// What grows in the pot.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FlowerPotSpec {
    pub plant: String,
}

/// What the pot measured.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FlowerPotStatus {
    /// Percent of water in the soil.
    pub moisture: u8,
}

#[tokio::main]
async fn main() -> resourceful::Result<()> {
    ApiServer::from_args().serve::<FlowerPot>().run().await
}
