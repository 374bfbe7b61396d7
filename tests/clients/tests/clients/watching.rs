//! kube-rs' runtime: watchers, reflectors, and what waits for a condition.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::pin::pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::core::PartialObjectMeta;
use kube::runtime::reflector::{self, ObjectRef};
use kube::runtime::wait::{await_condition, conditions};
use kube::runtime::watcher::{self, Config, Event, watch_object, watcher};
use kube::runtime::{PredicateConfig, WatchStreamExt as _, predicates};
use kube::{Api, Client, ResourceExt};
use resourceful_tests_clients::kinds::FlowerPot;
use serde_json::json;

use crate::both_ways;

both_ways!(
    a_watcher_lists_in_pages_and_then_watches,
    a_watcher_streams_the_list,
    a_watch_that_runs_out_is_resumed,
    a_watcher_of_metadata_sees_no_more,
    a_selected_object_comes_and_goes,
    one_object_is_watched_before_it_is_there,
    a_reflector_holds_a_copy,
    conditions_are_awaited,
);

fn pots(client: Client) -> Api<FlowerPot> {
    Api::default_namespaced(client)
}

async fn create(pots: &Api<FlowerPot>, name: &str) -> FlowerPot {
    pots.create(&PostParams::default(), &FlowerPot::new(name, "rose")).await.unwrap()
}

async fn set_plants(pots: &Api<FlowerPot>, name: &str, plants: u32) {
    let patch = Patch::Merge(json!({ "spec": { "plants": plants } }));
    pots.patch(name, &PatchParams::default(), &patch).await.unwrap();
}

/// The next event, as a word and a name.
async fn next<K: ResourceExt + Debug>(
    events: &mut (impl Stream<Item = watcher::Result<Event<K>>> + Unpin),
) -> String {
    let event = tokio::time::timeout(Duration::from_secs(20), events.next()).await;
    event.expect("an event comes").expect("a watcher does not end").expect("no error").to_string()
}

async fn starts_with<K: ResourceExt + Debug>(
    events: &mut (impl Stream<Item = watcher::Result<Event<K>>> + Unpin),
    names: &[&str],
) {
    assert_eq!(next(events).await, "Init");
    for name in names {
        assert_eq!(next(events).await, format!("InitApply({name})"));
    }
    assert_eq!(next(events).await, "InitDone");
}

async fn follows(pots: Api<FlowerPot>, config: Config) {
    for name in ["a", "b", "c", "d", "e"] {
        create(&pots, name).await;
    }
    let mut events = pin!(watcher(pots.clone(), config));
    starts_with(&mut events, &["a", "b", "c", "d", "e"]).await;
    create(&pots, "f").await;
    assert_eq!(next(&mut events).await, "Apply(f)");
    set_plants(&pots, "a", 2).await;
    assert_eq!(next(&mut events).await, "Apply(a)");
    pots.delete("b", &DeleteParams::default()).await.unwrap();
    assert_eq!(next(&mut events).await, "Delete(b)");
}

async fn a_watcher_lists_in_pages_and_then_watches(client: Client) {
    follows(pots(client), Config::default().page_size(2)).await;
}

async fn a_watcher_streams_the_list(client: Client) {
    follows(pots(client), Config::default().streaming_lists()).await;
}

/// The client asks for watches of one second, and sees neither a second list nor anything twice.
async fn a_watch_that_runs_out_is_resumed(client: Client) {
    let pots = pots(client);
    create(&pots, "a").await;
    for config in [Config::default(), Config::default().streaming_lists()] {
        let mut events = pin!(watcher(pots.clone(), config.timeout(1)));
        starts_with(&mut events, &["a"]).await;
        for plants in 2..4 {
            let quiet = tokio::time::timeout(Duration::from_millis(1500), events.next()).await;
            assert!(quiet.is_err(), "nothing happened, and yet: {quiet:?}");
            set_plants(&pots, "a", plants).await;
            assert_eq!(next(&mut events).await, "Apply(a)");
        }
        set_plants(&pots, "a", 1).await;
    }
}

async fn a_watcher_of_metadata_sees_no_more(client: Client) {
    let pots = pots(client.clone());
    create(&pots, "a").await;
    let metadata: Api<PartialObjectMeta<FlowerPot>> = Api::default_namespaced(client);
    for config in [Config::default(), Config::default().streaming_lists()] {
        let mut events = pin!(watcher(metadata.clone(), config));
        starts_with(&mut events, &["a"]).await;
        create(&pots, "b").await;
        assert_eq!(next(&mut events).await, "Apply(b)");
        pots.delete("b", &DeleteParams::default()).await.unwrap();
        assert_eq!(next(&mut events).await, "Delete(b)");
    }
}

async fn a_selected_object_comes_and_goes(client: Client) {
    let pots = pots(client);
    create(&pots, "a").await;
    let label = |value: Option<&str>| {
        let (pots, patch) = (pots.clone(), json!({ "metadata": { "labels": { "watered": value } } }));
        async move { pots.patch("a", &PatchParams::default(), &Patch::Merge(patch)).await.unwrap() }
    };
    for config in [Config::default(), Config::default().streaming_lists()] {
        let mut events = pin!(watcher(pots.clone(), config.labels("watered=yes")));
        starts_with(&mut events, &[]).await;
        label(Some("yes")).await;
        assert_eq!(next(&mut events).await, "Apply(a)");
        label(Some("no")).await;
        assert_eq!(next(&mut events).await, "Delete(a)");
        label(None).await;
    }
}

async fn one_object_is_watched_before_it_is_there(client: Client) {
    let pots = pots(client);
    let mut states = pin!(watch_object(pots.clone(), "rose"));
    let mut state = async || states.next().await.unwrap().unwrap().map(|pot| pot.spec.plants);
    assert_eq!(state().await, None);
    create(&pots, "rose").await;
    assert_eq!(state().await, Some(1));
    create(&pots, "lily").await;
    set_plants(&pots, "rose", 4).await;
    assert_eq!(state().await, Some(4));
    pots.delete("rose", &DeleteParams::default()).await.unwrap();
    assert_eq!(state().await, None);
}

async fn a_reflector_holds_a_copy(client: Client) {
    let pots = pots(client);
    for name in ["a", "b"] {
        create(&pots, name).await;
    }
    let (store, writer) = reflector::store();
    let stream = watcher(pots.clone(), Config::default())
        .reflect(writer)
        .applied_objects()
        .predicate_filter(predicates::generation, PredicateConfig::default());
    let mut applied = pin!(stream);
    let mut name = async || applied.next().await.unwrap().unwrap().name_any();
    assert_eq!((name().await, name().await), ("a".into(), "b".into()));

    // A status is no new generation, so that it passes without a word, but into the copy.
    let status = Patch::Merge(json!({ "status": { "moisture": 7 } }));
    pots.patch_status("a", &PatchParams::default(), &status).await.unwrap();
    set_plants(&pots, "b", 2).await;
    assert_eq!(name().await, "b");
    store.wait_until_ready().await.unwrap();
    let pot = store.get(&ObjectRef::new("a").within("default")).expect("it is in the copy");
    assert_eq!(pot.status.as_ref().map(|status| status.moisture), Some(7));
    let copy: BTreeMap<_, _> = store.state().iter().map(|pot| (pot.name_any(), pot.spec.plants)).collect();
    assert_eq!(copy, BTreeMap::from([("a".into(), 1), ("b".into(), 2)]));
}

async fn conditions_are_awaited(client: Client) {
    let pots = pots(client);
    let created = tokio::spawn(await_condition(pots.clone(), "rose", conditions::is_created()));
    let pot = create(&pots, "rose").await;
    assert_eq!(created.await.unwrap().unwrap(), Some(pot.clone()));
    let uid = pot.uid().unwrap();
    let waiting = pots.clone();
    let deleted =
        tokio::spawn(
            async move { await_condition(waiting, "rose", conditions::is_deleted(&uid)).await.unwrap() },
        );
    pots.delete("rose", &DeleteParams::default()).await.unwrap();
    assert_eq!(deleted.await.unwrap(), None);
}
