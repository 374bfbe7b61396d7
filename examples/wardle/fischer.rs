//! A cluster-scoped kind without spec and status.

use resourceful::prelude::*;

/// Disallows names of flunders.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "wardle.example.com", version = "v1alpha1")]
#[serde(rename_all = "camelCase")]
pub struct Fischer {
    pub metadata: ObjectMeta,
    /// Names that no new flunder may have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disallowed_flunders: Vec<String>,
}
