//! The real kubectl against the `wardle` example: every command a user of a new kind tries first.

use std::io::{BufRead, BufReader};
use std::path::Path;

use resourceful_tests::kubectl::Kubectl;
use resourceful_tests::server::Server;

/// A server, a kubectl for it, and the directory in which both work.
struct Fixture {
    kubectl: Kubectl,
    directory: tempfile::TempDir,
    _server: Server,
}

fn fixture() -> Fixture {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start("wardle", directory.path());
    let kubectl = Kubectl::new(&server.kubeconfig(), directory.path());
    Fixture { kubectl, directory, _server: server }
}

impl Fixture {
    /// Writes a manifest and returns its path.
    fn manifest(&self, name: &str, yaml: &str) -> String {
        let path = self.directory.path().join(name);
        std::fs::write(&path, yaml).expect("the manifest is written");
        path.display().to_string()
    }

    /// Creates a flunder with one label.
    fn flunder(&self, name: &str, app: &str) {
        let yaml = format!(
            "apiVersion: wardle.example.com/v1alpha1\nkind: Flunder\nmetadata:\n  name: {name}\n  labels:\n    app: {app}\nspec:\n  reference: other\n"
        );
        let path = self.manifest(&format!("{name}.yaml"), &yaml);
        let printed = self.kubectl.ok(&format!("create -f {path}"));
        assert_eq!(printed, format!("flunder.wardle.example.com/{name} created\n"));
    }
}

/// The cells of a printed table; ages become `<age>`.
fn table(printed: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> =
        printed.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect();
    for cell in rows.iter_mut().skip(1).flatten() {
        let seconds = cell.strip_suffix('s').and_then(|text| text.parse::<u32>().ok());
        if seconds.is_some() {
            "<age>".clone_into(cell);
        }
    }
    rows
}

#[test]
fn discovery() {
    let fixture = fixture();
    let kubectl = &fixture.kubectl;
    assert_eq!(
        table(&kubectl.ok("api-resources --sort-by=name")),
        [
            vec!["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"],
            vec!["fischers", "wardle.example.com/v1alpha1", "false", "Fischer"],
            vec!["flunders", "wardle.example.com/v1alpha1", "true", "Flunder"],
        ]
    );
    let wide = kubectl.ok("api-resources -o wide --api-group=wardle.example.com");
    assert!(wide.contains("create,delete,deletecollection,get,list,patch,update,watch"), "{wide}");
    assert_eq!(kubectl.ok("api-versions"), "v1\nwardle.example.com/v1alpha1\n");
    let version = kubectl.run("version");
    assert!(version.success && version.stdout.contains("Server Version: v1."), "{version:?}");
}

#[test]
fn create_and_get() {
    let fixture = fixture();
    let kubectl = &fixture.kubectl;
    assert_eq!(kubectl.run("get flunders").stderr, "No resources found in default namespace.\n");
    fixture.flunder("one", "a");
    fixture.flunder("two", "b");
    assert_eq!(
        table(&kubectl.ok("get flunders")),
        [
            vec!["NAME", "REFERENCE", "RESOLVED", "AGE"],
            // kubectl prints a cell without a value as nothing at all.
            vec!["one", "other", "<age>"],
            vec!["two", "other", "<age>"],
        ]
    );
    assert_eq!(table(&kubectl.ok("get flunder one -o wide"))[1], ["one", "other", "Flunder", "<age>"]);
    assert_eq!(table(&kubectl.ok("get flunders -A"))[1], ["default", "one", "other", "<age>"]);
    assert_eq!(table(&kubectl.ok("get flunders -l app=b")).len(), 2);
    assert_eq!(table(&kubectl.ok("get flunders -l app!=b"))[1][0], "one");
    assert_eq!(table(&kubectl.ok("get flunders --field-selector metadata.name=two"))[1][0], "two");
    assert_eq!(table(&kubectl.ok("get flunders --show-labels"))[1][3], "app=a");
    assert_eq!(
        kubectl.ok("get flunders -o name"),
        "flunder.wardle.example.com/one\nflunder.wardle.example.com/two\n"
    );
    assert_eq!(kubectl.ok("get flunder one -o jsonpath={.spec.referenceType}"), "Flunder");
    let json: serde_json::Value = serde_json::from_str(&kubectl.ok("get flunder one -o json")).expect("JSON");
    assert_eq!(json["spec"], serde_json::json!({ "reference": "other", "referenceType": "Flunder" }));
    assert_eq!(json["metadata"]["generation"], 1);
    let yaml = kubectl.ok("get flunder one -o yaml");
    assert!(yaml.contains("\nspec:\n  reference: other\n  referenceType: Flunder\n"), "{yaml}");
    let list: serde_json::Value = serde_json::from_str(&kubectl.ok("get flunders -o json")).expect("JSON");
    assert_eq!(list["items"].as_array().map(Vec::len), Some(2));
    let described = kubectl.ok("describe flunder one");
    assert!(
        described.contains("Name:         one\nNamespace:    default\nLabels:       app=a\n"),
        "{described}"
    );
    assert!(described.contains("Reference:       other\n"), "{described}");
    let missing = kubectl.err("get flunder three");
    assert_eq!(missing, "Error from server (NotFound): flunders.wardle.example.com \"three\" not found\n");
    let twice = kubectl.err(&format!("create -f {}/one.yaml", fixture.directory.path().display()));
    assert!(twice.contains("Error from server (AlreadyExists): error when creating"), "{twice}");
    assert!(twice.ends_with("flunders.wardle.example.com \"one\" already exists\n"), "{twice}");
}

#[test]
fn get_watch() {
    let fixture = fixture();
    fixture.flunder("first", "a");
    let mut watch = fixture.kubectl.spawn("get flunders -w");
    let mut lines = BufReader::new(watch.stdout.take().expect("piped")).lines();
    let mut next = || table(&lines.next().expect("the watch goes on").expect("a line"))[0][0].clone();
    assert_eq!(next(), "NAME");
    assert_eq!(next(), "first");
    fixture.flunder("second", "a");
    assert_eq!(next(), "second");
    fixture.kubectl.ok("label flunder first tier=front");
    assert_eq!(next(), "first");
    fixture.kubectl.ok("delete flunder second");
    assert_eq!(next(), "second");
    watch.kill().expect("kubectl can be killed");
    watch.wait().expect("kubectl ends");
}

#[test]
fn change() {
    let fixture = fixture();
    let kubectl = &fixture.kubectl;
    fixture.flunder("one", "a");
    let is = |path: &str| kubectl.ok(&format!("get flunder one -o jsonpath={{{path}}}"));

    assert_eq!(
        kubectl.ok(r#"patch flunder one --type=merge -p {"spec":{"reference":"merged"}}"#),
        "flunder.wardle.example.com/one patched\n"
    );
    assert_eq!((is(".spec.reference"), is(".metadata.generation")), ("merged".into(), "2".into()));
    kubectl
        .ok(r#"patch flunder one --type=json -p [{"op":"replace","path":"/spec/reference","value":"json"}]"#);
    assert_eq!(is(".spec.reference"), "json");
    kubectl.ok(r#"patch flunder one --subresource=status --type=merge -p {"status":{"resolved":true},"spec":{"reference":"no"}}"#);
    assert_eq!(
        (is(".status.resolved"), is(".spec.reference"), is(".metadata.generation")),
        ("true".into(), "json".into(), "3".into())
    );
    let strategic = kubectl.err(r#"patch flunder one -p {"spec":{"reference":"x"}}"#);
    assert!(strategic.contains("application/strategic-merge-patch+json is not supported by"), "{strategic}");

    assert_eq!(kubectl.ok("label flunder one tier=front"), "flunder.wardle.example.com/one labeled\n");
    assert_eq!(is(".metadata.labels.tier"), "front");
    assert_eq!(kubectl.ok("annotate flunder one note=hello"), "flunder.wardle.example.com/one annotated\n");
    assert_eq!((is(".metadata.annotations.note"), is(".metadata.generation")), ("hello".into(), "3".into()));

    let yaml = kubectl.ok("get flunder one -o yaml").replace("reference: json", "reference: replaced");
    let path = fixture.manifest("replace.yaml", &yaml);
    assert_eq!(kubectl.ok(&format!("replace -f {path}")), "flunder.wardle.example.com/one replaced\n");
    assert_eq!(is(".spec.reference"), "replaced");
    let stale = kubectl.err(&format!("replace -f {path}"));
    assert!(stale.contains("Error from server (Conflict)"), "{stale}");
    assert!(
        stale.contains("the object has been modified; please apply your changes to the latest version"),
        "{stale}"
    );

    assert_eq!(
        edit(&fixture, "s/reference: replaced/reference: edited/"),
        "flunder.wardle.example.com/one edited\n"
    );
    assert_eq!(is(".spec.reference"), "edited");
}

/// Runs `kubectl edit` with a script for an editor.
fn edit(fixture: &Fixture, script: &str) -> String {
    let mut command = fixture.kubectl.command(["edit", "flunder", "one"]);
    command.env("KUBE_EDITOR", format!("sed -i '{script}'"));
    let output = fixture.kubectl.run_command(command);
    assert!(output.success, "{output:?}");
    output.stdout
}

#[test]
fn apply() {
    let fixture = fixture();
    let kubectl = &fixture.kubectl;
    let manifest = |reference: &str| {
        fixture.manifest(
            "apply.yaml",
            &format!(
                "apiVersion: wardle.example.com/v1alpha1\nkind: Flunder\nmetadata:\n  name: applied\nspec:\n  reference: {reference}\n"
            ),
        )
    };
    let path = manifest("one");
    assert_eq!(kubectl.ok(&format!("apply -f {path}")), "flunder.wardle.example.com/applied created\n");
    assert_eq!(kubectl.ok(&format!("apply -f {path}")), "flunder.wardle.example.com/applied unchanged\n");
    manifest("two");
    assert_eq!(kubectl.ok(&format!("apply -f {path}")), "flunder.wardle.example.com/applied configured\n");
    assert_eq!(kubectl.ok("get flunder applied -o jsonpath={.spec.reference}"), "two");
    let typo = fixture.manifest(
        "typo.yaml",
        "apiVersion: wardle.example.com/v1alpha1\nkind: Flunder\nmetadata:\n  name: typo\nspec:\n  refrence: two\n",
    );
    let refused = kubectl.err(&format!("apply -f {typo}"));
    assert!(refused.contains("strict decoding error: unknown field \"spec.refrence\""), "{refused}");
    assert!(kubectl.ok("explain flunder.spec.reference").contains("A name of another flunder or fischer"));
}

#[test]
fn delete_and_wait() {
    let fixture = fixture();
    let kubectl = &fixture.kubectl;
    for name in ["one", "two", "three"] {
        fixture.flunder(name, "a");
    }
    // A finalizer holds the object until kubectl has seen it, so that there is a deletion to wait for.
    kubectl.ok(r#"patch flunder one --type=merge -p {"metadata":{"finalizers":["example.com/hold"]}}"#);
    let deleted = kubectl.ok("delete flunder one --wait=false");
    assert!(deleted.starts_with("flunder.wardle.example.com \"one\" deleted"), "{deleted}");
    let mut waiting = kubectl.spawn("wait flunder/one --for=delete --timeout=20s -v=6");
    let mut requests = BufReader::new(waiting.stderr.take().expect("piped")).lines().map_while(Result::ok);
    assert!(requests.any(|line| line.contains("/flunders/one") && line.contains("200 OK")));
    let requests = std::thread::spawn(move || requests.collect::<Vec<_>>());
    kubectl.ok(r#"patch flunder one --type=merge -p {"metadata":{"finalizers":null}}"#);
    let waited = waiting.wait_with_output().expect("kubectl ends");
    assert_eq!(
        String::from_utf8_lossy(&waited.stdout),
        "flunder.wardle.example.com/one condition met\n",
        "{:?}",
        requests.join()
    );

    let waiting = kubectl.spawn("wait flunder/two --for=jsonpath={.status.resolved}=true --timeout=20s");
    kubectl.ok(r#"patch flunder two --subresource=status --type=merge -p {"status":{"resolved":true}}"#);
    let waited = waiting.wait_with_output().expect("kubectl ends");
    assert!(waited.status.success(), "{}", String::from_utf8_lossy(&waited.stderr));

    let all = kubectl.ok("delete flunders --all");
    assert_eq!(all.lines().count(), 2, "{all}");
    assert_eq!(kubectl.ok("get flunders -o name"), "");
    let missing = kubectl.err("delete flunder one");
    assert_eq!(missing, "Error from server (NotFound): flunders.wardle.example.com \"one\" not found\n");
}

#[test]
fn the_ban() {
    let fixture = fixture();
    let kubectl = &fixture.kubectl;
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/wardle");
    let created = kubectl.ok(&format!("create -f {}", example.join("fischer.yaml").display()));
    assert_eq!(created, "fischer.wardle.example.com/the-fischer created\n");
    kubectl.ok(&format!("create -f {}", example.join("flunder.yaml").display()));
    let bad = fixture.manifest(
        "bad.yaml",
        "apiVersion: wardle.example.com/v1alpha1\nkind: Flunder\nmetadata:\n  name: bad-flunder\n",
    );
    let refused = kubectl.err(&format!("create -f {bad}"));
    assert!(
        refused.ends_with(
            "flunders.wardle.example.com \"bad-flunder\" is forbidden: this name may not be used, please change the resource name\n"
        ),
        "{refused}"
    );
    let invalid = fixture.manifest(
        "invalid.yaml",
        "apiVersion: wardle.example.com/v1alpha1\nkind: Flunder\nmetadata:\n  name: invalid\nspec:\n  referenceType: Fischer\n",
    );
    let refused = kubectl.err(&format!("create -f {invalid}"));
    assert!(
        refused.contains(
            "spec.fischerReference: Invalid value: \"\": cannot be empty if referenceType is Fischer"
        ),
        "{refused}"
    );
}
