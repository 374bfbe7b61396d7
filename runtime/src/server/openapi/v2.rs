//! From OpenAPI 3.0 to Swagger 2.0, as far as our own documents go.
//!
//! Swagger has no word for half of a structural schema, and kubectl's reader refuses the whole document over one schema
//! that it does not understand, so that less is said here.

use serde_json::{Map, Value, json};

/// The document of all groups.
pub(super) fn from_v3(paths: Map<String, Value>, schemas: Map<String, Value>) -> Value {
    let paths: Map<_, _> = paths.into_iter().map(|(path, item)| (path, path_item(item))).collect();
    let definitions: Map<_, _> = schemas.into_iter().map(|(name, schema)| (name, convert(schema))).collect();
    json!({"swagger": "2.0", "info": super::info(), "paths": paths, "definitions": definitions})
}

fn path_item(item: Value) -> Value {
    let convert = |(name, value): (String, Value)| {
        let value = if name == "parameters" { parameters(value) } else { operation(value) };
        (name, value)
    };
    members(item).map(convert).collect::<Map<_, _>>().into()
}

fn operation(mut operation: Value) -> Value {
    let Some(own) = operation.as_object_mut() else { return operation };
    let body = own.remove("requestBody");
    let mut all = parameters(own.remove("parameters").unwrap_or_default());
    let responses = own.remove("responses").unwrap_or_default();
    own.insert("consumes".into(), body.as_ref().map_or_else(|| json!(["*/*"]), media_types));
    own.insert("produces".into(), media_types(&responses["200"]));
    if let (Some(mut body), Some(all)) = (body, all.as_array_mut()) {
        let mut parameter = json!({"name": "body", "in": "body", "schema": schema_of(&mut body)});
        if let Some(required) = body.get("required") {
            parameter["required"] = required.clone();
        }
        all.push(parameter);
    }
    own.insert("parameters".into(), all);
    let responses = members(responses).map(|(code, mut response)| {
        let mut converted = json!({"description": response["description"].take()});
        if response.get("content").is_some() {
            converted["schema"] = schema_of(&mut response);
        }
        (code, converted)
    });
    let responses: Map<_, _> = responses.collect();
    own.insert("responses".into(), responses.into());
    operation
}

/// The types of a body, which Swagger lists beside it.
fn media_types(body: &Value) -> Value {
    body["content"].as_object().into_iter().flatten().map(|(name, _)| Value::from(name.as_str())).collect()
}

/// Takes the schema of a body, which has one for all its types.
fn schema_of(body: &mut Value) -> Value {
    let content = body.get_mut("content").and_then(|content| content.as_object_mut()?.values_mut().next());
    content.and_then(|content| content.get_mut("schema")).map_or_else(|| json!({}), |it| convert(it.take()))
}

/// Parameters, which carry their type themselves.
fn parameters(parameters: Value) -> Value {
    let Value::Array(parameters) = parameters else { return json!([]) };
    let flat = |mut parameter: Value| {
        if let Some(members) = parameter.as_object_mut()
            && let Some(Value::Object(schema)) = members.remove("schema")
        {
            members.extend(schema);
        }
        parameter
    };
    parameters.into_iter().map(flat).collect()
}

fn members(value: Value) -> impl Iterator<Item = (String, Value)> {
    let members = if let Value::Object(members) = value { Some(members) } else { None };
    members.into_iter().flatten()
}

/// A schema without what Swagger has no word for.
fn convert(schema: Value) -> Value {
    let Value::Object(mut schema) = schema else { return schema };
    let reference =
        schema.get("$ref").or_else(|| match schema.get("allOf").and_then(Value::as_array)?.as_slice() {
            [part] => part.get("$ref"),
            _ => None,
        });
    if let Some(reference) = reference.and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let mut converted = Map::from_iter([("$ref".to_owned(), format!("#/definitions/{name}").into())]);
        // Beside a reference only a description may stand.
        converted.extend(schema.remove_entry("description"));
        return converted.into();
    }
    require_only_plain_fields(&mut schema);
    let is = |key: &str| schema.get(key) == Some(&Value::Bool(true));
    let remove: &[&str] = if is("nullable") {
        &["type", "items", "properties", "additionalProperties"]
    } else if is("x-kubernetes-preserve-unknown-fields") {
        &["type", "items", "properties"]
    } else {
        &[]
    };
    for key in ["allOf", "anyOf", "oneOf", "not", "nullable", "default"].iter().chain(remove) {
        schema.remove(*key);
    }
    for (key, value) in &mut schema {
        match key.as_str() {
            "items" | "additionalProperties" => *value = convert(value.take()),
            "properties" => {
                for property in value.as_object_mut().into_iter().flat_map(Map::values_mut) {
                    *property = convert(property.take());
                }
            }
            _ => {}
        }
    }
    schema.into()
}

/// A field that may be null may as well be absent, for readers that do not know null.
fn require_only_plain_fields(schema: &mut Map<String, Value>) {
    let Some(Value::Array(mut required)) = schema.remove("required") else { return };
    let nullable = |field: &Value| {
        let property = schema.get("properties").and_then(|properties| properties.get(field.as_str()?));
        property.and_then(|property| property.get("nullable")) == Some(&Value::Bool(true))
    };
    required.retain(|field| !nullable(field));
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
}
