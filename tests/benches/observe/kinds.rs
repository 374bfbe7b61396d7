//! A kind with defaults and rules at many places, and fifty that differ from it in nothing but their names.

use std::collections::BTreeMap;

use resourceful::prelude::*;
use serde_json::{Value, json};

/// An object with defaults and rules at many places.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "bench.example.com", version = "v1", namespaced)]
pub(crate) struct Machine {
    metadata: ObjectMeta,
    spec: MachineSpec,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MachineSpec {
    #[serde(default = "one")]
    #[schemars(range(min = 0, max = 100))]
    replicas: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paused: Option<bool>,
    #[serde(default)]
    policy: Policy,
    selector: BTreeMap<String, String>,
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    containers: Vec<Container>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(crate) enum Policy {
    #[default]
    Always,
    Never,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Container {
    #[schemars(length(min = 1, max = 63), regex(pattern = "^[a-z]([-a-z0-9]*[a-z0-9])?$"))]
    name: String,
    image: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    args: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["containerPort", "protocol"]))]
    ports: Vec<Port>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    env: Vec<Variable>,
    #[serde(default)]
    limits: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Port {
    #[schemars(range(min = 1, max = 65535))]
    container_port: u16,
    #[serde(default = "tcp")]
    protocol: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Variable {
    name: String,
    #[serde(default)]
    value: String,
}

pub(crate) fn one() -> i32 {
    1
}

pub(crate) fn tcp() -> String {
    "TCP".to_owned()
}

/// A machine of about 2 KiB, in many small fields.
pub(crate) fn machine() -> Value {
    let container = |name: &str| {
        let env: Vec<_> =
            (0..8).map(|n| json!({"name": format!("VARIABLE_{n}"), "value": format!("value-{n}")})).collect();
        json!({
            "name": name, "image": format!("registry.example.com/team/{name}:v1.2.3"),
            "args": ["--verbose", "--listen=0.0.0.0:8080", "--config=/etc/config.yaml"],
            "ports": [{"containerPort": 8080}, {"containerPort": 8443, "protocol": "TCP"}, {"containerPort": 9090}],
            "env": env, "limits": {"cpu": "500m", "memory": "128Mi"},
        })
    };
    json!({
        "apiVersion": "bench.example.com/v1", "kind": "Machine",
        "metadata": {"name": "web", "namespace": "ns1", "labels": {"app": "web", "tier": "front"}},
        "spec": {"selector": {"app": "web"}, "containers": [container("web"), container("proxy"), container("metrics")]},
    })
}

/// Kinds that differ in nothing but their names.
macro_rules! kinds {
    ($($kind:ident)*) => {
        $(
            #[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
            #[resource(group = "many.example.com", version = "v1", namespaced)]
            struct $kind {
                metadata: ObjectMeta,
                spec: MachineSpec,
                #[status]
                status: Option<MachineSpec>,
            }
        )*

        /// Adds all of them to a server.
        pub(crate) fn fifty_kinds(server: ApiServer) -> ApiServer {
            server$(.serve::<$kind>())*
        }
    };
}

kinds! {
    Ant Ape Asp Bat Bear Bee Boar Bug Bull Carp Cat Clam Cod Colt Cow Crab Crow Cub Deer Dog Dove Duck Eel Elk Emu Fawn Finch
    Flea Fly Foal Fox Frog Gnat Goat Goose Gull Hare Hawk Hen Hog Ibex Jay Kid Kite Koi Lamb Lark Lion Lynx Mole
}
