//! Watches of a part: a namespace, a name, a field. What leaves the part is deleted for the watcher.

use resourceful::prelude::*;

use super::assert_quiet;
use crate::fixture::{Events, Host, Objects, Sample, Seen, World, at_revision, fields};

/// A write, and what a watch shows of it: `+`, `~`, `-` or nothing.
type Step = (&'static str, &'static str, &'static str);

/// Takes steps and checks the watch after each. A step's object is `namespace/name`, or `name`; its content is `node`,
/// `node updated`, or `updated`.
async fn follow<T: Sample>(objects: &Objects<T>, mut events: Events<T>, steps: &[Step], what: &str) {
    let mut shown: std::collections::BTreeMap<&str, T> = std::collections::BTreeMap::new();
    for (key, content, expected) in steps {
        let (namespace, name) = key.split_once('/').unwrap_or(("", key));
        let (node, note) = match content.split_once("updated") {
            Some((node, _)) => (node.trim(), "updated"),
            None => (*content, ""),
        };
        let stored = objects.in_namespace(namespace).put(T::named(name).on_node(node).note(note)).await;
        let gone = || {
            let old = shown.get(key).expect("it was shown").clone();
            Seen::Deleted(at_revision(old, stored.revision()))
        };
        match *expected {
            "+" => assert_eq!(events.next().await, Seen::Added(stored.clone()), "{what}: {key}"),
            "~" => assert_eq!(events.next().await, Seen::Modified(stored.clone()), "{what}: {key}"),
            "-" => assert_eq!(events.next().await, gone(), "{what}: {key}"),
            _ => {}
        }
        if !expected.is_empty() {
            shown.insert(key, stored);
        }
    }
    assert_quiet(&mut events);
}

pub(crate) async fn cluster_scoped_watch(world: World) {
    let scripts: &[(&str, &[Step])] = &[
        ("", &[("foo1", "", "+"), ("foo1", "updated", "~"), ("foo2", "bar1", "+")]),
        ("spec.nodeName=bar1", &[("foo1", "", ""), ("foo1", "bar1", "+")]),
        (
            "spec.nodeName!=bar1",
            &[("foo1", "", "+"), ("foo2", "", "+"), ("foo1", "updated", "~"), ("foo1", "bar1", "-")],
        ),
        (
            "metadata.name=foo1",
            &[("foo1", "", "+"), ("foo2", "", ""), ("foo1", "updated", "~"), ("foo2", "updated", "")],
        ),
        (
            "metadata.name=foo1,spec.nodeName=bar1",
            &[
                ("foo1", "", ""),
                ("foo2", "", ""),
                ("foo1", "updated", ""),
                ("foo2", "updated", ""),
                ("foo1", "bar1", "+"),
            ],
        ),
        (
            "metadata.name=foo1,spec.nodeName!=bar1",
            &[
                ("foo1", "", "+"),
                ("foo2", "", ""),
                ("foo1", "updated", "~"),
                ("foo1", "bar1", "-"),
                ("foo2", "bar1", ""),
            ],
        ),
    ];
    for (selector, steps) in scripts {
        for host in world.hosts.list(&ListOptions::default()).await.expect("list").iter() {
            world.hosts.delete(host.name()).await;
        }
        let options =
            ListOptions { resource_version: world.revision().await.to_string(), ..fields(selector) };
        let events: Events<Host> = world.hosts.watch(options).await;
        follow(&world.hosts, events, steps, selector).await;
    }
}

pub(crate) async fn namespace_scoped_watch(world: World) {
    let scripts: &[(&str, &str, &[Step])] = &[
        (
            "",
            "",
            &[("n1/f1", "", "+"), ("n2/f2", "", "+"), ("n1/f1", "updated", "~"), ("n2/f2", "updated", "~")],
        ),
        (
            "",
            "metadata.namespace=n1",
            &[("n1/f1", "", "+"), ("n2/f1", "", ""), ("n1/f1", "updated", "~"), ("n2/f1", "updated", "")],
        ),
        (
            "",
            "spec.nodeName=b1",
            &[("n1/f1", "", ""), ("n2/f2", "", ""), ("n1/f1", "b1", "+"), ("n2/f2", "b1", "+")],
        ),
        (
            "",
            "spec.nodeName!=b1",
            &[("n1/f1", "", "+"), ("n1/f2", "", "+"), ("n1/f1", "updated", "~"), ("n1/f1", "b1", "-")],
        ),
        (
            "n1",
            "",
            &[
                ("n1/f1", "", "+"),
                ("n2/f1", "", ""),
                ("n1/f2", "", "+"),
                ("n1/f1", "updated", "~"),
                ("n2/f1", "updated", ""),
            ],
        ),
        ("n1", "metadata.namespace=n1", &[("n1/f1", "", "+"), ("n2/f1", "", ""), ("n1/f1", "updated", "~")]),
        (
            "n1",
            "metadata.namespace=n2",
            &[("n1/f1", "", ""), ("n2/f1", "", ""), ("n1/f1", "updated", ""), ("n2/f1", "updated", "")],
        ),
        (
            "n1",
            "spec.nodeName=b2",
            &[("n1/f1", "", ""), ("n1/f1", "b1", ""), ("n2/f1", "b2", ""), ("n1/f1", "b2", "+")],
        ),
        (
            "n2",
            "spec.nodeName!=b1",
            &[("n1/f1", "", ""), ("n2/f1", "", "+"), ("n2/f1", "b1", "-"), ("n2/f1", "b2", "+")],
        ),
        (
            "",
            "metadata.name=f1",
            &[
                ("n1/f1", "", "+"),
                ("n2/f1", "", "+"),
                ("n1/f2", "", ""),
                ("n1/f1", "updated", "~"),
                ("n1/f1", "b1", "~"),
            ],
        ),
        (
            "",
            "metadata.name=f1,metadata.namespace=n1",
            &[
                ("n1/f1", "", "+"),
                ("n1/f2", "", ""),
                ("n2/f1", "", ""),
                ("n1/f1", "updated", "~"),
                ("n1/f1", "b1", "~"),
            ],
        ),
        (
            "",
            "metadata.name=f1,spec.nodeName=b1",
            &[("n1/f1", "", ""), ("n1/f1", "updated", ""), ("n1/f1", "b1", "+")],
        ),
        (
            "",
            "metadata.name=f1,spec.nodeName!=b1",
            &[
                ("n1/f1", "", "+"),
                ("n1/f2", "", ""),
                ("n1/f1", "updated", "~"),
                ("n1/f1", "b1", "-"),
                ("n1/f1", "b2", "+"),
            ],
        ),
        (
            "n1",
            "metadata.name=f1",
            &[("n1/f1", "", "+"), ("n1/f2", "", ""), ("n1/f1", "updated", "~"), ("n1/f1", "b1", "~")],
        ),
        (
            "n1",
            "metadata.name=f2,metadata.namespace=n1",
            &[("n1/f1", "", ""), ("n1/f2", "", "+"), ("n1/f1", "updated", ""), ("n1/f2", "b1", "~")],
        ),
        (
            "n1",
            "metadata.name=f1,metadata.namespace=n1,spec.nodeName=b1",
            &[
                ("n1/f1", "", ""),
                ("n1/f2", "", ""),
                ("n2/f1", "", ""),
                ("n1/f1", "updated", ""),
                ("n1/f1", "b1", "+"),
            ],
        ),
        (
            "n1",
            "metadata.name=f2,metadata.namespace=n1,spec.nodeName!=b1",
            &[
                ("n1/f1", "", ""),
                ("n2/f2", "", ""),
                ("n1/f2", "", "+"),
                ("n1/f2", "updated", "~"),
                ("n1/f2", "b1", "-"),
            ],
        ),
    ];
    for (namespace, selector, steps) in scripts {
        for pod in world.pods.list(&ListOptions::default()).await.expect("list").iter() {
            world.pods.in_namespace(pod.namespace()).delete(pod.name()).await;
        }
        let options =
            ListOptions { resource_version: world.revision().await.to_string(), ..fields(selector) };
        let events = world.pods.in_namespace(namespace).watch(options).await;
        follow(&world.pods, events, steps, &format!("{selector} in {namespace:?}")).await;
    }
}
