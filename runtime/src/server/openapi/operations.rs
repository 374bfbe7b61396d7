//! The paths of a kind and their operations. kubectl decides by them what the server can do (contract 6.27).

use http::Method;
use serde_json::{Map, Value, json};

use super::names;
use super::schemas::{self, meta_reference, reference};
use crate::info::ResourceInfo;
use crate::rest::Handlers;

/// Adds the paths of a kind.
pub(super) fn add(paths: &mut Map<String, Value>, handlers: &Handlers) {
    let info = handlers.info();
    let root = format!("/{}", names::root(info));
    let collection = if info.is_namespaced() {
        format!("{root}/namespaces/{{namespace}}/{}", info.plural)
    } else {
        format!("{root}/{}", info.plural)
    };
    let scope = if info.is_namespaced() { "Namespaced" } else { "" };
    let status = handlers.status.is_some();
    let has = |slot: bool, operation: Operation| Some(operation).filter(|_| slot);
    let endpoint = Endpoint { info, shown: info, kind: info, scope, subresource: "", below: false };
    let of_status = Endpoint { subresource: "status", ..endpoint };
    if info.is_namespaced() {
        let everywhere = Endpoint { scope: "ForAllNamespaces", ..endpoint };
        insert(
            paths,
            format!("{root}/{}", info.plural),
            &everywhere,
            &[has(handlers.lister.is_some(), LIST)],
        );
    }
    insert(
        paths,
        collection.clone(),
        &endpoint,
        &[
            has(handlers.lister.is_some(), LIST),
            has(handlers.creater.is_some(), CREATE),
            has(handlers.collection_deleter.is_some(), DELETE_COLLECTION),
        ],
    );
    let patchable = handlers.getter.is_some() && handlers.updater.is_some();
    insert(
        paths,
        format!("{collection}/{{name}}"),
        &endpoint,
        &[
            has(handlers.getter.is_some(), READ),
            has(handlers.updater.is_some(), REPLACE),
            has(handlers.deleter.is_some(), DELETE),
            has(patchable, PATCH),
        ],
    );
    let of_status_verbs = [has(status, READ), has(status, REPLACE), has(status, PATCH)];
    insert(paths, format!("{collection}/{{name}}/status"), &of_status, &of_status_verbs);
    if let Some(scale) = &handlers.scale {
        let of_scale = Endpoint { subresource: "scale", shown: scale.info(), ..endpoint };
        let verbs = [READ, REPLACE, PATCH].map(Some);
        insert(paths, format!("{collection}/{{name}}/scale"), &of_scale, &verbs);
    }
    for (name, handlers) in &handlers.subresources {
        let of_subresource =
            Endpoint { subresource: name, shown: handlers.info(), kind: handlers.info(), ..endpoint };
        add_subresource(paths, &format!("{collection}/{{name}}/{name}"), of_subresource, handlers);
    }
}

/// Adds the paths of a subresource that is written by hand.
fn add_subresource(paths: &mut Map<String, Value>, path: &str, endpoint: Endpoint<'_>, handlers: &Handlers) {
    let has = |slot: bool, operation: Operation| Some(operation).filter(|_| slot);
    let (getter, updater) = (handlers.getter.is_some(), handlers.updater.is_some());
    // What is typed comes before what is connected, as when it is served.
    let mut verbs: Vec<_> = connects(handlers).map(Some).collect();
    verbs.extend([
        has(getter, READ),
        has(handlers.named_creater.is_some(), CREATE),
        has(updater, REPLACE),
        has(getter && updater, PATCH),
        has(handlers.deleter.is_some(), DELETE),
    ]);
    insert(paths, path.to_owned(), &endpoint, &verbs);
    if handlers.connecter.as_ref().is_some_and(|connecter| connecter.takes_path()) {
        let below = Endpoint { scope: endpoint.scope, below: true, ..endpoint };
        let verbs: Vec<_> = connects(handlers).map(Some).collect();
        insert(paths, format!("{path}/{{path}}"), &below, &verbs);
    }
}

/// The operations that a connecter answers.
fn connects(handlers: &Handlers) -> impl Iterator<Item = Operation> {
    let methods = handlers.connecter.as_ref().map_or(&[][..], |connecter| connecter.methods());
    let operation = |method: &Method| {
        let (method, verb) = match *method {
            Method::GET => ("get", "connectGet"),
            Method::POST => ("post", "connectPost"),
            Method::PUT => ("put", "connectPut"),
            Method::PATCH => ("patch", "connectPatch"),
            Method::DELETE => ("delete", "connectDelete"),
            Method::HEAD => ("head", "connectHead"),
            Method::OPTIONS => ("options", "connectOptions"),
            // OpenAPI has no word for any other.
            _ => return None,
        };
        Some(Operation { method, verb, ..CONNECT })
    };
    methods.iter().filter_map(operation)
}

/// A path, as far as its operations differ by it.
#[derive(Clone, Copy)]
struct Endpoint<'a> {
    info: &'a ResourceInfo,
    /// The kind that goes in and out.
    shown: &'a ResourceInfo,
    /// The kind that the operations are said to be of.
    kind: &'a ResourceInfo,
    /// `Namespaced`, `ForAllNamespaces` or empty.
    scope: &'a str,
    /// As in `status`; empty for the object itself.
    subresource: &'a str,
    /// Whether it is a path below the subresource.
    below: bool,
}

/// What can be done at an endpoint.
#[derive(Clone, Copy)]
struct Operation {
    method: &'static str,
    /// The word of operation ids.
    verb: &'static str,
    /// The word of `x-kubernetes-action`.
    action: &'static str,
    description: &'static str,
    parameters: &'static [&'static str],
    body: Body,
    answer: Answer,
    codes: &'static [u16],
}

#[derive(Clone, Copy)]
enum Body {
    None,
    Object,
    Patch,
    DeleteOptions,
}

#[derive(Clone, Copy)]
enum Answer {
    Object,
    List,
    Status,
    /// Whatever the handler says.
    Anything,
}

const LISTING: &[&str] = &[
    "allowWatchBookmarks",
    "continue",
    "fieldSelector",
    "labelSelector",
    "limit",
    "resourceVersion",
    "resourceVersionMatch",
    "sendInitialEvents",
    "timeoutSeconds",
    "watch",
];
const WRITING: &[&str] = &["dryRun", "fieldManager", "fieldValidation"];
const PATCHING: &[&str] = &["dryRun", "fieldManager", "fieldValidation", "force"];
const DELETING: &[&str] = &[
    "dryRun",
    "gracePeriodSeconds",
    "ignoreStoreReadErrorWithClusterBreakingPotential",
    "orphanDependents",
    "propagationPolicy",
];

const LIST: Operation = Operation {
    method: "get",
    verb: "list",
    action: "list",
    description: "list",
    parameters: LISTING,
    body: Body::None,
    answer: Answer::List,
    codes: &[200],
};
const CREATE: Operation = Operation {
    method: "post",
    verb: "create",
    action: "post",
    description: "create",
    parameters: WRITING,
    body: Body::Object,
    answer: Answer::Object,
    codes: &[200, 201, 202],
};
const DELETE_COLLECTION: Operation = Operation {
    method: "delete",
    verb: "deleteCollection",
    action: "deletecollection",
    description: "delete collection",
    parameters: LISTING,
    body: Body::None,
    answer: Answer::Status,
    codes: &[200],
};
const READ: Operation = Operation {
    method: "get",
    verb: "read",
    action: "get",
    description: "read",
    parameters: &["resourceVersion"],
    body: Body::None,
    answer: Answer::Object,
    codes: &[200],
};
const REPLACE: Operation = Operation {
    method: "put",
    verb: "replace",
    action: "put",
    description: "replace",
    parameters: WRITING,
    body: Body::Object,
    answer: Answer::Object,
    codes: &[200, 201],
};
const PATCH: Operation = Operation {
    method: "patch",
    verb: "patch",
    action: "patch",
    description: "partially update",
    parameters: PATCHING,
    body: Body::Patch,
    answer: Answer::Object,
    codes: &[200],
};
const DELETE: Operation = Operation {
    method: "delete",
    verb: "delete",
    action: "delete",
    description: "delete",
    parameters: DELETING,
    body: Body::DeleteOptions,
    answer: Answer::Status,
    codes: &[200, 202],
};

/// An operation that the handler answers by itself; its method and verb are filled in.
const CONNECT: Operation = Operation {
    method: "",
    verb: "",
    action: "connect",
    description: "connect to",
    parameters: &[],
    body: Body::None,
    answer: Answer::Anything,
    codes: &[200],
};

/// How objects are written, either way.
const BODY_TYPES: [&str; 2] = ["application/json", "application/yaml"];

/// The patches that are taken. Strategic merge patch is not among them: kubectl would use it.
const PATCH_TYPES: [&str; 3] =
    ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];

fn insert(
    paths: &mut Map<String, Value>,
    path: String,
    endpoint: &Endpoint<'_>,
    operations: &[Option<Operation>],
) {
    let mut item = Map::new();
    for operation in operations.iter().flatten() {
        item.insert(operation.method.to_owned(), operation.render(endpoint));
    }
    if item.is_empty() {
        return;
    }
    let in_path = [
        ("namespace", "object name and auth scope, such as for teams and projects"),
        ("name", "name of the object"),
        ("path", "path below the subresource"),
    ];
    let in_path = in_path.iter().filter(|(name, _)| path.contains(&format!("{{{name}}}")));
    let parameters = in_path.map(|(name, description)| {
        json!({"name": name, "in": "path", "description": description, "required": true,
            "schema": {"type": "string", "uniqueItems": true}})
    });
    let pretty = parameter("pretty");
    item.insert("parameters".into(), parameters.chain([pretty]).collect());
    paths.insert(path, item.into());
}

impl Operation {
    fn render(&self, endpoint: &Endpoint<'_>) -> Value {
        let info = endpoint.info;
        let object = reference(&schemas::name(endpoint.shown));
        let answer = match self.answer {
            Answer::Object => object.clone(),
            Answer::List => reference(&names::schema(info, &format!("{}List", info.kind))),
            Answer::Status => meta_reference("Status"),
            Answer::Anything => json!({"type": "string"}),
        };
        let media_types: &[&str] = match self.answer {
            Answer::Anything => &["*/*"],
            _ => &BODY_TYPES,
        };
        let mut responses = Map::new();
        for code in self.codes {
            let description = match code {
                201 => "Created",
                202 => "Accepted",
                _ => "OK",
            };
            let content = content(media_types, &answer);
            responses.insert(code.to_string(), json!({"description": description, "content": content}));
        }
        responses.insert("401".into(), json!({"description": "Unauthorized"}));
        let mut operation = json!({
            "description": self.describe(endpoint),
            "operationId": self.id(endpoint),
            "tags": [names::tag(info)],
            "parameters": self.parameters.iter().map(|name| parameter(name)).collect::<Vec<_>>(),
            "responses": responses,
            "x-kubernetes-action": self.action,
            schemas::TYPES: schemas::group_version_kind(endpoint.kind, endpoint.kind.kind),
        });
        let body = match self.body {
            Body::None => return operation,
            Body::Object => json!({"required": true, "content": content(&BODY_TYPES, &object)}),
            Body::Patch => {
                json!({"required": true, "content": content(&PATCH_TYPES, &meta_reference("Patch"))})
            }
            Body::DeleteOptions => json!({"content": content(&BODY_TYPES, &meta_reference("DeleteOptions"))}),
        };
        operation["requestBody"] = body;
        operation
    }

    /// What the operation does, in upstream's few words: `read status of the specified Widget`.
    fn describe(&self, endpoint: &Endpoint<'_>) -> String {
        let kind = endpoint.info.kind;
        let of = match (self.verb, endpoint.subresource) {
            ("list", _) => "objects of kind ".to_owned(),
            ("deleteCollection", _) => "of ".to_owned(),
            ("create" | "delete", "") => article(kind).to_owned(),
            ("create", subresource) => format!("{} of {}", subresource.to_lowercase(), article(kind)),
            (_, "") => "the specified ".to_owned(),
            (_, subresource) => format!("{} of the specified ", subresource.to_lowercase()),
        };
        format!("{} {of}{kind}", self.description)
    }

    /// Contract 6.28: `readExampleComV1NamespacedWidgetStatus`, `listExampleComV1WidgetForAllNamespaces`.
    fn id(&self, endpoint: &Endpoint<'_>) -> String {
        let (verb, collection) = match self.verb {
            "deleteCollection" => ("delete", "Collection"),
            verb => (verb, ""),
        };
        let (before, after) = match (endpoint.scope, endpoint.below) {
            ("ForAllNamespaces", _) => ("", "ForAllNamespaces"),
            (scope, true) => (scope, "WithPath"),
            (scope, false) => (scope, ""),
        };
        let group = names::operation_group(endpoint.info);
        let subresource = names::capitalized(endpoint.subresource);
        format!("{verb}{group}{collection}{before}{}{subresource}{after}", endpoint.info.kind)
    }
}

/// What stands before one object of a kind.
fn article(kind: &str) -> &'static str {
    match kind.chars().next() {
        _ if kind.ends_with('s') && !kind.ends_with("ss") => "",
        Some('A' | 'E' | 'I' | 'O' | 'U') => "an ",
        _ => "a ",
    }
}

fn content(types: &[&str], schema: &Value) -> Value {
    types
        .iter()
        .map(|media_type| ((*media_type).to_owned(), json!({"schema": schema})))
        .collect::<Map<_, _>>()
        .into()
}

/// A query parameter.
fn parameter(name: &str) -> Value {
    let (kind, description) = match name {
        "allowWatchBookmarks" => ("boolean", "requests watch events with type BOOKMARK"),
        "continue" => ("string", "where the next page of a list begins, as the previous page said"),
        "dryRun" => ("string", "when present, modifications are not persisted; the only value is All"),
        "fieldManager" => ("string", "the name of the actor that makes the changes"),
        "fieldSelector" => ("string", "restricts the objects by their fields"),
        "fieldValidation" => {
            ("string", "what to do with unknown and duplicate fields: Ignore, Warn (the default) or Strict")
        }
        "force" => ("boolean", "takes over fields that others own; only for apply patches"),
        "gracePeriodSeconds" => ("integer", "seconds before the object is deleted; 0 deletes at once"),
        "ignoreStoreReadErrorWithClusterBreakingPotential" => {
            ("boolean", "deletes an object that cannot be read, without its finalizers")
        }
        "labelSelector" => ("string", "restricts the objects by their labels"),
        "limit" => ("integer", "the most objects on one page"),
        "orphanDependents" => ("boolean", "deprecated: use propagationPolicy"),
        "pretty" => ("string", "if 'true', then the output is pretty printed"),
        "propagationPolicy" => ("string", "what becomes of dependents: Orphan, Background or Foreground"),
        "resourceVersion" => ("string", "the version to read at, or to watch from"),
        "resourceVersionMatch" => ("string", "how resourceVersion is meant: Exact or NotOlderThan"),
        "sendInitialEvents" => ("boolean", "whether a watch begins with the current state"),
        "timeoutSeconds" => ("integer", "how long a list or watch may last"),
        _ => ("boolean", "whether to stream changes instead of listing"),
    };
    json!({"name": name, "in": "query", "description": description, "schema": {"type": kind, "uniqueItems": true}})
}
