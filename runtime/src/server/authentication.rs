//! Who makes a request.

use http::request::Parts;

use crate::context::UserInfo;
use crate::errors::Error;

/// Finds out who makes a request.
pub(crate) trait Authenticator: Send + Sync {
    /// The user; 401 when the request does not say or does not prove who makes it (contract 6.79).
    fn authenticate(&self, request: &Parts) -> Result<UserInfo, Error>;
}
