//! One constructor per row of the table in contract 8.1.

use super::{Cause, CauseType, Details, Error, Reason, ServerResponse, Status};
use crate::field::ErrorList;
use crate::quote::quoted;
use crate::resource::{GroupKind, GroupResource};

impl Error {
    fn new(code: u16, reason: Reason, message: impl Into<String>) -> Self {
        Status::failure(code, reason, message).into()
    }

    fn about(mut self, resource: &GroupResource, name: &str) -> Self {
        self.status_mut().details = Some(Details {
            name: name.to_owned(),
            group: resource.group.to_string(),
            kind: resource.resource.to_string(),
            ..Details::default()
        });
        self
    }

    fn retry_after(mut self, seconds: u32) -> Self {
        self.status_mut().details.get_or_insert_default().retry_after_seconds = seconds;
        self
    }

    /// 404: `widgets.example.com "x" not found`.
    pub fn not_found(resource: &GroupResource, name: &str) -> Self {
        Self::new(404, Reason::NotFound, format!("{resource} {} not found", quoted(name)))
            .about(resource, name)
    }

    /// 409: `widgets.example.com "x" already exists`.
    pub fn already_exists(resource: &GroupResource, name: &str) -> Self {
        Self::new(409, Reason::AlreadyExists, format!("{resource} {} already exists", quoted(name)))
            .about(resource, name)
    }

    /// 409 after the last generated name was taken too (contract 2.23).
    pub fn generate_name_conflict(resource: &GroupResource, name: &str) -> Self {
        let text = "already exists, the server was not able to generate a unique name for the object";
        Self::new(409, Reason::AlreadyExists, format!("{resource} {} {text}", quoted(name)))
            .about(resource, name)
            .retry_after(1)
    }

    /// 401: the given message, or `not authorized`.
    pub fn unauthorized(message: &str) -> Self {
        Self::new(401, Reason::Unauthorized, if message.is_empty() { "not authorized" } else { message })
    }

    /// 403: `widgets.example.com "x" is forbidden: why`.
    pub fn forbidden(resource: &GroupResource, name: &str, why: &str) -> Self {
        let message = match (resource.resource.is_empty(), name.is_empty()) {
            (true, _) => format!("forbidden: {why}"),
            (false, true) => format!("{resource} is forbidden: {why}"),
            (false, false) => format!("{resource} {} is forbidden: {why}", quoted(name)),
        };
        Self::new(403, Reason::Forbidden, message).about(resource, name)
    }

    /// 409: `Operation cannot be fulfilled on widgets.example.com "x": why`.
    pub fn conflict(resource: &GroupResource, name: &str, why: &str) -> Self {
        let message = format!("Operation cannot be fulfilled on {resource} {}: {why}", quoted(name));
        Self::new(409, Reason::Conflict, message).about(resource, name)
    }

    /// 409 of a server-side apply: the message, and one cause per field that another manager owns (contract 7.8.5).
    pub fn apply_conflict(causes: Vec<Cause>, message: impl Into<String>) -> Self {
        let mut error = Self::new(409, Reason::Conflict, message);
        error.status_mut().details = Some(Details { causes, ..Details::default() });
        error
    }

    /// 410 `Gone`: there is no such thing any more, nor another address of it. For revisions there is
    /// [`expired`](Self::expired).
    pub fn gone(message: impl Into<String>) -> Self {
        Self::new(410, Reason::Gone, message)
    }

    /// 410 `Expired`: the revision or token is no longer held.
    pub fn expired(message: impl Into<String>) -> Self {
        Self::new(410, Reason::Expired, message)
    }

    /// 422: `Widget.example.com "x" is invalid: …`, one cause per field error.
    pub fn invalid(kind: &GroupKind, name: &str, errors: &ErrorList) -> Self {
        let message = if errors.is_empty() {
            format!("{kind} {} is invalid", quoted(name))
        } else {
            format!("{kind} {} is invalid: {}", quoted(name), errors.aggregate())
        };
        let mut error = Self::new(422, Reason::Invalid, message);
        error.status_mut().details = Some(Details {
            name: name.to_owned(),
            group: kind.group.to_string(),
            kind: kind.kind.to_string(),
            causes: errors.iter().map(crate::field::Error::cause).collect(),
            ..Details::default()
        });
        error
    }

    /// 400 with the given message.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, Reason::BadRequest, message)
    }

    /// 429 with the given message and the seconds to wait.
    pub fn too_many_requests(message: impl Into<String>, retry_after_seconds: u32) -> Self {
        Self::new(429, Reason::TooManyRequests, message).retry_after(retry_after_seconds)
    }

    /// 429: `Too many requests: why`, for a request that is not worth trying again.
    pub fn too_many_requests_error(why: &str) -> Self {
        Self::new(429, Reason::TooManyRequests, format!("Too many requests: {why}"))
    }

    /// 503 with the given message.
    pub fn service_unavailable(message: impl Into<String>) -> Self {
        Self::new(503, Reason::ServiceUnavailable, message)
    }

    /// 405: `watch is not supported on resources of kind "widgets.example.com"`.
    pub fn method_not_supported(resource: &GroupResource, action: &str) -> Self {
        let message = format!("{action} is not supported on resources of kind \"{resource}\"");
        Self::new(405, Reason::MethodNotAllowed, message).about(resource, "")
    }

    /// 500 `ServerTimeout`: the store could not be reached in time (contract 4.6).
    pub fn server_timeout(resource: &GroupResource, operation: &str, retry_after_seconds: u32) -> Self {
        let message = format!(
            "The {operation} operation against {resource} could not be completed at this time, please try again."
        );
        Self::new(500, Reason::ServerTimeout, message)
            .about(resource, operation)
            .retry_after(retry_after_seconds)
    }

    /// 500: `Internal error occurred: why`.
    pub fn internal(why: impl Into<String>) -> Self {
        let why = why.into();
        let mut error = Self::new(500, Reason::InternalError, format!("Internal error occurred: {why}"));
        let cause = Cause { reason: None, message: why, field: String::new() };
        error.status_mut().details = Some(Details { causes: vec![cause], ..Details::default() });
        error
    }

    /// 500 without a reason: an error that is no API status (contract 6.78).
    pub fn other(message: impl Into<String>) -> Self {
        Self::new(500, Reason::Unknown, message)
    }

    /// 504: `Timeout: why`.
    pub fn timeout(why: &str, retry_after_seconds: u32) -> Self {
        Self::new(504, Reason::Timeout, format!("Timeout: {why}")).retry_after(retry_after_seconds)
    }

    /// 504 with the cause that client-go waits for: a revision from the future (contract 5.17).
    pub fn too_large_resource_version(requested: u64, current: u64, retry_after_seconds: u32) -> Self {
        let why = format!("Too large resource version: {requested}, current: {current}");
        let mut error = Self::timeout(&why, retry_after_seconds);
        error.status_mut().details.get_or_insert_default().causes.push(Cause {
            reason: Some(CauseType::ResourceVersionTooLarge),
            message: "Too large resource version".into(),
            field: String::new(),
        });
        error
    }

    /// 413: `Request entity too large: why`.
    pub fn request_entity_too_large(why: &str) -> Self {
        Self::new(413, Reason::RequestEntityTooLarge, format!("Request entity too large: {why}"))
    }

    /// 406 that lists what is served (contract 6.38).
    pub fn not_acceptable(message: impl Into<String>) -> Self {
        Self::new(406, Reason::NotAcceptable, message)
    }

    /// 415 that lists what is taken (contract 6.40).
    pub fn unsupported_media_type(message: impl Into<String>) -> Self {
        Self::new(415, Reason::UnsupportedMediaType, message)
    }

    /// 500 `StorageReadError`: some stored objects cannot be read; one cause for each.
    pub fn store_read(causes: Vec<Cause>, message: impl Into<String>) -> Self {
        let mut error = Self::new(500, Reason::StorageReadError, message);
        error.status_mut().details = Some(Details { causes, ..Details::default() });
        error
    }

    /// The router's 404: no such path under a served group (contract 6.9). Its details are empty.
    pub fn path_not_found() -> Self {
        ServerResponse::code(404).into()
    }

    /// The router's 405: the path exists, the method does not (contract 6.9).
    pub fn method_not_allowed() -> Self {
        ServerResponse::code(405).into()
    }

    /// The 422 whose cause is lost, as a failed JSON patch gives (contract 7.3.3).
    pub fn generic_invalid() -> Self {
        ServerResponse::code(422).into()
    }
}

#[cfg(test)]
mod tests;
