//! From OpenAPI 3.0 to Swagger 2.0, as far as our own documents go.
//!
//! Swagger has no word for half of a structural schema, and kubectl's reader refuses the whole document over one schema
//! that it does not understand, so that less is said here.

use serde_json::{Map, Value, json};

/// The document of all groups.
pub(super) fn from_v3(document: &Value) -> Value {
    let empty = Map::new();
    let paths = document["paths"].as_object().unwrap_or(&empty);
    let schemas = document["components"]["schemas"].as_object().unwrap_or(&empty);
    let paths: Map<_, _> = paths.iter().map(|(path, item)| (path.clone(), path_item(item))).collect();
    let definitions: Map<_, _> =
        schemas.iter().map(|(name, schema)| (name.clone(), convert(schema))).collect();
    json!({"swagger": "2.0", "info": super::info(), "paths": paths, "definitions": definitions})
}

fn path_item(item: &Value) -> Value {
    let members = item.as_object().into_iter().flatten();
    members
        .map(|(name, value)| {
            let value = if name == "parameters" { parameters(value) } else { operation(value) };
            (name.clone(), value)
        })
        .collect::<Map<_, _>>()
        .into()
}

fn operation(operation: &Value) -> Value {
    let mut converted = operation.clone();
    let Some(members) = converted.as_object_mut() else { return converted };
    let body = members.remove("requestBody");
    let mut all = parameters(operation.get("parameters").unwrap_or(&Value::Null));
    if let (Some(body), Some(all)) = (&body, all.as_array_mut()) {
        let required = body.get("required").cloned();
        let mut parameter = json!({"name": "body", "in": "body", "schema": schema_of(body)});
        if let Some(required) = required {
            parameter["required"] = required;
        }
        all.push(parameter);
    }
    members.insert("consumes".into(), body.as_ref().map_or_else(|| json!(["*/*"]), media_types));
    members.insert("produces".into(), media_types(&operation["responses"]["200"]));
    members.insert("parameters".into(), all);
    let responses = operation["responses"].as_object().into_iter().flatten().map(|(code, response)| {
        let mut converted = json!({"description": response["description"]});
        if response.get("content").is_some() {
            converted["schema"] = schema_of(response);
        }
        (code.clone(), converted)
    });
    members.insert("responses".into(), responses.collect::<Map<_, _>>().into());
    converted
}

/// The types of a body, which Swagger lists beside it.
fn media_types(body: &Value) -> Value {
    body["content"].as_object().into_iter().flatten().map(|(name, _)| Value::from(name.as_str())).collect()
}

/// The schema of a body, which has one for all its types.
fn schema_of(body: &Value) -> Value {
    let content = body["content"].as_object().and_then(|content| content.values().next());
    content.and_then(|content| content.get("schema")).map_or_else(|| json!({}), convert)
}

/// Parameters, which carry their type themselves.
fn parameters(parameters: &Value) -> Value {
    let parameters = parameters.as_array().into_iter().flatten();
    parameters
        .map(|parameter| {
            let mut members = parameter.as_object().cloned().unwrap_or_default();
            if let Some(Value::Object(schema)) = members.remove("schema") {
                members.extend(schema);
            }
            Value::Object(members)
        })
        .collect()
}

/// A schema without what Swagger has no word for.
fn convert(schema: &Value) -> Value {
    let Value::Object(members) = schema else { return schema.clone() };
    let mut converted = Map::new();
    let reference =
        members.get("$ref").or_else(|| match members.get("allOf").and_then(Value::as_array)?.as_slice() {
            [part] => part.get("$ref"),
            _ => None,
        });
    if let Some(reference) = reference.and_then(Value::as_str) {
        // Beside a reference only a description may stand.
        converted
            .extend(members.get_key_value("description").map(|(key, value)| (key.clone(), value.clone())));
        let name = reference.rsplit('/').next().unwrap_or_default();
        converted.insert("$ref".into(), format!("#/definitions/{name}").into());
        return converted.into();
    }
    for (key, value) in members {
        let value = match key.as_str() {
            "allOf" | "anyOf" | "oneOf" | "not" | "nullable" | "default" => continue,
            "items" | "additionalProperties" => convert(value),
            "properties" => value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, it)| (name.clone(), convert(it)))
                .collect::<Map<_, _>>()
                .into(),
            _ => value.clone(),
        };
        converted.insert(key.clone(), value);
    }
    let is = |key: &str| members.get(key) == Some(&Value::Bool(true));
    let remove: &[&str] = if is("nullable") {
        &["type", "items", "properties", "additionalProperties"]
    } else if is("x-kubernetes-preserve-unknown-fields") {
        &["type", "items", "properties"]
    } else {
        &[]
    };
    for key in remove {
        converted.remove(*key);
    }
    require_only_plain_fields(&mut converted, members);
    converted.into()
}

/// A field that may be null may as well be absent, for readers that do not know null.
fn require_only_plain_fields(converted: &mut Map<String, Value>, members: &Map<String, Value>) {
    let nullable = |field: &Value| {
        let property = members.get("properties").and_then(|properties| properties.get(field.as_str()?));
        property.and_then(|property| property.get("nullable")) == Some(&Value::Bool(true))
    };
    if let Some(Value::Array(required)) = converted.get_mut("required") {
        required.retain(|field| !nullable(field));
        if required.is_empty() {
            converted.remove("required");
        }
    }
}
