//! Every example runs, and does what it says.

use std::process::Command;

use resourceful_tests::kubectl::Kubectl;
use resourceful_tests::server::{Server, executable};
use serde_json::{Value, json};

#[test]
fn library_prints_its_story() {
    let output = Command::new(executable("library")).output().expect("the example runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let expected = [
        "created rose at 1, status None",
        "refused: Operation cannot be fulfilled on flowerpots.garden.example.com \"rose\": the object has been modified; \
         please apply your changes to the latest version and try again",
        "tulip at generation 2: Some(FlowerPotStatus { moisture: 40 })",
        "added rose at 2",
        "modified rose at 3",
        "modified rose at 4",
    ];
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
    assert!(output.status.success());
}

#[test]
fn flowerpot_serves_kubectl() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start("flowerpot", directory.path());
    let kubectl = Kubectl::new(&server.kubeconfig(), directory.path());
    let path = directory.path().join("pot.yaml");
    let pot = "apiVersion: garden.example.com/v1alpha1\nkind: FlowerPot\nmetadata:\n  name: rose\nspec:\n  plant: rose\n";
    std::fs::write(&path, pot).expect("the manifest is written");
    assert_eq!(
        kubectl.ok(&format!("apply -f {}", path.display())),
        "flowerpot.garden.example.com/rose created\n"
    );
    kubectl.ok(r#"patch fp rose --subresource=status --type=merge -p {"status":{"moisture":40}}"#);
    let printed = kubectl.ok("get fp");
    let rows: Vec<Vec<_>> = printed.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows, [["NAME", "PLANT", "MOISTURE"], ["rose", "rose", "40"]]);
    assert_eq!(server.terminate(), Some(0), "SIGTERM stops the server cleanly");
}

#[test]
fn flowerpot_fits_on_a_page() {
    let source = include_str!("../../examples/flowerpot.rs");
    assert!(source.lines().count() <= 40, "{} lines", source.lines().count());
}

#[test]
fn computed_shows_the_mounts_and_nothing_else() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start("computed", directory.path());
    let kubectl = Kubectl::new(&server.kubeconfig(), directory.path());
    let printed = kubectl.ok("get mounts");
    assert!(printed.starts_with("NAME"), "{printed}");
    assert_eq!(
        printed.lines().next().map(|line| line.split_whitespace().collect()),
        Some(vec!["NAME", "DEVICE", "TYPE", "PATH"])
    );
    let proc = kubectl.ok("get mnt proc -o jsonpath={.path}");
    assert_eq!(proc, "/proc");
    let verbs = kubectl.ok("api-resources -o wide --no-headers");
    assert!(verbs.contains("get,list"), "{verbs}");
    let refused = kubectl.err("delete mnt proc");
    assert!(refused.contains("MethodNotAllowed"), "{refused}");
}

#[test]
fn watering_waters_and_draws() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start("watering", directory.path());
    let kubectl = Kubectl::new(&server.kubeconfig(), directory.path());
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).expect("the file is written");
        path.display().to_string()
    };
    let pot = "apiVersion: garden.example.com/v1alpha1\nkind: FlowerPot\nmetadata:\n  name: rose\nspec:\n  plant: rose\n";
    kubectl.ok(&format!("create -f {}", file("pot.yaml", pot)));

    let url = "/apis/garden.example.com/v1alpha1/namespaces/default/flowerpots/rose";
    let water = |litres: &str| {
        let json =
            format!(r#"{{"apiVersion":"garden.example.com/v1alpha1","kind":"Watering","litres":{litres}}}"#);
        format!("create --raw {url}/water -f {}", file("watering.json", &json))
    };
    for _ in 0..2 {
        let answer = kubectl.ok(&water("3"));
        assert!(answer.contains(r#""kind":"Watering""#), "{answer}");
    }
    assert_eq!(kubectl.ok("get fp rose -o jsonpath={.status.litres}"), "6");
    let flood = kubectl.err(&water("11"));
    assert!(flood.contains("should be less than or equal to 10"), "{flood}");
    let picture = kubectl.ok(&format!("get --raw {url}/picture"));
    assert_eq!(picture, "  @\n \\|/  rose\n[___]\n");
    let refused = kubectl.err(&format!("get --raw {url}/water"));
    assert!(refused.contains("MethodNotAllowed"), "{refused}");
    let explained = kubectl.ok("explain fp.status.litres");
    assert!(explained.contains("litres"), "{explained}");
    let resources = kubectl.ok("get --raw /apis/garden.example.com/v1alpha1");
    assert!(resources.contains(r#""name":"flowerpots/water""#), "{resources}");
}

#[test]
fn wardle_checks_its_kinds() {
    let output = Command::new(executable("wardle")).arg("check").output().expect("the example runs");
    let expected = "\
wardle.example.com/v1alpha1 Flunder
  Resource:     flunders
  Scope:        Namespaced
  Verbs:        create, delete, deletecollection, get, list, patch, update, watch
  Columns:      Reference (string .spec.reference), Type (string .spec.referenceType, wide), \
                        Resolved (boolean .status.resolved), Age (date .metadata.creationTimestamp)
  Subresources: status (get, patch, update)
  Problems:     none

wardle.example.com/v1alpha1 Fischer
  Resource:     fischers
  Scope:        Cluster
  Verbs:        create, delete, deletecollection, get, list, patch, update, watch
  Columns:      Age (date .metadata.creationTimestamp)
  Problems:     none
";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What a program prints for a command, and that it succeeds without a store.
fn told(example: &str, arguments: &[&str]) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut command = Command::new(executable(example));
    let output = command.args(arguments).current_dir(&directory).output().expect("the example runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let left = std::fs::read_dir(&directory).expect("the directory can be read").count();
    assert_eq!(left, 0, "a command without a store leaves nothing behind");
    String::from_utf8(output.stdout).expect("documents are UTF-8")
}

#[test]
fn flowerpot_prints_its_definition() {
    let definitions = definitions("flowerpot");
    let [definition] = &*definitions else { panic!("{definitions:?}") };
    let mut definition = definition.clone();
    let schema = &mut definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    assert_eq!(schema["description"], "A flower pot that waters itself.");
    assert_eq!(schema["properties"]["metadata"], json!({"type": "object"}));
    assert_eq!(schema["properties"]["spec"]["properties"]["plant"], json!({"type": "string"}));
    *schema = json!(null);
    let expected = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "flowerpots.garden.example.com"},
        "spec": {
            "group": "garden.example.com",
            "names": {
                "plural": "flowerpots",
                "singular": "flowerpot",
                "kind": "FlowerPot",
                "listKind": "FlowerPotList",
                "shortNames": ["fp"],
            },
            "scope": "Namespaced",
            "versions": [{
                "name": "v1alpha1",
                "served": true,
                "storage": true,
                "schema": {"openAPIV3Schema": null},
                "additionalPrinterColumns": [
                    {"name": "Plant", "type": "string", "jsonPath": ".spec.plant"},
                    {"name": "Moisture", "type": "integer", "jsonPath": ".status.moisture"},
                ],
                "subresources": {"status": {}},
            }],
        },
    });
    assert_eq!(definition, expected);
}

#[test]
fn definitions_tell_what_they_leave_out() {
    let told = told("watering", &["crd"]);
    assert!(told.starts_with("# Not in this definition of v1alpha1: the subresource picture.\n"), "{told}");
}

/// Every schema is structural, as a cluster demands of a definition.
#[test]
fn definitions_have_structural_schemas() {
    for example in ["flowerpot", "watering", "wardle", "computed"] {
        for definition in definitions(example) {
            for version in definition["spec"]["versions"].as_array().into_iter().flatten() {
                let schema = &version["schema"]["openAPIV3Schema"];
                assert_eq!(schema["type"], "object", "{example}");
                assert_structural(schema, &format!("{example}:"));
            }
        }
    }
}

/// The rules of structural schemas: a type everywhere but where anything goes; never fields and a map; and in
/// `allOf`, `anyOf`, `oneOf` and `not` nothing that declares.
fn assert_structural(schema: &Value, at: &str) {
    let is_set = |word: &str| schema.get(word).is_some();
    let is_open = is_set("x-kubernetes-preserve-unknown-fields") || is_set("x-kubernetes-int-or-string");
    assert!(is_set("type") || is_open, "{at} has no type: {schema}");
    assert!(!(is_set("properties") && is_set("additionalProperties")), "{at} is a map with fields: {schema}");
    assert!(!is_set("$ref") && !is_set("definitions"), "{at} refers: {schema}");
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        assert_structural(field, &format!("{at}.{name}"));
    }
    for inner in ["items", "additionalProperties"].into_iter().filter_map(|word| schema.get(word)) {
        assert_structural(inner, &format!("{at}[]"));
    }
    for word in ["allOf", "anyOf", "oneOf"] {
        for inner in schema[word].as_array().into_iter().flatten() {
            assert_declares_nothing(inner, at, is_set("x-kubernetes-int-or-string"));
        }
    }
    schema.get("not").into_iter().for_each(|inner| assert_declares_nothing(inner, at, false));
}

fn assert_declares_nothing(validation: &Value, at: &str, names_types: bool) {
    let declaring = ["description", "type", "default", "additionalProperties", "nullable", "title"];
    let declares = |word: &&str| validation.get(*word).is_some() && !(*word == "type" && names_types);
    assert_eq!(declaring.iter().find(|word| declares(word)), None, "{at}: {validation}");
    for (name, field) in validation["properties"].as_object().into_iter().flatten() {
        assert_declares_nothing(field, &format!("{at}.{name}"), names_types);
    }
}

/// The definitions that a program prints.
fn definitions(example: &str) -> Vec<Value> {
    let told = told(example, &["crd"]);
    told.split("\n---\n").map(|text| serde_saphyr::from_str(text).expect("YAML")).collect()
}

#[test]
fn flowerpot_prints_the_openapi_that_it_serves() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start("flowerpot", directory.path());
    let kubectl = Kubectl::new(&server.kubeconfig(), directory.path());
    let parsed = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let v3 = parsed(&kubectl.ok("get --raw /openapi/v3/apis/garden.example.com/v1alpha1"));
    assert_eq!(parsed(&told("flowerpot", &["openapi"])), v3);
    assert_eq!(parsed(&told("flowerpot", &["openapi", "garden.example.com/v1alpha1"])), v3);
    let v2 = parsed(&kubectl.ok("get --raw /openapi/v2"));
    assert_eq!(parsed(&told("flowerpot", &["openapi", "--v2"])), v2);

    let mut command = Command::new(executable("flowerpot"));
    let output = command.args(["openapi", "garden.example.com/v1"]).output().expect("the example runs");
    let error = String::from_utf8_lossy(&output.stderr);
    let remedy = "there is no version garden.example.com/v1; there are garden.example.com/v1alpha1";
    assert!(error.contains(remedy), "{error}");
    assert_ne!(output.status.code(), Some(0));
}
