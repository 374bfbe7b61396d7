//! Requests that somebody could send, most of them close to good ones.

use std::fmt;

use bytes::Bytes;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::bodies::{body, json};

const GROUP: &str = "/apis/demo.example.com/v1";
pub(crate) const WIDGETS: &str = "/apis/demo.example.com/v1/namespaces/ns1/widgets";
const GAUGES: &str = "/apis/meters.example.com/v1/namespaces/ns1/gauges";
const WORKERS: &str = "/apis/demo.example.com/v1/namespaces/ns1/workers";

/// What there is before each request.
pub(crate) const OBJECTS: [(&str, &str); 4] = [
    (
        WIDGETS,
        r#"{"metadata":{"name":"x","labels":{"a":"b"}},"spec":{"size":1,"mode":"quiet","parts":[{"name":"p"}]}}"#,
    ),
    (GAUGES, r#"{"metadata":{"name":"x"},"spec":{"size":1}}"#),
    (WORKERS, r#"{"metadata":{"name":"x"},"spec":{"replicas":1}}"#),
    ("/apis/demo.example.com/v1/gizmos", r#"{"metadata":{"name":"x"}}"#),
];

/// A request as it goes over the wire. Prints as one.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: &str, target: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { method: method.into(), target: target.into(), headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn typed(mut self, content_type: &str) -> Self {
        self.headers.push(("content-type".into(), content_type.into()));
        self
    }

    /// The request of the `http` crate; `None` when HTTP has no such request.
    pub(crate) fn to_http(&self) -> Option<http::Request<Bytes>> {
        let mut request = http::Request::builder().method(self.method.as_str()).uri(self.target.as_str());
        for (name, value) in &self.headers {
            request = request.header(name.as_str(), http::HeaderValue::from_bytes(value.as_bytes()).ok()?);
        }
        request.body(Bytes::from(self.body.clone())).ok()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.target)?;
        for (name, value) in &self.headers {
            write!(f, "\n{name}: {value:?}")?;
        }
        let body = String::from_utf8_lossy(&self.body);
        let shown: String = body.chars().take(500).collect();
        write!(
            f,
            "\n\n{shown}{}",
            if shown.len() < body.len() { format!(" … {} bytes", body.len()) } else { String::new() }
        )
    }
}

fn collection() -> impl Strategy<Value = String> {
    let all =
        [WIDGETS, GAUGES, WORKERS, "/apis/demo.example.com/v1/gizmos", "/apis/demo.example.com/v1/widgets"];
    select(all.to_vec()).prop_map(str::to_owned)
}

fn item() -> impl Strategy<Value = String> {
    let rest = select(vec!["/x", "/x", "/x", "/y", "/x/status", "/x/scale", "/x/nope"]);
    (collection(), rest).prop_map(|(collection, rest)| collection + rest)
}

/// A write with a body.
pub(crate) fn with_body() -> impl Strategy<Value = Request> {
    let place = prop_oneof![
        (Just("POST"), collection()),
        (select(vec!["PUT", "DELETE"]), item()),
        (Just("DELETE"), collection()),
    ];
    let types = select(vec![
        "application/json",
        "application/json",
        "application/yaml",
        "application/json;charset=utf-8",
    ]);
    let mode = select(vec!["", "?fieldValidation=Strict", "?fieldValidation=Ignore", "?dryRun=All"]);
    (place, mode, types, body()).prop_map(|((method, path), mode, content_type, body)| {
        Request::new(method, &(path + mode), body).typed(content_type)
    })
}

/// A patch of either type.
pub(crate) fn patch() -> impl Strategy<Value = Request> {
    let pointers = select(vec![
        "",
        "/",
        "/spec",
        "/spec/size",
        "/spec/parts",
        "/spec/parts/-",
        "/spec/parts/0",
        "/spec/parts/-1",
        "/spec/parts/99",
        "/spec/parts/00",
        "/metadata",
        "/metadata/labels/a",
        "/metadata/labels/a~1b",
        "/metadata/name",
        "/~2",
        "spec",
        "/kind",
        "/status",
        "/a/b/c",
        "/spec/parts/18446744073709551616",
    ]);
    let operations = select(vec!["add", "remove", "replace", "move", "copy", "test", "", "nope"]);
    let operation = (operations, pointers.clone(), option::of(pointers), option::weighted(0.8, json()))
        .prop_map(|(op, path, from, value)| {
            let from = from.map_or(String::new(), |from| format!(",\"from\":\"{from}\""));
            let value = value.map_or(String::new(), |value| format!(",\"value\":{value}"));
            format!("{{\"op\":\"{op}\",\"path\":\"{path}\"{from}{value}}}")
        });
    let operations =
        vec(operation, 0..5).prop_map(|operations| format!("[{}]", operations.join(",")).into_bytes());
    let json_patch = prop_oneof![8 => operations, 1 => body()];
    let typed = prop_oneof![
        (Just("application/json-patch+json"), json_patch.boxed()),
        (Just("application/merge-patch+json"), body().boxed()),
    ];
    let mode = select(vec!["", "?fieldValidation=Strict", "?fieldValidation=Ignore", "?dryRun=All"]);
    (item(), mode, typed).prop_map(|(path, mode, (content_type, body))| {
        Request::new("PATCH", &(path + mode), body).typed(content_type)
    })
}

fn value() -> impl Strategy<Value = String> {
    let known = select(vec![
        "",
        "0",
        "1",
        "-1",
        "true",
        "false",
        "All",
        "Exact",
        "NotOlderThan",
        "Strict",
        "Orphan",
        "999999999999",
        "x",
        "%",
        "18446744073709551615",
        "18446744073709551616",
        "9223372036854775807",
        "-9223372036854775808",
        "a%3Db",
        "a+in+(b,c)",
        "%21a",
        "metadata.name%3Dx",
        "spec.size%3D1",
        "%00",
        "%ff%fe",
        "%3D%3D",
        "((((",
        "1s",
        "1ns",
        "-5h",
        "1e9h",
        "300000h",
        "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0",
        "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiYSJ9",
        "Metadata",
        "Object",
        "None",
    ]);
    let odd = "[ -~]{0,12}"
        .prop_map(|text| text.replace([' ', '#', '<', '>', '"', '{', '}', '|', '\\', '^', '`'], "+"));
    prop_oneof![6 => known.prop_map(str::to_owned), 1 => odd]
}

fn query() -> impl Strategy<Value = String> {
    let keys = select(vec![
        "labelSelector",
        "fieldSelector",
        "limit",
        "continue",
        "resourceVersion",
        "resourceVersionMatch",
        "timeoutSeconds",
        "watch",
        "allowWatchBookmarks",
        "sendInitialEvents",
        "pretty",
        "timeout",
        "dryRun",
        "fieldManager",
        "fieldValidation",
        "force",
        "gracePeriodSeconds",
        "propagationPolicy",
        "orphanDependents",
        "uid",
        "export",
        "includeObject",
        "nope",
        "",
        "ignoreStoreReadErrorWithClusterBreakingPotential",
    ]);
    vec((keys, value()), 0..5).prop_map(|pairs| {
        let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect();
        pairs.join("&")
    })
}

fn accept() -> impl Strategy<Value = String> {
    let known = select(vec![
        "application/json",
        "application/yaml",
        "*/*",
        "application/json;as=Table;v=v1;g=meta.k8s.io",
        "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
        "application/json;stream=watch",
        "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
        "application/vnd.kubernetes.protobuf",
        "application/yaml;as=Table;v=v1;g=meta.k8s.io",
        "text/html",
        ";",
        "a/b;q=x",
        "application/json;q=0",
        ",,,",
        "",
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => "[ -~]{0,20}"]
}

/// A request whose query is anything.
pub(crate) fn with_query() -> impl Strategy<Value = Request> {
    let place = prop_oneof![
        4 => (Just("GET"), collection(), Just("")),
        2 => (Just("GET"), item(), Just("")),
        1 => (Just("DELETE"), collection(), Just("")),
        1 => (Just("DELETE"), item(), Just("")),
        1 => (Just("POST"), collection(), Just(r#"{"metadata":{"name":"q"}}"#)),
        1 => (Just("PUT"), item(), Just(r#"{"metadata":{"name":"x"}}"#)),
    ];
    (place, query(), option::of(accept())).prop_map(|((method, path, body), query, accept)| {
        let mut request = Request::new(method, &format!("{path}?{query}"), body);
        request.headers.extend(accept.map(|accept| ("accept".to_owned(), accept)));
        request
    })
}

/// Any method on any path with any headers.
pub(crate) fn anywhere() -> impl Strategy<Value = Request> {
    let methods = select(vec![
        "GET", "GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "NOPE",
    ]);
    let segments = select(vec![
        "apis",
        "api",
        "demo.example.com",
        "meters.example.com",
        "v1",
        "v2",
        "namespaces",
        "ns1",
        "widgets",
        "gizmos",
        "workers",
        "x",
        "status",
        "scale",
        "watch",
        "openapi",
        "v3",
        "readyz",
        "livez",
        "healthz",
        "version",
        "metrics",
        "",
        ".",
        "..",
        "%2e%2e",
        "%2F",
        "%00",
        "%ff",
        "%",
        "%zz",
        "a%20b",
        "~",
        "*",
        "@",
        ";",
    ]);
    let odd = vec(segments, 0..9).prop_map(|segments| format!("/{}", segments.join("/")));
    let end = select(vec!["", "/", "//", "/status", "/%2e", "?", "?watch", "?watch=1&timeoutSeconds=1"]);
    let known =
        (prop_oneof![collection(), item(), Just(GROUP.to_owned())], end).prop_map(|(path, end)| path + end);
    let path = prop_oneof![1 => odd, 1 => known];
    let headers = select(vec![
        ("accept-encoding", "gzip"),
        ("accept-encoding", "gzip;q=0, *"),
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("user-agent", "curl/8"),
        ("user-agent", ""),
        ("if-none-match", "*"),
        ("if-none-match", "\"A\""),
        ("audit-id", "x"),
        ("authorization", "Basic !"),
        ("authorization", "Bearer \u{e9}"),
        ("impersonate-user", "a"),
        ("x-remote-user", "a"),
        ("content-type", "application/json"),
        ("content-type", ";"),
        ("content-type", "text/plain"),
        ("content-encoding", "gzip"),
        ("content-type", "application/apply-patch+yaml"),
        ("content-type", "application/merge-patch+json"),
        ("origin", "null"),
        ("x-http-method-override", "DELETE"),
        ("expect", "100-continue"),
        ("content-length", "7"),
        ("host", "a b"),
    ]);
    let headers = vec(headers, 0..4);
    (methods, path, headers, option::of(accept()), select(vec!["", "{}", "[]", "a"])).prop_map(
        |(method, path, headers, accept, body)| {
            let mut request = Request::new(method, &path, body);
            request
                .headers
                .extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            request.headers.extend(accept.map(|accept| ("accept".to_owned(), accept)));
            request
        },
    )
}
