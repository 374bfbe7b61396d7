//! `kube::Api` with the very struct that is served: every verb.

use futures_util::{StreamExt, TryStreamExt};
use kube::api::{
    DeleteParams, ListParams, Patch, PatchParams, PostParams, Preconditions, VersionMatch, WatchEvent,
    WatchParams,
};
use kube::core::ObjectMeta;
use kube::{Api, Client, Resource as _, ResourceExt as _};
use resourceful_tests_clients::kinds::{FlowerPot, FlowerPotStatus, Garden};
use serde_json::json;

use crate::{both_ways, status};

both_ways!(
    a_created_object_comes_back_complete,
    lists_are_paged_and_selected,
    lists_go_back_to_a_revision,
    a_replace_needs_the_revision,
    patches_are_merged_or_applied_step_by_step,
    status_is_written_apart,
    scale_reads_and_writes_the_replicas,
    deletes_say_what_became_of_the_object,
    a_finalizer_holds_an_object,
    a_collection_is_deleted_by_selector,
    a_watch_tells_what_happens,
    metadata_alone_is_read_watched_and_patched,
    errors_are_statuses,
    a_dry_run_changes_nothing,
    validation_is_as_strict_as_asked,
    objects_of_the_cluster_have_no_namespace,
);

fn pots(client: Client) -> Api<FlowerPot> {
    Api::default_namespaced(client)
}

async fn create(pots: &Api<FlowerPot>, name: &str, plant: &str) -> FlowerPot {
    pots.create(&PostParams::default(), &FlowerPot::new(name, plant)).await.expect("the pot is created")
}

/// The client sends neither apiVersion nor kind: the struct has no such fields.
async fn a_created_object_comes_back_complete(client: Client) {
    let pots = pots(client);
    let mut pot = FlowerPot::new("rose", "rose");
    pot.status = Some(FlowerPotStatus { moisture: 3, ..FlowerPotStatus::default() });
    let created = pots.create(&PostParams::default(), &pot).await.unwrap();
    assert_eq!(created.status, None, "status is not the creator's");
    assert_eq!(created.spec, pot.spec);
    assert_eq!(created.namespace().as_deref(), Some("default"));
    assert_eq!(created.meta().generation, Some(1));
    assert!(created.uid().is_some() && created.resource_version().is_some());
    assert!(created.creation_timestamp().is_some());
    assert_eq!(pots.get("rose").await.unwrap(), created);

    let mut named_by_the_server = FlowerPot::new("", "rose");
    named_by_the_server.metadata = ObjectMeta { generate_name: Some("pot-".into()), ..ObjectMeta::default() };
    let created = pots.create(&PostParams::default(), &named_by_the_server).await.unwrap();
    assert!(created.name_any().starts_with("pot-") && created.name_any().len() > 4, "{}", created.name_any());
}

async fn lists_are_paged_and_selected(client: Client) {
    let all: Api<FlowerPot> = Api::all(client.clone());
    let pots = pots(client);
    for n in 0..7 {
        let mut pot = FlowerPot::new(&format!("p{n}"), if n % 2 == 0 { "fern" } else { "rose" });
        pot.labels_mut().insert("n".into(), n.to_string());
        pots.create(&PostParams::default(), &pot).await.unwrap();
    }
    let (mut names, mut pages, mut params) = (Vec::new(), Vec::new(), ListParams::default().limit(3));
    loop {
        let page = pots.list(&params).await.unwrap();
        pages.push((page.items.len(), page.metadata.remaining_item_count));
        names.extend(page.items.iter().map(FlowerPot::name_any));
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => params = params.continue_token(&token),
            None => break,
        }
    }
    assert_eq!(pages, [(3, Some(4)), (3, Some(1)), (1, None)]);
    assert_eq!(names, ["p0", "p1", "p2", "p3", "p4", "p5", "p6"]);

    for (params, expected) in [
        (ListParams::default().labels("n in (1, 4)"), vec!["p1", "p4"]),
        (ListParams::default().labels("n,n notin (0,1,2,3,4)"), vec!["p5", "p6"]),
        (ListParams::default().fields("metadata.name=p2"), vec!["p2"]),
        (ListParams::default().fields("spec.plant=rose"), vec!["p1", "p3", "p5"]),
        (ListParams::default().fields("spec.plant!=rose").labels("n!=0"), vec!["p2", "p4", "p6"]),
        (ListParams::default().match_any().labels("n=3"), vec!["p3"]),
    ] {
        let found: Vec<_> = all.list(&params).await.unwrap().iter().map(FlowerPot::name_any).collect();
        assert_eq!(found, expected, "{params:?}");
    }
}

async fn lists_go_back_to_a_revision(client: Client) {
    let pots = pots(client);
    create(&pots, "a", "fern").await;
    let before = pots.list(&ListParams::default()).await.unwrap();
    create(&pots, "b", "fern").await;
    let revision = before.metadata.resource_version.clone().unwrap();
    let then = ListParams::default().at(&revision).matching(VersionMatch::Exact);
    let then = pots.list(&then).await.unwrap();
    assert_eq!(then.items, before.items);
    assert_eq!(then.metadata.resource_version, before.metadata.resource_version);
    let since = ListParams::default().at(&revision).matching(VersionMatch::NotOlderThan);
    assert_eq!(pots.list(&since).await.unwrap().items.len(), 2);
}

async fn a_replace_needs_the_revision(client: Client) {
    let pots = pots(client);
    let mut pot = create(&pots, "rose", "rose").await;
    pot.spec.plants = 2;
    pot.status = Some(FlowerPotStatus { moisture: 9, ..FlowerPotStatus::default() });
    let replaced = pots.replace("rose", &PostParams::default(), &pot).await.unwrap();
    assert_eq!((replaced.spec.plants, replaced.meta().generation, &replaced.status), (2, Some(2), &None));

    let conflict = status(pots.replace("rose", &PostParams::default(), &pot).await);
    assert!(conflict.is_conflict() && conflict.reason == "Conflict", "{conflict:?}");

    let blind = FlowerPot::new("rose", "lily");
    let refused = status(pots.replace("rose", &PostParams::default(), &blind).await);
    assert!(refused.is_invalid(), "{refused:?}");
    assert!(refused.message.contains("metadata.resourceVersion: Invalid value"), "{refused:?}");

    let unchanged = pots.replace("rose", &PostParams::default(), &replaced).await.unwrap();
    assert_eq!(unchanged, replaced, "nothing was written, so nothing is new");
}

async fn patches_are_merged_or_applied_step_by_step(client: Client) {
    let pots = pots(client);
    create(&pots, "rose", "rose").await;
    let params = PatchParams::default();
    let merge = Patch::Merge(json!({ "metadata": { "labels": { "a": "1" } }, "spec": { "plants": 4 } }));
    let pot = pots.patch("rose", &params, &merge).await.unwrap();
    assert_eq!((pot.spec.plants, pot.labels().get("a").map(String::as_str)), (4, Some("1")));

    let steps = json!([
        { "op": "test", "path": "/spec/plants", "value": 4 },
        { "op": "replace", "path": "/spec/plants", "value": 5 },
    ]);
    let steps: Patch<()> = Patch::Json(serde_json::from_value(steps).unwrap());
    assert_eq!(pots.patch("rose", &params, &steps).await.unwrap().spec.plants, 5);
    let refused = status(pots.patch("rose", &params, &steps).await);
    assert!(refused.is_invalid(), "a test that fails: {refused:?}");

    let mut changed = pots.get("rose").await.unwrap();
    changed.spec.plants = 6;
    let whole = pots.patch("rose", &params, &Patch::Merge(&changed)).await.unwrap();
    assert_eq!(whole.spec.plants, 6, "the struct itself is a merge patch");

    let strategic = status(pots.patch("rose", &params, &Patch::Strategic(json!({ "spec": {} }))).await);
    assert_eq!((strategic.code, strategic.reason.as_str()), (415, "UnsupportedMediaType"));
    let gone = status(pots.patch("lily", &params, &merge).await);
    assert!(gone.is_not_found(), "{gone:?}");
}

async fn status_is_written_apart(client: Client) {
    let pots = pots(client);
    create(&pots, "rose", "rose").await;
    let params = PatchParams::default();
    let patch = Patch::Merge(json!({ "spec": { "plants": 9 }, "status": { "moisture": 40 } }));
    let pot = pots.patch_status("rose", &params, &patch).await.unwrap();
    assert_eq!((pot.status.as_ref().map(|status| status.moisture), pot.spec.plants), (Some(40), 1));
    assert_eq!(pot.meta().generation, Some(1));
    assert_eq!(pots.get_status("rose").await.unwrap(), pot);

    let mut next = pot.clone();
    next.spec.plants = 7;
    next.status = Some(FlowerPotStatus { moisture: 41, plants: 1, ..FlowerPotStatus::default() });
    let replaced = pots.replace_status("rose", &PostParams::default(), &next).await.unwrap();
    assert_eq!((&replaced.status, replaced.spec.plants), (&next.status, 1));
    assert!(status(pots.replace_status("rose", &PostParams::default(), &next).await).is_conflict());

    let steps = json!([{ "op": "replace", "path": "/status/moisture", "value": 101 }]);
    let steps: Patch<()> = Patch::Json(serde_json::from_value(steps).unwrap());
    let refused = status(pots.patch_status("rose", &params, &steps).await);
    assert!(refused.is_invalid() && refused.message.contains("status.moisture"), "{refused:?}");
}

async fn scale_reads_and_writes_the_replicas(client: Client) {
    let pots = pots(client);
    create(&pots, "rose", "rose").await;
    let observed = Patch::Merge(json!({ "status": { "plants": 1, "selector": "app=rose" } }));
    pots.patch_status("rose", &PatchParams::default(), &observed).await.unwrap();

    let scale = pots.get_scale("rose").await.unwrap();
    assert_eq!(scale.spec.as_ref().unwrap().replicas, Some(1));
    let seen = scale.status.as_ref().unwrap();
    assert_eq!((seen.replicas, seen.selector.as_deref()), (1, Some("app=rose")));

    let patch = Patch::Merge(json!({ "spec": { "replicas": 3 } }));
    let patched = pots.patch_scale("rose", &PatchParams::default(), &patch).await.unwrap();
    assert_eq!(patched.spec.as_ref().unwrap().replicas, Some(3));
    assert_eq!(pots.get("rose").await.unwrap().spec.plants, 3);

    let mut wanted = patched;
    wanted.spec.as_mut().unwrap().replicas = Some(5);
    pots.replace_scale("rose", &PostParams::default(), &wanted).await.unwrap();
    assert_eq!(pots.get("rose").await.unwrap().spec.plants, 5);
    assert!(status(pots.replace_scale("rose", &PostParams::default(), &wanted).await).is_conflict());
}

async fn deletes_say_what_became_of_the_object(client: Client) {
    let pots = pots(client);
    let pot = create(&pots, "rose", "rose").await;
    let another = Preconditions { uid: Some("another".into()), resource_version: None };
    let refused = pots.delete("rose", &DeleteParams::default().preconditions(another)).await;
    assert!(status(refused).is_conflict());

    let mine = Preconditions { uid: pot.uid(), resource_version: pot.resource_version() };
    let deleted = pots.delete("rose", &DeleteParams::background().preconditions(mine)).await.unwrap();
    let deleted = deleted.right().expect("a status: the object is gone at once");
    assert!(deleted.is_success(), "{deleted:?}");
    assert_eq!(Some(deleted.details.unwrap().uid), pot.uid(), "waiting for the end needs the uid");
    assert_eq!(pots.get_opt("rose").await.unwrap(), None);
    assert!(status(pots.delete("rose", &DeleteParams::default()).await).is_not_found());
}

async fn a_finalizer_holds_an_object(client: Client) {
    let pots = pots(client);
    let mut pot = FlowerPot::new("rose", "rose");
    pot.finalizers_mut().push("garden.example.com/roots".into());
    pots.create(&PostParams::default(), &pot).await.unwrap();

    let held = pots.delete("rose", &DeleteParams::default()).await.unwrap();
    let held = held.left().expect("the object: it is still there");
    assert!(held.meta().deletion_timestamp.is_some());
    assert_eq!(pots.get("rose").await.unwrap(), held);

    let steps = json!([
        { "op": "test", "path": "/metadata/finalizers/0", "value": "garden.example.com/roots" },
        { "op": "remove", "path": "/metadata/finalizers/0" },
    ]);
    let steps: Patch<()> = Patch::Json(serde_json::from_value(steps).unwrap());
    pots.patch("rose", &PatchParams::default(), &steps).await.unwrap();
    assert_eq!(pots.get_opt("rose").await.unwrap(), None);
}

async fn a_collection_is_deleted_by_selector(client: Client) {
    let pots = pots(client);
    for (name, plant) in [("a", "fern"), ("b", "rose"), ("c", "fern")] {
        create(&pots, name, plant).await;
    }
    let ferns = ListParams::default().fields("spec.plant=fern");
    let deleted = pots.delete_collection(&DeleteParams::default(), &ferns).await.unwrap();
    let deleted = deleted.left().expect("a list of what was deleted");
    let names = |pots: &[FlowerPot]| pots.iter().map(FlowerPot::name_any).collect::<Vec<_>>();
    assert_eq!(names(&deleted.items), ["a", "c"]);
    assert_eq!(names(&pots.list(&ListParams::default()).await.unwrap().items), ["b"]);
}

async fn a_watch_tells_what_happens(client: Client) {
    let pots = pots(client);
    let first = create(&pots, "a", "fern").await;
    let params = WatchParams::default().fields("spec.plant=fern").timeout(1);
    let mut events = pots.watch(&params, "0").await.unwrap().boxed();
    let mut seen = Vec::new();
    while let Some(event) = events.try_next().await.unwrap() {
        seen.push(match event {
            WatchEvent::Added(pot) => format!("added {}", pot.name_any()),
            WatchEvent::Modified(pot) => format!("modified {} {}", pot.name_any(), pot.spec.plants),
            WatchEvent::Deleted(pot) => format!("deleted {} {}", pot.name_any(), pot.spec.plant),
            WatchEvent::Bookmark(mark) => {
                assert_eq!(mark.types.kind, "FlowerPot");
                assert!(!mark.metadata.resource_version.is_empty());
                continue;
            }
            WatchEvent::Error(status) => panic!("{status:?}"),
        });
        match seen.len() {
            1 => drop(create(&pots, "b", "fern").await),
            2 => {
                create(&pots, "c", "rose").await;
                let more = Patch::Merge(json!({ "spec": { "plants": 2 } }));
                pots.patch("a", &PatchParams::default(), &more).await.unwrap();
            }
            3 => {
                let other = Patch::Merge(json!({ "spec": { "plant": "rose" } }));
                pots.patch("a", &PatchParams::default(), &other).await.unwrap();
            }
            4 => drop(pots.delete("b", &DeleteParams::default()).await.unwrap()),
            _ => {}
        }
    }
    let expected = ["added a", "added b", "modified a 2", "deleted a fern", "deleted b fern"];
    assert_eq!(seen, expected, "and the end after a second");

    let mut later =
        pots.watch(&WatchParams::default(), &first.resource_version().unwrap()).await.unwrap().boxed();
    match later.try_next().await.unwrap() {
        Some(WatchEvent::Added(pot)) => assert_eq!(pot.name_any(), "b"),
        other => panic!("{other:?}"),
    }
}

async fn metadata_alone_is_read_watched_and_patched(client: Client) {
    let pots = pots(client);
    let mut pot = FlowerPot::new("rose", "rose");
    pot.labels_mut().insert("app".into(), "rose".into());
    let pot = pots.create(&PostParams::default(), &pot).await.unwrap();

    let meta = pots.get_metadata("rose").await.unwrap();
    assert_eq!(meta.metadata, pot.metadata);
    assert_eq!(meta.types.as_ref().unwrap().kind, "PartialObjectMetadata");
    assert!(pots.get_metadata_opt("lily").await.unwrap().is_none());

    let list = pots.list_metadata(&ListParams::default().labels("app=rose")).await.unwrap();
    assert_eq!(list.items.iter().map(|item| &item.metadata).collect::<Vec<_>>(), [&pot.metadata]);

    let patch = Patch::Merge(json!({ "metadata": { "annotations": { "a": "1" } } }));
    let patched = pots.patch_metadata("rose", &PatchParams::default(), &patch).await.unwrap();
    assert_eq!(patched.annotations().get("a").map(String::as_str), Some("1"));

    let mut events = pots.watch_metadata(&WatchParams::default(), "0").await.unwrap().boxed();
    match events.try_next().await.unwrap() {
        Some(WatchEvent::Added(meta)) => assert_eq!(meta.metadata, patched.metadata),
        other => panic!("{other:?}"),
    }
}

async fn errors_are_statuses(client: Client) {
    let pots = pots(client);
    create(&pots, "rose", "rose").await;
    let again = status(pots.create(&PostParams::default(), &FlowerPot::new("rose", "rose")).await);
    assert!(again.is_already_exists(), "{again:?}");
    assert_eq!((again.code, again.is_failure()), (409, true));

    let empty = status(pots.create(&PostParams::default(), &FlowerPot::new("empty", "")).await);
    assert!(empty.is_invalid(), "{empty:?}");
    let details = empty.details.unwrap();
    assert_eq!((details.name.as_str(), details.kind.as_str()), ("empty", "FlowerPot"));
    assert_eq!(details.causes[0].field, "spec.plant");

    let missing = status(pots.get("lily").await);
    assert!(missing.is_not_found(), "{missing:?}");
    assert_eq!(missing.message, "flowerpots.garden.example.com \"lily\" not found");
    assert_eq!(pots.get_opt("lily").await.unwrap(), None);

    let selector = status(pots.list(&ListParams::default().fields("spec.colour=red")).await);
    assert_eq!((selector.code, selector.reason.as_str()), (400, "BadRequest"));
}

async fn a_dry_run_changes_nothing(client: Client) {
    let pots = pots(client);
    let dry = PostParams { dry_run: true, ..PostParams::default() };
    let tried = pots.create(&dry, &FlowerPot::new("rose", "rose")).await.unwrap();
    assert!(tried.uid().is_some());
    assert_eq!(pots.get_opt("rose").await.unwrap(), None);

    let pot = create(&pots, "rose", "rose").await;
    let mut more = pot.clone();
    more.spec.plants = 3;
    assert_eq!(pots.replace("rose", &dry, &more).await.unwrap().spec.plants, 3);
    let patch = Patch::Merge(json!({ "spec": { "plants": 4 } }));
    let params = PatchParams { dry_run: true, ..PatchParams::default() };
    assert_eq!(pots.patch("rose", &params, &patch).await.unwrap().spec.plants, 4);
    let patch = Patch::Merge(json!({ "status": { "moisture": 4 } }));
    assert!(pots.patch_status("rose", &params, &patch).await.unwrap().status.is_some());
    pots.delete("rose", &DeleteParams::default().dry_run()).await.unwrap();
    let all = ListParams::default();
    pots.delete_collection(&DeleteParams::default().dry_run(), &all).await.unwrap();
    assert_eq!(pots.get("rose").await.unwrap(), pot);
}

async fn validation_is_as_strict_as_asked(client: Client) {
    let pots = pots(client);
    create(&pots, "rose", "rose").await;
    let unknown = Patch::Merge(json!({ "spec": { "colour": "red" } }));
    let refused = status(pots.patch("rose", &PatchParams::default().validation_strict(), &unknown).await);
    assert!(refused.message.contains("unknown field \"spec.colour\""), "{refused:?}");
    for params in [PatchParams::default().validation_warn(), PatchParams::default().validation_ignore()] {
        pots.patch("rose", &params, &unknown).await.unwrap();
    }
}

async fn objects_of_the_cluster_have_no_namespace(client: Client) {
    let gardens: Api<Garden> = Api::all(client);
    let garden = Garden {
        metadata: ObjectMeta { name: Some("kew".into()), ..ObjectMeta::default() },
        place: "London".into(),
    };
    let created = gardens.create(&PostParams::default(), &garden).await.unwrap();
    assert_eq!((created.namespace(), created.place.as_str()), (None, "London"));
    assert_eq!(gardens.get("kew").await.unwrap(), created);
    assert!(status(gardens.get_status("kew").await).is_not_found(), "a kind without status serves none");
}
