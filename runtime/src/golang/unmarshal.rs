//! Why a JSON document does not become a Go value, as Go's decoder says it (`encoding/json`, decode.go), for the few types
//! of upstream that are the same for every kind.

use std::str::FromStr;

use serde_json::{Number, Value};

use super::{number, time};

/// A type of Go.
#[derive(Clone, Copy)]
pub(crate) enum Go {
    /// A string, under the name of its type.
    Text(&'static str),
    Int32,
    Int64,
    Bool,
    Time,
    /// A map of strings.
    Texts,
    List(&'static str, &'static Self),
    Struct(&'static Struct),
    Anything,
}

/// A struct of Go.
pub(crate) struct Struct {
    name: &'static str,
    /// As it is told of when something else stands in its place.
    type_name: &'static str,
    fields: &'static [(&'static str, Go)],
}

const STRING: Go = Go::Text("string");

const OWNER_REFERENCE: Go = Go::Struct(&Struct {
    name: "OwnerReference",
    type_name: "v1.OwnerReference",
    fields: &[
        ("apiVersion", STRING),
        ("kind", STRING),
        ("name", STRING),
        ("uid", Go::Text("types.UID")),
        ("controller", Go::Bool),
        ("blockOwnerDeletion", Go::Bool),
    ],
});

const MANAGED_FIELDS_ENTRY: Go = Go::Struct(&Struct {
    name: "ManagedFieldsEntry",
    type_name: "v1.ManagedFieldsEntry",
    fields: &[
        ("manager", STRING),
        ("operation", Go::Text("v1.ManagedFieldsOperationType")),
        ("apiVersion", STRING),
        ("time", Go::Time),
        ("fieldsType", STRING),
        ("fieldsV1", Go::Anything),
        ("subresource", STRING),
    ],
});

/// `k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta`.
pub(crate) const OBJECT_META: Go = Go::Struct(&Struct {
    name: "ObjectMeta",
    type_name: "v1.ObjectMeta",
    fields: &[
        ("name", STRING),
        ("generateName", STRING),
        ("namespace", STRING),
        ("selfLink", STRING),
        ("uid", Go::Text("types.UID")),
        ("resourceVersion", STRING),
        ("generation", Go::Int64),
        ("creationTimestamp", Go::Time),
        ("deletionTimestamp", Go::Time),
        ("deletionGracePeriodSeconds", Go::Int64),
        ("labels", Go::Texts),
        ("annotations", Go::Texts),
        ("ownerReferences", Go::List("[]v1.OwnerReference", &OWNER_REFERENCE)),
        ("finalizers", Go::List("[]string", &STRING)),
        ("managedFields", Go::List("[]v1.ManagedFieldsEntry", &MANAGED_FIELDS_ENTRY)),
    ],
});

/// `k8s.io/apimachinery/pkg/apis/meta/v1.DeleteOptions`.
pub(crate) const DELETE_OPTIONS: Go = Go::Struct(&Struct {
    name: "DeleteOptions",
    type_name: "v1.DeleteOptions",
    fields: &[
        ("gracePeriodSeconds", Go::Int64),
        (
            "preconditions",
            Go::Struct(&Struct {
                name: "Preconditions",
                type_name: "v1.Preconditions",
                fields: &[("uid", Go::Text("types.UID")), ("resourceVersion", STRING)],
            }),
        ),
        ("orphanDependents", Go::Bool),
        ("propagationPolicy", Go::Text("v1.DeletionPropagation")),
        ("dryRun", Go::List("[]string", &STRING)),
        ("ignoreStoreReadErrorWithClusterBreakingPotential", Go::Bool),
    ],
});

/// `k8s.io/api/autoscaling/v1.Scale`.
pub(crate) const SCALE: Go = Go::Struct(&Struct {
    name: "Scale",
    type_name: "v1.Scale",
    fields: &[
        ("metadata", OBJECT_META),
        (
            "spec",
            Go::Struct(&Struct {
                name: "ScaleSpec",
                type_name: "v1.ScaleSpec",
                fields: &[("replicas", Go::Int32)],
            }),
        ),
        (
            "status",
            Go::Struct(&Struct {
                name: "ScaleStatus",
                type_name: "v1.ScaleStatus",
                fields: &[("replicas", Go::Int32), ("selector", STRING)],
            }),
        ),
    ],
});

/// What a document is read into first, to learn what it is.
pub(crate) const HEADER: Go = Go::Struct(&Struct {
    name: "",
    type_name: r#"struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }"#,
    fields: &[("apiVersion", STRING), ("kind", STRING)],
});

/// What Go complains of when a value becomes a value of a type; nothing when it does.
pub(crate) fn complaint(go: &Go, value: &Value) -> Option<String> {
    Reader { within: None, path: Vec::new() }.read(go, value)
}

struct Reader {
    /// The struct whose field is read.
    within: Option<&'static str>,
    path: Vec<&'static str>,
}

impl Reader {
    fn read(&mut self, go: &Go, value: &Value) -> Option<String> {
        match (go, value) {
            (_, Value::Null)
            | (Go::Anything, _)
            | (Go::Text(_), Value::String(_))
            | (Go::Bool, Value::Bool(_)) => None,
            (Go::Int32, Value::Number(number)) => self.integer::<i32>(number, "int32"),
            (Go::Int64, Value::Number(number)) => self.integer::<i64>(number, "int64"),
            (Go::Time, Value::String(text)) => time::complaint(text),
            (Go::Texts, Value::Object(members)) => members.values().find_map(|text| self.read(&STRING, text)),
            (Go::List(_, of), Value::Array(items)) => items.iter().find_map(|item| self.read(of, item)),
            (Go::Struct(of), Value::Object(members)) => {
                let outer = self.within.replace(of.name);
                let found = members.iter().find_map(|(name, value)| {
                    let (name, go) = of.fields.iter().find(|(field, _)| field == name)?;
                    self.path.push(name);
                    let found = self.read(go, value);
                    self.path.pop();
                    found
                });
                self.within = outer;
                found
            }
            (go, value) => Some(self.cannot(kind(value), name(go))),
        }
    }

    fn integer<T: FromStr>(&self, number: &Number, target: &str) -> Option<String> {
        let written = match number.as_f64() {
            Some(float) if number.is_f64() => number::json(float),
            _ => number.to_string(),
        };
        written.parse::<T>().err().map(|_| self.cannot(&format!("number {written}"), target))
    }

    fn cannot(&self, what: &str, target: &str) -> String {
        match self.within {
            Some(name) => format!(
                "json: cannot unmarshal {what} into Go struct field {name}.{} of type {target}",
                self.path.join(".")
            ),
            None => format!("json: cannot unmarshal {what} into Go value of type {target}"),
        }
    }
}

fn name(go: &Go) -> &'static str {
    match go {
        Go::Text(name) | Go::List(name, _) => name,
        Go::Int32 => "int32",
        Go::Int64 => "int64",
        Go::Bool => "bool",
        Go::Time => "string",
        Go::Texts => "map[string]string",
        Go::Struct(of) => of.type_name,
        Go::Anything => "interface {}",
    }
}

/// What Go calls the kind of a JSON value when it has no place for it.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{DELETE_OPTIONS, HEADER, OBJECT_META, SCALE, complaint};

    #[test]
    fn go_tells_what_does_not_fit() {
        let field = |what: &str, field: &str, target: &str| {
            Some(format!("json: cannot unmarshal {what} into Go struct field {field} of type {target}"))
        };
        let cases = [
            (json!({"name": 1}), field("number", "ObjectMeta.name", "string")),
            (json!({"uid": true}), field("bool", "ObjectMeta.uid", "types.UID")),
            (json!({"labels": {"a": 1.5}}), field("number", "ObjectMeta.labels", "string")),
            (json!({"labels": []}), field("array", "ObjectMeta.labels", "map[string]string")),
            (json!({"generation": 1.5}), field("number 1.5", "ObjectMeta.generation", "int64")),
            (json!({"generation": "x"}), field("string", "ObjectMeta.generation", "int64")),
            (json!({"finalizers": [1]}), field("number", "ObjectMeta.finalizers", "string")),
            (json!({"finalizers": "x"}), field("string", "ObjectMeta.finalizers", "[]string")),
            (
                json!({"ownerReferences": [1]}),
                field("number", "ObjectMeta.ownerReferences", "v1.OwnerReference"),
            ),
            (
                json!({"ownerReferences": [{"uid": 1}]}),
                field("number", "OwnerReference.ownerReferences.uid", "types.UID"),
            ),
            (json!({"creationTimestamp": 1}), field("number", "ObjectMeta.creationTimestamp", "string")),
            (json!({"name": null, "generation": 2.0, "labels": {"a": null}, "finalizers": [null]}), None),
        ];
        for (meta, expected) in cases {
            assert_eq!(complaint(&OBJECT_META, &meta), expected, "{meta}");
        }
        assert_eq!(
            complaint(&OBJECT_META, &Value::from(1)).as_deref(),
            Some("json: cannot unmarshal number into Go value of type v1.ObjectMeta")
        );
        assert_eq!(
            complaint(&DELETE_OPTIONS, &json!({"preconditions": {"uid": 1}})),
            field("number", "Preconditions.preconditions.uid", "types.UID")
        );
        let replicas = |replicas: Value| complaint(&SCALE, &json!({"spec": {"replicas": replicas}}));
        assert_eq!(replicas("x".into()), field("string", "ScaleSpec.spec.replicas", "int32"));
        assert_eq!(
            replicas((1_i64 << 31).into()),
            field("number 2147483648", "ScaleSpec.spec.replicas", "int32")
        );
        assert_eq!(replicas(5.into()), None);
        assert_eq!(complaint(&HEADER, &json!({"kind": 1})), field("number", ".kind", "string"));
    }
}
