//! Discovery, and objects whose type is learnt from it.

use kube::api::{ApiResource, DynamicObject, ListParams, PostParams};
use kube::core::{GroupVersion, GroupVersionKind};
use kube::discovery::{self, ApiCapabilities, Discovery, Scope, verbs};
use kube::{Api, Client, ResourceExt as _};
use resourceful_tests_clients::kinds::{FlowerPot, Garden};
use serde_json::json;

use crate::both_ways;

both_ways!(
    the_group_is_found_in_every_way,
    capabilities_are_those_of_the_kind,
    objects_of_unknown_types_are_read_and_written,
    the_server_says_its_version,
);

const GROUP: &str = "garden.example.com";

async fn the_group_is_found_in_every_way(client: Client) {
    let gvk = GroupVersionKind::gvk(GROUP, "v1", "FlowerPot");
    let (pinned, caps) = discovery::pinned_kind(&client, &gvk).await.unwrap();
    assert_eq!(pinned, ApiResource::erase::<FlowerPot>(&()));

    let group = discovery::group(&client, GROUP).await.unwrap();
    let pinned_group = discovery::pinned_group(&client, &GroupVersion::gv(GROUP, "v1")).await.unwrap();
    let one_by_one = Discovery::new(client.clone()).run().await.unwrap();
    let aggregated = Discovery::new(client.clone()).run_aggregated().await.unwrap();
    let filtered = Discovery::new(client).filter(&[GROUP]).run_aggregated().await.unwrap();
    for group in [&group, &pinned_group].into_iter().chain(
        [&one_by_one, &aggregated, &filtered].map(|all| all.get(GROUP).expect("the group is discovered")),
    ) {
        assert_eq!((group.name(), group.preferred_version()), (GROUP, Some("v1")));
        let (found, found_caps) = group.recommended_kind("FlowerPot").expect("the kind is discovered");
        assert_eq!(found, pinned);
        assert_eq!(words(&found_caps), words(&caps));
    }
    for all in [&one_by_one, &aggregated] {
        let (found, _) = all.resolve_gvk(&gvk).expect("the kind is discovered");
        assert_eq!(found, pinned);
        assert!(all.resolve_gvk(&GroupVersionKind::gvk(GROUP, "v1", "Shed")).is_none());
    }
}

/// The operations and the subresources, in order.
fn words(capabilities: &ApiCapabilities) -> (Vec<String>, Vec<String>) {
    let mut operations = capabilities.operations.clone();
    operations.sort();
    let mut subresources: Vec<_> =
        capabilities.subresources.iter().map(|(resource, _)| resource.plural.clone()).collect();
    subresources.sort();
    (operations, subresources)
}

async fn capabilities_are_those_of_the_kind(client: Client) {
    let group = discovery::group(&client, GROUP).await.unwrap();
    let (_, pot) = group.recommended_kind("FlowerPot").unwrap();
    assert_eq!(pot.scope, Scope::Namespaced);
    for verb in
        [verbs::GET, verbs::LIST, verbs::WATCH, verbs::CREATE, verbs::UPDATE, verbs::PATCH, verbs::DELETE]
    {
        assert!(pot.supports_operation(verb), "{verb}");
    }
    assert!(pot.supports_operation(verbs::DELETE_COLLECTION));
    assert_eq!(words(&pot).1, ["scale", "status"]);
    let (garden, caps) = group.recommended_kind("Garden").unwrap();
    assert_eq!((garden, caps.scope), (ApiResource::erase::<Garden>(&()), Scope::Cluster));
    assert!(caps.subresources.is_empty());
}

async fn objects_of_unknown_types_are_read_and_written(client: Client) {
    let gvk = GroupVersionKind::gvk(GROUP, "v1", "FlowerPot");
    let (resource, caps) = discovery::pinned_kind(&client, &gvk).await.unwrap();
    let dynamic: Api<DynamicObject> =
        Api::dynamic(client.clone(), &resource, &caps.scope).constrain_default();
    let object = DynamicObject::new("rose", &resource).data(json!({ "spec": { "plant": "rose" } }));
    let created = dynamic.create(&PostParams::default(), &object).await.unwrap();
    assert_eq!(created.types, object.types);
    assert_eq!(
        created.data,
        json!({ "spec": { "plant": "rose", "plants": 1 } }),
        "with the default of the schema"
    );

    let typed: Api<FlowerPot> = Api::default_namespaced(client);
    let pot = typed.get("rose").await.unwrap();
    assert_eq!(created.try_parse::<FlowerPot>().unwrap(), pot);
    let list = dynamic.list(&ListParams::default()).await.unwrap();
    assert_eq!(list.types.kind, "FlowerPotList");
    assert_eq!(list.items[0].name_any(), "rose");
}

async fn the_server_says_its_version(client: Client) {
    let version = client.apiserver_version().await.unwrap();
    assert!(version.major.parse::<u32>().is_ok() && !version.git_version.is_empty(), "{version:?}");
    let groups = client.list_api_groups().await.unwrap();
    assert_eq!(groups.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), [GROUP]);
    let core = client.list_core_api_versions().await.unwrap();
    assert_eq!(core.versions, ["v1"], "kubectl's lists are of that version");
    let core = client.list_core_api_versions_aggregated().await.unwrap();
    let mut versions = core.items.iter().flat_map(|group| &group.versions);
    assert!(versions.all(|version| version.resources.is_empty()), "there is nothing of it: {core:?}");
}
