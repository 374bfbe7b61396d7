//! Compiles only if the derive names nothing but the crate that it was told.

use platform::prelude::*;

/// A kind that finds the crate under its other name.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", crate = ::platform)]
pub struct Direct {
    /// The metadata.
    pub metadata: ObjectMeta,
    /// The status.
    #[status]
    pub status: Option<u8>,
}

/// A module through which a program hands the crate on.
pub mod reexport {
    pub use platform as resourceful;
}

/// A kind that finds the crate in a module.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1", crate = crate::reexport::resourceful)]
pub struct Indirect {
    /// The metadata.
    pub metadata: ObjectMeta,
}
