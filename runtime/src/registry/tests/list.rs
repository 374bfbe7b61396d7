//! List: L01 to L14 as far as they are not about HTTP.

use super::fixture::{
    Gizmo, GizmoStrategy, Widget, WidgetStrategy, Widgets, fields, labels, names, revision,
};
use crate::context::RequestContext;
use crate::object::ObjectList;
use crate::options::{ListOptions, ResourceVersionMatch};
use crate::registry::Registry;
use crate::storage::{Engine, Store};

/// Five widgets, `a` to `e`, of which `a`, `c` and `e` are odd.
async fn five() -> Widgets {
    fill(Widgets::new()).await
}

async fn fill(widgets: Widgets) -> Widgets {
    for (index, name) in ["e", "c", "a", "d", "b"].into_iter().enumerate() {
        let parity = if index < 3 { "odd" } else { "even" };
        widgets.create(Widget::named(name).label("parity", parity)).await.unwrap();
    }
    widgets
}

fn limit(limit: u64) -> ListOptions {
    ListOptions { limit, ..ListOptions::default() }
}

fn at(resource_version: &str, matching: Option<ResourceVersionMatch>) -> ListOptions {
    ListOptions {
        resource_version: resource_version.to_owned(),
        resource_version_match: matching,
        ..ListOptions::default()
    }
}

fn after(options: &ListOptions, page: &ObjectList<Widget>) -> ListOptions {
    ListOptions { continue_token: page.continue_token().to_owned(), ..options.clone() }
}

#[tokio::test]
async fn l01_an_empty_list_has_a_revision() {
    let list = Widgets::new().list(&ListOptions::default()).await.unwrap();
    assert!(list.is_empty() && list.revision() > 0, "contract 4.9");
    assert_eq!((list.continue_token(), list.remaining_item_count()), ("", None));
}

#[tokio::test]
async fn l02_l05_namespaces_and_order() {
    let store = Store::memory();
    let one = fill(Widgets::on(&store, WidgetStrategy::default())).await;
    let two = one.in_namespace("ns0");
    two.create(Widget::named("z")).await.unwrap();
    let all = one.in_namespace("");
    let list = all.list(&ListOptions::default()).await.unwrap();
    assert_eq!(names(&list), ["z", "a", "b", "c", "d", "e"], "contract 4.10");
    assert_eq!(names(&two.list(&ListOptions::default()).await.unwrap()), ["z"]);
    assert_eq!(names(&all.list(&fields("metadata.namespace=ns0")).await.unwrap()), ["z"], "L05");
    let other = fields("metadata.namespace!=ns0,metadata.name!=c");
    assert_eq!(names(&all.list(&other).await.unwrap()), ["a", "b", "d", "e"]);
    assert!(one.list(&fields("metadata.namespace=ns0")).await.unwrap().is_empty());
}

#[tokio::test]
async fn l03_l04_l06_selectors() {
    let widgets = five().await;
    let cases = [
        (labels("parity=odd"), vec!["a", "c", "e"]),
        (labels("parity notin (odd)"), vec!["b", "d"]),
        (labels("!parity"), vec![]),
        (labels("absent!=x,parity=even"), vec!["b", "d"]),
        (fields("metadata.name=c"), vec!["c"]),
        (fields("metadata.name=x"), vec![]),
        (fields("metadata.name=c,metadata.name=d"), vec![]),
        (
            ListOptions { label_selector: labels("parity=even").label_selector, ..fields("metadata.name=c") },
            vec![],
        ),
    ];
    for (options, expected) in cases {
        assert_eq!(names(&widgets.list(&options).await.unwrap()), expected, "{options:?}");
        let everywhere = widgets.in_namespace("").list(&options).await.unwrap();
        assert_eq!(names(&everywhere), expected, "everywhere: {options:?}");
    }
    let error = widgets.list(&fields("spec.foo=x")).await.unwrap_err();
    assert_eq!((error.code(), error.message()), (400, "field label not supported: spec.foo"), "L06");

    let gizmos = Registry::<Gizmo>::new(&Store::memory(), GizmoStrategy);
    let options = fields("metadata.namespace=ns1");
    let error = gizmos.list(&RequestContext::cluster(), &options).await.unwrap_err();
    assert_eq!(error.message(), "field label not supported: metadata.namespace", "contract 6.31");
}

#[tokio::test]
async fn l08_l10_pages_of_one_list() {
    let widgets = five().await;
    let first = widgets.list(&limit(2)).await.unwrap();
    assert_eq!((names(&first), first.remaining_item_count()), (vec!["a".into(), "b".into()], Some(3)));
    widgets.delete("c").await.unwrap();
    widgets.create(Widget::named("bb")).await.unwrap();
    let second = widgets.list(&after(&limit(2), &first)).await.unwrap();
    assert_eq!(
        (names(&second), second.remaining_item_count()),
        (vec!["c".into(), "d".into()], Some(1)),
        "L10"
    );
    let last = widgets.list(&after(&limit(2), &second)).await.unwrap();
    assert_eq!(
        (names(&last), last.remaining_item_count(), last.continue_token()),
        (vec!["e".into()], None, "")
    );
    assert_eq!([first.revision(), second.revision()], [last.revision(); 2], "contract 5.22");

    let exactly = widgets.list(&limit(5)).await.unwrap();
    assert_eq!((exactly.len(), exactly.continue_token()), (5, ""), "contract 5.19");
}

#[tokio::test]
async fn pages_over_all_namespaces() {
    let widgets = five().await;
    widgets.in_namespace("ns0").create(Widget::named("a")).await.unwrap();
    widgets.in_namespace("ns10").create(Widget::named("a")).await.unwrap();
    let everything = widgets.in_namespace("");
    let mut seen = Vec::new();
    let mut options = limit(1);
    loop {
        let page = everything.list(&options).await.unwrap();
        seen.extend(page.iter().map(|object| format!("{}/{}", object.namespace(), object.name())));
        if page.continue_token().is_empty() {
            break;
        }
        options = after(&options, &page);
    }
    // The order is that of the keys: "ns1/" is above "ns10".
    assert_eq!(seen, ["ns0/a", "ns1/a", "ns1/b", "ns1/c", "ns1/d", "ns1/e", "ns10/a"]);
}

#[tokio::test]
async fn l09_a_limit_counts_matches_and_selectors_hide_the_rest() {
    let widgets = five().await;
    let options = ListOptions { limit: 2, ..labels("parity=odd") };
    let first = widgets.list(&options).await.unwrap();
    assert_eq!((names(&first), first.remaining_item_count()), (vec!["a".into(), "c".into()], None));
    let second = widgets.list(&after(&options, &first)).await.unwrap();
    assert_eq!((names(&second), second.continue_token()), (vec!["e".into()], ""), "contract 5.18");
}

#[tokio::test]
async fn l11_tokens_that_cannot_be_used() {
    let widgets = five().await;
    let first = widgets.list(&limit(2)).await.unwrap();
    let next = after(&limit(2), &first);
    let error =
        widgets.list(&ListOptions { resource_version: "7".into(), ..next.clone() }).await.unwrap_err();
    let text = "specifying resource version is not allowed when using continue";
    assert_eq!((error.code(), error.message()), (400, text));
    let zero = ListOptions { resource_version: "0".into(), ..next.clone() };
    assert_eq!(names(&widgets.list(&zero).await.unwrap()), ["c", "d", "e"], "no pages at 0 (contract 5.14)");
    let error =
        widgets.list(&ListOptions { continue_token: "garbage!".into(), ..limit(2) }).await.unwrap_err();
    assert_eq!(error.code(), 400);
    assert!(error.message().starts_with("invalid continue token: continue key is not valid: "), "{error}");
}

#[tokio::test]
async fn l11_15_24_an_expired_token_comes_with_one_that_works() {
    let engine = std::sync::Arc::new(crate::storage::MemoryEngine::new());
    let opened = std::sync::Arc::clone(&engine);
    let store = Store::lazy(move || {
        let engine: std::sync::Arc<dyn Engine> = opened.clone();
        Box::pin(async { Ok(engine) })
    });
    let widgets = fill(Widgets::on(&store, WidgetStrategy::default())).await;
    let first = widgets.list(&limit(2)).await.unwrap();
    widgets.delete("c").await.unwrap();
    let now = widgets.revision().await;
    engine.compact(now).await.unwrap();
    // A fresh collection knows nothing of the past.
    drop(widgets);
    let widgets = Widgets::on(&store, WidgetStrategy::default());
    let error = widgets.list(&after(&limit(2), &first)).await.unwrap_err();
    assert!(error.code() == 410 && error.is_expired());
    let token = error.status().metadata.continue_token.clone();
    let rest = widgets.list(&ListOptions { continue_token: token, ..limit(1) }).await.unwrap();
    assert_eq!((names(&rest), rest.revision()), (vec!["d".into()], now), "contract 5.23, 5.24");
    let last = widgets.list(&after(&limit(1), &rest)).await.unwrap();
    assert_eq!((names(&last), last.revision()), (vec!["e".into()], now), "later tokens pin it");

    let exact = at(&first.revision().to_string(), Some(ResourceVersionMatch::Exact));
    let error = widgets.list(&exact).await.unwrap_err();
    assert_eq!(error.code(), 410);
    assert_eq!(
        error.message(),
        "The resourceVersion for the provided list is too old.",
        "L12, contract 5.16"
    );
}

#[tokio::test]
async fn l11_l12_l14_options_that_mean_nothing() {
    let widgets = five().await;
    let token = widgets.list(&limit(2)).await.unwrap().continue_token().to_owned();
    let not_older = Some(ResourceVersionMatch::NotOlderThan);
    let cases = [
        (at("", not_older), "resourceVersionMatch is forbidden unless resourceVersion is provided"),
        (
            at("0", Some(ResourceVersionMatch::Exact)),
            "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"",
        ),
        (
            ListOptions { continue_token: token, ..at("5", not_older) },
            "resourceVersionMatch is forbidden when continue is provided",
        ),
    ];
    for (options, text) in cases {
        let error = widgets.list(&options).await.unwrap_err();
        let expected =
            format!("ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: {text}");
        assert_eq!((error.code(), error.message()), (422, expected.as_str()), "contract 5.15");
    }
    let options = ListOptions { send_initial_events: Some(true), ..ListOptions::default() };
    let error = widgets.list(&options).await.unwrap_err();
    assert!(
        error.message().ends_with("sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list")
    );
    let error = widgets.list(&at("abc", None)).await.unwrap_err();
    assert_eq!(error.code(), 400);
    assert!(error.message().starts_with("invalid resource version: resourceVersion: Invalid value: \"abc\""));
}

#[tokio::test(start_paused = true)]
async fn l12_l13_which_revision_a_list_is_of() {
    let widgets = five().await;
    let old = widgets.revision().await;
    widgets.create(Widget::named("f")).await.unwrap();
    let now = widgets.revision().await;
    let exact = Some(ResourceVersionMatch::Exact);
    let not_older = Some(ResourceVersionMatch::NotOlderThan);
    let past = &old.to_string();
    let limited = |options: ListOptions| ListOptions { limit: 2, ..options };
    let cases = [
        ("unset", ListOptions::default(), 6, now, false),
        ("any", at("0", None), 6, now, false),
        ("any, by name", at("0", not_older), 6, now, false),
        ("not older", at(past, None), 6, now, false),
        ("not older, by name", at(past, not_older), 6, now, false),
        ("exact", at(past, exact), 5, old, false),
        ("paged", limited(ListOptions::default()), 2, now, true),
        ("L13: any has no pages", limited(at("0", None)), 6, now, false),
        ("any has no pages, by name", limited(at("0", not_older)), 6, now, false),
        ("paged at a revision is exact", limited(at(past, None)), 2, old, true),
        ("paged, not older", limited(at(past, not_older)), 2, now, true),
        ("paged, exact", limited(at(past, exact)), 2, old, true),
    ];
    for (case, options, len, revision, more) in cases {
        let list = widgets.list(&options).await.expect(case);
        let found = (list.len(), list.revision(), !list.continue_token().is_empty());
        assert_eq!(found, (len, revision, more), "contract 5.14: {case}");
    }
    for options in [at("999999", None), at("999999", exact)] {
        let error = widgets.list(&options).await.unwrap_err();
        assert_eq!(error.code(), 504, "contract 5.17");
        assert!(error.message().starts_with("Timeout: Too large resource version: 999999, current: "));
    }
}

#[tokio::test]
async fn items_keep_their_own_revision() {
    let widgets = Widgets::new();
    let first = widgets.create(Widget::named("a")).await.unwrap();
    widgets.create(Widget::named("b")).await.unwrap();
    let list = widgets.list(&ListOptions::default()).await.unwrap();
    let item = list.iter().next().unwrap();
    assert_eq!(item.revision(), revision(&first));
    assert_eq!(item.decode().unwrap(), first);
}
