//! Delete-collection: DC01 to DC05.

use super::fixture::{ALL, Widget, WidgetStrategy, Widgets, fields, labels, names};
use crate::context::RequestContext;
use crate::errors::Error;
use crate::object::AnyObject;
use crate::options::{DeleteOptions, ListOptions};
use crate::storage::Store;

#[tokio::test]
async fn dc01_only_what_is_selected_goes() {
    let store = Store::memory();
    let widgets = Widgets::on(&store, WidgetStrategy::default());
    let elsewhere = widgets.in_namespace("ns2");
    for (name, app) in [("a", "x"), ("b", "y"), ("c", "x")] {
        widgets.create(Widget::named(name).label("app", app)).await.unwrap();
        elsewhere.create(Widget::named(name).label("app", app)).await.unwrap();
    }
    let before = widgets.revision().await;
    let delete = async |options: &ListOptions| {
        let deleted =
            widgets.registry.delete_collection(&widgets.ctx, ALL, DeleteOptions::default(), options);
        deleted.await.unwrap()
    };
    let deleted = delete(&labels("app=x")).await;
    assert_eq!(
        (names(&deleted), deleted.revision()),
        (vec!["a".into(), "c".into()], before),
        "contract 4.44"
    );
    assert_eq!(names(&widgets.list(&ListOptions::default()).await.unwrap()), ["b"]);

    let limited = ListOptions { limit: 1, ..ListOptions::default() };
    widgets.create(Widget::named("d")).await.unwrap();
    let deleted = delete(&limited).await;
    assert_eq!(names(&deleted), ["b"], "DC03");
    assert!(!deleted.continue_token().is_empty());

    assert_eq!(names(&delete(&ListOptions::default()).await), ["d"], "contract 4.47");
    assert!(delete(&ListOptions::default()).await.is_empty(), "DC05");
    assert_eq!(elsewhere.list(&ListOptions::default()).await.unwrap().len(), 3);
}

#[tokio::test]
async fn dc02_finalizers_are_heeded() {
    let widgets = Widgets::new();
    widgets.create(Widget::named("a").finalizers(&["example.com/f"])).await.unwrap();
    widgets.create(Widget::named("b")).await.unwrap();
    let all = ListOptions::default();
    let options = DeleteOptions::default();
    let deleted = widgets.registry.delete_collection(&widgets.ctx, ALL, options, &all).await.unwrap();
    let first = deleted.iter().next().unwrap().decode().unwrap();
    assert_eq!(first.metadata.deletion_timestamp, None, "contract 4.44: as it was listed");
    assert_eq!(names(&widgets.list(&all).await.unwrap()), ["a"]);
    assert!(widgets.get("a").await.unwrap().metadata.deletion_timestamp.is_some());
}

#[tokio::test]
async fn dc06_bad_options_delete_nothing() {
    let widgets = Widgets::new();
    widgets.create(Widget::named("a")).await.unwrap();
    let delete = async |options: DeleteOptions, list_options: ListOptions| {
        let deleted = widgets.registry.delete_collection(&widgets.ctx, ALL, options, &list_options);
        deleted.await.unwrap_err()
    };
    let error = delete(DeleteOptions::default(), fields("spec.foo=x")).await;
    assert_eq!((error.code(), error.message()), (400, "field label not supported: spec.foo"));
    let unsafe_delete = DeleteOptions {
        ignore_store_read_error_with_cluster_breaking_potential: Some(true),
        ..DeleteOptions::default()
    };
    let error = delete(unsafe_delete, ListOptions::default()).await;
    assert_eq!(error.code(), 422, "contract 4.49");
    assert!(
        error
            .message()
            .ends_with("is not allowed with DELETECOLLECTION, try again after removing the option")
    );
    let policy = DeleteOptions { propagation_policy: Some("Foo".into()), ..DeleteOptions::default() };
    assert_eq!(delete(policy, ListOptions::default()).await.code(), 422);
    widgets.get("a").await.unwrap();
}

#[tokio::test]
async fn the_first_failure_is_the_answer() {
    let widgets = Widgets::new();
    for name in ["a", "b"] {
        widgets.create(Widget::named(name)).await.unwrap();
    }
    let refuse_b = |_: &RequestContext, object: &dyn AnyObject| match &*object.object_meta().name {
        "b" => Err(Error::forbidden(&object.info().group_resource(), "b", "it is needed")),
        _ => Ok(()),
    };
    let all = ListOptions::default();
    let deleted =
        widgets.registry.delete_collection(&widgets.ctx, &refuse_b, DeleteOptions::default(), &all).await;
    assert!(deleted.unwrap_err().is_forbidden(), "contract 4.43, 4.46");
    assert_eq!(names(&widgets.list(&all).await.unwrap()), ["b"]);
}
