//! OpenAPI: what kubectl explains, validates and decides by (contract 6.24 to 6.28).
//!
//! The documents of a version are made at the first request for one of them: most clients never ask for version 2. No
//! store is ever asked.

mod names;
mod operations;
mod protobuf;
mod schemas;
mod v2;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use http::header::{CACHE_CONTROL, EXPIRES, HeaderValue, LOCATION};
use http::{HeaderMap, Response, StatusCode};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use serde_json::{Map, Value, json};

use super::body::Body;
use super::document::Document;
use super::media_range::{accepted, accepts_json};
use crate::rest::Handlers;

const JSON: &str = "application/json";

/// The protobuf form of version 2, by its name and by the one that it had (contract 6.26).
const V2_PROTOBUF: &str = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
const V2_PROTOBUF_NAMES: [&str; 2] =
    ["com.github.proto-openapi.spec.v2.v1.0+protobuf", "com.github.proto-openapi.spec.v2@v1.0+protobuf"];

/// From which size on version 2 is compressed: upstream's handler has its own mind about that.
const COMPRESS_FROM: usize = 1400;

/// The OpenAPI documents of a server.
#[derive(Debug)]
pub(crate) struct OpenApi {
    handlers: Vec<Handlers>,
    v3: OnceLock<V3>,
    v2: OnceLock<V2>,
}

#[derive(Debug)]
struct V3 {
    root: Document,
    /// The documents by group and version, as in `apis/example.com/v1`.
    groups: BTreeMap<String, Document>,
}

/// One document of everything, in its two forms.
#[derive(Debug)]
struct V2 {
    json: Document,
    protobuf: Document,
}

impl OpenApi {
    /// The documents of these kinds.
    pub(crate) fn new(handlers: &[Handlers]) -> Self {
        Self { handlers: handlers.to_vec(), v3: OnceLock::new(), v2: OnceLock::new() }
    }

    fn in_v3(&self) -> &V3 {
        self.v3.get_or_init(|| V3::of(&self.handlers))
    }

    fn in_v2(&self) -> &V2 {
        self.v2.get_or_init(|| V2::of(&self.handlers))
    }

    /// The document of version 2.
    pub(crate) fn v2(&self) -> &[u8] {
        self.in_v2().json.bytes()
    }

    /// The documents of version 3 by group and version, as in `apis/example.com/v1`.
    pub(crate) fn v3(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.in_v3().groups.iter().map(|(name, document)| (&**name, &**document.bytes()))
    }

    /// Answers an OpenAPI path; `None` when the path is another.
    pub(crate) fn respond(
        &self,
        path: &str,
        query: Option<&str>,
        headers: &HeaderMap,
    ) -> Option<Response<Body>> {
        let path = path.strip_prefix("/openapi/")?;
        let respond = |document: &Document| {
            if accepts_json(headers) {
                document.respond(headers)
            } else {
                // An empty answer: clients that know only protobuf ask for JSON then.
                not_acceptable()
            }
        };
        match path {
            "v2" => {
                let form = self.in_v2().form(headers);
                Some(form.map_or_else(not_acceptable, |it| it.respond(headers)))
            }
            "v3" | "v3/" => Some(self.in_v3().root.respond(headers)),
            path => {
                let name = path.strip_prefix("v3/")?;
                let document = self.in_v3().groups.get(name)?;
                Some(match parameter(query, "hash") {
                    Some(hash) if hash == document.hash() => immutable(respond(document)),
                    Some(_) => redirect(&relative_url(name, document)),
                    None => respond(document),
                })
            }
        }
    }
}

/// The kinds of each group and version.
fn by_version(handlers: &[Handlers]) -> BTreeMap<String, Vec<&Handlers>> {
    let mut versions: BTreeMap<String, Vec<&Handlers>> = BTreeMap::new();
    for handlers in handlers {
        versions.entry(names::root(handlers.info())).or_default().push(handlers);
    }
    versions
}

impl V3 {
    fn of(handlers: &[Handlers]) -> Self {
        let versions = by_version(handlers).into_iter();
        let groups: BTreeMap<_, _> =
            versions.map(|(name, handlers)| (name, Document::new(JSON, v3(&handlers).to_string()))).collect();
        let paths: Map<String, Value> = groups
            .iter()
            .map(|(name, document)| {
                (name.clone(), json!({"serverRelativeURL": relative_url(name, document)}))
            })
            .collect();
        Self { root: Document::new(JSON, json!({"paths": paths}).to_string()), groups }
    }
}

impl V2 {
    fn of(handlers: &[Handlers]) -> Self {
        let (mut paths, mut schemas) = (Map::new(), Map::new());
        for handlers in by_version(handlers).values() {
            let mut document = v3(handlers);
            merge(&mut paths, document["paths"].take());
            merge(&mut schemas, document["components"]["schemas"].take());
        }
        let swagger = v2::from_v3(paths, schemas);
        let protobuf = Document::new(V2_PROTOBUF, protobuf::encode(&swagger));
        let json = Document::new(JSON, swagger.to_string());
        Self { json: json.compressed_from(COMPRESS_FROM), protobuf: protobuf.compressed_from(COMPRESS_FROM) }
    }

    /// The form that a client likes best.
    fn form(&self, headers: &HeaderMap) -> Option<&Document> {
        accepted(headers).iter().find_map(|range| {
            let is_protobuf = || V2_PROTOBUF_NAMES.iter().any(|name| range.takes(name));
            if range.takes("json") { Some(&self.json) } else { is_protobuf().then_some(&self.protobuf) }
        })
    }
}

/// The document of one group and version.
fn v3(handlers: &[&Handlers]) -> Value {
    let mut paths = Map::new();
    let mut schemas = schemas::shared(handlers.iter().map(|handlers| handlers.info()));
    for handlers in handlers {
        operations::add(&mut paths, handlers);
        schemas::add(&mut schemas, &*handlers.kind);
    }
    // After the kinds themselves: what is one of them is there already, and has more to say.
    for handlers in handlers {
        for subresource in handlers.scale.as_deref().into_iter().chain(handlers.subresources.values()) {
            schemas::add_subresource(&mut schemas, &*subresource.kind);
        }
    }
    json!({
        "openapi": "3.0.0",
        "info": info(),
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

fn info() -> Value {
    json!({"title": "Resourceful", "version": concat!("v", env!("CARGO_PKG_VERSION"))})
}

/// Adds the members of one object to another. Kinds of one group bring lists of types for the shared definitions,
/// which are joined.
fn merge(into: &mut Map<String, Value>, from: Value) {
    let Value::Object(from) = from else { return };
    for (name, mut value) in from {
        let Some(known) = into.get_mut(&name) else {
            into.insert(name, value);
            continue;
        };
        let more = value.get_mut(schemas::TYPES).map(Value::take);
        if let (Some(Value::Array(known)), Some(Value::Array(more))) = (known.get_mut(schemas::TYPES), more) {
            for kind in more {
                if !known.contains(&kind) {
                    known.push(kind);
                }
            }
        }
    }
}

fn relative_url(name: &str, document: &Document) -> String {
    format!("/openapi/v3/{name}?hash={}", document.hash())
}

fn parameter<'a>(query: Option<&'a str>, name: &str) -> Option<&'a str> {
    let pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
}

fn not_acceptable() -> Response<Body> {
    status(StatusCode::NOT_ACCEPTABLE)
}

fn status(code: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = code;
    response
}

/// A document whose address holds its hash never changes (contract 6.25).
fn immutable(mut response: Response<Body>) -> Response<Body> {
    let in_a_year = Timestamp::now() + SignedDuration::from_hours(365 * 24);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, immutable"));
    let date = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&in_a_year);
    if let Some(date) = date.ok().and_then(|date| HeaderValue::try_from(date).ok()) {
        headers.insert(EXPIRES, date);
    }
    response
}

fn redirect(location: &str) -> Response<Body> {
    let mut response = status(StatusCode::MOVED_PERMANENTLY);
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

#[cfg(test)]
mod tests;
