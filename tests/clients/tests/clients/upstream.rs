//! kube-rs' own tests that need a cluster, and its examples about own kinds, re-created on kinds that are served here: all
//! in one table.
//!
//! Files and names are those of kube-rs 5. A row either runs, or says why it does not.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::{ObjectReference, Pod};
use kube::api::entry::{CommitError, Entry};
use kube::api::{
    ApiResource, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams, WatchEvent,
    WatchParams,
};
use kube::client::scope::{Cluster, Namespace};
use kube::core::object::{HasSpec as _, HasStatus as _, NotUsed, Object};
use kube::core::{GroupVersion, GroupVersionKind, ObjectMeta, PartialObjectMetaExt as _};
use kube::discovery::{self, Discovery, verbs};
use kube::runtime::wait::delete::delete_and_finalize;
use kube::runtime::wait::{Condition, await_condition};
use kube::{Api, Client, Error, Resource as _, ResourceExt as _};
use resourceful_tests_clients::kinds::{FlowerPot, FlowerPotStatus, Garden};
use serde::Deserialize;
use serde_json::json;

/// One test per row: `name` runs the function of that name, `name: REASON` is shown as ignored for that reason.
macro_rules! table {
    ($($file:ident { $($name:ident $(: $reason:ident)?,)* })*) => {
        $(mod $file {
            $(table!(@row $name $($reason)?);)*
        })*
    };
    (@row $name:ident) => {
        #[tokio::test]
        async fn $name() {
            let (server, client) = resourceful_tests_clients::serving::over_https().await;
            super::$name(client).await;
            drop(server);
        }
    };
    (@row $name:ident PODS) => { table!(@ignored $name "it is about pods: their logs, exec, eviction and more"); };
    (@row $name:ident CORE) => { table!(@ignored $name "it is about kinds of Kubernetes itself"); };
    (@row $name:ident APPLY) => { table!(@ignored $name "server-side apply is not served yet"); };
    (@row $name:ident TLS) => { table!(@ignored $name "it is about the client's own TLS set-up"); };
    (@ignored $name:ident $reason:literal) => {
        #[test]
        #[ignore = $reason]
        fn $name() {}
    };
}

table! {
    kube_lib {
        custom_resource_generates_correct_core_structs,
        // Its two applies are merge patches here: server-side apply is not served yet.
        derived_resource_queryable_and_has_subresources,
        custom_serialized_objects_are_queryable_and_iterable,
        derived_resources_discoverable,
        pod_can_await_conditions,
        api_get_opt_handles_404,
    }
    kube_client_lib {
        custom_client_rustls_configuration: TLS,
        custom_client_openssl_tls_configuration: TLS,
        group_discovery_oneshot,
        aggregated_discovery_apis,
        aggregated_discovery_core: CORE,
        discovery_run_aggregated,
        pod_can_use_core_apis,
        pod_can_exec_and_write_to_stdin: PODS,
        can_get_pod_logs_and_evict: PODS,
        can_operate_on_pod_metadata,
        csr_can_be_approved: CORE,
        can_operate_on_ephemeral_containers: PODS,
        pod_can_exec_and_write_to_stdin_from_node_proxy: PODS,
    }
    kube_client_api_entry {
        entry_create_missing_object,
        entry_update_existing_object,
        entry_create_dry_run,
    }
    kube_client_api_util {
        node_cordon_and_uncordon_works: CORE,
        create_token_request: CORE,
    }
    kube_client_client_ext {
        client_ext_list_get_pods_svcs,
        client_ext_fetch_ref_pods_svcs,
        fetch_fails,
    }
    examples {
        crd_api,
        crd_apply: APPLY,
    }
    kube_runtime_events {
        event_recorder_attaches_events: CORE,
        event_recorder_attaches_events_without_namespace: CORE,
        event_recorder_cache_retain: CORE,
    }
}

fn pots(client: &Client) -> Api<FlowerPot> {
    Api::default_namespaced(client.clone())
}

async fn create(client: &Client, name: &str) -> FlowerPot {
    pots(client).create(&PostParams::default(), &FlowerPot::new(name, "rose")).await.unwrap()
}

async fn custom_resource_generates_correct_core_structs(client: Client) {
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("garden.example.com", "v1", "FlowerPot"));
    let dynamic: Api<DynamicObject> = Api::namespaced_with(client.clone(), "myns", &resource);
    let typed: Api<FlowerPot> = Api::namespaced(client, "myns");
    assert_eq!(dynamic.resource_url(), typed.resource_url());
}

async fn derived_resource_queryable_and_has_subresources(client: Client) {
    let created = create(&client, "baz").await;
    let pots = pots(&client);
    let reference = created.object_ref(&());
    assert_eq!((reference.name.as_deref(), reference.uid), (Some("baz"), created.uid()));
    let partial =
        json!({ "apiVersion": "garden.example.com/v1", "kind": "FlowerPot", "spec": { "plants": 2 } });
    let pot = pots.patch("baz", &PatchParams::default(), &Patch::Merge(partial)).await.unwrap();
    assert_eq!(pot.spec.plants, 2, "patching spec updated spec.plants");

    let scale = pots.get_scale("baz").await.unwrap();
    assert_eq!(scale.spec.unwrap().replicas, Some(2));
    assert!(pots.get_status("baz").await.unwrap().status.is_none(), "nothing has set status");

    let status = json!({ "status": FlowerPotStatus { plants: 1, ..FlowerPotStatus::default() } });
    let pot = pots.patch_status("baz", &PatchParams::default(), &Patch::Merge(&status)).await.unwrap();
    assert!(pot.status.is_some(), "status set after patch_status");

    let three = json!({ "spec": { "replicas": 3 } });
    let scale = pots.patch_scale("baz", &PatchParams::default(), &Patch::Merge(&three)).await.unwrap();
    assert_eq!(scale.status.unwrap().replicas, 1, "the status of the scale is that of the object");
    assert_eq!(scale.spec.unwrap().replicas, Some(3), "patch_scale updates what it is linked to");

    let deleted = pots.delete_collection(&DeleteParams::default(), &ListParams::default()).await.unwrap();
    assert_eq!(deleted.left().expect("a list").items.len(), 1);
}

/// A part of the type, and nothing of its status.
async fn custom_serialized_objects_are_queryable_and_iterable(client: Client) {
    #[derive(Clone, Deserialize, Debug)]
    struct Simple {
        plant: String,
    }
    create(&client, "a").await;
    create(&client, "b").await;
    let resource = ApiResource::erase::<FlowerPot>(&());
    let api: Api<Object<Simple, NotUsed>> = Api::default_namespaced_with(client, &resource);
    let mut list = api.list(&ListParams::default()).await.unwrap();
    for pot in &mut list {
        pot.spec_mut().plant = String::new();
        *pot.status_mut() = None;
        pot.annotations_mut().insert("kube-seen".into(), "yes".into());
        pot.finalizers_mut().push("kube-finalizer".into());
        pot.managed_fields_mut().clear();
    }
    assert_eq!(list.items.len(), 2);
    for pot in list {
        assert!(pot.annotations().contains_key("kube-seen") && pot.spec().plant.is_empty());
        assert!(pot.finalizers().contains(&"kube-finalizer".to_owned()) && pot.managed_fields().is_empty());
    }
}

async fn derived_resources_discoverable(client: Client) {
    create(&client, "a").await;
    let (group, gvk) = ("garden.example.com", GroupVersionKind::gvk("garden.example.com", "v1", "FlowerPot"));
    let pinned = discovery::pinned_group(&client, &GroupVersion::gv(group, "v1")).await.unwrap();
    let (recommended, caps) = pinned.recommended_kind("FlowerPot").unwrap();
    let (kind, kind_caps) = discovery::pinned_kind(&client, &gvk).await.unwrap();
    assert_eq!((caps.operations.len(), &recommended), (kind_caps.operations.len(), &kind));
    assert_eq!(DynamicObject::api_version(&kind), "garden.example.com/v1");

    let all = Discovery::new(client.clone()).run().await.unwrap();
    assert!(all.has_group(group));
    let (found, _) = all.resolve_gvk(&gvk).unwrap();
    assert_eq!((&found.group, &found.version, &found.kind), (&gvk.group, &gvk.version, &gvk.kind));
    for group in all.groups_alphabetical() {
        for (resource, caps) in group.recommended_resources() {
            assert!(caps.supports_operation(verbs::LIST));
            let api: Api<DynamicObject> =
                Api::dynamic(client.clone(), &resource, &caps.scope).constrain_default();
            api.list(&ListParams::default()).await.unwrap();
        }
    }
}

async fn pod_can_await_conditions(client: Client) {
    fn is_moist() -> impl Condition<FlowerPot> {
        |pot: Option<&FlowerPot>| {
            pot.and_then(|pot| pot.status.as_ref()).is_some_and(|status| status.moisture > 50)
        }
    }
    fn has_plants() -> impl Condition<FlowerPot> {
        |pot: Option<&FlowerPot>| pot.is_some_and(|pot| pot.spec.plants > 1)
    }
    create(&client, "rose").await;
    let pots = pots(&client);
    let condition = is_moist().and(has_plants());
    let waiting = tokio::spawn(await_condition(pots.clone(), "rose", condition));
    let params = PatchParams::default();
    let patch = json!({ "spec": { "plants": 2 } });
    pots.patch("rose", &params, &Patch::Merge(patch)).await.unwrap();
    for moisture in [20, 60] {
        let patch = json!({ "status": { "moisture": moisture } });
        pots.patch_status("rose", &params, &Patch::Merge(patch)).await.unwrap();
    }
    let found = tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap().unwrap().unwrap();
    assert_eq!(found.unwrap().status.unwrap().moisture, 60);

    let params = DeleteParams::default();
    let deleting = delete_and_finalize(pots.clone(), "rose", &params);
    tokio::time::timeout(Duration::from_secs(20), deleting).await.unwrap().unwrap();
    assert!(pots.get("rose").await.is_err());
}

async fn api_get_opt_handles_404(client: Client) {
    assert_eq!(pots(&client).get_opt("this-pot-does-not-exist").await.unwrap(), None);
}

async fn group_discovery_oneshot(client: Client) {
    let group = discovery::group(&client, "garden.example.com").await.unwrap();
    let (resource, _) = group.recommended_kind("Garden").unwrap();
    let api: Api<DynamicObject> = Api::all_with(client, &resource);
    api.list(&ListParams::default()).await.unwrap();
}

async fn aggregated_discovery_apis(client: Client) {
    let all = client.list_api_groups_aggregated().await.unwrap();
    let name = Some("garden.example.com".to_owned());
    let group =
        all.items.iter().find(|group| group.metadata.as_ref().and_then(|meta| meta.name.clone()) == name);
    let version = group.unwrap().versions.iter().find(|version| version.version.as_deref() == Some("v1"));
    let resources = &version.unwrap().resources;
    let pots = resources.iter().find(|found| found.resource.as_deref() == Some("flowerpots")).unwrap();
    assert_eq!(pots.scope.as_deref(), Some("Namespaced"));
    assert!(pots.verbs.contains(&"list".to_owned()));
}

async fn discovery_run_aggregated(client: Client) {
    let all = Discovery::new(client).run_aggregated().await.unwrap();
    assert!(all.groups().count() > 0);
    let (kind, caps) = all.get("garden.example.com").unwrap().recommended_kind("FlowerPot").unwrap();
    assert_eq!(kind.kind, "FlowerPot");
    assert!(caps.supports_operation(verbs::LIST) && caps.supports_operation(verbs::GET));
}

async fn pod_can_use_core_apis(client: Client) {
    let pots = pots(&client);
    let created = create(&client, "rose").await;
    assert_eq!(created.name_unchecked(), "rose");
    let params = WatchParams::default().fields("metadata.name=rose").timeout(15);
    let mut stream = pots.watch(&params, "0").await.unwrap().boxed();
    while let Some(event) = stream.try_next().await.unwrap() {
        let _ = format!("we: {event:?}");
        match event {
            WatchEvent::Added(_) => {
                let status = Patch::Merge(json!({ "status": { "moisture": 1 } }));
                pots.patch_status("rose", &PatchParams::default(), &status).await.unwrap();
            }
            WatchEvent::Modified(pot) if pot.status.is_some() => break,
            WatchEvent::Error(error) => panic!("watch error: {error}"),
            _ => {}
        }
    }
    let mut pot = pots.get("rose").await.unwrap();
    assert!(pot.resource_version().is_some());
    pot.spec.plants = 5;
    assert_eq!(pots.replace("rose", &PostParams::default(), &pot).await.unwrap().spec.plants, 5);
    let deleted = pots.delete("rose", &DeleteParams::default()).await.unwrap();
    deleted.map_left(|pot| assert_eq!(pot.name_unchecked(), "rose"));
}

async fn can_operate_on_pod_metadata(client: Client) {
    let pots = pots(&client);
    let mut pot = FlowerPot::new("rose", "rose");
    pot.labels_mut().insert("app".into(), "kube-rs-test".into());
    pots.create(&PostParams::default(), &pot).await.unwrap();
    let meta = pots.get_metadata("rose").await.unwrap();
    assert_eq!(
        (meta.name_any().as_str(), meta.labels().get("app").unwrap().as_str()),
        ("rose", "kube-rs-test")
    );
    let list = pots.list_metadata(&ListParams::default()).await.unwrap();
    let listed = list.items.into_iter().find(|meta| meta.name_any() == "rose").unwrap();
    assert_eq!(listed.labels().get("app").unwrap(), "kube-rs-test");

    let annotations = Some([("test".to_owned(), "123".to_owned())].into());
    let patch = ObjectMeta { annotations, ..ObjectMeta::default() }.into_request_partial::<FlowerPot>();
    let patched = pots.patch_metadata("rose", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    assert_eq!(patched.annotations().get("test").unwrap(), "123");
    let types = patched.types.unwrap();
    assert_eq!(
        (types.kind.as_str(), types.api_version.as_str()),
        ("PartialObjectMetadata", "meta.k8s.io/v1")
    );
}

async fn plants(pots: &Api<FlowerPot>, name: &str) -> Option<u32> {
    pots.get_opt(name).await.unwrap().map(|pot| pot.spec.plants)
}

fn unnamed() -> FlowerPot {
    let mut pot = FlowerPot::new("", "rose");
    pot.metadata.name = None;
    pot
}

async fn entry_create_missing_object(client: Client) {
    let (pots, params) = (pots(&client), PostParams::default());
    let entry = pots.entry("rose").await.unwrap();
    let late = pots.entry("rose").await.unwrap();
    assert_eq!((entry.get(), late.get()), (None, None));

    let mut entry = entry.or_insert(unnamed);
    entry.commit(&params).await.unwrap();
    assert_eq!((entry.get().spec.plants, plants(&pots, "rose").await), (1, Some(1)));
    entry.get_mut().spec.plants = 2;
    entry.commit(&params).await.unwrap();
    assert_eq!((entry.get().spec.plants, plants(&pots, "rose").await), (2, Some(2)));

    let mut late = late.or_insert(unnamed);
    let refused = late.commit(&params).await;
    assert!(matches!(refused, Err(CommitError::Save(Error::Api(status))) if status.is_already_exists()));
}

async fn entry_update_existing_object(client: Client) {
    create(&client, "rose").await;
    let (pots, params) = (pots(&client), PostParams::default());
    let (Entry::Occupied(mut entry), Entry::Occupied(mut late)) =
        (pots.entry("rose").await.unwrap(), pots.entry("rose").await.unwrap())
    else {
        panic!("the entry of an object that is there is occupied")
    };
    entry.get_mut().spec.plants = 2;
    entry.commit(&params).await.unwrap();
    assert_eq!((entry.get().spec.plants, plants(&pots, "rose").await), (2, Some(2)));
    late.get_mut().spec.plants = 3;
    let refused = late.commit(&params).await;
    assert!(matches!(refused, Err(CommitError::Save(Error::Api(status))) if status.is_conflict()));
}

async fn entry_create_dry_run(client: Client) {
    let (pots, params) = (pots(&client), PostParams::default());
    let dry = PostParams { dry_run: true, ..PostParams::default() };
    let mut entry = pots.entry("rose").await.unwrap().or_insert(unnamed);
    entry.commit(&dry).await.unwrap();
    assert_eq!((entry.get().spec.plants, plants(&pots, "rose").await), (1, None));
    entry.commit(&params).await.unwrap();
    assert_eq!((entry.get().spec.plants, plants(&pots, "rose").await), (1, Some(1)));
    entry.get_mut().spec.plants = 2;
    entry.commit(&dry).await.unwrap();
    assert_eq!((entry.get().spec.plants, plants(&pots, "rose").await), (2, Some(1)));
    entry.commit(&params).await.unwrap();
    assert_eq!((entry.get().spec.plants, plants(&pots, "rose").await), (2, Some(2)));
}

async fn garden(client: &Client) -> Garden {
    let mut garden = Garden { place: "London".into(), ..Garden::default() };
    garden.metadata.name = Some("kew".into());
    Api::all(client.clone()).create(&PostParams::default(), &garden).await.unwrap()
}

async fn client_ext_list_get_pods_svcs(client: Client) {
    garden(&client).await;
    create(&client, "rose").await;
    let params = ListParams::default();
    let gardens = client.list::<Garden>(&params, &Cluster).await.unwrap();
    assert_eq!(gardens.iter().map(Garden::name_any).collect::<Vec<_>>(), ["kew"]);
    let namespace: Namespace = "default".into();
    let there = client.list::<FlowerPot>(&params, &namespace).await.unwrap();
    let everywhere = client.list::<FlowerPot>(&params, &Cluster).await.unwrap();
    assert_eq!((there.items.len(), there.items), (1, everywhere.items));
    assert_eq!(client.get::<FlowerPot>("rose", &namespace).await.unwrap().name_unchecked(), "rose");
    assert_eq!(client.get::<Garden>("kew", &Cluster).await.unwrap().name_unchecked(), "kew");
}

async fn client_ext_fetch_ref_pods_svcs(client: Client) {
    let garden = garden(&client).await;
    let mut pot = FlowerPot::new("rose", "rose");
    pot.owner_references_mut().extend(garden.owner_ref(&()));
    pots(&client).create(&PostParams::default(), &pot).await.unwrap();

    let reference = ObjectReference {
        kind: Some(FlowerPot::kind(&()).into()),
        api_version: Some(FlowerPot::api_version(&()).into()),
        name: Some("rose".into()),
        namespace: Some("default".into()),
        ..ObjectReference::default()
    };
    let pot: FlowerPot = client.fetch(&reference).await.unwrap();
    let untyped: DynamicObject = client.fetch(&pot.object_ref(&())).await.unwrap();
    assert_eq!((pot.name_unchecked(), untyped.name_unchecked()), ("rose".into(), "rose".into()));
    let owner: Garden = client.fetch(&pot.owner_references()[0]).await.unwrap();
    assert_eq!(owner, garden);
}

async fn fetch_fails(client: Client) {
    let pot = create(&client, "rose").await;
    let error = client.fetch::<Pod>(&pot.object_ref(&())).await.unwrap_err();
    assert!(matches!(error, Error::SerdeError(_)));
    let expected = "invalid value: string \"garden.example.com/v1\", expected v1";
    assert!(error.to_string().contains(expected), "{error}");
    let object: DynamicObject = client.fetch(&pot.object_ref(&())).await.unwrap();
    assert!(object.try_parse::<Pod>().unwrap_err().to_string().contains(expected));
}

async fn crd_api(client: Client) {
    let (pots, params, list) = (pots(&client), PostParams::default(), ListParams::default());
    create(&client, "baz").await;
    let pot = pots.get("baz").await.unwrap();
    let replacement = json!({
        "apiVersion": "garden.example.com/v1",
        "kind": "FlowerPot",
        "metadata": { "name": "baz", "resourceVersion": pot.resource_version() },
        "spec": { "plant": "new", "plants": 1 },
    });
    let replacement: FlowerPot = serde_json::from_value(replacement).unwrap();
    let replaced = pots.replace("baz", &params, &replacement).await.unwrap();
    assert_eq!((replaced.spec.plant.as_str(), replaced.status), ("new", None));
    let deleted = pots.delete("baz", &DeleteParams::default()).await.unwrap();
    deleted.map_left(|pot| assert_eq!(pot.spec.plant, "new"));

    let mut qux = create(&client, "qux").await;
    qux.status = Some(FlowerPotStatus { moisture: 1, ..FlowerPotStatus::default() });
    let qux = pots.replace_status("qux", &params, &qux).await.unwrap();
    assert_eq!(qux.status.unwrap().moisture, 1);
    let status = json!({ "status": FlowerPotStatus { plants: 1, ..FlowerPotStatus::default() } });
    let patched = pots.patch_status("qux", &PatchParams::default(), &Patch::Merge(&status)).await.unwrap();
    assert_eq!(patched.status.as_ref().map(|status| status.plants), Some(1));
    assert_eq!(pots.get_status("qux").await.unwrap().status, patched.status);
    assert_eq!(pots.get_scale("qux").await.unwrap().status.unwrap().replicas, 1);
    let two = json!({ "spec": { "replicas": 2 } });
    let scale = pots.patch_scale("qux", &PatchParams::default(), &Patch::Merge(&two)).await.unwrap();
    assert_eq!(
        (scale.status.unwrap().replicas, scale.spec.unwrap().replicas),
        (1, Some(2)),
        "we only asked for more"
    );
    let patch = json!({ "spec": { "plant": "patched" } });
    let patched = pots.patch("qux", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    assert_eq!((patched.spec.plant.as_str(), patched.spec.plants), ("patched", 2), "the rest is as it was");
    assert_eq!(pots.list(&list).await.unwrap().items.len(), 1);
    assert!(pots.delete("qux", &DeleteParams::default()).await.unwrap().is_right(), "an instant delete");

    match pots.create(&params, &FlowerPot::new("x", "")).await {
        Err(Error::Api(status)) => {
            assert_eq!(status.code, 422);
            assert!(
                status.message.contains("spec.plant in body should be at least 1 chars long"),
                "{status}"
            );
        }
        other => panic!("{other:?}"),
    }
    let deleted = pots.delete_collection(&DeleteParams::default(), &list).await.unwrap();
    assert_eq!(deleted.left().map(|list| list.items.len()), Some(0));
}
