//! Whether the columns of a kind show fields that its type has: what the derive cannot see.

use super::path::JsonPath;
use crate::info::ResourceInfo;
use crate::schema::{Known, Problem, Structural, Type};

/// What is wrong with the columns of a kind. They stay empty, or fail its tables.
pub(crate) fn problems(info: &ResourceInfo, root: &Structural) -> Vec<Problem> {
    let mut problems = Vec::new();
    for column in info.columns {
        let mut tell = |message: String, remedy| {
            let message = format!("the column {:?} {message}", column.name);
            problems.push(Problem::new(column.json_path, message, remedy));
        };
        let Some(path) = JsonPath::parse(column.json_path) else {
            tell("has a JSON path that cannot be read".into(), "write it as in .spec.hosts[0]");
            continue;
        };
        match path.lead(root) {
            Known::Unknown => {
                tell("leads to no field".into(), "write it as clients see it, as in .spec.replicas");
            }
            Known::Field(Structural { kind: Some(kind), .. }) if !shows(column.kind, *kind) => {
                let message =
                    format!("of type {} stays empty for a field of type {}", column.kind, kind.name());
                tell(message, "give the column the type of the field, or string");
            }
            Known::Field(_) | Known::Anything => {}
        }
    }
    problems
}

/// Whether a column shows anything of a field (contract 10.5).
fn shows(column: &str, field: Type) -> bool {
    match column {
        "date" => field == Type::String,
        "integer" | "number" => matches!(field, Type::Integer | Type::Number),
        "boolean" => field == Type::Boolean,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;

    use super::problems;
    use crate::info::{Column, ResourceInfo};
    use crate::schema::KindSchema;

    #[derive(JsonSchema)]
    #[allow(dead_code, reason = "only the schema is read")]
    struct Pool {
        zone: String,
        sizes: Vec<Size>,
        limits: std::collections::BTreeMap<String, i64>,
        anything: serde_json::Value,
    }

    #[derive(JsonSchema)]
    #[allow(dead_code, reason = "only the schema is read")]
    struct Size {
        name: String,
        share: f64,
    }

    /// The problem of a column, without its path and its remedy.
    fn told(kind: &'static str, path: &'static str) -> Option<String> {
        let column: &'static [Column] = Vec::leak(vec![Column::new("C", kind, path)]);
        let info = ResourceInfo::cluster("example.com", "v1", "Pool", "pools", "pool").columns(column);
        let found = problems(&info, &KindSchema::of::<Pool>(&info).root);
        assert!(found.iter().all(|problem| problem.path == path && !problem.remedy.is_empty()), "{found:?}");
        found.into_iter().next().map(|problem| problem.message)
    }

    #[test]
    fn columns_that_show_fields_are_sound() {
        for (kind, path) in [
            ("string", ".zone"),
            ("date", ".metadata.creationTimestamp"),
            ("string", ".metadata.labels['example.com/tier']"),
            ("integer", ".metadata.generation"),
            ("integer", ".limits.cpu"),
            ("integer", ".limits.*"),
            ("number", ".sizes[0].share"),
            ("string", ".sizes"),
            ("number", ".sizes[?(@.name=='big')].share"),
            ("boolean", ".anything.at[3].all"),
        ] {
            assert_eq!(told(kind, path), None, "{kind} {path}");
        }
    }

    #[test]
    fn columns_that_show_nothing_are_told() {
        let nowhere = "the column \"C\" leads to no field";
        for path in [
            ".noze",
            ".zone.name",
            ".zone[0]",
            ".limits[0]",
            ".sizes.name",
            ".sizes[*].noze",
            ".sizes[?(@.noze)].name",
        ] {
            assert_eq!(told("string", path).as_deref(), Some(nowhere), "{path}");
        }
        for (kind, path, message) in [
            ("string", "zone", "has a JSON path that cannot be read"),
            ("integer", ".zone", "of type integer stays empty for a field of type string"),
            ("boolean", ".limits.cpu", "of type boolean stays empty for a field of type integer"),
            ("date", ".sizes", "of type date stays empty for a field of type array"),
        ] {
            assert_eq!(told(kind, path), Some(format!("the column \"C\" {message}")), "{kind} {path}");
        }
    }
}
