//! Cases of lists. The sub-cases of a table run at the same time, as upstream runs them: a read must not freshen what
//! the next one sees.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use resourceful::prelude::*;

use crate::fixture::{
    Objects, Pod, Sample, World, at, exactly, fields, is_too_large, keys, labels, not_older_than, objects,
};

const LIST_TOO_OLD: &str = "The resourceVersion for the provided list is too old.";
const TOKEN_TOO_OLD: &str = "The provided continue parameter is too old to display a consistent list result.";

/// A continue token (contract 5.20).
fn token(start: &str, revision: i64) -> String {
    let json = serde_json::json!({ "v": "meta.k8s.io/v1", "rv": revision, "start": start });
    URL_SAFE_NO_PAD.encode(json.to_string())
}

fn signed(revision: u64) -> i64 {
    i64::try_from(revision).expect("revisions are small")
}

/// Where a token leads, and at which revision.
fn read_token(token: &str) -> (String, i64) {
    let json = URL_SAFE_NO_PAD.decode(token).expect("base64 without padding");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(json["v"], "meta.k8s.io/v1");
    (json["start"].as_str().expect("a start").to_owned(), json["rv"].as_i64().expect("a revision"))
}

/// A list, and what must come of it.
struct Case {
    name: &'static str,
    namespace: &'static str,
    options: ListOptions,
    expected: Expected,
}

enum Expected {
    /// A refusal with this code.
    Refused(u16),
    TooLarge,
    /// 410 with a message that begins so.
    Expired(&'static str),
    Found {
        /// Any of these.
        items: Vec<Vec<Pod>>,
        /// At exactly this revision.
        revision: Option<u64>,
        /// The start of the token; empty when there must be none.
        next: Option<String>,
        remaining: Option<u64>,
    },
}

fn case(name: &'static str, namespace: &'static str, options: ListOptions, expected: Expected) -> Case {
    Case { name, namespace, options, expected }
}

fn found(items: &[&Pod]) -> Expected {
    any_of(&[items])
}

fn any_of(items: &[&[&Pod]]) -> Expected {
    let items = items.iter().map(|items| items.iter().map(|pod| (*pod).clone()).collect()).collect();
    Expected::Found { items, revision: None, next: Some(String::new()), remaining: None }
}

impl Expected {
    fn at(mut self, exactly: u64) -> Self {
        if let Self::Found { revision, .. } = &mut self {
            *revision = Some(exactly);
        }
        self
    }

    /// With a token for what follows an object, and how many that is, which is not told when a selector is set.
    fn then(mut self, after: &str, left: Option<u64>) -> Self {
        if let Self::Found { next, remaining, .. } = &mut self {
            *next = Some(format!("{after}\0"));
            *remaining = left;
        }
        self
    }

    /// Whether or not there is a token.
    fn perhaps_more(mut self) -> Self {
        if let Self::Found { next, .. } = &mut self {
            *next = None;
        }
        self
    }
}

trait With {
    fn limit(self, limit: u64) -> Self;
    fn after(self, token: String) -> Self;
    fn select(self, selector: ListOptions) -> Self;
}

impl With for ListOptions {
    fn limit(self, limit: u64) -> Self {
        Self { limit, ..self }
    }

    fn after(self, token: String) -> Self {
        Self { continue_token: token, ..self }
    }

    fn select(self, selector: ListOptions) -> Self {
        Self { field_selector: selector.field_selector, label_selector: selector.label_selector, ..self }
    }
}

impl Case {
    async fn run(self, world: World) {
        let name = self.name;
        let list = world.pods.in_namespace(self.namespace).list(&self.options).await;
        match (self.expected, list) {
            (Expected::Refused(code), Err(error)) => assert_eq!(error.code(), code, "{name}: {error}"),
            (Expected::TooLarge, Err(error)) => assert!(is_too_large(&error), "{name}: {error}"),
            (Expected::Expired(text), Err(error)) => {
                assert_eq!(error.code(), 410, "{name}: {error}");
                assert!(error.message().starts_with(text), "{name}: {error}");
            }
            (Expected::Found { items, revision, next, remaining }, Ok(list)) => {
                let seen = objects(&list);
                assert!(items.contains(&seen), "{name}: {seen:?}");
                assert!(revision.is_none_or(|revision| revision == list.revision()), "{name}: {list:?}");
                assert_eq!(list.remaining_item_count(), remaining, "{name}");
                let Some(next) = next else { return };
                match list.continue_token() {
                    "" => assert!(next.is_empty(), "{name}: there is no token"),
                    token => assert_eq!(read_token(token), (next, signed(list.revision())), "{name}"),
                }
            }
            (_, outcome) => panic!("{name}: {outcome:?}"),
        }
    }
}

async fn run_at_once(world: &World, cases: Vec<Case>) {
    let mut tasks = tokio::task::JoinSet::new();
    for case in cases {
        tasks.spawn(case.run(world.clone()));
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("a sub-case fails");
    }
}

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

pub(crate) async fn consistent_list(world: World) {
    let created = world.pods.in_namespace("ns").create(Pod::named("foo")).await;
    let empty = world.pods.in_namespace("empty");
    let bumped = world.bump().await;
    let lagging = empty.list(&at(0)).await.expect("list").revision();
    assert!((created.revision()..=bumped).contains(&lagging));
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
