//! The kinds of the kubectl scripts: one with all that kubectl has a command for, and one that is of no namespace.

use std::collections::BTreeMap;

use resourceful::prelude::*;
use serde_json::Value;

/// A plot of a garden, and what grows in it.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1", namespaced, shortname = "pl", category = "all")]
#[resource(selectable = ".spec.soil")]
#[resource(scale(
    spec_replicas_path = ".spec.replicas",
    status_replicas_path = ".status.replicas",
    label_selector_path = ".status.selector"
))]
#[resource(
    printcolumn(name = "Soil", type = "string", json_path = ".spec.soil"),
    printcolumn(name = "Replicas", type = "integer", json_path = ".spec.replicas"),
    printcolumn(name = "Ready", type = "boolean", json_path = ".status.ready", priority = 1),
    printcolumn(name = "Age", type = "date", json_path = ".metadata.creationTimestamp")
)]
pub struct Plot {
    /// The metadata.
    pub metadata: ObjectMeta,
    /// What is wanted of the plot.
    pub spec: PlotSpec,
    /// What was seen of it.
    #[status]
    pub status: Option<PlotStatus>,
}

/// What is wanted of a [`Plot`].
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlotSpec {
    /// What the plants stand in.
    #[serde(default)]
    pub soil: Soil,
    /// How many plants there shall be.
    #[serde(default = "one")]
    #[schemars(range(min = 0, max = 50))]
    pub replicas: i32,
    /// What the gardener should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 20))]
    pub note: Option<String>,
    /// Words to find the plot by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub tags: Vec<String>,
    /// The beds of the plot, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub beds: Vec<Bed>,
    /// How the plot is looked after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care: Option<Care>,
    /// Whatever else there is to say.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Value>,
}

fn one() -> i32 {
    1
}

/// What plants stand in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Soil {
    /// Heavy, and full of food.
    #[default]
    Clay,
    /// Light, and soon dry.
    Sand,
}

/// A bed of a [`Plot`].
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Bed {
    /// What the bed is called.
    pub name: String,
    /// How long it is, in metres.
    #[schemars(range(min = 1))]
    pub length: u16,
    /// Whether the sun reaches it.
    #[serde(default)]
    pub sunny: bool,
}

/// How a [`Plot`] is looked after.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Care {
    /// How it is watered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub water: Option<Water>,
    /// Who does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gardener: Option<String>,
    /// Notes by month.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub calendar: BTreeMap<String, String>,
}

/// How a [`Plot`] is watered.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Water {
    /// Litres a day.
    pub litres: u32,
    /// At which hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hour: Option<u8>,
}

/// What was seen of a [`Plot`].
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlotStatus {
    /// How many plants there are.
    #[serde(default)]
    pub replicas: i32,
    /// By which labels they are found.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub selector: String,
    /// Whether all of them grew.
    #[serde(default)]
    pub ready: bool,
    /// What is the case, by type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// Something that is, or is not, the case.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Condition {
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
}

/// The weather that a garden has; it is of no namespace.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1")]
pub struct Climate {
    /// The metadata.
    pub metadata: ObjectMeta,
    /// Days of rain in a year.
    #[serde(default)]
    pub rain: u16,
}
