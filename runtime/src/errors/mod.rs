//! The one error type of the crate: a Kubernetes `Status`, as clients receive it.
//!
//! Contract 8.A. There is one concrete type on purpose: an API error that is wrapped in another loses its code
//! (contract 6.78), so nothing here wraps. [`constructors`](Error#implementations) build every form of the table in 8.1.

mod constructors;
mod status;

use std::fmt;

pub use self::status::{Cause, CauseType, Details, Reason, Status};

/// `Result` with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure as the API reports it: the [`Status`] that becomes the response body.
///
/// `Display` and `Debug` both print the message, so that `fn main() -> resourceful::Result<()>` ends readably.
#[derive(Clone, PartialEq)]
pub struct Error {
    status: Box<Status>,
}

impl Error {
    /// The status document that clients receive.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Takes the status document out.
    pub fn into_status(self) -> Status {
        *self.status
    }

    /// For the few callers that complete the details afterwards.
    pub(crate) fn status_mut(&mut self) -> &mut Status {
        &mut self.status
    }

    /// The HTTP status code.
    pub fn code(&self) -> u16 {
        self.status.code
    }

    /// The machine-readable reason; [`Reason::Unknown`] for an error that is not an API status (contract 6.78).
    pub fn reason(&self) -> Reason {
        self.status.reason
    }

    /// The message for people.
    pub fn message(&self) -> &str {
        &self.status.message
    }

    /// Whether the object does not exist, like Go's `errors.IsNotFound`.
    pub fn is_not_found(&self) -> bool {
        self.reason() == Reason::NotFound
    }

    /// Whether the name is taken, like Go's `errors.IsAlreadyExists`.
    pub fn is_already_exists(&self) -> bool {
        self.reason() == Reason::AlreadyExists
    }

    /// Whether the write was based on an outdated object, like Go's `errors.IsConflict`.
    pub fn is_conflict(&self) -> bool {
        self.reason() == Reason::Conflict
    }

    /// Whether the object failed validation, like Go's `errors.IsInvalid`.
    pub fn is_invalid(&self) -> bool {
        self.reason() == Reason::Invalid
    }

    /// Whether the caller may not do this, like Go's `errors.IsForbidden`.
    pub fn is_forbidden(&self) -> bool {
        self.reason() == Reason::Forbidden
    }

    /// Whether the revision asked for is no longer held, like Go's `errors.IsResourceExpired`.
    pub fn is_expired(&self) -> bool {
        self.reason() == Reason::Expired
    }
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        Self { status: Box::new(status) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.status.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.status.message)
    }
}

impl std::error::Error for Error {}
