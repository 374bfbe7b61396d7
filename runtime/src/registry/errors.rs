//! From a failure of storage to the `Status` that clients get (contract 5.12).

use super::Pipelines;
use crate::errors::{Error, Reason, Status};
use crate::info::ResourceInfo;
use crate::options::Preconditions;
use crate::storage::{StorageError, Stored};

/// Seconds after which a client may try an unreachable store again (contract 4.6).
const RETRY_UNREACHABLE_SECONDS: u32 = 2;

/// Seconds after which a client may ask for a future revision again (contract 5.17).
const RETRY_FUTURE_SECONDS: u32 = 1;

/// The same for a kind that has no pipelines at hand.
pub(super) fn storage_error(info: &ResourceInfo, operation: &str, name: &str, error: StorageError) -> Error {
    let resource = info.group_resource();
    match error {
        StorageError::KeyExists => Error::already_exists(&resource, name),
        StorageError::Conflict { actual: 0, .. } => Error::not_found(&resource, name),
        StorageError::Conflict { .. } => Error::conflict(&resource, name, &error.to_string()),
        StorageError::Compacted { .. } => {
            Error::expired("The resourceVersion for the provided list is too old.")
        }
        StorageError::FutureRevision { requested, current } => {
            Error::too_large_resource_version(requested, current, RETRY_FUTURE_SECONDS)
        }
        StorageError::Unreachable(why) => {
            let mut error = Error::server_timeout(&resource, operation, RETRY_UNREACHABLE_SECONDS);
            let message = format!("{} The store is unreachable: {why}", error.message());
            error.status_mut().message = message;
            error
        }
        // Without a time to try again: a client that repeats a write blindly may do it twice.
        StorageError::Uncertain(_) => Error::timeout(&format!("{operation}: {error}"), 0),
        StorageError::TooLarge(why) => Error::request_entity_too_large(&why),
        StorageError::Full(why) => Status::failure(507, Reason::Unknown, why).into(),
        error => Error::internal(error.to_string()),
    }
}

impl Pipelines {
    /// The error that a client sees when storage failed during an operation on a name, which may be empty.
    pub(super) fn storage_error(&self, operation: &str, name: &str, error: StorageError) -> Error {
        storage_error(self.info(), operation, name, error)
    }

    /// 404 for a name.
    pub(super) fn not_found(&self, name: &str) -> Error {
        Error::not_found(&self.info().group_resource(), name)
    }

    /// Refuses a stored object that is not what the caller expects, in the words of storage (contract 4.20, 4.39).
    /// Nothing stored counts as an object without uid and revision.
    pub(super) fn check_preconditions(
        &self,
        name: &str,
        key: &str,
        preconditions: &Preconditions,
        current: Option<&Stored>,
    ) -> Result<(), Error> {
        let uid = current.map_or("", |stored| &stored.header().uid);
        let revision = current.map_or_else(String::new, |stored| stored.revision().to_string());
        let checks = [
            ("UID", preconditions.uid.as_deref(), uid),
            ("ResourceVersion", preconditions.resource_version.as_deref(), revision.as_str()),
        ];
        for (what, expected, actual) in checks {
            let Some(expected) = expected.filter(|expected| *expected != actual) else { continue };
            let why = format!(
                "StorageError: invalid object, Code: 4, Key: /registry{}{key}, ResourceVersion: 0, AdditionalErrorMsg: \
                 Precondition failed: {what} in precondition: {expected}, {what} in object meta: {actual}",
                self.prefix
            );
            return Err(Error::conflict(&self.info().group_resource(), name, &why));
        }
        Ok(())
    }
}
