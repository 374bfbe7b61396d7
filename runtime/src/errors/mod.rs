//! The one error type of the crate: a Kubernetes `Status`, as clients receive it.
//!
//! Contract 8.A. There is one concrete type on purpose: an API error that is wrapped in another loses its code
//! (contract 6.78), so nothing here wraps. [`constructors`](Error#implementations) build every form of the table in 8.1.

mod constructors;
mod server_response;
mod status;

use std::fmt;

pub use self::server_response::ServerResponse;
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

    /// Whether it failed for this reason; the code tells when the reason is none that is known (contract 8.5).
    fn is(&self, reason: Reason, code: u16) -> bool {
        self.reason() == reason || (self.reason() == Reason::Unknown && self.code() == code)
    }

    /// Whether the object does not exist, like Go's `errors.IsNotFound`.
    pub fn is_not_found(&self) -> bool {
        self.is(Reason::NotFound, 404)
    }

    /// Whether the name is taken, like Go's `errors.IsAlreadyExists`.
    pub fn is_already_exists(&self) -> bool {
        self.reason() == Reason::AlreadyExists
    }

    /// Whether the write was based on an outdated object, like Go's `errors.IsConflict`.
    pub fn is_conflict(&self) -> bool {
        self.is(Reason::Conflict, 409)
    }

    /// Whether the object failed validation, like Go's `errors.IsInvalid`.
    pub fn is_invalid(&self) -> bool {
        self.is(Reason::Invalid, 422)
    }

    /// Whether the caller may not do this, like Go's `errors.IsForbidden`.
    pub fn is_forbidden(&self) -> bool {
        self.is(Reason::Forbidden, 403)
    }

    /// Whether the revision asked for is no longer held, like Go's `errors.IsResourceExpired`.
    pub fn is_expired(&self) -> bool {
        self.reason() == Reason::Expired
    }

    /// Whether nobody knows who the caller is, like Go's `errors.IsUnauthorized`.
    pub fn is_unauthorized(&self) -> bool {
        self.is(Reason::Unauthorized, 401)
    }

    /// Whether the request made no sense, like Go's `errors.IsBadRequest`.
    pub fn is_bad_request(&self) -> bool {
        self.is(Reason::BadRequest, 400)
    }

    /// Whether it took too long, like Go's `errors.IsTimeout`: a write may have happened all the same.
    pub fn is_timeout(&self) -> bool {
        self.is(Reason::Timeout, 504)
    }

    /// Whether the caller should come back later, like Go's `errors.IsTooManyRequests`.
    pub fn is_too_many_requests(&self) -> bool {
        self.reason() == Reason::TooManyRequests || self.code() == 429
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
