//! Lists in pages, while the objects change.

use resourceful::prelude::*;

use super::case::{TOKEN_TOO_OLD, With as _, read_token, signed, token};
use crate::fixture::{
    Objects, Pod, Sample, World, at, exactly, fields, keys, labels, not_older_than, objects,
};

/// Pages until there are no more, and the revision of each.
async fn pages(pods: &Objects<Pod>, mut options: ListOptions) -> Vec<(Vec<String>, u64)> {
    let mut pages = Vec::new();
    loop {
        let page = pods.list(&options).await.expect("a page");
        pages.push((keys(&page), page.revision()));
        if page.continue_token().is_empty() {
            return pages;
        }
        options = ListOptions { resource_version: String::new(), resource_version_match: None, ..options };
        page.continue_token().clone_into(&mut options.continue_token);
    }
}

pub(crate) async fn list_continuation(world: World) {
    for (namespace, name) in [("first", "bar"), ("second", "bar"), ("second", "foo")] {
        world.pods.in_namespace(namespace).create(Pod::named(name)).await;
    }
    let revision = world.revision().await;
    let first = world.pods.list(&ListOptions::default().limit(1)).await.expect("list");
    assert_eq!((keys(&first), first.remaining_item_count()), (vec!["first/bar".to_owned()], Some(2)));
    let rest = ListOptions::default().after(first.continue_token().to_owned());
    let rest = world.pods.list(&rest).await.expect("list");
    assert_eq!((keys(&rest).len(), rest.continue_token(), rest.revision()), (2, "", revision));
    world.bump().await;
    let one = |key: &str| (vec![key.to_owned()], revision);
    let options = ListOptions::default().limit(1).after(token("first/bar", signed(revision)));
    assert_eq!(pages(&world.pods, options).await, [one("first/bar"), one("second/bar"), one("second/foo")]);
}

pub(crate) async fn list_pagination_rare_object(world: World) {
    let pods = world.pods.in_namespace("ns");
    let creating = (0..1000).map(|number| {
        let pod = Pod::named(&format!("pod-{number:03}"));
        pods.create(if number == 999 { pod.on_node("rare") } else { pod })
    });
    futures_util::future::join_all(creating).await;
    let list = pods.list(&fields("spec.nodeName=rare").limit(1)).await.expect("list");
    assert_eq!((keys(&list), list.continue_token()), (vec!["ns/pod-999".to_owned()], ""));
}

pub(crate) async fn list_continuation_with_filter(world: World) {
    let named = [("1", "foo"), ("2", "bar"), ("3", "foo"), ("4", "foo")];
    for (namespace, name) in named {
        world.pods.in_namespace(namespace).create(Pod::named(name)).await;
    }
    let options = fields("metadata.name!=bar").limit(2);
    let first = world.pods.list(&options).await.expect("list");
    assert_eq!((keys(&first), first.remaining_item_count()), (vec!["1/foo".into(), "3/foo".into()], None));
    assert!(!first.continue_token().is_empty());
    let last = world.pods.list(&options.after(first.continue_token().to_owned())).await.expect("list");
    assert_eq!((keys(&last), last.continue_token()), (vec!["4/foo".to_owned()], ""));
}

pub(crate) async fn list_inconsistent_continuation(world: World) {
    for (namespace, name) in [("first", "bar"), ("second", "bar"), ("second", "foo")] {
        world.pods.in_namespace(namespace).create(Pod::named(name)).await;
    }
    let first = world.pods.list(&ListOptions::default().limit(1)).await.expect("list");
    world.pods.in_namespace("second").change("foo", |pod| pod.note("updated")).await;
    let last = world.revision().await;
    world.compact(last).await;
    let old = ListOptions::default().limit(1).after(first.continue_token().to_owned());
    let error = world.pods.list(&old).await.expect_err("the token is too old");
    assert_eq!(error.code(), 410);
    assert!(error.message().starts_with(TOKEN_TOO_OLD), "{error}");
    let token = &error.status().metadata.continue_token;
    assert_eq!(read_token(token), ("first/bar\0".to_owned(), -1), "contract 5.23");
    let next = ListOptions::default().limit(1).after(token.clone());
    let second = world.pods.list(&next).await.expect("list");
    assert_eq!((keys(&second), second.revision()), (vec!["second/bar".to_owned()], last));
    // What happens now is not seen by the pages that follow (contract 5.24).
    world.pods.in_namespace("second").delete("foo").await;
    let next = ListOptions::default().limit(1).after(second.continue_token().to_owned());
    let third = world.pods.list(&next).await.expect("list");
    assert_eq!(
        (keys(&third), third.revision(), third.continue_token()),
        (vec!["second/foo".into()], last, "")
    );
}

pub(crate) async fn list_resource_version_match(world: World) {
    let pods = world.pods.in_namespace("ns");
    for number in 0..8 {
        pods.create(Pod::named(&format!("even-{number}")).label("even", "yes")).await;
    }
    // The target moves: somebody writes all the time.
    let writer = pods.clone();
    let moving = tokio::spawn(async move {
        for number in 0..200 {
            writer.create(Pod::named(&format!("z-{number}")).label("even", "yes")).await;
        }
    });
    let even = |options: ListOptions| options.select(labels("even=yes")).limit(4);
    for _ in 0..20 {
        let now = pods.list(&even(at(""))).await.expect("list");
        let again = pods.list(&even(exactly(now.revision()))).await.expect("list");
        assert_eq!((objects(&now), now.revision()), (objects(&again), again.revision()));
        let newer = pods.list(&even(not_older_than(now.revision()))).await.expect("list");
        assert!(newer.revision() >= now.revision());
        let again = pods.list(&even(exactly(newer.revision()))).await.expect("list");
        assert_eq!((objects(&newer), newer.continue_token()), (objects(&again), again.continue_token()));
    }
    moving.await.expect("the writer writes");
}

pub(crate) async fn list_paging(world: World) {
    let pods = world.pods.in_namespace("ns");
    for number in 0..4 {
        pods.create(Pod::named(&format!("test-{number}"))).await;
    }
    let mut options = ListOptions::default().limit(1);
    let mut seen = Vec::new();
    for call in 1.. {
        let page = pods.list(&options).await.expect("list");
        seen.extend(keys(&page));
        if page.continue_token().is_empty() {
            assert_eq!(call, 4);
            break;
        }
        page.continue_token().clone_into(&mut options.continue_token);
        if call == 2 {
            pods.create(Pod::named("test-5")).await;
        }
    }
    assert_eq!(seen, ["ns/test-0", "ns/test-1", "ns/test-2", "ns/test-3"]);
}
