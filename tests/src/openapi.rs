//! Whether an OpenAPI document says only what its version has words for, and nothing that contradicts itself.
//!
//! Both versions of the specification are held to by what they allow, not by what they forbid: a word that nobody listed
//! is a problem.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// The two versions that Kubernetes serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    /// Swagger 2.0.
    V2,
    /// OpenAPI 3.0.
    V3,
}

/// What Kubernetes says may be done with a path.
const ACTIONS: [&str; 8] = ["connect", "delete", "deletecollection", "get", "list", "patch", "post", "put"];
const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];
const TYPES: &str = "x-kubernetes-group-version-kind";

/// The words of a schema that both versions have.
const SCHEMA: [&str; 25] = [
    "title",
    "description",
    "type",
    "format",
    "default",
    "enum",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "required",
    "items",
    "allOf",
    "properties",
    "additionalProperties",
    "externalDocs",
];
/// Those that only version 3 has.
const SCHEMA_OF_V3: [&str; 5] = ["oneOf", "anyOf", "not", "nullable", "example"];
/// Those of Kubernetes. A word that it does not have is as wrong as any other.
const SCHEMA_OF_KUBERNETES: [&str; 11] = [
    TYPES,
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
    "x-kubernetes-patch-merge-key",
    "x-kubernetes-patch-strategy",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-selectable-fields",
    "x-kubernetes-validations",
];

/// Everything that is wrong with a document, each with its place; nothing for one that is in order.
pub fn problems(document: &Value) -> Vec<String> {
    let version = if document.get("swagger").is_some() { Version::V2 } else { Version::V3 };
    let schemas = match version {
        Version::V2 => &document["definitions"],
        Version::V3 => &document["components"]["schemas"],
    };
    let empty = Map::new();
    let schemas = schemas.as_object().unwrap_or(&empty);
    let mut check = Check { version, schemas, ids: BTreeMap::new(), problems: Vec::new() };
    check.head(document);
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        check.path(path, item);
    }
    for (name, schema) in schemas {
        check.schema(name, schema);
    }
    check.ids();
    check.problems
}

struct Check<'d> {
    version: Version,
    schemas: &'d Map<String, Value>,
    /// Where each operationId is.
    ids: BTreeMap<&'d str, Vec<String>>,
    problems: Vec<String>,
}

impl<'d> Check<'d> {
    fn wrong(&mut self, place: &str, what: impl std::fmt::Display) {
        self.problems.push(format!("{place}: {what}"));
    }

    fn demand(&mut self, holds: bool, place: &str, what: &str) {
        if !holds {
            self.wrong(place, what);
        }
    }

    /// Only these words, and what begins with `x-`, may be there.
    fn words(&mut self, place: &str, members: &Map<String, Value>, allowed: &[&[&str]]) {
        for word in members.keys() {
            if !allowed.iter().any(|words| words.contains(&word.as_str())) {
                self.wrong(place, format!("nobody knows {word}"));
            }
        }
    }

    fn head(&mut self, document: &Value) {
        let (word, number, rest): (_, _, &[&str]) = match self.version {
            Version::V2 => ("swagger", "2.0", &["swagger", "info", "paths", "definitions"]),
            Version::V3 => ("openapi", "3.0.0", &["openapi", "info", "paths", "components"]),
        };
        let members = document.as_object().cloned().unwrap_or_default();
        self.words("document", &members, &[rest]);
        self.demand(document[word] == number, "document", "the version is another");
        for word in ["title", "version"] {
            self.demand(document["info"][word].is_string(), "info", "a title and a version must be there");
        }
        self.demand(document["paths"].is_object(), "document", "paths must be there");
    }

    fn path(&mut self, path: &'d str, item: &'d Value) {
        let Some(members) = item.as_object() else { return self.wrong(path, "is no object") };
        self.words(path, members, &[&METHODS, &["parameters"]]);
        let shared = item.get("parameters");
        let in_path: BTreeSet<&str> =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let mut operations = 0;
        for (method, operation) in members.iter().filter(|(name, _)| *name != "parameters") {
            operations += 1;
            let place = format!("{method} {path}");
            let mut declared = BTreeSet::new();
            for parameter in [shared, operation.get("parameters")].into_iter().flatten() {
                self.parameters(&place, parameter, &mut declared);
            }
            let of_path: BTreeSet<_> =
                declared.iter().filter(|(place, _)| *place == "path").map(|(_, name)| *name).collect();
            if of_path != in_path {
                self.wrong(&place, format!("the path has {in_path:?}, and declared are {of_path:?}"));
            }
            self.operation(&place, operation);
        }
        self.demand(operations > 0, path, "nothing can be done here");
    }

    fn parameters(
        &mut self,
        place: &str,
        parameters: &'d Value,
        declared: &mut BTreeSet<(&'d str, &'d str)>,
    ) {
        let Some(parameters) = parameters.as_array() else {
            return self.wrong(place, "parameters is no list");
        };
        for parameter in parameters {
            let (Some(name), Some(at)) = (parameter["name"].as_str(), parameter["in"].as_str()) else {
                self.wrong(place, format!("a parameter without name or place: {parameter}"));
                continue;
            };
            let place = format!("{place} ({name})");
            let members = parameter.as_object().cloned().unwrap_or_default();
            self.demand(declared.insert((at, name)), &place, "is declared twice");
            self.demand(
                at != "path" || parameter["required"] == true,
                &place,
                "is in the path and not required",
            );
            match (self.version, at) {
                (Version::V2, "path" | "query" | "header") => {
                    let words =
                        ["name", "in", "description", "required", "type", "format", "uniqueItems", "enum"];
                    self.words(&place, &members, &[&words]);
                    self.type_of(&place, &members, true);
                }
                (Version::V2, "body") | (Version::V3, "path" | "query" | "header" | "cookie") => {
                    self.words(&place, &members, &[&["name", "in", "description", "required", "schema"]]);
                    self.schema(&place, &parameter["schema"]);
                }
                _ => self.wrong(&place, format!("a parameter cannot be in {at}")),
            }
        }
    }

    fn operation(&mut self, place: &str, operation: &'d Value) {
        let Some(members) = operation.as_object() else { return self.wrong(place, "is no object") };
        let common: &[&str] =
            &["description", "operationId", "tags", "parameters", "responses", "deprecated"];
        let own: &[&str] =
            if self.version == Version::V2 { &["consumes", "produces", "schemes"] } else { &["requestBody"] };
        self.words(place, members, &[common, own, &["x-kubernetes-action", TYPES]]);
        match operation["operationId"].as_str() {
            Some(id) => self.ids.entry(id).or_default().push(place.to_owned()),
            None => self.wrong(place, "has no operationId"),
        }
        let action = operation["x-kubernetes-action"].as_str().unwrap_or_default();
        self.demand(ACTIONS.contains(&action), place, "has no x-kubernetes-action");
        self.group_version_kind(place, &operation[TYPES]);
        let responses = operation["responses"].as_object();
        self.demand(responses.is_some_and(|responses| !responses.is_empty()), place, "has no responses");
        for (code, response) in responses.into_iter().flatten() {
            let place = format!("{place} {code}");
            let number: Option<u16> = code.parse().ok();
            let is_code = code == "default" || number.is_some_and(|code| (100..600).contains(&code));
            self.demand(is_code, &place, "is no code");
            self.demand(response["description"].is_string(), &place, "has no description");
            let members = response.as_object().cloned().unwrap_or_default();
            let own = if self.version == Version::V2 { "schema" } else { "content" };
            self.words(&place, &members, &[&["description", "headers", own]]);
            self.body(&place, response);
        }
        if let Some(body) = operation.get("requestBody") {
            self.demand(body.get("content").is_some(), place, "has a body without content");
            self.body(place, body);
        }
        for word in ["consumes", "produces"] {
            let types = operation.get(word).and_then(Value::as_array);
            let named = types.is_some_and(|types| types.iter().all(is_media_type));
            self.demand(
                self.version == Version::V3 || named,
                place,
                "does not say which types it takes and gives",
            );
        }
        let patch = action == "patch" && operation.to_string().contains("strategic-merge-patch");
        self.demand(!patch, place, "lists the strategic merge patch");
    }

    fn body(&mut self, place: &str, body: &'d Value) {
        if let Some(schema) = body.get("schema") {
            self.schema(place, schema);
        }
        for (media_type, content) in body["content"].as_object().into_iter().flatten() {
            self.demand(is_media_type(&media_type.as_str().into()), place, "has a type that is none");
            self.schema(&format!("{place} {media_type}"), &content["schema"]);
        }
    }

    fn group_version_kind(&mut self, place: &str, value: &Value) {
        let holds = ["group", "version", "kind"].iter().all(|word| value[*word].is_string())
            && value.as_object().is_some_and(|members| members.len() == 3)
            && value["version"] != ""
            && value["kind"] != "";
        self.demand(holds, place, "does not say of which group, version and kind it is");
    }

    fn schema(&mut self, place: &str, schema: &'d Value) {
        let Some(members) = schema.as_object() else { return self.wrong(place, "is no schema") };
        if let Some(reference) = members.get("$ref") {
            return self.reference(place, reference, members);
        }
        let own: &[&str] = if self.version == Version::V3 { &SCHEMA_OF_V3 } else { &[] };
        self.words(place, members, &[&SCHEMA, own, &SCHEMA_OF_KUBERNETES]);
        self.type_of(place, members, false);
        self.values(place, members);
        for kind in members.get(TYPES).into_iter().flat_map(|kinds| kinds.as_array().into_iter().flatten()) {
            self.group_version_kind(place, kind);
        }
        for (name, property) in members.get("properties").and_then(Value::as_object).into_iter().flatten() {
            self.schema(&format!("{place}.{name}"), property);
        }
        if let Some(items) = members.get("items") {
            self.schema(&format!("{place}[]"), items);
        }
        if let Some(additional) = members.get("additionalProperties").filter(|it| !it.is_boolean()) {
            self.schema(&format!("{place}[*]"), additional);
        }
        for word in ["allOf", "anyOf", "oneOf"] {
            let Some(parts) = members.get(word) else { continue };
            let parts = parts.as_array().map_or(&[][..], Vec::as_slice);
            self.demand(!parts.is_empty(), place, "has an empty choice");
            for part in parts {
                self.schema(&format!("{place} {word}"), part);
            }
        }
        if let Some(not) = members.get("not") {
            self.schema(&format!("{place} not"), not);
        }
    }

    /// Beside a reference nothing counts. Kubernetes gives a description there in version 2, and kubectl shows it.
    fn reference(&mut self, place: &str, reference: &'d Value, members: &Map<String, Value>) {
        let (prefix, beside): (_, &[&str]) = match self.version {
            Version::V2 => ("#/definitions/", &["$ref", "description"]),
            Version::V3 => ("#/components/schemas/", &["$ref"]),
        };
        self.words(place, members, &[beside]);
        match reference.as_str().and_then(|text| text.strip_prefix(prefix)) {
            Some(name) if self.schemas.contains_key(name) => {}
            _ => self.wrong(place, format!("{reference} leads nowhere")),
        }
    }

    fn type_of(&mut self, place: &str, members: &Map<String, Value>, needed: bool) {
        let kind = members.get("type");
        let known = ["array", "boolean", "integer", "number", "object", "string"];
        let holds = kind.map_or(!needed, |kind| kind.as_str().is_some_and(|kind| known.contains(&kind)));
        self.demand(holds, place, "has no type that there is");
        let is = |name: &str| kind.is_some_and(|kind| kind == name);
        self.demand(!is("array") || members.contains_key("items") || needed, place, "is a list of nothing");
        self.demand(is("array") || !members.contains_key("items"), place, "has items and is no list");
        let both = members.contains_key("properties") && members.contains_key("additionalProperties");
        self.demand(!both, place, "has fields and keys at once, which no structural schema may");
        for (words, of) in [
            (&["minLength", "maxLength", "pattern"][..], "string"),
            (&["minItems", "maxItems", "x-kubernetes-list-type"], "array"),
            (&["minProperties", "maxProperties", "properties", "additionalProperties"], "object"),
        ] {
            for word in words.iter().filter(|word| members.contains_key(**word)) {
                // What has no type is a condition on a value whose type is said elsewhere.
                self.demand(kind.is_none() || is(of), place, &format!("{word} is not for its type"));
            }
        }
    }

    /// The values of words: numbers where numbers belong, lists that are not empty.
    fn values(&mut self, place: &str, members: &Map<String, Value>) {
        for (word, value) in members {
            let holds = match word.as_str() {
                "maximum" | "minimum" | "multipleOf" => value.is_number(),
                "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties" | "minProperties" => {
                    value.is_u64()
                }
                "exclusiveMaximum"
                | "exclusiveMinimum"
                | "uniqueItems"
                | "nullable"
                | "x-kubernetes-preserve-unknown-fields"
                | "x-kubernetes-int-or-string"
                | "x-kubernetes-embedded-resource" => value.is_boolean(),
                "title" | "description" | "format" | "pattern" => value.is_string(),
                "x-kubernetes-list-type" => ["atomic", "set", "map"].iter().any(|kind| value == kind),
                "x-kubernetes-map-type" => ["atomic", "granular"].iter().any(|kind| value == kind),
                "x-kubernetes-list-map-keys" => {
                    members.get("x-kubernetes-list-type") == Some(&"map".into()) && is_set_of_texts(value)
                }
                "required" => is_set_of_texts(value),
                "enum" => value.as_array().is_some_and(|values| !values.is_empty()),
                "properties" => value.is_object(),
                "default" => fits(value, members),
                _ => true,
            };
            self.demand(holds, place, &format!("{word} cannot be {value}"));
        }
    }

    fn ids(&mut self) {
        let twice: Vec<_> = self.ids.iter().filter(|(_, places)| places.len() > 1).collect();
        let problems: Vec<_> =
            twice.iter().map(|(id, places)| format!("{id} is the operationId of {places:?}")).collect();
        self.problems.extend(problems);
    }
}

/// Whether a default is of the type that it stands for. Kubernetes gives `{}` to structs of any kind, also where their
/// schema is a text: what it means is the zero of the Go type.
fn fits(default: &Value, schema: &Map<String, Value>) -> bool {
    match schema.get("type").and_then(Value::as_str) {
        _ if default.as_object().is_some_and(Map::is_empty) => true,
        None => true,
        Some("array") => default.is_array(),
        Some("boolean") => default.is_boolean(),
        Some("integer") => default.is_i64() || default.is_u64(),
        Some("number") => default.is_number(),
        Some("object") => default.is_object(),
        Some(_) => default.is_string(),
    }
}

fn is_set_of_texts(value: &Value) -> bool {
    let texts: Option<Vec<_>> =
        value.as_array().map(|texts| texts.iter().filter_map(Value::as_str).collect());
    texts.is_some_and(|texts| {
        !texts.is_empty()
            && texts.iter().collect::<BTreeSet<_>>().len() == value.as_array().map_or(0, Vec::len)
    })
}

fn is_media_type(value: &Value) -> bool {
    value.as_str().is_some_and(|text| {
        text.split_once('/').is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty())
    })
}
