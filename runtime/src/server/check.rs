//! The command `check`: what a program serves, and what is wrong with it, told without serving.

use std::fmt::Write as _;

use super::ApiServer;
use super::api_server::{StoreChoice, print};
use super::discovery::SUBRESOURCE_VERBS;
use crate::errors::{Error, Result};
use crate::info::{Column, ScalePaths};
use crate::inspect;
use crate::rest::Handlers;
use crate::schema::Problem;
use crate::storage::Store;
use crate::table;

/// Prints every kind with its problems; fails when there are any. No store is opened.
pub(super) fn check(server: &ApiServer) -> Result<()> {
    let (told, problems) = report(server)?;
    print(&told);
    match problems {
        0 => Ok(()),
        1 => Err(Error::other("there is 1 problem")),
        _ => Err(Error::other(format!("there are {problems} problems"))),
    }
}

/// What there is to tell, and the number of problems in it.
fn report(server: &ApiServer) -> Result<(String, usize)> {
    let mut count = 0;
    let mut told = Vec::new();
    for handlers in server.handlers(Some(&StoreChoice::Given(Store::memory())))? {
        let problems = inspect::problems_of(&handlers);
        count += problems.len();
        told.push(describe(&handlers, &problems));
    }
    Ok((told.join("\n"), count))
}

/// A kind in a few lines, as `kubectl describe` would show it. What a kind does not have is left out.
fn describe(handlers: &Handlers, problems: &[Problem]) -> String {
    let info = handlers.info();
    let columns: Vec<_> = table::columns(info).iter().map(column).collect();
    let scale = info.scale.as_ref().map(scale_paths).unwrap_or_default();
    let mut out = format!("{} {}\n", info.api_version(), info.kind);
    let lines = [
        ("Resource", vec![info.plural.to_owned()]),
        ("Short names", owned(info.short_names)),
        ("Categories", owned(info.categories)),
        ("Scope", vec![format!("{:?}", info.scope)]),
        ("Verbs", owned(&handlers.verbs())),
        ("Columns", columns),
        ("Subresources", subresources(handlers)),
        ("Scale", scale),
        ("Selectable", owned(info.selectable_fields)),
        ("Immutable", owned(info.immutable_fields)),
    ];
    for (label, values) in lines.iter().filter(|(_, values)| !values.is_empty()) {
        let label = format!("{label}:");
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  {label:<14}{}", values.join(", "));
    }
    if problems.is_empty() {
        out.push_str("  Problems:     none\n");
    } else {
        out.push_str("  Problems:\n");
    }
    for Problem { path, message, remedy } in problems {
        let _ = writeln!(out, "    {path}: {message}\n      Remedy: {remedy}");
    }
    out
}

fn column(column: &Column) -> String {
    let wide = if column.priority > 0 { ", wide" } else { "" };
    format!("{} ({} {}{wide})", column.name, column.kind, column.json_path)
}

fn subresources(handlers: &Handlers) -> Vec<String> {
    let entry = |name: &str, verbs: &[&str]| format!("{name} ({})", verbs.join(", "));
    let status = handlers.status.as_ref().map(|_| entry("status", &SUBRESOURCE_VERBS));
    let scale = handlers.scale.as_ref().map(|scale| entry("scale", &scale.verbs()));
    let by_hand = handlers.subresources.iter().map(|(name, handlers)| entry(name, &handlers.verbs()));
    status.into_iter().chain(scale).chain(by_hand).collect()
}

fn scale_paths(paths: &ScalePaths) -> Vec<String> {
    let paths = [paths.spec_replicas_path, paths.status_replicas_path, paths.label_selector_path];
    owned(&paths).into_iter().filter(|path| !path.is_empty()).collect()
}

fn owned(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::info::ResourceInfo;
    use crate::meta::ObjectMeta;
    use crate::resource::Resource;
    use crate::rest;

    #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
    struct Disk {
        metadata: ObjectMeta,
        size: i64,
    }

    impl Resource for Disk {
        const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", "Disk", "disks", "disk")
            .short_names(&["dk"])
            .columns(&[Column::new("Full", "boolean", ".size")])
            .selectable_fields(&[".size", ".sice"])
            .immutable_fields(&[".size"]);
        type Metadata = ObjectMeta;

        fn metadata(&self) -> &ObjectMeta {
            &self.metadata
        }

        fn metadata_mut(&mut self) -> &mut ObjectMeta {
            &mut self.metadata
        }
    }

    struct Rest;

    impl rest::Storage for Rest {
        type Object = Disk;
    }

    /// What a disk is asked to do.
    #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
    struct Turn {
        metadata: ObjectMeta,
        #[schemars(regex(pattern = "("))]
        way: String,
    }

    impl Resource for Turn {
        const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", "Turn", "turns", "turn");
        type Metadata = ObjectMeta;

        fn metadata(&self) -> &ObjectMeta {
            &self.metadata
        }

        fn metadata_mut(&mut self) -> &mut ObjectMeta {
            &mut self.metadata
        }
    }

    struct TurnRest;

    impl rest::Storage for TurnRest {
        type Object = Turn;
    }

    #[test]
    fn kinds_of_subresources_are_checked_too() {
        let handlers = Handlers::of(Rest).subresource("turn", Handlers::of(TurnRest).build());
        let handlers = handlers.subresource("copy", Handlers::of(Rest).build()).build();
        let (told, problems) = report(&ApiServer::builder().serve_handlers(handlers)).unwrap();
        assert!(told.contains("\n    .way: in Turn, the kind of /turn: "), "{told}");
        assert_eq!(problems, 3, "{told}");
    }

    #[test]
    fn problems_stand_with_their_remedies_and_fail() {
        let server = ApiServer::builder().serve_handlers(Handlers::of(Rest).build());
        let expected = "\
example.com/v1 Disk
  Resource:     disks
  Short names:  dk
  Scope:        Cluster
  Columns:      Full (boolean .size)
  Selectable:   .size, .sice
  Immutable:    .size
  Problems:
    .sice: the path leads to no field
      Remedy: write it as clients see it, as in .spec.replicas
    .size: the column \"Full\" of type boolean stays empty for a field of type integer
      Remedy: give the column the type of the field, or string
";
        assert_eq!(report(&server).unwrap(), (expected.to_owned(), 2));
        assert_eq!(check(&server).unwrap_err().message(), "there are 2 problems");
    }
}
