//! Plug-ins: when they are asked, what they are told, what their changes and refusals do (contract 0.2 to 0.5, 3.19,
//! 4.14, 4.24, 4.27, 4.46, 11.D; EP-16, EP-32, C32).

use std::sync::{Arc, Mutex};

use resourceful::admission::{Attributes, KindPlugin, Operation, OperationOptions, Plugin};
use resourceful::meta::{ManagedFieldsEntry, OwnerReference};
use resourceful_tests::client::{Answer, Client};
use resourceful_tests::kinds::{Gizmo, Widget};
use serde_json::{Value, json};

use crate::{G, W, WORKERS, gizmo, serve_with, widget, with};

/// Writes down what it is asked. An annotation `do` of the object, or of the stored one, tells it what to do.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

impl Recorder {
    /// What was written down since the last call.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("nobody panicked"))
    }

    fn record(&self, step: &str, a: &Attributes<'_>) {
        let options = match a.operation_options() {
            OperationOptions::Create(_) => Operation::Create,
            OperationOptions::Update(_) => Operation::Update,
            OperationOptions::Delete(_) => Operation::Delete,
            OperationOptions::Connect => Operation::Connect,
        };
        assert_eq!(options, a.operation());
        assert_eq!(a.user_info().groups, ["system:masters", "system:authenticated"]);
        let text = |object: Option<&dyn resourceful::object::AnyObject>| {
            object.map_or("-".to_owned(), |object| {
                let meta = object.object_meta();
                format!("{}:{}", object.info().kind, if meta.name.is_empty() { "?" } else { &meta.name })
            })
        };
        let (resource, subresource) = (a.resource().plural, a.subresource());
        let slash = if subresource.is_empty() { "" } else { "/" };
        let dry_run = if a.is_dry_run() { " dry" } else { "" };
        let (namespace, name, operation) = (a.namespace(), a.name(), a.operation());
        let line = format!(
            "{step} {operation} {resource}{slash}{subresource} {namespace}/{name} {} was {}{dry_run}",
            text(a.object()),
            text(a.old_object()),
        );
        self.0.lock().expect("nobody panicked").push(line);
    }
}

fn order(a: &Attributes<'_>) -> String {
    let mut objects = [a.object(), a.old_object()].into_iter().flatten();
    objects.find_map(|object| object.object_meta().annotations.get("do").cloned()).unwrap_or_default()
}

impl Plugin for Recorder {
    async fn admit(&self, a: &mut Attributes<'_>) -> resourceful::Result<()> {
        self.record("admit", a);
        match order(a).as_str() {
            "refuse in admit" => return Err(a.forbidden("not in this house")),
            "not found" => return Err(a.not_found()),
            "teapot" => {
                return Err(resourceful::errors::Status::failure(
                    418,
                    resourceful::errors::Reason::Unknown,
                    "short and stout",
                )
                .into());
            }
            "warn" => a.warn("the plug-in is worried"),
            "rename" => a.change_metadata(|meta| meta.name = "other".into()),
            "move" => a.change_metadata(|meta| meta.namespace = "elsewhere".into()),
            "new uid" => a.change_metadata(|meta| meta.uid = "mine".into()),
            "old revision" => a.change_metadata(|meta| meta.resource_version = "1".into()),
            "managed fields" => {
                a.change_metadata(|meta| meta.managed_fields.push(ManagedFieldsEntry::default()));
            }
            "owners" => a.change_metadata(|meta| {
                let owner = OwnerReference {
                    api_version: "v1".into(),
                    kind: "Pod".into(),
                    name: "p".into(),
                    uid: "u".into(),
                    ..OwnerReference::default()
                };
                meta.owner_references = vec![owner.clone(), owner.clone(), owner];
            }),
            "json" => {
                let mut document = a.object().expect("there is an object").to_value()?;
                document["spec"]["parts"] = json!([{ "name": "from JSON" }]);
                a.replace_object(document)?;
            }
            "nonsense" => a.replace_object(json!({ "metadata": {}, "spec": { "size": "large" } }))?,
            "invalid" => a.object_as_mut::<Widget>().expect("it is a widget").spec.size = -1,
            _ => {}
        }
        Ok(())
    }

    async fn validate(&self, a: &Attributes<'_>) -> resourceful::Result<()> {
        self.record("validate", a);
        if order(a) == "refuse in validate" { Err(a.forbidden("not as it is now")) } else { Ok(()) }
    }
}

fn told(name: &str, order: &str) -> Value {
    with(&widget(name), "/metadata/annotations", json!({ "do": order }))
}

/// The client of a server with a recorder.
async fn recorded() -> (Client, Recorder) {
    let recorder = Recorder::default();
    (serve_with(recorder.clone()).await, recorder)
}

#[tokio::test]
async fn every_write_is_told_in_order() {
    let (client, recorder) = recorded().await;
    client
        .post(WORKERS, &json!({ "metadata": { "name": "w" }, "spec": { "replicas": 1 } }))
        .await
        .expect(201);
    recorder.take();
    let x = &format!("{W}/x");
    let create = client.post(W, &widget("x")).await.expect(201);
    assert_eq!(
        recorder.take(),
        ["admit CREATE widgets ns1/x Widget:x was -", "validate CREATE widgets ns1/x Widget:x was -"]
    );
    let update = [
        "admit UPDATE widgets ns1/x Widget:x was Widget:x",
        "validate UPDATE widgets ns1/x Widget:x was Widget:x",
    ];
    client.put(x, &create).await.expect(200);
    assert_eq!(recorder.take(), update, "contract 4.24: also for an update that changes nothing");
    client.merge(x, &json!({ "spec": { "size": 2 } })).await.expect(200);
    assert_eq!(recorder.take(), update, "contract 11.28: a patch is an update");
    let through_status = update.map(|line| line.replace("widgets ", "widgets/status "));
    client.merge(&format!("{x}/status"), &json!({ "status": { "phase": "Ready" } })).await.expect(200);
    assert_eq!(recorder.take(), through_status, "contract 3.19");
    client.merge(&format!("{WORKERS}/w/scale"), &json!({ "spec": { "replicas": 2 } })).await.expect(200);
    assert_eq!(
        recorder.take(),
        [
            "admit UPDATE workers/scale ns1/w Scale:w was Scale:w",
            "validate UPDATE workers/scale ns1/w Scale:w was Scale:w"
        ]
    );
    client.delete(x).await.expect(200);
    assert_eq!(
        recorder.take(),
        ["admit DELETE widgets ns1/x - was Widget:x", "validate DELETE widgets ns1/x - was Widget:x"],
        "contract 0.5"
    );
    // contract 4.14: an update that creates
    client.put(&format!("{G}/g"), &gizmo("g", "new")).await.expect(201);
    assert_eq!(
        recorder.take(),
        ["admit CREATE gizmos /g Gizmo:g was -", "validate CREATE gizmos /g Gizmo:g was -"]
    );
    client.get(x).await.expect(404);
    client.get(W).await.expect(200);
    assert!(recorder.take().is_empty(), "reads are not admitted");
}

// contract 4.46: the objects of a collection have no name of their own in the request
#[tokio::test]
async fn behaviour_15_16_each_object_of_a_collection_is_told() {
    let (client, recorder) = recorded().await;
    for name in ["a", "b"] {
        client.post(W, &widget(name)).await.expect(201);
    }
    recorder.take();
    client.delete(W).await.expect(200);
    let mut lines = recorder.take();
    lines.sort();
    assert_eq!(
        lines,
        [
            "admit DELETE widgets ns1/ - was Widget:a",
            "admit DELETE widgets ns1/ - was Widget:b",
            "validate DELETE widgets ns1/ - was Widget:a",
            "validate DELETE widgets ns1/ - was Widget:b",
        ]
    );
    client.post(W, &told("c", "refuse in validate")).await.expect(403);
    client.post(W, &widget("c")).await.expect(201);
    client
        .merge(&format!("{W}/c"), &json!({ "metadata": { "finalizers": ["example.com/wait"] } }))
        .await
        .expect(200);
    recorder.take();
    client.delete(&format!("{W}?propagationPolicy=Foreground")).await.expect(200);
    assert_eq!(
        recorder.take(),
        ["admit DELETE widgets ns1/ - was Widget:c", "validate DELETE widgets ns1/ - was Widget:c"],
        "marking an object is a delete, too"
    );
    // contract 4.27: what goes with its last finalizer goes by an update
    client.merge(&format!("{W}/c"), &json!({ "metadata": { "finalizers": null } })).await.expect(200);
    assert_eq!(
        recorder.take(),
        [
            "admit UPDATE widgets ns1/c Widget:c was Widget:c",
            "validate UPDATE widgets ns1/c Widget:c was Widget:c"
        ]
    );
    client.get(&format!("{W}/c")).await.expect(404);
}

// C32, contract 15.34
#[tokio::test]
async fn a_generated_name_is_there_when_validation_is() {
    let (client, recorder) = recorded().await;
    let object =
        client.post(W, &json!({ "metadata": { "generateName": "w-" }, "spec": {} })).await.expect(201);
    let name = object["metadata"]["name"].as_str().expect("a name");
    assert_eq!(
        recorder.take(),
        [
            "admit CREATE widgets ns1/ Widget:? was -".to_owned(),
            format!("validate CREATE widgets ns1/{name} Widget:{name} was -")
        ]
    );
    let body = json!({ "metadata": { "generateName": "w-", "annotations": { "do": "refuse in admit" } }, "spec": {} });
    client.post(W, &body).await.expect_status(
        403,
        "Forbidden",
        "widgets.demo.example.com \"w-\" is forbidden: not in this house",
    );
}

// contract 4.50 to 4.56
#[tokio::test]
async fn dry_runs_are_told() {
    let (client, recorder) = recorded().await;
    client.post(W, &widget("x")).await.expect(201);
    client
        .post(WORKERS, &json!({ "metadata": { "name": "w" }, "spec": { "replicas": 1 } }))
        .await
        .expect(201);
    let x = format!("{W}/x?dryRun=All");
    recorder.take();
    let answers = [
        client.post(&format!("{W}?dryRun=All"), &widget("y")).await,
        client.merge(&x, &json!({ "spec": { "size": 2 } })).await,
        client.merge(&format!("{W}/x/status?dryRun=All"), &json!({ "status": { "phase": "Ready" } })).await,
        client.merge(&format!("{WORKERS}/w/scale?dryRun=All"), &json!({ "spec": { "replicas": 3 } })).await,
        client.put(&format!("{G}/g?dryRun=All"), &gizmo("g", "new")).await,
        client.delete(&x).await,
        client.delete(&format!("{W}?dryRun=All")).await,
    ];
    let codes = answers.map(|answer| answer.code);
    assert_eq!(codes, [201, 200, 200, 200, 201, 200, 200]);
    let lines = recorder.take();
    assert_eq!(lines.len(), 14);
    assert!(lines.iter().all(|line| line.ends_with(" dry")), "{lines:?}");
    assert_eq!(client.get(&format!("{W}/x")).await.expect(200)["spec"]["size"], 1);
}

#[tokio::test]
async fn refusals() {
    let (client, recorder) = recorded().await;
    let created = client.post(W, &widget("x")).await.expect(201);
    let x = &format!("{W}/x");
    let refuse = |order: &str| json!({ "metadata": { "annotations": { "do": order } } });
    let forbidden = |answer: &Answer, why: &str| {
        let status = answer.expect_status(
            403,
            "Forbidden",
            &format!("widgets.demo.example.com \"x\" is forbidden: {why}"),
        );
        assert_eq!(status["details"], json!({ "name": "x", "group": "demo.example.com", "kind": "widgets" }));
    };
    // EP-16, EP-32
    for (order, why) in [("refuse in admit", "not in this house"), ("refuse in validate", "not as it is now")]
    {
        forbidden(&client.post(W, &told("x", order)).await, why);
        forbidden(
            &client.put(x, &with(&created, "/metadata/annotations", json!({ "do": order }))).await,
            why,
        );
        forbidden(&client.merge(x, &refuse(order)).await, why);
    }
    assert_eq!(client.get(x).await.expect(200), created, "nothing was stored");
    // Whoever refuses first has the word, and nobody is asked after it.
    recorder.take();
    client.post(W, &told("y", "refuse in admit")).await.expect(403);
    assert_eq!(recorder.take(), ["admit CREATE widgets ns1/y Widget:y was -"]);
    // An object that its kind refuses does not come as far as validation.
    client.post(W, &told("y", "invalid")).await.expect_status(
        422,
        "Invalid",
        "Widget.demo.example.com \"y\" is invalid: spec.size: Invalid value: -1: must be greater than or equal to 0",
    );
    assert_eq!(recorder.take(), ["admit CREATE widgets ns1/y Widget:y was -"]);
    // Any other status is passed on.
    client.post(W, &told("y", "not found")).await.expect_status(
        404,
        "NotFound",
        "widgets.demo.example.com \"y\" not found",
    );
    client.post(W, &told("y", "teapot")).await.expect_status(418, "", "short and stout");
    // A missing object is missing, whatever plug-ins would say (RG-10).
    client.merge(&format!("{W}/none"), &refuse("refuse in admit")).await.expect(404);
    // The stored object counts for a delete.
    client.merge(x, &refuse("warn")).await.expect(200);
    let z = client.post(W, &told("z", "warn")).await;
    assert_eq!(z.header("warning"), "299 - \"the plug-in is worried\"");
}

#[tokio::test]
async fn refused_deletes_delete_nothing() {
    struct Keep;
    impl KindPlugin for Keep {
        type Object = Widget;

        fn handles(&self, operation: Operation) -> bool {
            operation == Operation::Delete
        }

        async fn validate_delete(&self, a: &Attributes<'_>, old: &Widget) -> resourceful::Result<()> {
            if old.spec.mode == "kept" { Err(a.forbidden("it is kept")) } else { Ok(()) }
        }
    }
    let client = serve_with(Keep).await;
    client.post(W, &with(&widget("x"), "/spec/mode", "kept")).await.expect(201);
    client.post(W, &widget("y")).await.expect(201);
    client.post(G, &gizmo("g", "kept")).await.expect(201);
    for query in ["", "?dryRun=All", "?propagationPolicy=Foreground"] {
        client.delete(&format!("{W}/x{query}")).await.expect_status(
            403,
            "Forbidden",
            "widgets.demo.example.com \"x\" is forbidden: it is kept",
        );
    }
    client.delete(W).await.expect_status(
        403,
        "Forbidden",
        "widgets.demo.example.com \"Unknown\" is forbidden: it is kept",
    );
    let kept = client.get(&format!("{W}/x")).await.expect(200);
    assert!(kept["metadata"].get("deletionTimestamp").is_none());
    client.delete(&format!("{G}/g")).await.expect(200);
}

#[tokio::test]
async fn changes_count_as_the_clients() {
    let (client, _) = recorded().await;
    let created = client.post(W, &told("x", "json")).await.expect(201);
    assert_eq!(created["spec"]["parts"], json!([{ "name": "from JSON" }]));
    assert_eq!(client.get(&format!("{W}/x")).await.expect(200), created);
    client.post(W, &told("y", "nonsense")).await.expect(500);
    // On create, a plug-in may name the object as a client could; it cannot leave the namespace.
    let renamed = client.post(W, &told("y", "rename")).await.expect(201);
    assert_eq!(renamed["metadata"]["name"], "other");
    client.post(W, &told("y", "move")).await.expect_status(
        400,
        "BadRequest",
        "the namespace of the provided object does not match the namespace sent on the request",
    );
    assert_ne!(client.post(W, &told("y", "new uid")).await.expect(201)["metadata"]["uid"], "mine");
    // On update nothing of this can be changed.
    let refused = [
        ("rename", 422, "metadata.name: Invalid value: \"other\": field is immutable"),
        ("new uid", 422, "metadata.uid: Invalid value: \"mine\": field is immutable"),
        ("old revision", 409, "please apply your changes to the latest version and try again"),
        ("move", 400, "does not match the namespace sent on the request"),
    ];
    for (order, code, message) in refused {
        let patch = json!({ "metadata": { "annotations": { "do": order } } });
        let refused = client.merge(&format!("{W}/x"), &patch).await.expect(code);
        assert!(refused["message"].as_str().is_some_and(|text| text.contains(message)), "{order}: {refused}");
    }
    assert_eq!(client.get(&format!("{W}/x")).await.expect(200), created);
}

// contract 2.25, 7.6.8
#[tokio::test]
async fn what_plugins_must_not_break_is_mended() {
    let (client, _) = recorded().await;
    let owners = client.post(W, &told("x", "owners")).await;
    assert_eq!(owners.expect(201)["metadata"]["ownerReferences"].as_array().map(Vec::len), Some(1));
    let warning = owners.header("warning");
    assert!(
        warning.contains("duplicate entries after mutating admission happens; API server dedups")
            && warning.ends_with("duplicate UID(s) observed: u, u\""),
        "{warning}"
    );
    let fields = client.post(W, &told("y", "managed fields")).await;
    fields.expect(201);
    let warning = fields.header("warning");
    assert!(warning.contains(".metadata.managedFields was in an invalid state after admission"), "{warning}");
}

// contract 7.1.8, 15.32
#[tokio::test]
async fn behaviour_15_32_a_faster_writer_makes_plugins_see_the_object_anew() {
    /// Writes to the object itself, in the middle of the first patch of it.
    struct Meddler(Arc<Mutex<Option<Client>>>, Recorder);
    impl Plugin for Meddler {
        async fn admit(&self, a: &mut Attributes<'_>) -> resourceful::Result<()> {
            self.1.record("admit", a);
            let client = if a.name() == "x" { self.0.lock().expect("nobody panicked").take() } else { None };
            if let Some(client) = client {
                client
                    .merge(&format!("{W}/x/status"), &json!({ "status": { "phase": "Ready" } }))
                    .await
                    .expect(200);
            }
            let old = a.old_object_as::<Widget>().and_then(|old| old.status.clone());
            if let (Some(old), Some(object)) = (old, a.object_as_mut::<Widget>()) {
                object.spec.mode = old.phase;
            }
            Ok(())
        }
    }
    let later = Arc::<Mutex<Option<Client>>>::default();
    let recorder = Recorder::default();
    let client = serve_with(Meddler(Arc::clone(&later), recorder.clone())).await;
    client.post(W, &widget("x")).await.expect(201);
    recorder.take();
    *later.lock().expect("nobody panicked") = Some(client.clone());
    let patched = client.merge(&format!("{W}/x"), &json!({ "spec": { "size": 3 } })).await.expect(200);
    assert_eq!((&patched["spec"]["size"], &patched["spec"]["mode"]), (&json!(3), &json!("Ready")));
    let asked = recorder.take().len();
    assert_eq!(asked, 3, "once for the patch, once for the other, once more for the patch");
}

#[tokio::test]
async fn plugins_are_asked_in_order() {
    struct Append(&'static str);
    impl KindPlugin for Append {
        type Object = Gizmo;

        async fn admit(
            &self,
            _: &Attributes<'_>,
            gizmo: &mut Gizmo,
            _: Option<&Gizmo>,
        ) -> resourceful::Result<()> {
            gizmo.text.push_str(self.0);
            Ok(())
        }
    }
    let chain = resourceful::admission::Chain::new().with(Append("b")).with(Append("c"));
    let client = serve_with(chain).await;
    assert_eq!(client.post(G, &gizmo("g", "a")).await.expect(201)["text"], "abc");
}
