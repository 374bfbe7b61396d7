//! What is checked and tidied in the metadata of every object that a client sends (contract 2.14, 2.20, 4.21).

use super::Call;
use crate::errors::{Error, Result};
use crate::meta::{ManagedFieldsEntry, ObjectMeta};
use crate::object::AnyObject;

/// Which objects a path takes; owned, so that a detached write can check again.
#[derive(Clone, Debug)]
pub(super) struct Target {
    namespaced: bool,
    namespace: String,
    name: String,
}

impl Target {
    /// The object that a request names.
    pub(super) fn of(call: &Call<'_>) -> Self {
        Self {
            namespaced: call.path.in_namespace,
            namespace: call.path.namespace.to_owned(),
            name: call.path.name.to_owned(),
        }
    }

    /// The object's namespace is that of the request, or not given (contract 2.20).
    pub(super) fn match_namespace(&self, meta: &mut ObjectMeta) -> Result<()> {
        if !self.namespaced {
            meta.namespace.clear();
        } else if meta.namespace.is_empty() {
            meta.namespace.clone_from(&self.namespace);
        } else if meta.namespace != self.namespace {
            return Err(Error::bad_request(
                "the namespace of the provided object does not match the namespace sent on the request",
            ));
        }
        Ok(())
    }

    /// The object's name is that of the path (contract 4.21).
    pub(super) fn match_name(&self, meta: &ObjectMeta) -> Result<()> {
        let url = &self.name;
        if meta.name.is_empty() {
            return Err(Error::bad_request(format!(
                "the name of the object ({url} based on URL) was undeterminable: name must be provided"
            )));
        }
        if meta.name != *url {
            let name = &meta.name;
            return Err(Error::bad_request(format!(
                "the name of the object ({name}) does not match the name on the URL ({url})"
            )));
        }
        Ok(())
    }
}

/// Drops what only the server sets (contract 2.14).
pub(super) fn wipe_system_metadata(meta: &mut ObjectMeta) {
    meta.creation_timestamp = None;
    meta.deletion_timestamp = None;
    meta.deletion_grace_period_seconds = None;
    meta.uid.clear();
    meta.self_link.clear();
}

/// Decides which managed fields an object has after a write. What was sent counts when it can be read, so that it can be
/// mended, and one empty entry resets it. Otherwise those of the stored object stay, and always so through a subresource:
/// a client that does not know of them must not lose them (contract 2.22, 7.6.8).
pub(super) fn keep_managed_fields(sent: &mut ObjectMeta, live: Option<&dyn AnyObject>, subresource: bool) {
    let fields = &mut sent.managed_fields;
    if !subresource && *fields == [ManagedFieldsEntry::default()] {
        fields.clear();
    } else if subresource || fields.is_empty() || !fields.iter().all(is_readable) {
        *fields = live.map(|live| live.object_meta().managed_fields.clone()).unwrap_or_default();
    }
}

fn is_readable(entry: &ManagedFieldsEntry) -> bool {
    matches!(entry.operation.as_str(), "Apply" | "Update")
        && !entry.api_version.is_empty()
        && entry.fields_type == "FieldsV1"
        && entry.fields_v1.as_ref().is_none_or(serde_json::Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(namespaced: bool) -> Target {
        let namespace = if namespaced { "ns1".to_owned() } else { String::new() };
        Target { namespaced, namespace, name: "x".into() }
    }

    // contract 2.20
    #[test]
    fn namespaces() {
        let mut meta = ObjectMeta::named("x");
        target(true).match_namespace(&mut meta).unwrap();
        assert_eq!(meta.namespace, "ns1");
        target(true).match_namespace(&mut meta).unwrap();
        target(false).match_namespace(&mut meta).unwrap();
        assert_eq!(meta.namespace, "");
        meta.namespace = "ns2".into();
        let error = target(true).match_namespace(&mut meta).unwrap_err();
        assert_eq!(error.code(), 400);
        assert_eq!(
            error.message(),
            "the namespace of the provided object does not match the namespace sent on the request"
        );
    }

    // contract 4.21
    #[test]
    fn names() {
        let message =
            |name| target(true).match_name(&ObjectMeta::named(name)).unwrap_err().message().to_owned();
        assert_eq!(message("a"), "the name of the object (a) does not match the name on the URL (x)");
        assert_eq!(
            message(""),
            "the name of the object (x based on URL) was undeterminable: name must be provided"
        );
        target(true).match_name(&ObjectMeta::named("x")).unwrap();
    }
}
