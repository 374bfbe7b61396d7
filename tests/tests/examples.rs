//! Every example runs, and does what it says.

use std::process::Command;

use resourceful_tests::kubectl::Kubectl;
use resourceful_tests::server::{Server, executable};

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
