//! What a request asks for, read from its method, path and query once: authorisation and routing see the same
//! (contract 6.A).

use std::borrow::Cow;

use http::Method;
use percent_encoding::percent_decode_str;

use super::options;
use super::query::Query;
use crate::errors::Result;
use crate::options::ListOptions;

/// What a request asks for.
#[derive(Debug)]
pub(crate) struct RequestInfo<'r> {
    /// The decoded path, as it was sent.
    pub(crate) path: &'r str,
    /// The verb: of the API for a resource, otherwise the method in lower case (contract 6.1, 6.2).
    pub(crate) verb: Cow<'static, str>,
    /// The resource; `None` for every other path.
    pub(crate) resource: Option<ResourcePath<'r>>,
    /// The options of a GET of a collection: the verb depends on them.
    pub(crate) listing: Option<Listing>,
}

/// The parts of a resource's path. What is not there is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ResourcePath<'r> {
    /// The API group.
    pub(crate) group: &'r str,
    /// The version.
    pub(crate) version: &'r str,
    /// The namespace.
    pub(crate) namespace: &'r str,
    /// The plural.
    pub(crate) resource: &'r str,
    /// The object's name.
    pub(crate) name: &'r str,
    /// As in `status`.
    pub(crate) subresource: &'r str,
    /// Whether more follows the subresource.
    pub(crate) more: bool,
    /// What follows it, without the slash in between.
    pub(crate) rest: &'r str,
    /// Whether the path has a `namespaces/<name>/` in it.
    pub(crate) in_namespace: bool,
}

/// The options of a GET of a collection.
#[derive(Debug)]
pub(crate) struct Listing {
    /// Whether it is a watch. Known even when the other options are bad (contract 6.5).
    pub(crate) watch: bool,
    /// The options, or what is wrong with them.
    pub(crate) options: Result<ListOptions>,
    /// The one name that the field selector allows, for authorisation (contract 6.3).
    pub(crate) name: String,
}

/// The path as people mean it: without percent signs.
pub(crate) fn decode_path(path: &str) -> Cow<'_, str> {
    percent_decode_str(path).decode_utf8_lossy()
}

impl<'r> RequestInfo<'r> {
    /// Reads a request. The path is a decoded one.
    pub(crate) fn new(method: &Method, path: &'r str, query: Query<'_>) -> Self {
        let Some(resource) = ResourcePath::parse(path) else {
            return Self { path, verb: lower_case(method), resource: None, listing: None };
        };
        let mut verb = match *method {
            Method::POST => "create",
            Method::GET | Method::HEAD => "get",
            Method::PUT => "update",
            Method::PATCH => "patch",
            Method::DELETE => "delete",
            _ => "",
        };
        let mut listing = None;
        if resource.name.is_empty() {
            if verb == "get" {
                let list = Listing::new(query);
                verb = if list.watch { "watch" } else { "list" };
                listing = Some(list);
            } else if verb == "delete" {
                verb = "deletecollection";
            }
        }
        Self { path, verb: Cow::Borrowed(verb), resource: Some(resource), listing }
    }

    /// The name that authorisation sees (contract 6.3).
    pub(crate) fn name(&self) -> &str {
        let selected = self.listing.as_ref().map_or("", |listing| listing.name.as_str());
        self.resource
            .as_ref()
            .map(|resource| resource.name)
            .filter(|name| !name.is_empty())
            .unwrap_or(selected)
    }
}

impl<'r> ResourcePath<'r> {
    /// Takes a path apart; `None` when it does not lead to a resource.
    fn parse(path: &'r str) -> Option<Self> {
        let mut parts = Parts(Some(path.trim_matches('/')));
        let group = match parts.next()? {
            "apis" => parts.next()?,
            "api" => "",
            _ => return None,
        };
        let (version, first) = (parts.next()?, parts.next()?);
        let mut this = Self { group, version, resource: first, ..Self::default() };
        if first == "namespaces" {
            this.name = parts.next().unwrap_or_default();
            this.namespace = this.name;
            match parts.next() {
                None => return Some(this),
                Some(subresource @ ("status" | "finalize")) => {
                    this.subresource = subresource;
                    return Some(this.followed_by(parts));
                }
                Some(resource) => {
                    this.resource = resource;
                    this.in_namespace = true;
                }
            }
        }
        this.name = parts.next().unwrap_or_default();
        this.subresource = parts.next().unwrap_or_default();
        Some(this.followed_by(parts))
    }

    fn followed_by(self, Parts(rest): Parts<'r>) -> Self {
        Self { more: rest.is_some(), rest: rest.unwrap_or_default(), ..self }
    }
}

/// The parts of a path between its slashes; `None` once there are no more.
struct Parts<'r>(Option<&'r str>);

impl<'r> Iterator for Parts<'r> {
    type Item = &'r str;

    fn next(&mut self) -> Option<&'r str> {
        let rest = self.0?;
        let (part, rest) = rest.split_once('/').map_or((rest, None), |(part, rest)| (part, Some(rest)));
        self.0 = rest;
        Some(part)
    }
}

impl Listing {
    fn new(query: Query<'_>) -> Self {
        let options = options::list_options(query);
        let (watch, name) = match &options {
            Ok(options) => (options.watch, options.field_selector.exact("metadata.name").unwrap_or_default()),
            Err(_) => (query.flag("watch").unwrap_or(false), ""),
        };
        let legal = !matches!(name, "." | "..") && !name.contains(['/', '%']);
        let name = if legal { name.to_owned() } else { String::new() };
        Self { watch, options, name }
    }
}

fn lower_case(method: &Method) -> Cow<'static, str> {
    Cow::Borrowed(match *method {
        Method::GET => "get",
        Method::HEAD => "head",
        Method::POST => "post",
        Method::PUT => "put",
        Method::PATCH => "patch",
        Method::DELETE => "delete",
        Method::OPTIONS => "options",
        _ => return Cow::Owned(method.as_str().to_ascii_lowercase()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(path: &str) -> Option<(&str, &str, &str, &str, &str, &str, bool)> {
        let p = ResourcePath::parse(path)?;
        Some((p.group, p.version, p.namespace, p.resource, p.name, p.subresource, p.more))
    }

    // contract 6.1, 6.4
    #[test]
    fn paths_of_resources() {
        const G: &str = "demo.example.com";
        let table = [
            ("/apis/demo.example.com/v1/widgets", (G, "v1", "", "widgets", "", "", false)),
            ("/apis/demo.example.com/v1/widgets/", (G, "v1", "", "widgets", "", "", false)),
            ("/apis/demo.example.com/v1/gizmos/x", (G, "v1", "", "gizmos", "x", "", false)),
            ("/apis/demo.example.com/v1/gizmos/x/status", (G, "v1", "", "gizmos", "x", "status", false)),
            ("/apis/demo.example.com/v1/namespaces/ns1/widgets", (G, "v1", "ns1", "widgets", "", "", false)),
            (
                "/apis/demo.example.com/v1/namespaces/ns1/widgets/x",
                (G, "v1", "ns1", "widgets", "x", "", false),
            ),
            (
                "/apis/demo.example.com/v1/namespaces/ns1/widgets/x/status",
                (G, "v1", "ns1", "widgets", "x", "status", false),
            ),
            (
                "/apis/demo.example.com/v1/namespaces/ns1/widgets/x/status/extra",
                (G, "v1", "ns1", "widgets", "x", "status", true),
            ),
            ("/api/v1/pods", ("", "v1", "", "pods", "", "", false)),
            ("/api/v1/namespaces/ns1/pods/x", ("", "v1", "ns1", "pods", "x", "", false)),
            ("/api/v1/namespaces", ("", "v1", "", "namespaces", "", "", false)),
            ("/api/v1/namespaces/ns1", ("", "v1", "ns1", "namespaces", "ns1", "", false)),
            ("/api/v1/namespaces/ns1/status", ("", "v1", "ns1", "namespaces", "ns1", "status", false)),
            ("/api/v1/namespaces/ns1/finalize", ("", "v1", "ns1", "namespaces", "ns1", "finalize", false)),
        ];
        for (path, expected) in table {
            assert_eq!(parsed(path), Some(expected), "{path}");
        }
    }

    // contract 6.4
    #[test]
    fn what_follows_a_subresource_is_kept() {
        let rest = |path| ResourcePath::parse(path).map(|parsed| parsed.rest);
        assert_eq!(rest("/apis/g/v1/namespaces/ns1/widgets/x/proxy"), Some(""));
        assert_eq!(rest("/apis/g/v1/namespaces/ns1/widgets/x/proxy/"), Some(""));
        assert_eq!(rest("/apis/g/v1/widgets/x/proxy/a//b/"), Some("a//b"));
        assert_eq!(rest("/api/v1/namespaces/ns1/status/extra"), Some("extra"));
    }

    // contract 6.1
    #[test]
    fn paths_of_everything_else() {
        for path in [
            "/",
            "",
            "/api",
            "/api/v1",
            "/apis",
            "/apis/g",
            "/apis/g/v1",
            "/healthz",
            "/openapi/v3/apis/g/v1",
        ] {
            assert_eq!(parsed(path), None, "{path}");
            let info = RequestInfo::new(&Method::POST, path, Query::default());
            assert_eq!((info.path, &*info.verb, info.name()), (path, "post", ""), "{path}");
        }
    }

    // contract 6.2, 6.5
    #[test]
    fn verbs() {
        const ITEM: &str = "/apis/g/v1/gizmos/x";
        const COLLECTION: &str = "/apis/g/v1/gizmos";
        let table = [
            (Method::GET, ITEM, "", "get"),
            (Method::HEAD, ITEM, "", "get"),
            (Method::GET, ITEM, "watch=true", "get"),
            (Method::POST, COLLECTION, "", "create"),
            (Method::PUT, ITEM, "", "update"),
            (Method::PATCH, ITEM, "", "patch"),
            (Method::DELETE, ITEM, "", "delete"),
            (Method::DELETE, COLLECTION, "", "deletecollection"),
            (Method::GET, COLLECTION, "", "list"),
            (Method::GET, COLLECTION, "watch=false", "list"),
            (Method::GET, COLLECTION, "watch=", "watch"),
            (Method::GET, COLLECTION, "watch&limit=x", "watch"),
            (Method::GET, COLLECTION, "limit=x", "list"),
            (Method::OPTIONS, ITEM, "", ""),
        ];
        for (method, path, query, verb) in table {
            let info = RequestInfo::new(&method, path, Query::new(Some(query)));
            assert_eq!(info.verb, verb, "{method} {path}?{query}");
        }
    }

    #[test]
    fn percent_signs_hide_no_slash() {
        let path = decode_path("/apis/g/v1/namespaces%2Fother/widgets/a%20b");
        assert_eq!(parsed(&path), Some(("g", "v1", "other", "widgets", "a b", "", false)));
    }
}
