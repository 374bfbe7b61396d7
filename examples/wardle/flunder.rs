//! A namespaced kind with status, defaulting and validation.

use resourceful::prelude::*;

/// Refers to another flunder, or to a fischer.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(
    group = "wardle.example.com",
    version = "v1alpha1",
    namespaced,
    strategy = FlunderStrategy,
    printcolumn(name = "Reference", type = "string", json_path = ".spec.reference"),
    printcolumn(name = "Type", type = "string", json_path = ".spec.referenceType", priority = 1),
    printcolumn(name = "Resolved", type = "boolean", json_path = ".status.resolved"),
    printcolumn(name = "Age", type = "date", json_path = ".metadata.creationTimestamp")
)]
pub struct Flunder {
    pub metadata: ObjectMeta,
    #[serde(default)]
    pub spec: FlunderSpec,
    #[status]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<FlunderStatus>,
}

/// What a flunder refers to.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlunderSpec {
    /// A name of another flunder or fischer, depending on the reference type.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// The reference type, defaults to "Flunder" if reference is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_type: Option<String>,
}

/// What became of the reference.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlunderStatus {
    /// The generation that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Whether the reference leads to an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<bool>,
    /// Why it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Defaults the reference type and checks that it fits the reference.
#[derive(Debug, Default)]
pub struct FlunderStrategy;

impl Strategy for FlunderStrategy {
    type Object = Flunder;

    fn prepare_for_create(&self, _: &RequestContext, flunder: &mut Flunder) {
        default_reference_type(&mut flunder.spec);
    }

    fn validate(&self, _: &RequestContext, flunder: &Flunder) -> ErrorList {
        validate_spec(&flunder.spec, &field::Path::new("spec"))
    }

    fn prepare_for_update(&self, _: &RequestContext, flunder: &mut Flunder, _: &Flunder) {
        default_reference_type(&mut flunder.spec);
    }

    fn validate_update(&self, _: &RequestContext, flunder: &Flunder, _: &Flunder) -> ErrorList {
        validate_spec(&flunder.spec, &field::Path::new("spec"))
    }
}

fn default_reference_type(spec: &mut FlunderSpec) {
    if spec.reference_type.as_deref().unwrap_or_default().is_empty() && !spec.reference.is_empty() {
        spec.reference_type = Some("Flunder".into());
    }
}

/// The rules and the words of the Go sample, which keeps one field per reference type.
fn validate_spec(spec: &FlunderSpec, path: &field::Path) -> ErrorList {
    let mut errors = ErrorList::new();
    let (field, kind) = match spec.reference_type.as_deref().unwrap_or_default() {
        "Flunder" => ("flunderReference", "Flunder"),
        "Fischer" => ("fischerReference", "Fischer"),
        "" => return errors,
        other => {
            errors.push(field::Error::invalid(
                path.child("referenceType"),
                other,
                "must be Flunder or Fischer",
            ));
            return errors;
        }
    };
    if spec.reference.is_empty() {
        let detail = format!("cannot be empty if referenceType is {kind}");
        errors.push(field::Error::invalid(path.child(field), "", detail));
    }
    errors
}
