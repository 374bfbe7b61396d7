//! Whether the paths that a kind names lead to fields of the right type: what the derive cannot see.

use super::{Known, Structural, Type};
use crate::info::ResourceInfo;

/// What is wrong with the paths, by the rules that kube-apiserver has for CustomResourceDefinitions.
pub(super) fn problems(info: &ResourceInfo, root: &Structural) -> Vec<String> {
    let mut problems = Vec::new();
    for path in info.selectable_fields {
        expect(root, path, &[Type::String, Type::Boolean, Type::Integer], &mut problems);
    }
    problems
}

fn expect(root: &Structural, path: &str, types: &[Type], problems: &mut Vec<String>) {
    let Known::Field(field) = lead(root, path) else {
        return problems.push(format!("{path} leads to no field"));
    };
    if !field.kind.is_some_and(|kind| types.contains(&kind)) {
        let types: Vec<_> = types.iter().map(|kind| format!("{kind:?}").to_lowercase()).collect();
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
