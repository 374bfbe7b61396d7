//! The command `crd`: the kinds as CustomResourceDefinitions, for a cluster that serves them itself.
//!
//! What such a definition has no words for is told in comments above it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::ApiServer;
use super::api_server::{StoreChoice, print};
use crate::errors::{Error, Result};
use crate::info::{Column, ResourceInfo};
use crate::rest::Handlers;
use crate::storage::Store;

/// Groups that belong to Kubernetes; a cluster takes a definition in one only with a word on who approved it.
const PROTECTED: [&str; 2] = ["k8s.io", "kubernetes.io"];

/// Prints a definition for each kind, as documents of YAML. No store is opened.
pub(super) fn crd(server: &ApiServer) -> Result<()> {
    let handlers = server.handlers(Some(&StoreChoice::Given(Store::memory())))?;
    print(&yaml(&handlers)?);
    Ok(())
}

/// The definitions, in the order in which their first versions were added.
fn yaml(handlers: &[Handlers]) -> Result<String> {
    let mut documents = Vec::new();
    for versions in definitions(handlers) {
        let mut document = String::new();
        for omission in versions.iter().flat_map(|version| omissions(version)) {
            // Writing to a String cannot fail.
            let _ = writeln!(document, "# {omission}");
        }
        let definition = serde_saphyr::to_string(&definition(&versions));
        document.push_str(&definition.map_err(|error| Error::internal(error.to_string()))?);
        if !document.ends_with('\n') {
            document.push('\n');
        }
        documents.push(document);
    }
    Ok(documents.join("---\n"))
}

/// The versions of each group and plural, which are one definition.
fn definitions(handlers: &[Handlers]) -> Vec<Vec<&Handlers>> {
    let mut order = Vec::new();
    let mut versions: BTreeMap<_, Vec<&Handlers>> = BTreeMap::new();
    for handlers in handlers {
        let name = (handlers.info().group, handlers.info().plural);
        let of_this_name = versions.entry(name).or_default();
        if of_this_name.is_empty() {
            order.push(name);
        }
        of_this_name.push(handlers);
    }
    order.into_iter().filter_map(|name| versions.remove(&name)).collect()
}

fn definition(versions: &[&Handlers]) -> Value {
    let info = versions[0].info();
    let mut names = json!({
        "plural": info.plural,
        "singular": info.singular,
        "kind": info.kind,
        "listKind": format!("{}List", info.kind),
    });
    insert_list(&mut names, "shortNames", info.short_names);
    insert_list(&mut names, "categories", info.categories);
    let mut metadata = json!({"name": format!("{}.{}", info.plural, info.group)});
    if is_protected(info.group) {
        metadata["annotations"] =
            json!({"api-approved.kubernetes.io": "unapproved, not a part of Kubernetes"});
    }
    // Objects are stored in exactly one version.
    let stored = versions.iter().position(|version| version.info().storage).unwrap_or(0);
    let versions = versions.iter().enumerate().map(|(index, handlers)| version(handlers, index == stored));
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": metadata,
        "spec": {
            "group": info.group,
            "names": names,
            "scope": format!("{:?}", info.scope),
            "versions": versions.collect::<Vec<_>>(),
        },
    })
}

fn is_protected(group: &str) -> bool {
    let is_below = |domain: &&str| {
        group.strip_suffix(*domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    PROTECTED.iter().any(is_below)
}

fn version(handlers: &Handlers, storage: bool) -> Value {
    let info = handlers.info();
    let mut version = json!({
        "name": info.version,
        "served": info.served,
        "storage": storage,
        "schema": {"openAPIV3Schema": schema(handlers)},
    });
    if !info.deprecation_warning.is_empty() {
        version["deprecated"] = true.into();
        version["deprecationWarning"] = info.deprecation_warning.into();
    }
    let columns: Vec<_> = info.columns.iter().map(column).collect();
    insert_list(&mut version, "additionalPrinterColumns", &columns);
    let selectable: Vec<_> = info.selectable_fields.iter().map(|path| json!({"jsonPath": path})).collect();
    insert_list(&mut version, "selectableFields", &selectable);
    let subresources = subresources(handlers);
    if !subresources.is_empty() {
        version["subresources"] = subresources.into();
    }
    version
}

/// The schema of the type. What metadata is, a cluster knows, and refuses to be told.
fn schema(handlers: &Handlers) -> Value {
    let mut schema = handlers.kind.schema().root.to_openapi();
    schema["properties"]["metadata"] = json!({"type": "object"});
    schema
}

fn column(column: &Column) -> Value {
    let mut value = json!({"name": column.name, "type": column.kind, "jsonPath": column.json_path});
    for (word, text) in [("description", column.description), ("format", column.format)] {
        if !text.is_empty() {
            value[word] = text.into();
        }
    }
    if column.priority != 0 {
        value["priority"] = column.priority.into();
    }
    value
}

fn subresources(handlers: &Handlers) -> Map<String, Value> {
    let mut subresources = Map::new();
    if handlers.status.is_some() {
        subresources.insert("status".into(), json!({}));
    }
    if let Some(paths) = &handlers.info().scale {
        let mut scale = json!({
            "specReplicasPath": paths.spec_replicas_path,
            "statusReplicasPath": paths.status_replicas_path,
        });
        if !paths.label_selector_path.is_empty() {
            scale["labelSelectorPath"] = paths.label_selector_path.into();
        }
        subresources.insert("scale".into(), scale);
    }
    subresources
}

fn insert_list<T: Clone + Into<Value>>(into: &mut Value, word: &str, list: &[T]) {
    if !list.is_empty() {
        into[word] = list.iter().cloned().map(Into::into).collect();
    }
}

/// What this server does and a CustomResource does not.
fn omissions(handlers: &Handlers) -> Vec<String> {
    let info: &ResourceInfo = handlers.info();
    let fields = info.immutable_fields.iter().map(|path| format!("the field {path} is immutable"));
    let subresources = handlers.subresources.keys().map(|name| format!("the subresource {name}"));
    let of_version = |what| format!("Not in this definition of {}: {what}.", info.version);
    fields.chain(subresources).map(of_version).collect()
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::meta::ObjectMeta;
    use crate::resource::Resource;
    use crate::rest;

    /// A disk, in the version of that number.
    #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
    struct Disk<const VERSION: usize> {
        metadata: ObjectMeta,
    }

    impl<const VERSION: usize> Resource for Disk<VERSION> {
        const INFO: ResourceInfo =
            ResourceInfo::cluster("example.com", ["v1", "v2"][VERSION], "Disk", "disks", "disk");
        type Metadata = ObjectMeta;

        fn metadata(&self) -> &ObjectMeta {
            &self.metadata
        }

        fn metadata_mut(&mut self) -> &mut ObjectMeta {
            &mut self.metadata
        }
    }

    struct Rest<const VERSION: usize>;

    impl<const VERSION: usize> rest::Storage for Rest<VERSION> {
        type Object = Disk<VERSION>;
    }

    #[test]
    fn versions_of_one_plural_are_one_definition_that_stores_one() {
        let handlers = [Handlers::of(Rest::<1>).build(), Handlers::of(Rest::<0>).build()];
        let definitions = definitions(&handlers);
        assert_eq!(definitions.len(), 1);
        let definition = definition(&definitions[0]);
        let versions: Vec<_> = definition["spec"]["versions"].as_array().into_iter().flatten().collect();
        let told = versions.iter().map(|version| (version["name"].as_str(), version["storage"].as_bool()));
        assert_eq!(told.collect::<Vec<_>>(), [(Some("v2"), Some(true)), (Some("v1"), Some(false))]);
    }

    #[test]
    fn a_group_of_kubernetes_is_protected() {
        assert!(is_protected("k8s.io") && is_protected("a.kubernetes.io"));
        assert!(!is_protected("myk8s.io"));
    }
}
