//! The kinds that the tests serve: those of the contract's fixture, one without a status, and one with a strict schema.

use std::collections::BTreeMap;

use resourceful::prelude::*;
use serde_json::Value;

/// A namespaced kind with everything that the spine has: columns, status, strategy.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "demo.example.com", version = "v1", namespaced, shortname = "wd", category = "all")]
#[resource(strategy = WidgetStrategy)]
#[resource(printcolumn(name = "Size", type = "integer", json_path = ".spec.size"))]
#[resource(printcolumn(name = "Phase", type = "string", json_path = ".status.phase", priority = 1))]
#[resource(printcolumn(name = "Age", type = "date", json_path = ".metadata.creationTimestamp"))]
pub struct Widget {
    /// The metadata.
    pub metadata: ObjectMeta,
    /// What is wanted.
    #[serde(default)]
    pub spec: WidgetSpec,
    /// What is.
    #[status]
    pub status: Option<WidgetStatus>,
}

/// What is wanted of a [`Widget`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WidgetSpec {
    /// How large; must not be negative.
    #[serde(default)]
    pub size: i32,
    /// How it works; `loud` is warned of.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mode: String,
    /// What it is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// Cannot be changed once set.
    pub color: Option<String>,
}

/// A part of a [`Widget`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// What it is called.
    pub name: String,
}

/// What a [`Widget`] is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WidgetStatus {
    /// `Pending`, `Ready` or `Failed`; a failed widget stays failed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phase: String,
}

/// The rules of a [`Widget`].
#[derive(Debug, Default)]
pub struct WidgetStrategy;

impl Strategy for WidgetStrategy {
    type Object = Widget;

    fn validate(&self, _: &RequestContext, widget: &Widget) -> ErrorList {
        validate_spec(&widget.spec)
    }

    fn warnings_on_create(&self, _: &RequestContext, widget: &Widget) -> Vec<String> {
        let loud =
            (widget.spec.mode == "loud").then(|| "spec.mode: loud widgets wake the neighbours".to_owned());
        loud.into_iter().collect()
    }

    fn validate_update(&self, _: &RequestContext, widget: &Widget, old: &Widget) -> ErrorList {
        let mut errors = validate_spec(&widget.spec);
        if old.spec.color.is_some() && widget.spec.color != old.spec.color {
            errors.push(field::Error::immutable(field::Path::new("spec").child("color"), &widget.spec.color));
        }
        errors
    }

    fn validate_status_update(&self, _: &RequestContext, widget: &Widget, old: &Widget) -> ErrorList {
        let phase = |widget: &Widget| widget.status.clone().unwrap_or_default().phase;
        let path = field::Path::new("status").child("phase");
        match (phase(old).as_str(), phase(widget).as_str()) {
            ("Failed", new) if new != "Failed" => {
                field::Error::invalid(path, new, "a failed widget stays failed").into()
            }
            (_, "" | "Pending" | "Ready" | "Failed") => ErrorList::new(),
            (_, new) => field::Error::not_supported(path, new, &["Pending", "Ready", "Failed"]).into(),
        }
    }
}

fn validate_spec(spec: &WidgetSpec) -> ErrorList {
    let path = field::Path::new("spec");
    let mut errors = ErrorList::new();
    if spec.size < 0 {
        errors.push(field::Error::invalid(
            path.child("size"),
            spec.size,
            "must be greater than or equal to 0",
        ));
    }
    if spec.size > 0 && spec.mode.is_empty() {
        errors.push(field::Error::required(path.child("mode"), ""));
    }
    errors
}

/// A cluster-scoped kind without status, which lets writers create by update and overwrite blindly.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "demo.example.com", version = "v1", strategy = GizmoStrategy)]
pub struct Gizmo {
    /// The metadata.
    pub metadata: ObjectMeta,
    /// What it says.
    #[serde(default)]
    pub text: String,
}

/// The rules of a [`Gizmo`].
#[derive(Debug, Default)]
pub struct GizmoStrategy;

impl Strategy for GizmoStrategy {
    type Object = Gizmo;

    fn allow_create_on_update(&self) -> bool {
        true
    }

    fn allow_unconditional_update(&self) -> bool {
        true
    }

    fn check_graceful_delete(&self, _: &RequestContext, gizmo: &Gizmo, options: &mut DeleteOptions) -> bool {
        let graceful = gizmo.text == "graceful";
        if graceful && options.grace_period_seconds.is_none() {
            options.grace_period_seconds = Some(30);
        }
        graceful
    }
}

/// A kind whose schema says more than its Rust types do.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "meters.example.com", version = "v1", namespaced, strategy = GaugeStrategy)]
pub struct Gauge {
    /// The metadata.
    pub metadata: ObjectMeta,
    /// What is wanted.
    pub spec: GaugeSpec,
    /// What is.
    #[status]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<GaugeStatus>,
}

/// What is wanted of a [`Gauge`].
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct GaugeSpec {
    /// How large.
    #[schemars(range(min = 1, max = 100))]
    pub size: i32,
    /// How it works.
    #[serde(default)]
    pub mode: GaugeMode,
    /// A default that only the schema knows.
    #[schemars(extend("default" = 3))]
    pub retries: i32,
    /// What is written on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 2, max = 8), regex(pattern = r"^[a-z]\w*$"))]
    pub label: Option<String>,
    /// What it counts in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["mm", "cm"]))]
    pub unit: Option<String>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    pub since: Option<String>,
    /// Where it listens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub ports: Vec<GaugePort>,
    /// What it is known for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 3), extend("x-kubernetes-list-type" = "set"))]
    pub tags: Vec<String>,
    /// Limits by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 2))]
    pub limits: BTreeMap<String, u8>,
    /// What it reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<GaugeSource>,
    /// Whatever else it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<GaugeOptions>,
    /// How much of the flow it takes: a number or a percentage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-int-or-string" = true))]
    pub share: Option<Value>,
    /// What it makes when it overflows: an object of any kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-embedded-resource" = true))]
    pub template: Option<Value>,
}

/// How a [`Gauge`] works.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GaugeMode {
    /// Without a sound.
    #[default]
    Quiet,
    /// With one.
    Loud,
}

/// A port of a [`Gauge`].
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct GaugePort {
    /// What it is called.
    pub name: String,
    /// Its number.
    pub port: u16,
    /// Its protocol.
    #[serde(default = "tcp")]
    pub protocol: String,
}

fn tcp() -> String {
    "TCP".to_owned()
}

/// What a [`Gauge`] reads.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GaugeSource {
    /// A file.
    File(String),
    /// A service.
    Service {
        /// Where it is.
        #[schemars(length(min = 1))]
        url: String,
    },
}

/// What a [`Gauge`] is told besides.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct GaugeOptions {
    /// An option that it knows.
    #[serde(default)]
    pub known: bool,
    /// Those that it does not.
    #[serde(flatten)]
    pub others: BTreeMap<String, Value>,
}

/// What a [`Gauge`] is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct GaugeStatus {
    /// What it read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(range(max = 10)))]
    pub readings: Vec<i32>,
}

/// The rules of a [`Gauge`] that a schema cannot say.
#[derive(Debug, Default)]
pub struct GaugeStrategy;

impl Strategy for GaugeStrategy {
    type Object = Gauge;

    fn validate(&self, _: &RequestContext, gauge: &Gauge) -> ErrorList {
        loud_is_small(gauge)
    }

    fn validate_update(&self, _: &RequestContext, gauge: &Gauge, _: &Gauge) -> ErrorList {
        loud_is_small(gauge)
    }
}

fn loud_is_small(gauge: &Gauge) -> ErrorList {
    if gauge.spec.mode == GaugeMode::Loud && gauge.spec.size > 50 {
        let path = field::Path::new("spec").child("mode");
        return field::Error::forbidden(path, "large gauges are quiet").into();
    }
    ErrorList::new()
}

/// A deprecated kind that can be scaled, selected by what is in it, and not changed in all of it.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "demo.example.com", version = "v1", namespaced, deprecated)]
#[resource(selectable = ".spec.zone", selectable = ".spec.size", selectable = ".status.ready")]
#[resource(scale(
    spec_replicas_path = ".spec.replicas",
    status_replicas_path = ".status.replicas",
    label_selector_path = ".status.selector"
))]
#[resource(immutable = ".spec.engine", immutable = ".spec.plan")]
pub struct Worker {
    /// The metadata.
    pub metadata: ObjectMeta,
    /// What is wanted.
    #[serde(default)]
    pub spec: WorkerSpec,
    /// What is.
    #[status]
    #[serde(default)]
    pub status: WorkerStatus,
}

/// What is wanted of a [`Worker`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkerSpec {
    /// Where it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// How large it is.
    #[serde(default)]
    pub size: i32,
    /// How many of them there shall be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i64>,
    /// What drives it; cannot be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<Engine>,
    /// What it follows; cannot be changed.
    #[serde(default)]
    pub plan: String,
}

/// What drives a [`Worker`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Engine {
    /// What it is called.
    pub name: String,
    /// What it has.
    #[serde(default)]
    pub parts: Vec<Part>,
}

/// What a [`Worker`] is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkerStatus {
    /// Whether it works.
    #[serde(default)]
    pub ready: bool,
    /// How many of them there are.
    #[serde(default)]
    pub replicas: i32,
    /// How they are found.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub selector: String,
}
