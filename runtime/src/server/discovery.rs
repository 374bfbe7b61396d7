//! What is served, as documents: legacy and aggregated discovery (contract 6.13 to 6.23).
//!
//! Built once from the handlers; no store is ever asked.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Response, StatusCode};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::body::Body;
use super::discovery_types::{
    ApiGroup, ApiGroupDiscovery, ApiGroupDiscoveryList, ApiGroupList, ApiResource, ApiResourceDiscovery,
    ApiResourceList, ApiSubresourceDiscovery, ApiVersionDiscovery, ApiVersions, GroupName, GroupVersion,
    NoMetadata, ResponseKind,
};
use super::document::Document;
use super::media_range::accepted;
use super::negotiate::{self, Format, Offer};
use super::query::Query;
use super::respond;
use crate::errors::Error;
use crate::info::ResourceInfo;
use crate::rest::Handlers;

const JSON: &str = "application/json";

/// Clients compare it to the letter, and read the body as the legacy type otherwise (contract 6.18).
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// The verbs of `/status` (contract 1.41).
pub(super) const SUBRESOURCE_VERBS: [&str; 3] = ["get", "patch", "update"];

/// The discovery documents of a server.
#[derive(Debug)]
pub(crate) struct Discovery {
    /// The legacy documents by path.
    legacy: HashMap<String, Document>,
    /// The aggregated forms of `/api` and `/apis`.
    aggregated: HashMap<&'static str, Document>,
}

/// The kinds of a group by version, the preferred version first.
struct Group<'a> {
    name: &'a str,
    versions: Vec<(&'a str, Vec<&'a Handlers>)>,
}

impl Discovery {
    /// The documents of these kinds.
    pub(crate) fn new(handlers: &[Handlers]) -> Self {
        let groups = groups(handlers);
        let (mut core, named): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.name.is_empty());
        if core.is_empty() {
            // kubectl takes a file with a `List` of version v1, such as it prints, only from a server that has the version.
            core.push(Group { name: "", versions: vec![("v1", Vec::new())] });
        }
        let mut legacy = HashMap::new();
        for group in core.iter().chain(&named) {
            let root = match group.name {
                "" => "/api".to_owned(),
                name => format!("/apis/{name}"),
            };
            for (version, kinds) in &group.versions {
                legacy.insert(
                    format!("{root}/{version}"),
                    json_document(&resource_list(group, version, kinds)),
                );
            }
            if !group.name.is_empty() {
                let document =
                    ApiGroup { kind: Some("APIGroup"), api_version: Some("v1"), ..api_group(group) };
                legacy.insert(root, json_document(&document));
            }
        }
        let versions: Vec<_> =
            core.iter().flat_map(|group| &group.versions).map(|(version, _)| *version).collect();
        let api = ApiVersions { kind: "APIVersions", versions, addresses: [] };
        let groups = named.iter().map(api_group).collect();
        let apis = ApiGroupList { kind: "APIGroupList", api_version: "v1", groups };
        legacy.insert("/api".into(), json_document(&api));
        legacy.insert("/apis".into(), json_document(&apis));
        let aggregated = HashMap::from([
            ("/api", Document::new(AGGREGATED, encode(&aggregated(&core)))),
            ("/apis", Document::new(AGGREGATED, encode(&aggregated(&named)))),
        ]);
        Self { legacy, aggregated }
    }

    /// Answers a discovery path; `None` when the path is another.
    pub(crate) fn respond(
        &self,
        path: &str,
        query: Query<'_>,
        headers: &HeaderMap,
    ) -> Option<Response<Body>> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let legacy = self.legacy.get(path)?;
        let aggregated = self.aggregated.get(path);
        for range in accepted(headers).iter().filter(|range| range.takes("json")) {
            let parameter = |name| range.parameter(name).unwrap_or_default();
            match (parameter("g"), parameter("v"), parameter("as")) {
                (_, _, "") => break,
                ("apidiscovery.k8s.io", "v2", "APIGroupDiscoveryList") => {
                    if let Some(document) = aggregated {
                        let mut response = document.respond(headers);
                        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public"));
                        return Some(response);
                    }
                }
                _ => {}
            }
        }
        Some(match negotiate::output(headers, query, Offer::plain()) {
            Err(_) => not_acceptable(aggregated.is_some()),
            Ok(output) if output.format == Format::Json && !output.pretty => legacy.respond(headers),
            // For people, who ask with curl or for YAML.
            Ok(output) => respond::document(StatusCode::OK, legacy.bytes(), output),
        })
    }
}

/// The groups by name, each with its versions in order of preference (contract 6.22).
fn groups(handlers: &[Handlers]) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<_, BTreeMap<_, (&str, Vec<_>)>> = BTreeMap::new();
    for handlers in handlers {
        let info = handlers.info();
        let version = groups.entry(info.group).or_default().entry(preference(info.version));
        version.or_insert_with(|| (info.version, Vec::new())).1.push(handlers);
    }
    groups
        .into_iter()
        .map(|(name, versions)| {
            let mut versions: Vec<_> = versions.into_values().collect();
            for (_, kinds) in &mut versions {
                kinds.sort_by_key(|handlers| handlers.info().plural);
            }
            Group { name, versions }
        })
        .collect()
}

/// What sorts versions as Kubernetes prefers them: stable before beta before alpha, the higher number first, and names
/// of another form at the end, in order of the alphabet.
fn preference(version: &str) -> (Reverse<Option<Rank>>, &str) {
    (Reverse(rank(version)), version)
}

/// Stability, then major, then minor number.
type Rank = (u8, u64, u64);

fn rank(version: &str) -> Option<Rank> {
    let digits = version.strip_prefix('v')?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (major, rest) = digits.split_at(end);
    let (stage, minor) = match rest {
        "" => (2, "0"),
        rest => rest
            .strip_prefix("beta")
            .map(|minor| (1, minor))
            .or(rest.strip_prefix("alpha").map(|minor| (0, minor)))?,
    };
    Some((stage, major.parse().ok()?, minor.parse().ok()?))
}

/// The entry of a group in `/apis` (contract 6.15, 6.16).
fn api_group<'a>(group: &Group<'a>) -> ApiGroup<'a> {
    let version =
        |version: &'a str| GroupVersion { group_version: group_version(group.name, version), version };
    let versions: Vec<_> = group.versions.iter().map(|(name, _)| version(name)).collect();
    let preferred_version = versions.first().cloned();
    ApiGroup { kind: None, api_version: None, name: group.name, versions, preferred_version }
}

/// `/apis/G/V` (contract 6.13).
fn resource_list(group: &Group<'_>, version: &str, kinds: &[&Handlers]) -> ApiResourceList {
    let mut resources = Vec::new();
    for handlers in kinds {
        let info = handlers.info();
        resources.push(ApiResource {
            name: info.plural.to_owned(),
            singular_name: info.singular,
            namespaced: info.is_namespaced(),
            kind: info.kind,
            verbs: handlers.verbs(),
            short_names: info.short_names,
            categories: info.categories,
            storage_version_hash: info.storage.then(|| storage_version_hash(info)),
            ..ApiResource::default()
        });
        if handlers.status.is_some() {
            resources.push(ApiResource {
                name: format!("{}/status", info.plural),
                namespaced: info.is_namespaced(),
                kind: info.kind,
                verbs: SUBRESOURCE_VERBS.to_vec(),
                ..ApiResource::default()
            });
        }
        let scale = handlers.scale.as_deref().map(|scale| ("scale", scale));
        let by_hand = handlers.subresources.iter().map(|(name, handlers)| (*name, handlers));
        for (name, subresource) in scale.into_iter().chain(by_hand) {
            resources.push(subresource_entry(info, name, subresource));
        }
    }
    ApiResourceList {
        kind: "APIResourceList",
        api_version: "v1",
        group_version: group_version(group.name, version),
        resources,
    }
}

/// The entry of a subresource with a kind of its own. Where that is of another group or version, it says so
/// (contract 1.8).
fn subresource_entry(parent: &ResourceInfo, name: &str, handlers: &Handlers) -> ApiResource {
    let info = handlers.info();
    let elsewhere = (info.group, info.version) != (parent.group, parent.version);
    let (group, version) = if elsewhere { (info.group, info.version) } else { ("", "") };
    ApiResource {
        name: format!("{}/{name}", parent.plural),
        namespaced: parent.is_namespaced(),
        group,
        version,
        kind: info.kind,
        verbs: handlers.verbs(),
        ..ApiResource::default()
    }
}

/// The aggregated document (contract 6.20).
fn aggregated<'a>(groups: &[Group<'a>]) -> ApiGroupDiscoveryList<'a> {
    let version = |(version, kinds): &(&'a str, Vec<&Handlers>)| ApiVersionDiscovery {
        version,
        resources: kinds.iter().map(|handlers| aggregated_resource(handlers)).collect(),
        freshness: "Current",
    };
    let group = |group: &Group<'a>| ApiGroupDiscovery {
        metadata: GroupName { name: group.name },
        versions: group.versions.iter().map(version).collect(),
    };
    ApiGroupDiscoveryList {
        kind: "APIGroupDiscoveryList",
        api_version: "apidiscovery.k8s.io/v2",
        metadata: NoMetadata {},
        items: groups.iter().map(group).collect(),
    }
}

fn aggregated_resource(handlers: &Handlers) -> ApiResourceDiscovery {
    let info = handlers.info();
    let entry = |name: &str, info: &ResourceInfo, verbs| ApiSubresourceDiscovery {
        subresource: name.to_owned(),
        response_kind: response_kind(info),
        verbs,
    };
    let status = handlers.status.as_ref().map(|_| entry("status", info, SUBRESOURCE_VERBS.to_vec()));
    let scale = handlers.scale.as_ref().map(|scale| entry("scale", scale.info(), scale.verbs()));
    let by_hand =
        handlers.subresources.iter().map(|(name, handlers)| entry(name, handlers.info(), handlers.verbs()));
    ApiResourceDiscovery {
        resource: info.plural,
        response_kind: response_kind(info),
        scope: if info.is_namespaced() { "Namespaced" } else { "Cluster" },
        singular_resource: info.singular,
        verbs: handlers.verbs(),
        short_names: info.short_names,
        categories: info.categories,
        subresources: status.into_iter().chain(scale).chain(by_hand).collect(),
    }
}

fn response_kind(info: &ResourceInfo) -> ResponseKind {
    ResponseKind { group: info.group, version: info.version, kind: info.kind }
}

/// Contract 6.14.
fn storage_version_hash(info: &ResourceInfo) -> String {
    let digest = Sha256::digest(format!("{}/{}/{}", info.group, info.version, info.kind));
    base64::engine::general_purpose::STANDARD.encode(digest.get(..8).unwrap_or_default())
}

fn group_version(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
}

fn json_document(value: &impl Serialize) -> Document {
    Document::new(JSON, encode(value))
}

fn encode(value: &impl Serialize) -> String {
    // Nothing in the documents can fail to serialise.
    let mut text = serde_json::to_string(value).unwrap_or_default();
    text.push('\n');
    text
}

/// Contract 6.38.
fn not_acceptable(aggregated: bool) -> Response<Body> {
    let more = if aggregated { format!(", {AGGREGATED}") } else { String::new() };
    let error = Error::not_acceptable(format!(
        "only the following media types are accepted: {JSON}, application/yaml{more}"
    ));
    let body = serde_json::to_vec(error.status()).unwrap_or_default();
    let mut response = Response::new(Body::full(body));
    *response.status_mut() = StatusCode::NOT_ACCEPTABLE;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}

#[cfg(test)]
mod tests {
    use http::header::{ACCEPT, ETAG, IF_NONE_MATCH, VARY};
    use http_body_util::BodyExt;
    use serde_json::{Value, json};

    use super::super::test_kinds;
    use super::*;

    fn get(path: &str, accept: &str) -> Option<Response<Body>> {
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::try_from(accept).unwrap())]);
        Discovery::new(&test_kinds::handlers()).respond(path, Query::default(), &headers)
    }

    async fn body(response: Response<Body>) -> Value {
        serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
    }

    async fn legacy(path: &str) -> Value {
        let response = get(path, "application/json").unwrap();
        assert_eq!(response.headers()[CONTENT_TYPE], JSON);
        body(response).await
    }

    const ALL: [&str; 8] =
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    #[tokio::test]
    async fn legacy_documents() {
        // contract 6.13 to 6.17
        let expected = json!({
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "demo.example.com/v1",
            "resources": [
                {
                    "name": "widgets", "singularName": "widget", "namespaced": true, "kind": "Widget", "verbs": ALL,
                    "shortNames": ["wd"], "categories": ["all"], "storageVersionHash": "bQ1YHmG75GQ=",
                },
                {
                    "name": "widgets/status", "singularName": "", "namespaced": true, "kind": "Widget",
                    "verbs": ["get", "patch", "update"],
                },
            ],
        });
        assert_eq!(legacy("/apis/demo.example.com/v1").await, expected);
        let version =
            |version| json!({"groupVersion": format!("demo.example.com/{version}"), "version": version});
        let mut group = json!({
            "name": "demo.example.com", "preferredVersion": version("v1"),
            "versions": [version("v1"), version("v1beta1")],
        });
        assert_eq!(
            legacy("/apis").await,
            json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": [group]})
        );
        group["kind"] = "APIGroup".into();
        group["apiVersion"] = "v1".into();
        assert_eq!(legacy("/apis/demo.example.com").await, group);
        assert_eq!(legacy("/api").await["versions"], json!(["v1"]));
        assert_eq!(legacy("/api/v1").await["resources"], json!([]));
        for path in ["/apis/other", "/apis/demo.example.com/v2", "/apis/demo.example.com/v1/widgets", "/", ""]
        {
            assert!(get(path, "*/*").is_none(), "{path}");
        }
    }

    #[tokio::test]
    async fn the_aggregated_document() {
        // contract 6.18 to 6.21
        let response = get(
            "/apis",
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList;profile=nopeer",
        );
        let response = response.unwrap();
        assert_eq!(
            response.headers()[CONTENT_TYPE],
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        );
        assert_eq!(
            (&response.headers()[VARY], &response.headers()[CACHE_CONTROL]),
            (&HeaderValue::from_static("Accept"), &HeaderValue::from_static("public"))
        );
        let tag = response.headers()[ETAG].clone();
        let kind = json!({"group": "demo.example.com", "version": "v1", "kind": "Widget"});
        let expected = json!({
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {},
            "items": [{
                "metadata": {"name": "demo.example.com"},
                "versions": [
                    {"version": "v1", "freshness": "Current", "resources": [{
                        "resource": "widgets", "responseKind": kind, "scope": "Namespaced",
                        "singularResource": "widget", "verbs": ALL, "shortNames": ["wd"], "categories": ["all"],
                        "subresources": [
                            {"subresource": "status", "responseKind": kind, "verbs": ["get", "patch", "update"]},
                        ],
                    }]},
                    {"version": "v1beta1", "freshness": "Current", "resources": [{
                        "resource": "gadgets", "scope": "Cluster", "singularResource": "gadget",
                        "responseKind": {"group": "demo.example.com", "version": "v1beta1", "kind": "Gadget"},
                        "verbs": ["get", "list"],
                    }]},
                ],
            }],
        });
        assert_eq!(body(response).await, expected);

        let headers =
            HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(AGGREGATED)), (IF_NONE_MATCH, tag)]);
        let discovery = Discovery::new(&test_kinds::handlers());
        assert_eq!(discovery.respond("/apis", Query::default(), &headers).unwrap().status(), 304);
    }

    #[tokio::test]
    async fn what_is_accepted_decides_the_form() {
        // contract 6.18, 6.19
        let v2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
        let v2beta1 = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";
        let cases = [
            (format!("{v2},application/json"), "APIGroupDiscoveryList"),
            (format!("{v2beta1},{v2},application/json"), "APIGroupDiscoveryList"),
            (format!("{v2beta1},application/json"), "APIGroupList"),
            (format!("application/json,{v2};q=0.5"), "APIGroupList"),
            ("application/vnd.kubernetes.protobuf,application/json;q=0.1".to_owned(), "APIGroupList"),
            ("text/html,*/*;q=0.8".to_owned(), "APIGroupList"),
        ];
        for (accept, kind) in cases {
            assert_eq!(body(get("/apis", &accept).unwrap()).await["kind"], kind, "{accept}");
        }
        let api = body(get("/api", v2).unwrap()).await;
        let versions = json!([{"version": "v1", "freshness": "Current", "resources": []}]);
        let items = json!([{"metadata": {"name": ""}, "versions": versions}]);
        assert_eq!((&api["kind"], &api["items"]), (&json!("APIGroupDiscoveryList"), &items));
        for accept in [v2beta1, "text/html"] {
            let response = get("/apis", accept).unwrap();
            assert_eq!(response.status(), 406);
            assert_eq!(body(response).await["reason"], "NotAcceptable");
        }
        assert_eq!(get("/apis/demo.example.com/v1", v2).unwrap().status(), 406);
        let plain = Discovery::new(&test_kinds::handlers())
            .respond("/apis/", Query::default(), &HeaderMap::new())
            .unwrap();
        assert_eq!(body(plain).await["kind"], "APIGroupList");
    }

    #[test]
    fn versions_are_sorted_as_kubernetes_prefers_them() {
        // contract 6.22
        let sorted =
            ["v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1", "v12alpha1", "v11alpha2", "foo1", "foo10"];
        let mut versions = sorted;
        versions.reverse();
        versions.sort_by_key(|version| preference(version));
        assert_eq!(versions, sorted);
    }
}
