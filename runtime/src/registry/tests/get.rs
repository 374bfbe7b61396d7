//! Get: G01 and G06, and what is wrong with a name.

use super::fixture::{Widget, Widgets, revision};
use crate::errors::CauseType;
use crate::options::GetOptions;

#[tokio::test]
async fn g01_a_missing_object_is_not_found() {
    let widgets = Widgets::new();
    let error = widgets.get("x").await.unwrap_err();
    assert_eq!(error.code(), 404);
    assert_eq!(error.message(), "widgets.demo.example.com \"x\" not found");
    let details = error.status().details.as_ref().unwrap();
    assert_eq!(
        (details.name.as_str(), details.group.as_str(), details.kind.as_str()),
        ("x", "demo.example.com", "widgets")
    );
}

#[tokio::test]
async fn names_that_are_no_path_segment_are_refused() {
    let widgets = Widgets::new();
    for (name, text) in [
        ("", "Name parameter required."),
        ("a%b", "Name parameter invalid: \"a%b\": may not contain '%'"),
        ("..", "Name parameter invalid: \"..\": may not be '..'"),
    ] {
        let error = widgets.get(name).await.unwrap_err();
        assert_eq!((error.code(), error.message()), (400, text), "contract 2.33");
    }
}

#[tokio::test]
async fn namespaces_are_apart() {
    let widgets = Widgets::new();
    widgets.create(Widget::named("a")).await.unwrap();
    assert!(widgets.in_namespace("ns2").get("a").await.unwrap_err().is_not_found());
}

#[tokio::test(start_paused = true)]
async fn g06_a_revision_is_a_lower_bound() {
    let widgets = Widgets::new();
    let widget = widgets.create(Widget::named("a")).await.unwrap();
    let get = async |resource_version: String| {
        let options = GetOptions { resource_version };
        widgets.registry.get(&widgets.ctx, "a", &options).await
    };
    for text in ["0", "1", &widget.metadata.resource_version] {
        assert_eq!(get(text.to_owned()).await.unwrap().revision(), revision(&widget));
    }
    let error = get("abc".into()).await.unwrap_err();
    assert_eq!(error.code(), 400);
    assert_eq!(
        error.message(),
        "invalid resource version: resourceVersion: Invalid value: \"abc\": strconv.ParseUint: parsing \"abc\": \
         invalid syntax"
    );
    let error = get("999999".into()).await.unwrap_err();
    assert_eq!(error.code(), 504);
    let current = widgets.revision().await;
    assert_eq!(error.message(), format!("Timeout: Too large resource version: 999999, current: {current}"));
    let details = error.status().details.as_ref().unwrap();
    assert_eq!(details.causes[0].reason, Some(CauseType::ResourceVersionTooLarge), "contract 5.17");
    assert_eq!(details.retry_after_seconds, 1);
}
