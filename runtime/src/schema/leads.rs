//! Whether the paths that a kind names lead to fields of the right type: what the derive cannot see.

use super::{Known, Problem, Structural, Type};
use crate::info::ResourceInfo;

/// What is wrong with the paths, by the rules that kube-apiserver has for CustomResourceDefinitions.
pub(super) fn problems(info: &ResourceInfo, root: &Structural) -> Vec<Problem> {
    let mut problems = Vec::new();
    for path in info.selectable_fields {
        expect(root, path, &[Type::String, Type::Boolean, Type::Integer], &mut problems);
    }
    let nowhere = |path: &&&str| matches!(lead(root, path), Known::Unknown);
    problems.extend(info.immutable_fields.iter().filter(nowhere).map(|path| no_field(path)));
    if let Some(paths) = &info.scale {
        expect(root, paths.spec_replicas_path, &[Type::Integer], &mut problems);
        expect(root, paths.status_replicas_path, &[Type::Integer], &mut problems);
        if !paths.label_selector_path.is_empty() {
            expect(root, paths.label_selector_path, &[Type::String], &mut problems);
        }
    }
    problems
}

fn expect(root: &Structural, path: &str, types: &[Type], problems: &mut Vec<Problem>) {
    let Known::Field(field) = lead(root, path) else {
        return problems.push(no_field(path));
    };
    if !field.kind.is_some_and(|kind| types.contains(&kind)) {
        let types: Vec<_> = types.iter().map(|kind| kind.name()).collect();
        let message = format!("the path must lead to a field of type {}", types.join(" or "));
        problems.push(Problem::new(path, message, "name another field, or change its type"));
    }
}

fn no_field(path: &str) -> Problem {
    Problem::new(path, "the path leads to no field", "write it as clients see it, as in .spec.replicas")
}

/// What lies at a path of plain names, as in `.spec.zone`.
fn lead<'s>(root: &'s Structural, path: &str) -> Known<'s> {
    let names = path.strip_prefix('.').unwrap_or(path).split('.');
    names.fold(Known::Field(root), |known, name| match known {
        Known::Field(schema) => schema.member(name),
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
        assert_eq!(KindSchema::new(&sound, &schema).problems, []);
        let astray = info
            .selectable_fields(&[".spec.share", ".spec.noze", ".spec"])
            .scale(ScalePaths::new(".spec.replicas", ".status.replicas"));
        let problems = KindSchema::new(&astray, &schema).problems;
        assert_eq!(
            problems[1].to_string(),
            ".spec.noze: the path leads to no field; write it as clients see it, as in .spec.replicas"
        );
        let told: Vec<_> = problems.iter().map(|it| format!("{} {}", it.path, it.message)).collect();
        assert_eq!(
            told,
            [
                ".spec.share the path must lead to a field of type string or boolean or integer",
                ".spec.noze the path leads to no field",
                ".spec the path must lead to a field of type string or boolean or integer",
                ".status.replicas the path must lead to a field of type integer",
            ]
        );
        let deeper = info.immutable_fields(&[".spec.zone", ".spec.zone.name"]);
        let problems = KindSchema::new(&deeper, &schema).problems;
        assert_eq!(problems.iter().map(|it| &*it.path).collect::<Vec<_>>(), [".spec.zone.name"]);
    }
}
