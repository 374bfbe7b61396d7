//! What the schema says about an object before its kind's own hooks do, as for CustomResources (contract 17).

use serde_json::Value;

use super::before_update::Endpoint;
use super::{DynKind, Pipelines};
use crate::errors::{Error, Result};
use crate::field::ErrorList;
use crate::object::AnyObject;
use crate::schema::{Check, Rules};

impl Pipelines {
    /// What is wrong with a new object. Its status is not a client's.
    pub(super) fn check_new(&self, object: &mut dyn AnyObject) -> Result<ErrorList> {
        self.check(Endpoint::Main, object, None)
    }

    /// What is wrong with an update. What it leaves as it was is not held against it.
    pub(super) fn check_changed(
        &self,
        endpoint: Endpoint,
        object: &mut dyn AnyObject,
        old: &dyn AnyObject,
    ) -> Result<ErrorList> {
        self.check(endpoint, object, Some(old))
    }

    fn check(
        &self,
        endpoint: Endpoint,
        object: &mut dyn AnyObject,
        old: Option<&dyn AnyObject>,
    ) -> Result<ErrorList> {
        let schema = self.kind.schema();
        let Some(rules) = schema.rules.as_ref().filter(|_| schema.checks_values) else {
            return Ok(ErrorList::new());
        };
        // Metadata has rules of its own.
        let meta = object.take_object_meta();
        let document = object.to_value();
        object.set_object_meta(meta);
        let mut document = document?;
        if let (Endpoint::Main, Some(members)) = (endpoint, document.as_object_mut()) {
            // It is empty or the stored one.
            members.retain(|field, _| !self.info().status_fields.contains(&field.as_str()));
        }
        let errors = self.check_document(endpoint, rules, &document, None);
        match old {
            // Only what is wrong needs the old object.
            Some(old) if !errors.is_empty() => {
                Ok(self.check_document(endpoint, rules, &document, Some(&old.to_value()?)))
            }
            _ => Ok(errors),
        }
    }

    fn check_document(
        &self,
        endpoint: Endpoint,
        rules: &Rules,
        document: &Value,
        old: Option<&Value>,
    ) -> ErrorList {
        if endpoint == Endpoint::Main {
            return Check::new("").value(rules, document, old);
        }
        let mut errors = ErrorList::new();
        for field in self.info().status_fields {
            if let (Some(rules), Some(status)) = (rules.property(field), document.get(field)) {
                let old = old.and_then(|old| old.get(field));
                errors.extend(Check::new(field).value(rules, status, old));
            }
        }
        errors
    }
}

/// Refuses an object that breaks the rules of its kind, where no pipeline stands behind the handler; 422. What an update
/// leaves as it was is not held against it.
pub(crate) fn refuse_invalid(
    kind: &dyn DynKind,
    object: &mut dyn AnyObject,
    old: Option<&dyn AnyObject>,
) -> Result<()> {
    let schema = kind.schema();
    let Some(rules) = schema.rules.as_ref().filter(|_| schema.checks_values) else { return Ok(()) };
    let meta = object.take_object_meta();
    let name = meta.name.clone();
    let document = object.to_value();
    object.set_object_meta(meta);
    let document = document?;
    let mut errors = Check::new("").value(rules, &document, None);
    if let (Some(old), false) = (old, errors.is_empty()) {
        errors = Check::new("").value(rules, &document, Some(&old.to_value()?));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::invalid(&kind.info().group_kind(), &name, &errors)) }
}
