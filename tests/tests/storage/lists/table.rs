//! The table of upstream's `RunTestList`: about a hundred lists of one seeded store.

use resourceful::prelude::*;

use super::case::{
    Case, Expected, LIST_TOO_OLD, TOKEN_TOO_OLD, With as _, any_of, case, found, run_at_once, signed, token,
};
use crate::fixture::{Pod, Sample, World, at, exactly, fields, not_older_than};

/// Upstream's pods in three namespaces.
struct Seeded {
    /// Before the first write.
    initial: u64,
    /// first/bar, second/bar, second/foo, third/barfoo, third/foo, second/baz.
    created: Vec<Pod>,
    /// first/bar again.
    updated: Pod,
    /// After second/baz was deleted.
    last: u64,
}

async fn seed(world: &World) -> Seeded {
    let initial = world.pods.list(&ListOptions::default()).await.expect("list").revision();
    let mut created = Vec::new();
    for (namespace, name) in [
        ("first", "bar"),
        ("second", "bar"),
        ("second", "foo"),
        ("third", "barfoo"),
        ("third", "foo"),
        ("second", "baz"),
    ] {
        created.push(world.pods.in_namespace(namespace).create(Pod::named(name)).await);
    }
    let updated = world.pods.in_namespace("first").change("bar", |pod| pod.on_node("fakeNode")).await;
    world.pods.in_namespace("second").delete("baz").await;
    Seeded { initial, created, updated, last: world.revision().await }
}

pub(crate) async fn list(world: World) {
    let seeded = seed(&world).await;
    world.compact(seeded.created[0].revision()).await;
    assert_eq!(world.bump().await, seeded.last + 1, "one write, one revision");
    let mut cases = validation(&seeded);
    cases.extend(one_namespace(&seeded));
    cases.extend(limits(&seeded));
    cases.extend(selectors_and_limits(&seeded));
    cases.extend(everything(&seeded));
    cases.extend(time_travel(&seeded));
    cases.extend(time_travel_with_limits(&seeded));
    cases.extend(time_travel_with_tokens(&seeded));
    assert!(cases.len() > 85, "{} sub-cases", cases.len());
    run_at_once(&world, cases).await;
}

fn validation(seeded: &Seeded) -> Vec<Case> {
    let last = signed(seeded.last);
    let all = ListOptions::default;
    vec![
        case("invalid resource version", "", at("abc"), Expected::Refused(400)),
        case("negative resource version", "", at("-1"), Expected::Refused(400)),
        case(
            "resource version and continue token",
            "second",
            at(1).limit(1).after(token("foo", last)),
            Expected::Refused(400),
        ),
        case("resource version set too high", "", at(i64::MAX), Expected::TooLarge),
        case("match without a resource version", "", not_older_than(""), Expected::Refused(422)),
        case("exactly resource version 0", "", exactly(0), Expected::Refused(422)),
        case("continue from empty", "", all().after(token("", last)), Expected::Refused(400)),
        case(
            "continue with an empty resource version",
            "",
            all().after(token("first/bar\0", 0)),
            Expected::Refused(400),
        ),
    ]
}

fn one_namespace(seeded: &Seeded) -> Vec<Case> {
    let Seeded { initial, created, updated, last } = seeded;
    let any: [&[&Pod]; 2] = [&[], &[updated]];
    let now = || found(&[updated]);
    vec![
        case("existing key", "first", at(""), now()),
        case("existing key at 0", "first", at(0), any_of(&any)),
        case(
            "exactly before the update",
            "first",
            exactly(created[0].revision()),
            found(&[&created[0]]).at(created[0].revision()),
        ),
        case(
            "exactly before the creation",
            "second",
            exactly(created[0].revision()),
            found(&[]).at(created[0].revision()),
        ),
        case(
            "exactly after the creation",
            "second",
            exactly(created[1].revision()),
            found(&[&created[1]]).at(created[1].revision()),
        ),
        case("exactly before the first write", "first", exactly(*initial), Expected::Expired(LIST_TOO_OLD)),
        case("not older than 0", "first", not_older_than(0), any_of(&any)),
        case("not older than before the first write", "first", not_older_than(*initial), any_of(&any)),
        case("current", "first", at(*last), now()),
        case("exactly current", "first", exactly(*last), now().at(*last)),
        case("not older than current", "first", not_older_than(*last), now()),
        case("non-existing key", "non-existing", at(""), found(&[])),
        case("name does not match", "first", fields("metadata.name!=bar"), found(&[])),
        case(
            "name does not match, not older than current",
            "first",
            not_older_than(*last).select(fields("metadata.name!=bar")),
            found(&[]),
        ),
    ]
}

fn limits(seeded: &Seeded) -> Vec<Case> {
    let Seeded { created, last, .. } = seeded;
    let page = || found(&[&created[1]]).then("bar", Some(1));
    let both = || any_of(&[&[&created[1], &created[2]]]);
    vec![
        case("limit", "second", at("").limit(1), page()),
        case("limit at current", "second", at(*last).limit(1), page().at(*last)),
        case("limit exactly current", "second", exactly(*last).limit(1), page().at(*last)),
        case("limit not older than current", "second", not_older_than(*last).limit(1), page()),
        case("limit at 0", "second", at(0).limit(1), both()),
        case("limit not older than 0", "second", not_older_than(0).limit(1), both()),
        case(
            "limit exactly before created",
            "second",
            exactly(created[0].revision()).limit(1),
            found(&[]).at(created[0].revision()),
        ),
        case(
            "limit exactly after created",
            "second",
            exactly(created[2].revision()).limit(1),
            found(&[&created[1]]).then("bar", Some(1)).at(created[2].revision()),
        ),
        case(
            "pregenerated token",
            "second",
            at("").limit(1).after(token("foo", signed(*last))),
            found(&[&created[2]]),
        ),
        case(
            "pregenerated token at 0",
            "second",
            at(0).limit(1).after(token("foo", signed(*last))),
            found(&[&created[2]]),
        ),
    ]
}

fn selectors_and_limits(seeded: &Seeded) -> Vec<Case> {
    let Seeded { created, updated, last, .. } = seeded;
    let named = |name: &str| fields(&format!("metadata.name={name}"));
    let (bar, foo) = ([updated, &created[1]], [&created[2], &created[4]]);
    let mut cases = Vec::new();
    for revision in [at(""), not_older_than(*last)] {
        let select = |name: &str, limit| revision.clone().select(named(name)).limit(limit);
        cases.extend([
            case(
                "one of one, and more may follow",
                "",
                select("barfoo", 1),
                found(&[&created[3]]).then("third/barfoo", None),
            ),
            case("one of two", "", select("barfoo", 2), found(&[&created[3]])),
            case("two, and more may follow", "", select("bar", 2), found(&bar).then("second/bar", None)),
            case("two, of which the last ends the list", "", select("foo", 2), found(&foo)),
            case("two of five", "", select("foo", 5), found(&foo)),
            case("one of five", "", select("barfoo", 5), found(&[&created[3]])),
            case("what was deleted", "", select("baz", 5), found(&[])),
            case(
                "what was updated",
                "",
                revision.clone().select(fields("spec.nodeName=fakeNode")).limit(5),
                found(&[updated]),
            ),
        ]);
    }
    cases.push(case(
        "one of two at 0",
        "",
        at(0).select(named("barfoo")).limit(2),
        any_of(&[&[], &[&created[3]]]),
    ));
    // The last page, which begins before, or at, the last object.
    for limit in [1, 2] {
        let token = token("third/barfoo", signed(*last));
        let options = at("").select(named("foo")).limit(limit).after(token);
        cases.push(case("the last page", "", options, found(&[&created[4]]).at(*last).perhaps_more()));
    }
    cases
}

fn everything(seeded: &Seeded) -> Vec<Case> {
    let Seeded { initial, created, updated, last } = seeded;
    let now = [updated, &created[1], &created[2], &created[3], &created[4]];
    vec![
        case("several namespaces, flattened", "third", at(""), found(&[&created[3], &created[4]])),
        case(
            "several namespaces, not older",
            "third",
            not_older_than(*last),
            found(&[&created[3], &created[4]]),
        ),
        case("all", "", at(""), found(&now)),
        case("all, not older than current", "", not_older_than(*last), found(&now)),
        case("consistent, of nothing", "empty", at(""), found(&[]).at(last + 1)),
        case("not consistent, of nothing", "empty", at(0), found(&[])),
        case("not older than the first, of nothing", "empty", not_older_than(*initial), found(&[])),
    ]
}

/// After each write: which pods there were, in key order.
fn past(seeded: &Seeded) -> Vec<(u64, Vec<&Pod>)> {
    let Seeded { created, updated, last, .. } = seeded;
    let at = |number: usize| created[number].revision();
    let [bar, bar2, foo2, barfoo3, foo3, baz2] = [0, 1, 2, 3, 4, 5].map(|number| &created[number]);
    vec![
        (at(0), vec![bar]),
        (at(1), vec![bar, bar2]),
        (at(2), vec![bar, bar2, foo2]),
        (at(3), vec![bar, bar2, foo2, barfoo3]),
        (at(4), vec![bar, bar2, foo2, barfoo3, foo3]),
        (at(5), vec![bar, bar2, baz2, foo2, barfoo3, foo3]),
        (updated.revision(), vec![updated, bar2, baz2, foo2, barfoo3, foo3]),
        (*last, vec![updated, bar2, foo2, barfoo3, foo3]),
        (last + 1, vec![updated, bar2, foo2, barfoo3, foo3]),
    ]
}

fn time_travel(seeded: &Seeded) -> Vec<Case> {
    let travels = past(seeded)
        .into_iter()
        .map(|(revision, pods)| case("time travel", "", exactly(revision), found(&pods).at(revision)));
    let mut cases: Vec<_> = travels.collect();
    cases.push(case("before the first write", "", exactly(seeded.initial), Expected::Expired(LIST_TOO_OLD)));
    cases.push(case("the future", "", exactly(seeded.last + 2), Expected::TooLarge));
    cases
}

/// What a page must be: the first `limit` of some pods.
fn page(revision: u64, pods: &[&Pod], limit: usize) -> Expected {
    let (now, later) = pods.split_at(limit.min(pods.len()));
    let expected = found(now).at(revision);
    match now.last() {
        Some(last) if !later.is_empty() => {
            let key = format!("{}/{}", last.metadata.namespace, last.metadata.name);
            expected.then(&key, Some(later.len() as u64))
        }
        _ => expected,
    }
}

fn time_travel_with_limits(seeded: &Seeded) -> Vec<Case> {
    let mut cases = Vec::new();
    for (revision, pods) in past(seeded) {
        for limit in [1, 2, 4, 8] {
            let options = exactly(revision).limit(limit as u64);
            cases.push(case("time travel with a limit", "", options, page(revision, &pods, limit)));
        }
    }
    cases
}

fn time_travel_with_tokens(seeded: &Seeded) -> Vec<Case> {
    let all = ListOptions::default;
    let mut cases = vec![case(
        "a token from before the first write",
        "",
        all().limit(1).after(token("first/bar\0", signed(seeded.initial))),
        Expected::Expired(TOKEN_TOO_OLD),
    )];
    for (revision, pods) in past(seeded) {
        for (read, limit) in
            [(1, 1), (1, 2), (2, 2), (3, 4)].into_iter().filter(|(read, _)| *read <= pods.len())
        {
            let last = &pods[read - 1].metadata;
            let start = format!("{}/{}\0", last.namespace, last.name);
            let options = all().limit(limit as u64).after(token(&start, signed(revision)));
            cases.push(case("time travel with a token", "", options, page(revision, &pods[read..], limit)));
        }
    }
    let (now, pods) = past(seeded).pop().expect("a present");
    for (start, read, limit) in [("first/bar\0", 1, 0), ("first/bar\0", 1, 2), ("second/foo\0", 3, 0)] {
        let options = all().limit(limit as u64).after(token(start, -1));
        let limit = if limit == 0 { usize::MAX } else { limit };
        cases.push(case("continue at the latest revision", "", options, page(now, &pods[read..], limit)));
    }
    cases
}
