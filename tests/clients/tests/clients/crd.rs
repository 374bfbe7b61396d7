//! The definition that a program prints for a kind, beside the one that kube-rs' derive makes of an equal struct.

use std::process::Command;

use kube::{CustomResource, CustomResourceExt as _};
use resourceful_tests::server::executable;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What grows in the pot.
#[derive(CustomResource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[kube(group = "garden.example.com", version = "v1alpha1", kind = "FlowerPot", namespaced, shortname = "fp")]
#[kube(doc = "A flower pot that waters itself.", status = "FlowerPotStatus")]
#[kube(printcolumn(name = "Plant", type_ = "string", json_path = ".spec.plant"))]
#[kube(printcolumn(name = "Moisture", type_ = "integer", json_path = ".status.moisture"))]
struct FlowerPotSpec {
    plant: String,
}

/// What the pot measured.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct FlowerPotStatus {
    /// Percent of water in the soil.
    moisture: u8,
}

#[test]
fn a_kind_is_defined_as_kube_rs_defines_it() {
    let output = Command::new(executable("flowerpot")).arg("crd").output().expect("the example runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let mut ours: Value = serde_saphyr::from_str(&printed).expect("YAML");
    let mut theirs = serde_json::to_value(FlowerPot::crd()).expect("a definition is JSON");
    // kube-rs leaves to the cluster what it adds by itself.
    let names = ours["spec"]["names"].as_object_mut().expect("names");
    assert_eq!(names.remove("listKind"), Some(json!("FlowerPotList")));
    let schema = &mut ours["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    for common in ["apiVersion", "kind", "metadata"] {
        assert!(
            schema["properties"].as_object_mut().is_some_and(|it| it.remove(common).is_some()),
            "{common}"
        );
    }
    // It says that the kind is called as its struct, names a format that no cluster knows, and has limits with a fraction.
    let schema = &mut theirs["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    assert_eq!(schema.as_object_mut().and_then(|it| it.remove("title")), Some(json!("FlowerPot")));
    let moisture = &mut schema["properties"]["status"]["properties"]["moisture"];
    assert_eq!(moisture["format"], "uint8");
    moisture["format"] = "int32".into();
    (moisture["minimum"], moisture["maximum"]) = (0.into(), 255.into());
    assert_eq!(ours, theirs);
}
