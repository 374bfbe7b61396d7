//! The documents of discovery with their fields in upstream's order (`meta/v1/types.go`, `apidiscovery/v2/types.go`).

use serde::Serialize;

/// `APIVersions`.
#[derive(Serialize)]
pub(super) struct ApiVersions<'a> {
    pub(super) kind: &'static str,
    pub(super) versions: Vec<&'a str>,
    #[serde(rename = "serverAddressByClientCIDRs")]
    pub(super) addresses: [(); 0],
}

/// `APIGroupList`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiGroupList<'a> {
    pub(super) kind: &'static str,
    pub(super) api_version: &'static str,
    pub(super) groups: Vec<ApiGroup<'a>>,
}

/// `APIGroup`, which says its kind where it stands alone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiGroup<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) api_version: Option<&'static str>,
    pub(super) name: &'a str,
    pub(super) versions: Vec<GroupVersion<'a>>,
    pub(super) preferred_version: Option<GroupVersion<'a>>,
}

/// `GroupVersionForDiscovery`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupVersion<'a> {
    pub(super) group_version: String,
    pub(super) version: &'a str,
}

/// `APIResourceList`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiResourceList {
    pub(super) kind: &'static str,
    pub(super) api_version: &'static str,
    pub(super) group_version: String,
    pub(super) resources: Vec<ApiResource>,
}

/// `APIResource`. Group and version are those of the list where they are empty.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiResource {
    pub(super) name: String,
    pub(super) singular_name: &'static str,
    pub(super) namespaced: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) group: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) version: &'static str,
    pub(super) kind: &'static str,
    pub(super) verbs: Vec<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) short_names: &'static [&'static str],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) categories: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) storage_version_hash: Option<String>,
}

/// `APIGroupDiscoveryList`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiGroupDiscoveryList<'a> {
    pub(super) kind: &'static str,
    pub(super) api_version: &'static str,
    pub(super) metadata: NoMetadata,
    pub(super) items: Vec<ApiGroupDiscovery<'a>>,
}

/// The metadata of a list of which there is nothing to say.
#[derive(Serialize)]
pub(super) struct NoMetadata {}

/// `APIGroupDiscovery`.
#[derive(Serialize)]
pub(super) struct ApiGroupDiscovery<'a> {
    pub(super) metadata: GroupName<'a>,
    pub(super) versions: Vec<ApiVersionDiscovery<'a>>,
}

/// The metadata of a group.
#[derive(Serialize)]
pub(super) struct GroupName<'a> {
    pub(super) name: &'a str,
}

/// `APIVersionDiscovery`.
#[derive(Serialize)]
pub(super) struct ApiVersionDiscovery<'a> {
    pub(super) version: &'a str,
    pub(super) resources: Vec<ApiResourceDiscovery>,
    pub(super) freshness: &'static str,
}

/// `APIResourceDiscovery`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiResourceDiscovery {
    pub(super) resource: &'static str,
    pub(super) response_kind: ResponseKind,
    pub(super) scope: &'static str,
    pub(super) singular_resource: &'static str,
    pub(super) verbs: Vec<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) short_names: &'static [&'static str],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) categories: &'static [&'static str],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) subresources: Vec<ApiSubresourceDiscovery>,
}

/// `APISubresourceDiscovery`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiSubresourceDiscovery {
    pub(super) subresource: String,
    pub(super) response_kind: ResponseKind,
    pub(super) verbs: Vec<&'static str>,
}

/// `GroupVersionKind`.
#[derive(Serialize)]
pub(super) struct ResponseKind {
    pub(super) group: &'static str,
    pub(super) version: &'static str,
    pub(super) kind: &'static str,
}
