//! The handlers without a server, with options as a user of the crate writes them.

use resourceful::options::{Preconditions, ResourceVersionMatch};
use resourceful::prelude::*;
use resourceful::rest::{
    CollectionDeleter, Creater, DefaultUpdatedObjectInfo, Deleted, Getter, GracefulDeleter, Lister, Updater,
    ValidateAllObjects,
};
use resourceful::selector::{FieldSelector, LabelSelector};
use resourceful_tests::kinds::{Gizmo, GizmoRest};

const ALL: &ValidateAllObjects = &ValidateAllObjects;

fn gizmo(name: &str, color: &str) -> Gizmo {
    let mut metadata = ObjectMeta::named(name);
    metadata.labels.insert("color".into(), color.into());
    Gizmo { metadata, text: String::new() }
}

/// Handlers with the gizmos `a` to `c`: red, blue, red.
async fn gizmos(ctx: &RequestContext) -> GizmoRest {
    let gizmos = Gizmo::rest(&Store::memory());
    for (name, color) in [("a", "red"), ("b", "blue"), ("c", "red")] {
        gizmos.create(ctx, gizmo(name, color), ALL, &CreateOptions::default()).await.expect("created");
    }
    gizmos
}

fn names(list: &ObjectList<Gizmo>) -> Vec<String> {
    list.iter().map(|gizmo| gizmo.name().to_owned()).collect()
}

#[tokio::test]
async fn lists_are_selected_and_paged() {
    let ctx = RequestContext::cluster();
    let gizmos = gizmos(&ctx).await;
    let red = ListOptions {
        label_selector: LabelSelector::parse("color=red").expect("a selector"),
        ..ListOptions::default()
    };
    assert_eq!(names(&gizmos.list(&ctx, &red).await.expect("a list")), ["a", "c"]);
    let named = ListOptions {
        field_selector: FieldSelector::parse("metadata.name=b").expect("a selector"),
        ..ListOptions::default()
    };
    assert_eq!(names(&gizmos.list(&ctx, &named).await.expect("a list")), ["b"]);

    let first = gizmos.list(&ctx, &ListOptions { limit: 2, ..ListOptions::default() }).await.expect("a page");
    assert_eq!((names(&first), first.remaining_item_count()), (vec!["a".into(), "b".into()], Some(1)));
    let rest = ListOptions { continue_token: first.continue_token().into(), ..ListOptions::default() };
    assert_eq!(names(&gizmos.list(&ctx, &rest).await.expect("a page")), ["c"]);
    let second = gizmos.get(&ctx, "b", &GetOptions::default()).await.expect("the second");
    let then = ListOptions {
        resource_version: second.revision().to_string(),
        resource_version_match: Some(ResourceVersionMatch::Exact),
        ..ListOptions::default()
    };
    assert_eq!(names(&gizmos.list(&ctx, &then).await.expect("a list of the past")), ["a", "b"]);
}

#[tokio::test]
async fn dry_runs_store_nothing() {
    let ctx = RequestContext::cluster();
    let gizmos = gizmos(&ctx).await;
    let before = gizmos.list(&ctx, &ListOptions::default()).await.expect("a list").revision();
    let create = CreateOptions { dry_run: true, ..CreateOptions::default() };
    gizmos.create(&ctx, gizmo("d", "red"), ALL, &create).await.expect("would be created");
    let blue = DefaultUpdatedObjectInfo::replace(gizmo("a", "blue"));
    let update = UpdateOptions { dry_run: true, ..UpdateOptions::default() };
    gizmos.update(&ctx, "a", &blue, ALL, ALL, false, &update).await.expect("would be updated");
    let delete = DeleteOptions { dry_run: Some(vec!["All".into()]), ..DeleteOptions::default() };
    gizmos.delete(&ctx, "b", ALL, delete).await.expect("would be deleted");
    let list = gizmos.list(&ctx, &ListOptions::default()).await.expect("a list");
    assert_eq!((names(&list), list.revision()), (vec!["a".into(), "b".into(), "c".into()], before));
}

#[tokio::test]
async fn deletes_have_preconditions() {
    let ctx = RequestContext::cluster();
    let gizmos = gizmos(&ctx).await;
    let only = |uid: &str| DeleteOptions {
        preconditions: Some(Preconditions { uid: Some(uid.to_owned()), ..Preconditions::default() }),
        ..DeleteOptions::default()
    };
    let stranger = gizmos.delete(&ctx, "a", ALL, only("another")).await.expect_err("another uid");
    assert_eq!(stranger.code(), 409);
    let stored = gizmos.get(&ctx, "a", &GetOptions::default()).await.expect("still there");
    let deleted = gizmos.delete(&ctx, "a", ALL, only(stored.uid())).await.expect("deleted");
    assert!(matches!(deleted, Deleted::Now(_)));

    let red = ListOptions {
        label_selector: LabelSelector::parse("color=red").expect("a selector"),
        ..ListOptions::default()
    };
    let deleted = gizmos.delete_collection(&ctx, ALL, DeleteOptions::default(), &red).await.expect("deleted");
    assert_eq!(names(&deleted), ["c"]);
    assert_eq!(names(&gizmos.list(&ctx, &ListOptions::default()).await.expect("a list")), ["b"]);
}
