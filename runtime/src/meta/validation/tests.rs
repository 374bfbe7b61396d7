//! The metadata rules and their texts, by contract number.

use serde_json::{Value, json};

use super::*;
use crate::field::Path;

fn meta(mut document: Value) -> ObjectMeta {
    let members = document.as_object_mut().expect("a test writes metadata as an object");
    members.entry("name").or_insert(json!("x"));
    members.entry("namespace").or_insert(json!("ns1"));
    members.entry("resourceVersion").or_insert(json!("1"));
    serde_json::from_value(document).expect("a test writes valid metadata")
}

fn texts(errors: &ErrorList) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

fn create(document: Value) -> Vec<String> {
    texts(&validate_object_meta(&meta(document), true, path_segment_name, &Path::new("metadata")))
}

fn update(new: Value, old: Value) -> Vec<String> {
    texts(&validate_object_meta_update(&meta(new), &meta(old), &Path::new("metadata")))
}

#[test]
fn sound_metadata_passes() {
    let sound = json!({
        "generateName": "x-", "generation": 1,
        "labels": {"example.com/A": "b", "empty": ""},
        "annotations": {"Example.COM/Some_Key": "any\nvalue at all"},
        "ownerReferences": [
            {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "1", "controller": true},
            {"apiVersion": "events.k8s.io/v1", "kind": "Event", "name": "e", "uid": "2", "controller": false},
        ],
        "finalizers": ["orphan", "example.com/wait"],
        "managedFields": [{"manager": "kubectl", "operation": "Apply", "fieldsType": "FieldsV1"}],
    });
    assert_eq!(create(sound.clone()), [""; 0]);
    assert_eq!(update(sound.clone(), sound), [""; 0]);
}

// contract 9.1, 9.2
#[test]
fn names_must_be_there_and_fit_the_rule() {
    assert_eq!(
        create(json!({"name": ""})),
        ["metadata.name: Required value: name or generateName is required"]
    );
    assert_eq!(create(json!({"name": ".."})), [r#"metadata.name: Invalid value: "..": may not be '..'"#]);
    assert_eq!(
        create(json!({"name": "a/b%"})),
        [
            r#"metadata.name: Invalid value: "a/b%": may not contain '/'"#,
            r#"metadata.name: Invalid value: "a/b%": may not contain '%'"#,
        ]
    );
    // The whole name may not be `..`, the beginning of one may.
    assert_eq!(create(json!({"generateName": ".."})), [""; 0]);
    assert_eq!(
        create(json!({"generateName": "a/"})),
        [r#"metadata.generateName: Invalid value: "a/": may not contain '/'"#]
    );
}

// contract 9.3
#[test]
fn namespaces_must_fit_the_scope() {
    assert_eq!(create(json!({"namespace": ""})), ["metadata.namespace: Required value"]);
    assert_eq!(
        create(json!({"namespace": "a.b"})),
        [r#"metadata.namespace: Invalid value: "a.b": must not contain dots"#]
    );
    let cluster = validate_object_meta(&meta(json!({})), false, path_segment_name, &Path::new("metadata"));
    assert_eq!(texts(&cluster), ["metadata.namespace: Forbidden: not allowed on this type"]);
}

// contract 9.8: the last two bytes of a prefix are replaced, which hides what the last but one was.
#[test]
fn a_prefix_may_end_in_a_dash() {
    for rule in [dns_subdomain_name, dns_label_name] {
        assert_eq!(rule("web-", true), [""; 0]);
        assert_eq!(rule("we_-", true), [""; 0]);
        assert_eq!(rule("web-", false).len(), 1);
        assert_eq!(rule("-", true).len(), 1);
        assert_eq!(rule("é-", true).len(), 1);
        assert_eq!(rule("", true).len(), 1);
    }
    assert_eq!(dns_subdomain_name("a.b", false), [""; 0]);
    assert_eq!(dns_label_name("a.b", false), ["must not contain dots"]);
}

// contract 9.5
#[test]
fn errors_come_in_order() {
    let broken = json!({
        "name": "..", "generateName": "/", "namespace": "", "generation": -1, "labels": {"b": "-", "/a": "x"},
        "annotations": {"": ""}, "ownerReferences": [{}], "finalizers": ["/x"], "managedFields": [{}],
    });
    let errors = validate_object_meta(&meta(broken), true, path_segment_name, &Path::new("metadata"));
    let paths: Vec<_> = errors.iter().map(|error| error.path().to_string()).collect();
    assert_eq!(
        paths,
        [
            "metadata.generateName",
            "metadata.name",
            "metadata.namespace",
            "metadata.generation",
            "metadata.labels",
            "metadata.labels",
            "metadata.annotations",
            "metadata.annotations",
            "metadata.ownerReferences[0].apiVersion",
            "metadata.ownerReferences[0].kind",
            "metadata.ownerReferences[0].name",
            "metadata.ownerReferences[0].uid",
            "metadata.finalizers",
            "metadata.managedFields[0].operation",
        ]
    );
    assert_eq!(
        errors.iter().nth(3).map(ToString::to_string).as_deref(),
        Some("metadata.generation: Invalid value: -1: must be greater than or equal to 0")
    );
}

// contract 9.12
#[test]
fn label_errors_carry_the_key_or_the_value() {
    let errors = create(json!({"labels": {"a b": "x", "c": "-x"}}));
    assert_eq!(errors.len(), 2);
    assert!(errors[0].starts_with(r#"metadata.labels: Invalid value: "a b": name part must consist of"#));
    assert!(errors[1].starts_with(r#"metadata.labels: Invalid value: "-x": a valid label must be an empty"#));
}

// contract 9.13
#[test]
fn annotations_have_a_total_size() {
    let fits = json!({"annotations": {"a": "x".repeat(131_071), "b": "x".repeat(131_071)}});
    assert_eq!(create(fits), [""; 0]);
    let over = json!({"annotations": {"a": "x".repeat(131_071), "b": "x".repeat(131_072)}});
    assert_eq!(create(over), ["metadata.annotations: Too long: may not be more than 262144 bytes"]);
    // The key is shown as it was given, though it is checked in lower case.
    let errors = create(json!({"annotations": {"A b": ""}}));
    assert!(errors[0].starts_with(r#"metadata.annotations: Invalid value: "A b": name part must consist"#));
}

// contract 9.15
#[test]
fn finalizers_are_qualified_names() {
    assert_eq!(
        create(json!({"finalizers": ["orphan", "foregroundDeletion"]})),
        [
            r#"metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set"#
        ]
    );
    assert_eq!(
        create(json!({"finalizers": ["/a"]})),
        [r#"metadata.finalizers: Invalid value: "/a": prefix part must be non-empty"#]
    );
}

// contract 9.15
#[test]
fn finalizers_without_a_domain_are_warned_of() {
    let list = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let new =
        list(&["orphan", "foregroundDeletion", "kubernetes", "example.com/a", "foo", "a.b", "foo", "old"]);
    assert_eq!(
        finalizer_warnings(&new, &list(&["old"])),
        [
            r#"metadata.finalizers: "a.b": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers"#,
            r#"metadata.finalizers: "foo": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers"#,
        ]
    );
}

// contract 9.16
#[test]
fn owner_references_are_complete() {
    assert_eq!(
        create(json!({"ownerReferences": [{}]})),
        [
            "metadata.ownerReferences[0].apiVersion: Required value: must not be empty",
            "metadata.ownerReferences[0].kind: Required value: must not be empty",
            "metadata.ownerReferences[0].name: Required value: must not be empty",
            "metadata.ownerReferences[0].uid: Required value: must not be empty",
        ]
    );
    for bad in ["a/b/c", "a/", "/"] {
        assert_eq!(
            create(json!({"ownerReferences": [{"apiVersion": bad, "kind": "K", "name": "n", "uid": "u"}]})),
            [format!(
                "metadata.ownerReferences[0].apiVersion: Invalid value: \"{bad}\": must be <group>/<version> or <version>"
            )]
        );
    }
    assert_eq!(
        create(json!({"ownerReferences": [{"apiVersion": "v1", "kind": "Event", "name": "n", "uid": "u"}]})),
        [concat!(
            r#"metadata.ownerReferences[0]: Invalid value: {"apiVersion":"v1","kind":"Event","name":"n","uid":"u"}: "#,
            "/v1, Kind=Event is disallowed from being an owner"
        )]
    );
}

// contract 9.16
#[test]
fn at_most_one_owner_is_controller() {
    let owner =
        |name: &str| json!({"apiVersion": "v1", "kind": "K", "name": name, "uid": "u", "controller": true});
    let errors = create(json!({"ownerReferences": [owner("a"), owner("b"), owner("c")]}));
    assert_eq!(errors.len(), 2);
    assert!(errors[0].starts_with(
        r#"metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"K","name":"a","uid":"u","controller":true},"#
    ));
    assert!(errors[0].ends_with(
        r#": Only one reference can have Controller set to true. Found "true" in references for K/a and K/b"#
    ));
    assert!(errors[1].ends_with("for K/a and K/c"));
}

// contract 9.24
#[test]
fn managed_fields_are_well_formed() {
    let entry = |field: &str, value: Value| {
        let mut entry = json!({"operation": "Update"});
        entry[field] = value;
        create(json!({"managedFields": [entry]}))
    };
    assert_eq!(
        entry("operation", json!("")),
        ["metadata.managedFields[0].operation: Required value: must not be empty"]
    );
    assert_eq!(
        entry("operation", json!("Delete")),
        [
            r#"metadata.managedFields[0].operation: Unsupported value: "Delete": supported values: "Apply", "Update""#
        ]
    );
    assert_eq!(
        entry("fieldsType", json!("FieldsV2")),
        [r#"metadata.managedFields[0].fieldsType: Invalid value: "FieldsV2": must be `FieldsV1`"#]
    );
    assert_eq!(
        entry("manager", json!("m".repeat(129))),
        ["metadata.managedFields[0].manager: Too long: may not be more than 128 bytes"]
    );
    assert_eq!(entry("subresource", json!("s".repeat(256))), [""; 0]);
    assert_eq!(
        entry("subresource", json!("s".repeat(257))),
        ["metadata.managedFields[0].subresource: Too long: may not be more than 256 bytes"]
    );
}

// contract 6.74
#[test]
fn field_managers_are_short_and_printable() {
    let check = |text: &str| texts(&validate_field_manager(text, &Path::new("fieldManager")));
    for fine in ["", "kubectl edit", "é\"'\\", "e\u{301}", "日本", &"m".repeat(128)] {
        assert_eq!(check(fine), [""; 0], "{fine:?}");
    }
    assert_eq!(check(&"m".repeat(129)), ["fieldManager: Too long: may not be more than 128 bytes"]);
    assert_eq!(
        check("a\n"),
        [r#"fieldManager: Invalid value: "a\n": invalid character U+000A (at position 1)"#]
    );
    assert_eq!(
        check("é\u{a0}\u{e0001}")
            .iter()
            .map(|text| text.split_once("invalid").map(|(_, tail)| tail))
            .collect::<Vec<_>>(),
        [Some(" character U+00A0 (at position 2)"), Some(" character U+E0001 (at position 4)")]
    );
}

// contract 9.4
#[test]
fn updates_keep_what_identifies_an_object() {
    let cases = [
        (json!({"name": "y"}), json!({}), r#"metadata.name: Invalid value: "y": field is immutable"#),
        (
            json!({"namespace": "b"}),
            json!({}),
            r#"metadata.namespace: Invalid value: "b": field is immutable"#,
        ),
        (json!({"uid": "2"}), json!({"uid": "1"}), r#"metadata.uid: Invalid value: "2": field is immutable"#),
        (
            json!({}),
            json!({"creationTimestamp": "2026-01-02T03:04:05Z"}),
            "metadata.creationTimestamp: Invalid value: null: field is immutable",
        ),
        (
            json!({"deletionTimestamp": "2026-01-02T03:04:05Z"}),
            json!({}),
            r#"metadata.deletionTimestamp: Invalid value: "2026-01-02T03:04:05Z": field is immutable"#,
        ),
        (
            json!({"deletionGracePeriodSeconds": 5}),
            json!({"deletionGracePeriodSeconds": 6}),
            "metadata.deletionGracePeriodSeconds: Invalid value: 5: field is immutable",
        ),
        (
            json!({"resourceVersion": ""}),
            json!({}),
            r#"metadata.resourceVersion: Invalid value: "": must be specified for an update"#,
        ),
        (
            json!({"generation": 1}),
            json!({"generation": 2}),
            "metadata.generation: Invalid value: 1: must not be decremented",
        ),
    ];
    for (new, old, text) in cases {
        assert_eq!(update(new, old), [text]);
    }
    assert_eq!(
        update(json!({"generation": -1}), json!({})),
        [
            "metadata.generation: Invalid value: -1: must be greater than or equal to 0",
            "metadata.generation: Invalid value: -1: must not be decremented",
        ]
    );
}

// contract 9.4
#[test]
fn a_dying_object_takes_no_new_finalizers() {
    let dying =
        |finalizers: &[&str]| json!({"deletionTimestamp": "2026-01-02T03:04:05Z", "finalizers": finalizers});
    assert_eq!(update(dying(&["a"]), dying(&["a", "b"])), [""; 0]);
    assert_eq!(
        update(dying(&["c", "a", "b", "c"]), dying(&["a"])),
        [concat!(
            "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, ",
            r#"found new finalizers []string{"b", "c"}"#
        )]
    );
    assert_eq!(update(json!({"finalizers": ["a"]}), json!({})), [""; 0]);
}

// contract 9.4: these maps and lists are looked at again; finalizer names are left to the rules of a create.
#[test]
fn updates_check_maps_and_lists_again() {
    let broken = json!({
        "labels": {"/a": ""}, "annotations": {"/a": ""}, "ownerReferences": [{"apiVersion": "v1"}],
        "managedFields": [{}], "finalizers": ["/a"],
    });
    let errors = update(broken, json!({}));
    let paths: Vec<_> =
        errors.iter().filter_map(|text| text.split_once(": ")).map(|(path, _)| path).collect();
    assert_eq!(
        paths,
        [
            "metadata.labels",
            "metadata.annotations",
            "metadata.ownerReferences[0].kind",
            "metadata.ownerReferences[0].name",
            "metadata.ownerReferences[0].uid",
            "metadata.managedFields[0].operation",
        ]
    );
}
