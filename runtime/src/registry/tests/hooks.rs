//! The order of the hooks (contract 2.29 to 2.31, 4.1, 4.12).

use super::fixture::{ALL, Widget, WidgetStrategy, Widgets};
use crate::context::RequestContext;
use crate::errors::Error;
use crate::object::AnyObject;
use crate::options::{CreateOptions, UpdateOptions};
use crate::rest::DefaultUpdatedObjectInfo;

#[tokio::test]
async fn hooks_of_a_create() {
    let strategy = WidgetStrategy::default();
    let widgets = Widgets::with(strategy.clone());
    let calls = strategy.calls.clone();
    let admission = move |_: &RequestContext, _: &dyn AnyObject| {
        calls.add("admission");
        Ok(())
    };
    let create = async |name: &str, dry_run: bool| {
        let options = CreateOptions { dry_run, ..CreateOptions::default() };
        widgets.registry.create(&widgets.ctx, Widget::named(name), &admission, &options).await
    };
    let expected = |end: &[&'static str]| {
        let begin = ["begin_create", "prepare_for_create", "validate", "warnings_on_create", "canonicalize"];
        [&begin, end].concat()
    };
    create("a", false).await.unwrap();
    assert_eq!(strategy.calls.take(), expected(&["admission", "finish_create true", "after_create"]));
    create("b", true).await.unwrap();
    let dry = expected(&["admission", "finish_create true", "after_create dry unstored"]);
    assert_eq!(strategy.calls.take(), dry, "contract 4.55");
    create("a", false).await.unwrap_err();
    assert_eq!(strategy.calls.take(), expected(&["admission", "finish_create false"]));
    widgets.create(Widget::named("c").size(-1)).await.unwrap_err();
    let invalid = ["begin_create", "prepare_for_create", "validate", "finish_create false"];
    assert_eq!(strategy.calls.take(), invalid);
}

#[tokio::test]
async fn rg13_hooks_of_a_create_on_update() {
    let strategy = WidgetStrategy { create_on_update: true, ..WidgetStrategy::default() };
    let widgets = Widgets::with(strategy.clone());
    let calls = strategy.calls.clone();
    let admission = move |_: &RequestContext, _: &dyn AnyObject| {
        calls.add("admission");
        Ok(())
    };
    let options = UpdateOptions::default();
    let put = async |widget: Widget| {
        let replace = DefaultUpdatedObjectInfo::replace(widget);
        widgets.registry.update(&widgets.ctx, "a", &replace, &admission, ALL, false, &options).await
    };
    put(Widget::named("a").size(-1)).await.unwrap_err();
    let invalid = ["begin_create", "prepare_for_create", "validate", "finish_create false"];
    assert_eq!(strategy.calls.take(), invalid);
    let (_, created) = put(Widget::named("a")).await.unwrap();
    assert!(created);
    let expected = [
        "begin_create",
        "prepare_for_create",
        "validate",
        "warnings_on_create",
        "canonicalize",
        "admission",
        "finish_create true",
        "after_create",
    ];
    assert_eq!(strategy.calls.take(), expected);
}

#[tokio::test]
async fn hooks_of_an_update() {
    let strategy = WidgetStrategy::default();
    let widgets = Widgets::with(strategy.clone());
    let widget = widgets.create(Widget::named("a")).await.unwrap();
    strategy.calls.take();
    let widget = widgets.put(widget.size(2)).await.unwrap();
    let expected = [
        "begin_update",
        "prepare_for_update",
        "validate_update",
        "warnings_on_update",
        "canonicalize",
        "finish_update true",
        "after_update",
    ];
    assert_eq!(strategy.calls.take(), expected);

    let widget = widgets.put_status(widget.ready(1)).await.unwrap();
    let expected = [
        "begin_update",
        "prepare_for_status_update",
        "validate_status_update",
        "warnings_on_status_update",
        "canonicalize",
        "finish_update true",
        "after_update",
    ];
    assert_eq!(strategy.calls.take(), expected);

    let refuse = |_: &RequestContext, _: &dyn AnyObject, _: &dyn AnyObject| Err(Error::bad_request("no"));
    let replace = DefaultUpdatedObjectInfo::replace(widget);
    let options = UpdateOptions::default();
    let update = widgets.registry.update(&widgets.ctx, "a", &replace, ALL, &refuse, false, &options);
    update.await.unwrap_err();
    assert_eq!(strategy.calls.take().last().map(String::as_str), Some("finish_update false"));
}

#[tokio::test]
async fn canonicalize_comes_before_the_generation_is_decided() {
    let widgets = Widgets::new();
    let widget = widgets.create(Widget::named("a").color("blue")).await.unwrap();
    let same = widgets.put(widget.clone().color("BLUE")).await.unwrap();
    assert_eq!(same, widget, "what is stored in the same form is no change");
}
