//! k8s-openapi's metadata as that of a kind, and the conversions between it and ours.
//!
//! Both say the same: what is empty in ours is `None` in theirs. Only a fraction of a second is lost, which the API does
//! not write either.

use std::borrow::Cow;

use k8s_openapi::apimachinery::pkg::apis::meta::v1 as theirs;
use k8s_openapi::jiff::Timestamp;

use super::{ManagedFieldsEntry, Metadata, ObjectMeta, OwnerReference, Time};

impl Metadata for theirs::ObjectMeta {
    fn as_object_meta(&self) -> Cow<'_, ObjectMeta> {
        Cow::Owned(self.clone().into())
    }

    fn take_object_meta(&mut self) -> ObjectMeta {
        std::mem::take(self).into()
    }

    fn set_object_meta(&mut self, meta: ObjectMeta) {
        *self = meta.into();
    }
}

impl From<theirs::ObjectMeta> for ObjectMeta {
    fn from(meta: theirs::ObjectMeta) -> Self {
        Self {
            annotations: meta.annotations.unwrap_or_default(),
            creation_timestamp: meta.creation_timestamp.as_ref().and_then(our_time),
            deletion_grace_period_seconds: meta.deletion_grace_period_seconds,
            deletion_timestamp: meta.deletion_timestamp.as_ref().and_then(our_time),
            finalizers: meta.finalizers.unwrap_or_default(),
            generate_name: meta.generate_name.unwrap_or_default(),
            generation: meta.generation.unwrap_or_default(),
            labels: meta.labels.unwrap_or_default(),
            managed_fields: match meta.managed_fields {
                // An empty list asks for a reset (contract 2.22).
                Some(entries) if entries.is_empty() => vec![ManagedFieldsEntry::default()],
                entries => entries.into_iter().flatten().map(Into::into).collect(),
            },
            name: meta.name.unwrap_or_default(),
            namespace: meta.namespace.unwrap_or_default(),
            owner_references: meta.owner_references.into_iter().flatten().map(Into::into).collect(),
            resource_version: meta.resource_version.unwrap_or_default(),
            self_link: meta.self_link.unwrap_or_default(),
            uid: meta.uid.unwrap_or_default(),
        }
    }
}

impl From<ObjectMeta> for theirs::ObjectMeta {
    fn from(meta: ObjectMeta) -> Self {
        Self {
            annotations: Some(meta.annotations).filter(|annotations| !annotations.is_empty()),
            creation_timestamp: meta.creation_timestamp.and_then(their_time),
            deletion_grace_period_seconds: meta.deletion_grace_period_seconds,
            deletion_timestamp: meta.deletion_timestamp.and_then(their_time),
            finalizers: Some(meta.finalizers).filter(|finalizers| !finalizers.is_empty()),
            generate_name: text(meta.generate_name),
            generation: Some(meta.generation).filter(|generation| *generation != 0),
            labels: Some(meta.labels).filter(|labels| !labels.is_empty()),
            managed_fields: list(meta.managed_fields),
            name: text(meta.name),
            namespace: text(meta.namespace),
            owner_references: list(meta.owner_references),
            resource_version: text(meta.resource_version),
            self_link: text(meta.self_link),
            uid: text(meta.uid),
        }
    }
}

impl From<theirs::OwnerReference> for OwnerReference {
    fn from(owner: theirs::OwnerReference) -> Self {
        Self {
            api_version: owner.api_version,
            kind: owner.kind,
            name: owner.name,
            uid: owner.uid,
            controller: owner.controller,
            block_owner_deletion: owner.block_owner_deletion,
        }
    }
}

impl From<OwnerReference> for theirs::OwnerReference {
    fn from(owner: OwnerReference) -> Self {
        Self {
            api_version: owner.api_version,
            kind: owner.kind,
            name: owner.name,
            uid: owner.uid,
            controller: owner.controller,
            block_owner_deletion: owner.block_owner_deletion,
        }
    }
}

impl From<theirs::ManagedFieldsEntry> for ManagedFieldsEntry {
    fn from(entry: theirs::ManagedFieldsEntry) -> Self {
        Self {
            manager: entry.manager.unwrap_or_default(),
            operation: entry.operation.unwrap_or_default(),
            api_version: entry.api_version.unwrap_or_default(),
            time: entry.time.as_ref().and_then(our_time),
            fields_type: entry.fields_type.unwrap_or_default(),
            fields_v1: entry.fields_v1.map(|fields| fields.0),
            subresource: entry.subresource.unwrap_or_default(),
        }
    }
}

impl From<ManagedFieldsEntry> for theirs::ManagedFieldsEntry {
    fn from(entry: ManagedFieldsEntry) -> Self {
        Self {
            manager: text(entry.manager),
            operation: text(entry.operation),
            api_version: text(entry.api_version),
            time: entry.time.and_then(their_time),
            fields_type: text(entry.fields_type),
            fields_v1: entry.fields_v1.map(theirs::FieldsV1),
            subresource: text(entry.subresource),
        }
    }
}

/// A text that is there.
fn text(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// A list that has something in it.
fn list<T, U: From<T>>(items: Vec<T>) -> Option<Vec<U>> {
    if items.is_empty() { None } else { Some(items.into_iter().map(Into::into).collect()) }
}

// The calendars of both have the same ends, so that no time is lost.

fn our_time(time: &theirs::Time) -> Option<Time> {
    let second = jiff::Timestamp::from_second(time.0.as_second());
    second.ok().map(Time::from_timestamp)
}

fn their_time(time: Time) -> Option<theirs::Time> {
    Timestamp::from_second(time.as_second()).ok().map(theirs::Time)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn full() -> serde_json::Value {
        json!({
            "annotations": { "a": "1" },
            "creationTimestamp": "2026-11-26T00:00:01Z",
            "deletionGracePeriodSeconds": 30,
            "deletionTimestamp": "9999-12-30T22:00:00Z",
            "finalizers": ["example.com/f"],
            "generateName": "pot-",
            "generation": 7,
            "labels": { "b": "" },
            "managedFields": [{
                "manager": "m", "operation": "Update", "apiVersion": "v1", "time": "0001-01-01T00:00:00Z",
                "fieldsType": "FieldsV1", "fieldsV1": { "f:spec": {} }, "subresource": "status",
            }],
            "name": "pot-1",
            "namespace": "ns",
            "ownerReferences": [{
                "apiVersion": "v1", "kind": "Shelf", "name": "s", "uid": "u",
                "controller": true, "blockOwnerDeletion": false,
            }],
            "resourceVersion": "12",
            "selfLink": "/x",
            "uid": "u-1",
        })
    }

    #[test]
    fn metadata_keeps_all_of_it_there_and_back() {
        for document in [full(), json!({}), json!({ "managedFields": [{}] })] {
            let ours: ObjectMeta = serde_json::from_value(document.clone()).unwrap();
            let theirs: theirs::ObjectMeta = serde_json::from_value(document.clone()).unwrap();
            assert_eq!(theirs::ObjectMeta::from(ours.clone()), theirs);
            assert_eq!(ObjectMeta::from(theirs.clone()), ours);
            assert_eq!(serde_json::to_value(&theirs).unwrap(), serde_json::to_value(&ours).unwrap());
        }
    }

    #[test]
    fn what_is_empty_is_not_set() {
        let empty =
            json!({ "labels": {}, "annotations": {}, "finalizers": [], "ownerReferences": [], "name": "" });
        let theirs: theirs::ObjectMeta = serde_json::from_value(empty).unwrap();
        assert_eq!(ObjectMeta::from(theirs), ObjectMeta::default());
        let reset: theirs::ObjectMeta = serde_json::from_value(json!({ "managedFields": [] })).unwrap();
        assert_eq!(ObjectMeta::from(reset).managed_fields, [ManagedFieldsEntry::default()]);
    }
}
