//! What a list covers: a namespace, a name, a selector; and how new it is.

use resourceful::prelude::*;

use super::case::{Expected, LIST_TOO_OLD, With as _, any_of, case, found, run_at_once, token};
use crate::fixture::{Pod, Sample, World, at, exactly, fields, keys, not_older_than, objects};

pub(crate) async fn consistent_list(world: World) {
    world.pods.in_namespace("ns").create(Pod::named("foo")).await;
    let empty = world.pods.in_namespace("empty");
    let bumped = world.bump().await;
    let lagging = empty.list(&at(0)).await.expect("list").revision();
    // Any revision will do for it: on etcd what was created comes with the feed, and a list at 0 waits for nothing.
    assert!((1..=bumped).contains(&lagging), "{lagging}");
    assert_eq!(empty.list(&ListOptions::default()).await.expect("list").revision(), bumped);
    let bumped = world.bump().await;
    let latest = ListOptions::default().after(token("a\0", -1));
    assert_eq!(empty.list(&latest).await.expect("list").revision(), bumped);
    assert!(empty.list(&at(0)).await.expect("list").revision() >= bumped);
}

pub(crate) async fn list_of_one_name(world: World) {
    let pods = world.pods.in_namespace("test-ns");
    let first = pods.create(Pod::named("foo")).await;
    let second = pods.change("foo", |pod| pod.note("second")).await;
    let bumped = world.bump().await;
    let named = |options: ListOptions, name: &str| options.select(fields(&format!("metadata.name={name}")));
    let foo = |options| named(options, "foo");
    let any: [&[&Pod]; 3] = [&[], &[&first], &[&second]];
    let not_gone: [&[&Pod]; 2] = [&[&first], &[&second]];
    let (old, now) = (first.revision(), second.revision());
    let ns = "test-ns";
    let too_high = bumped + 1000;
    run_at_once(
        &world,
        vec![
            case("existing", ns, foo(at("")), found(&[&second]).at(bumped)),
            case("existing at 0", ns, foo(at(0)), any_of(&any)),
            case("existing, not older than 0", ns, foo(not_older_than(0)), any_of(&any)),
            case("existing at current", ns, foo(at(now)), found(&[&second])),
            case("existing, not older than current", ns, foo(not_older_than(now)), found(&[&second])),
            case("existing, not older than previous", ns, foo(not_older_than(old)), any_of(&not_gone)),
            case("existing, exactly previous", ns, foo(exactly(old)), found(&[&first]).at(old)),
            case("existing, exactly current", ns, foo(exactly(now)), found(&[&second]).at(now)),
            case("too high", ns, foo(at(too_high)), Expected::TooLarge),
            case("missing", ns, named(at(""), "non-existing"), found(&[])),
            case("missing at 0", ns, named(at(0), "non-existing"), found(&[])),
            case("not selected", ns, at("").select(fields("metadata.name!=foo")), found(&[])),
        ],
    )
    .await;
}

pub(crate) async fn list_of_prefixes(world: World) {
    let ns = world.pods.in_namespace("test-ns");
    let foo = ns.create(Pod::named("foo")).await;
    let foobar = ns.create(Pod::named("foobar")).await;
    let baz = world.pods.in_namespace("test-ns2").create(Pod::named("baz")).await;
    let bumped = world.bump().await;
    let mut cases = Vec::new();
    for revision in [at(""), exactly(baz.revision()), not_older_than(baz.revision()), exactly(bumped)] {
        let named = |name: &str| revision.clone().select(fields(&format!("metadata.name={name}")));
        cases.extend([
            case("all namespaces", "", revision.clone(), found(&[&foo, &foobar, &baz])),
            case("a namespace", "test-ns", revision.clone(), found(&[&foo, &foobar])),
            case("a namespace whose name begins alike", "test-ns2", revision.clone(), found(&[&baz])),
            case("what a namespace's name begins with", "test-n", revision.clone(), found(&[])),
            case("a name that others begin with", "test-ns", named("foo"), found(&[&foo])),
            case("what names begin with", "test-ns", named("fo"), found(&[])),
            case("another namespace's name", "test-ns", named("baz"), found(&[])),
            case("a name in all namespaces", "", named("baz"), found(&[&baz])),
        ]);
    }
    run_at_once(&world, cases).await;
}

/// The namespace of the path, the field selector, and which of the pods below are found.
const SCOPES: &[(&str, &str, &[&str])] = &[
    ("", "", &["ns1/foo1", "ns1/foo2", "ns2/foo1", "ns2/foo2", "ns3/foo1"]),
    ("", "metadata.namespace=ns1", &["ns1/foo1", "ns1/foo2"]),
    ("", "spec.nodeName=bar1", &["ns1/foo1", "ns2/foo1"]),
    ("", "spec.nodeName!=bar1", &["ns1/foo2", "ns2/foo2", "ns3/foo1"]),
    ("ns1", "", &["ns1/foo1", "ns1/foo2"]),
    ("ns1", "metadata.namespace=ns1", &["ns1/foo1", "ns1/foo2"]),
    ("ns1", "metadata.namespace=ns2", &[]),
    ("ns1", "spec.nodeName=bar1", &["ns1/foo1"]),
    ("ns2", "spec.nodeName!=bar1", &["ns2/foo2"]),
    ("", "metadata.name=foo1", &["ns1/foo1", "ns2/foo1", "ns3/foo1"]),
    ("", "metadata.name=foo1,metadata.namespace=ns1", &["ns1/foo1"]),
    ("", "metadata.name=foo1,spec.nodeName=bar1", &["ns1/foo1", "ns2/foo1"]),
    ("", "metadata.name=foo1,spec.nodeName!=bar1", &["ns3/foo1"]),
    ("ns1", "metadata.name=foo1", &["ns1/foo1"]),
    ("ns1", "metadata.name=foo2,metadata.namespace=ns1", &["ns1/foo2"]),
    ("ns2", "metadata.name=foo2,metadata.namespace=ns2,spec.nodeName=bar2", &["ns2/foo2"]),
    ("ns2", "metadata.name=foo1,metadata.namespace=ns2,spec.nodeName!=bar2", &["ns2/foo1"]),
];

pub(crate) async fn namespace_scoped_list(world: World) {
    for (namespace, name, node) in [
        ("ns1", "foo1", "bar1"),
        ("ns1", "foo2", ""),
        ("ns2", "foo1", "bar1"),
        ("ns2", "foo2", "bar2"),
        ("ns3", "foo1", "bar2"),
    ] {
        world.pods.in_namespace(namespace).create(Pod::named(name).on_node(node)).await;
    }
    for (namespace, selector, expected) in SCOPES {
        let list = world.pods.in_namespace(namespace).list(&fields(selector)).await.expect("list");
        assert_eq!(keys(&list), *expected, "{selector} in {namespace:?}");
    }
}

pub(crate) async fn compact_revision(world: World) {
    let pod = world.pods.in_namespace("ns").create(Pod::named("foo")).await;
    let listed = world.pods.list(&ListOptions::default()).await.expect("list").revision();
    let bumped = world.bump().await;
    assert_eq!(bumped, listed + 1);
    let exact = exactly(listed);
    assert_eq!(objects(&world.pods.list(&exact).await.expect("list")), [pod]);
    world.compact(bumped).await;
    let error = world.pods.list(&exact).await.expect_err("it is compacted");
    assert_eq!((error.code(), error.message()), (410, LIST_TOO_OLD));
    assert_eq!(world.pods.list(&exactly(bumped)).await.expect("list").revision(), bumped);
}
