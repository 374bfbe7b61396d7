//! Whether the paths that a kind names lead to fields of the right type: what the derive cannot see.

use super::{Known, Structural, Type};
use crate::info::ResourceInfo;

/// What is wrong with the paths, by the rules that kube-apiserver has for CustomResourceDefinitions.
pub(super) fn problems(info: &ResourceInfo, root: &Structural) -> Vec<String> {
    let mut problems = Vec::new();
    for path in info.selectable_fields {
        expect(root, path, &[Type::String, Type::Boolean, Type::Integer], &mut problems);
    }
    let nowhere = |path: &&&str| matches!(lead(root, path), Known::Unknown);
    problems
        .extend(info.immutable_fields.iter().filter(nowhere).map(|path| format!("{path} leads to no field")));
    if let Some(paths) = &info.scale {
        expect(root, paths.spec_replicas_path, &[Type::Integer], &mut problems);
        expect(root, paths.status_replicas_path, &[Type::Integer], &mut problems);
        if !paths.label_selector_path.is_empty() {
            expect(root, paths.label_selector_path, &[Type::String], &mut problems);
        }
    }
    problems
}

fn expect(root: &Structural, path: &str, types: &[Type], problems: &mut Vec<String>) {
    let Known::Field(field) = lead(root, path) else {
        return problems.push(format!("{path} leads to no field"));
    };
    if !field.kind.is_some_and(|kind| types.contains(&kind)) {
        let types: Vec<_> = types.iter().map(|kind| kind.name()).collect();
        problems.push(format!("{path} must lead to a field of type {}", types.join(" or ")));
    }
}

/// What lies at a path of plain names, as in `.spec.zone`.
fn lead<'s>(root: &'s Structural, path: &str) -> Known<'s> {
    let names = path.strip_prefix('.').unwrap_or(path).split('.');
    names.fold(Known::Field(root), |known, name| match known {
        Known::Field(schema) => schema.field(name),
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::info::{ResourceInfo, ScalePaths};
    use crate::schema::KindSchema;

    #[test]
    fn paths_that_lead_astray_are_told() {
        let schema = json!({"type": "object", "properties": {
            "spec": {"type": "object", "properties": {
                "zone": {"type": ["string", "null"]}, "replicas": {"type": "integer"}, "share": {"type": "number"},
            }},
            "status": {"type": "object", "properties": {"replicas": {"type": "string"}}},
        }});
        let info = ResourceInfo::cluster("example.com", "v1", "Pool", "pools", "pool");
        let sound = info
            .selectable_fields(&[".spec.zone", ".spec.replicas"])
            .scale(ScalePaths::new(".spec.replicas", ".spec.replicas").label_selector_path(".spec.zone"));
        assert_eq!(KindSchema::new(&sound, &schema).problems, Vec::<String>::new());
        let astray = info
            .selectable_fields(&[".spec.share", ".spec.noze", ".spec"])
            .scale(ScalePaths::new(".spec.replicas", ".status.replicas"));
        assert_eq!(
            KindSchema::new(&astray, &schema).problems,
            [
                ".spec.share must lead to a field of type string or boolean or integer",
                ".spec.noze leads to no field",
                ".spec must lead to a field of type string or boolean or integer",
                ".status.replicas must lead to a field of type integer",
            ]
        );
    }
}
