//! Create: C01 to C29 as far as they are not about HTTP.

use super::fixture::{ALL, Gizmo, GizmoStrategy, Widget, WidgetStrategy, Widgets, next};
use crate::context::RequestContext;
use crate::errors::{Error, Reason};
use crate::meta::{ObjectMeta, OwnerReference, Time};
use crate::object::AnyObject;
use crate::options::{CreateOptions, ListOptions};
use crate::registry::Registry;
use crate::storage::Store;

#[tokio::test]
async fn c01_the_server_completes_the_metadata() {
    let widgets = Widgets::new();
    let before = Time::now();
    let widget = widgets.create(Widget::named("a").size(3)).await.unwrap();
    let meta = &widget.metadata;
    assert_eq!(uuid::Uuid::parse_str(&meta.uid).unwrap().get_version_num(), 4);
    assert!(meta.creation_timestamp.is_some_and(|created| created >= before));
    assert_eq!((meta.generation, meta.namespace.as_str()), (1, "ns1"));
    assert!(meta.resource_version.parse::<u64>().is_ok_and(|revision| revision > 0));
    assert_eq!(widgets.get("a").await.unwrap(), widget);
}

#[tokio::test]
async fn c02_c03_a_taken_name_is_refused() {
    let widgets = Widgets::new();
    widgets.create(Widget::named("a").finalizers(&["example.com/f"])).await.unwrap();
    let error = widgets.create(Widget::named("a")).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (409, Reason::AlreadyExists));
    assert_eq!(error.message(), "widgets.demo.example.com \"a\" already exists");
    let details = error.status().details.as_ref().unwrap();
    assert_eq!((details.kind.as_str(), details.name.as_str()), ("widgets", "a"));
    assert_eq!(details.retry_after_seconds, 0);

    widgets.delete("a").await.unwrap();
    let error = widgets.create(Widget::named("a")).await.unwrap_err();
    assert_eq!(error.message(), "object is being deleted: widgets.demo.example.com \"a\" already exists");
}

#[tokio::test]
async fn c04_c05_c06_what_a_client_cannot_set_is_dropped() {
    let widgets = Widgets::new();
    let long_ago = Time::now().plus_seconds(-1_000_000);
    let sent = Widget::named("a").ready(3).meta(|meta| {
        meta.generation = 7;
        meta.uid = "mine".into();
        meta.creation_timestamp = Some(long_ago);
        meta.deletion_timestamp = Some(long_ago);
        meta.deletion_grace_period_seconds = Some(5);
        meta.self_link = "/here".into();
    });
    let widget = widgets.create(sent).await.unwrap();
    assert_eq!(widget.status, None, "contract 3.1");
    let meta = &widget.metadata;
    assert_eq!(meta.generation, 1);
    assert_ne!(meta.uid, "mine");
    assert_ne!(meta.creation_timestamp, Some(long_ago));
    assert_eq!((meta.deletion_timestamp, meta.deletion_grace_period_seconds), (None, None));
    assert!(meta.self_link.is_empty());
}

#[tokio::test]
async fn c07_a_new_object_has_no_revision() {
    let widgets = Widgets::new();
    let with = |name: &str, revision: &str| {
        Widget::named(name).meta(|meta| meta.resource_version = revision.to_owned())
    };
    for revision in ["5", "007"] {
        let error = widgets.create(with("a", revision)).await.unwrap_err();
        assert_eq!(error.code(), 400);
        assert_eq!(error.message(), "resourceVersion should not be set on objects to be created");
    }
    let stored = widgets.create(with("a", "0")).await.unwrap();
    assert_ne!(stored.metadata.resource_version, "0");
    widgets.create(with("b", "abc")).await.unwrap();
}

#[tokio::test]
async fn c08_c10_names_are_generated_unless_there_is_one() {
    let widgets = Widgets::new();
    let widget = widgets.create(Widget::generated("w-")).await.unwrap();
    assert!(widget.metadata.name.len() == 7 && widget.metadata.name.starts_with("w-"));
    assert_eq!(widget.metadata.generate_name, "w-");

    let widget = widgets.create(Widget::generated("w-").meta(|meta| meta.name = "a".into())).await.unwrap();
    assert_eq!((widget.metadata.name.as_str(), widget.metadata.generate_name.as_str()), ("a", "w-"));
}

#[tokio::test]
async fn c11_a_generated_name_is_tried_eight_times() {
    let strategy = WidgetStrategy::default();
    let mut widgets = Widgets::with(strategy.clone());
    widgets.set_name_generator(|prefix| format!("{prefix}taken"));
    widgets.create(Widget::named("w-taken")).await.unwrap();
    strategy.calls.take();

    let error = widgets.create(Widget::generated("w-")).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (409, Reason::AlreadyExists));
    assert_eq!(
        error.message(),
        "widgets.demo.example.com \"w-taken\" already exists, the server was not able to generate a unique name for \
         the object"
    );
    assert_eq!(error.status().details.as_ref().unwrap().retry_after_seconds, 1);
    let calls = strategy.calls.take();
    for hook in ["begin_create", "validate", "finish_create false"] {
        assert_eq!(calls.iter().filter(|call| *call == hook).count(), 8, "{hook}: contract 2.23");
    }
    // A name beside the prefix is told of in the same words, and tried once.
    let named = Widget::generated("w-").meta(|meta| meta.name = "w-taken".into());
    let error = widgets.create(named).await.unwrap_err();
    assert!(error.message().ends_with("was not able to generate a unique name for the object"), "{error}");
    assert_eq!(strategy.calls.take().iter().filter(|call| *call == "validate").count(), 1);
    // It may be on its way out.
    widgets.put(widgets.get("w-taken").await.unwrap().finalizers(&["example.com/wait"])).await.unwrap();
    widgets.delete("w-taken").await.unwrap();
    let error = widgets.create(Widget::generated("w-")).await.unwrap_err();
    assert!(error.message().starts_with("object is being deleted: widgets.demo.example.com"), "{error}");
}

#[tokio::test]
async fn c12_c13_c24_to_c28_invalid_objects_are_refused_in_upstreams_words() {
    let widgets = Widgets::new();
    let owner = |name: &str| OwnerReference {
        api_version: "v1".into(),
        kind: "Pot".into(),
        name: name.into(),
        uid: name.into(),
        controller: Some(true),
        ..OwnerReference::default()
    };
    let cases = [
        ("C12", Widget::default(), "metadata.name: Required value: name or generateName is required"),
        (
            "C24",
            Widget::named("a").label("a b", ""),
            "metadata.labels: Invalid value: \"a b\": name part must",
        ),
        (
            "C25",
            Widget::named("a").meta(|meta| drop(meta.annotations.insert("k".into(), "v".repeat(262_144)))),
            "metadata.annotations: Too long: may not be more than 262144 bytes",
        ),
        (
            "C26",
            Widget::named("a").meta(|meta| meta.owner_references = vec![owner("x"), owner("y")]),
            "metadata.ownerReferences: Invalid value: ",
        ),
        (
            "C27",
            Widget::named("a").finalizers(&["orphan", "foregroundDeletion"]),
            "metadata.finalizers: Invalid value: ",
        ),
        (
            "C28",
            Widget::named("a").size(-1).color("infrared"),
            "[spec.size: Invalid value: -1: must be greater than or equal to 0, spec.color: Forbidden: nobody sees \
             it]",
        ),
        (
            "both",
            Widget::default().size(-1),
            "[metadata.name: Required value: name or generateName is required, spec.size: Invalid value: -1",
        ),
        (
            "contract 17",
            Widget::named("A"),
            "metadata.name: Invalid value: \"A\": a lowercase RFC 1123 subdomain",
        ),
        (
            "C13",
            Widget::named("a/b"),
            "metadata.name: Invalid value: \"a/b\": a lowercase RFC 1123 subdomain",
        ),
    ];
    for (case, widget, text) in cases {
        let name = widget.metadata.name.clone();
        let error = widgets.create(widget).await.expect_err(case);
        assert_eq!((error.code(), error.reason()), (422, Reason::Invalid), "{case}");
        let expected = format!("Widget.demo.example.com {name:?} is invalid: {text}");
        assert!(error.message().starts_with(&expected), "{case}: {}", error.message());
        let details = error.status().details.as_ref().unwrap();
        assert_eq!(details.kind, "Widget", "{case}");
        assert_eq!(details.causes.len(), if matches!(case, "C28" | "both") { 2 } else { 1 }, "{case}");
    }
    assert!(widgets.list(&ListOptions::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn c13_a_strategy_may_take_any_path_segment() {
    let gizmos = Registry::new(&Store::memory(), GizmoStrategy);
    let ctx = RequestContext::cluster();
    for (name, text) in
        [("a/b", "may not contain '/'"), ("a%b", "may not contain '%'"), ("..", "may not be '..'")]
    {
        let gizmo = Gizmo { metadata: ObjectMeta::named(name), ..Gizmo::default() };
        let error = gizmos.create(&ctx, gizmo, ALL, &CreateOptions::default()).await.unwrap_err();
        let expected = format!(
            "Gizmo.demo.example.com {name:?} is invalid: metadata.name: Invalid value: {name:?}: {text}"
        );
        assert_eq!((error.code(), error.message()), (422, expected.as_str()));
    }
    let gizmo = Gizmo { metadata: ObjectMeta::named("System:Node"), ..Gizmo::default() };
    gizmos.create(&ctx, gizmo, ALL, &CreateOptions::default()).await.unwrap();
}

#[tokio::test]
async fn c14_the_namespace_is_that_of_the_request() {
    let widgets = Widgets::new();
    let error =
        widgets.create(Widget::named("a").meta(|meta| meta.namespace = "ns2".into())).await.unwrap_err();
    assert_eq!(error.code(), 400);
    assert_eq!(
        error.message(),
        "the namespace of the provided object does not match the namespace sent on the request"
    );
    let same = Widget::named("a").meta(|meta| meta.namespace = "ns1".into());
    assert_eq!(widgets.create(same).await.unwrap().metadata.namespace, "ns1");

    let gizmos = Registry::new(&Store::memory(), GizmoStrategy);
    let gizmo = Gizmo { metadata: ObjectMeta::namespaced("ns1", "g"), ..Gizmo::default() };
    let ctx = RequestContext::cluster();
    let gizmo = gizmos.create(&ctx, gizmo, ALL, &CreateOptions::default()).await.unwrap();
    assert_eq!(gizmo.namespace(), "", "contract 2.20: cleared, not refused");
    assert_eq!(gizmo.decode().unwrap().metadata.namespace, "");
}

#[tokio::test]
async fn c22_a_dry_run_stores_nothing() {
    let widgets = Widgets::new();
    let start = widgets.revision().await;
    let mut watch = widgets.watch_after(start).await;
    let dry_run = CreateOptions { dry_run: true, ..CreateOptions::default() };
    let dry = widgets.registry.create(&widgets.ctx, Widget::named("a"), ALL, &dry_run).await.unwrap();
    assert_eq!(dry.revision(), 0);
    let widget = dry.decode().unwrap();
    assert!(!widget.metadata.uid.is_empty() && widget.metadata.resource_version.is_empty());
    assert!(widgets.get("a").await.unwrap_err().is_not_found());

    widgets.create(Widget::named("b")).await.unwrap();
    assert_eq!(next(&mut watch).await.1, "b", "contract 4.56");
    let taken = widgets.registry.create(&widgets.ctx, Widget::named("b"), ALL, &dry_run).await;
    assert!(taken.unwrap_err().is_already_exists());
}

#[tokio::test]
async fn c26_owners_that_are_named_twice_are_dropped_with_a_warning() {
    let widgets = Widgets::new();
    let owner = OwnerReference {
        api_version: "v1".into(),
        kind: "Pot".into(),
        name: "p".into(),
        uid: "u1".into(),
        ..OwnerReference::default()
    };
    let other = OwnerReference { block_owner_deletion: Some(true), ..owner.clone() };
    let owners = vec![owner.clone(), other.clone(), owner.clone()];
    let widget =
        widgets.create(Widget::named("a").meta(|meta| meta.owner_references = owners)).await.unwrap();
    assert_eq!(widget.metadata.owner_references, [owner, other], "contract 2.25");
    let warnings = widgets.ctx.take_warnings();
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].starts_with(".metadata.ownerReferences contains duplicate entries; API server dedups")
    );
    assert!(warnings[0].ends_with("duplicate UID(s) observed: u1"));
}

#[tokio::test]
async fn c29_warnings_are_for_valid_objects_only() {
    let widgets = Widgets::new();
    widgets.create(Widget::named("a").color("red").size(-1)).await.unwrap_err();
    assert!(widgets.ctx.take_warnings().is_empty(), "contract 2.9");
    widgets.create(Widget::named("a").color("red")).await.unwrap();
    assert_eq!(widgets.ctx.take_warnings(), ["red fades"]);
}

#[tokio::test]
async fn c32_validating_admission_sees_the_generated_name_and_may_refuse() {
    let widgets = Widgets::new();
    let refuse = |_: &RequestContext, object: &dyn AnyObject| {
        let meta = object.object_meta();
        assert!(meta.name.starts_with("w-") && meta.generation == 1);
        Err(Error::forbidden(&object.info().group_resource(), &meta.name, "not today"))
    };
    let options = CreateOptions::default();
    let created = widgets.registry.create(&widgets.ctx, Widget::generated("w-"), &refuse, &options).await;
    assert!(created.unwrap_err().is_forbidden());
    assert!(widgets.list(&ListOptions::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_namespaced_kind_needs_a_namespace() {
    let widgets = Widgets::new().in_namespace("");
    let error = widgets.create(Widget::named("a")).await.unwrap_err();
    assert!(error.message().ends_with("metadata.namespace: Required value"), "{error}");
    assert_eq!(widgets.get("a").await.unwrap_err().message(), "Namespace parameter required.");
}
