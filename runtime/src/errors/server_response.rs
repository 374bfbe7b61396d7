//! What is to be said of an answer that is no `Status`: Go's `NewGenericServerResponse` (contract 8.2).

use super::{Cause, CauseType, Details, Error, Reason, Status};
use crate::quote::quoted;
use crate::resource::GroupResource;

/// An answer of another server of which only the code is sure, as a proxy or a plain text gives it.
///
/// ```
/// use resourceful::errors::{Error, ServerResponse};
///
/// let error = Error::from(ServerResponse { verb: "GET", ..ServerResponse::code(503) });
/// assert_eq!(error.message(), "the server is currently unable to handle the request");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ServerResponse<'a> {
    /// The HTTP code.
    pub code: u16,
    /// The HTTP method of the request.
    pub verb: &'a str,
    /// What the request was about.
    pub resource: Option<&'a GroupResource>,
    /// Which one of them; may be empty.
    pub name: &'a str,
    /// The text of the answer; may be empty.
    pub message: &'a str,
    /// When to try again; 0 when the answer does not say.
    pub retry_after_seconds: u32,
    /// Whether the answer is not what such a server sends. Then the text becomes a cause.
    pub is_unexpected: bool,
}

impl ServerResponse<'_> {
    /// An answer of which nothing but the code is known.
    pub fn code(code: u16) -> Self {
        Self { code, ..Self::default() }
    }

    fn reason(&self) -> Reason {
        match self.code {
            400 => Reason::BadRequest,
            401 => Reason::Unauthorized,
            403 => Reason::Forbidden,
            404 => Reason::NotFound,
            405 => Reason::MethodNotAllowed,
            406 => Reason::NotAcceptable,
            409 if self.verb == "POST" => Reason::AlreadyExists,
            409 => Reason::Conflict,
            415 => Reason::UnsupportedMediaType,
            422 => Reason::Invalid,
            429 => Reason::TooManyRequests,
            503 => Reason::ServiceUnavailable,
            504 => Reason::Timeout,
            500.. => Reason::InternalError,
            _ => Reason::Unknown,
        }
    }

    fn text(&self) -> String {
        let text = match self.code {
            400 => "the server rejected our request for an unknown reason",
            401 => "the server has asked for the client to provide credentials",
            404 => "the server could not find the requested resource",
            405 => "the server does not allow this method on the requested resource",
            406 if matches!(self.message, "" | "unknown") => {
                "the server was unable to respond with a content type that the client supports"
            }
            403 | 406 | 415 => self.message,
            409 => "the server reported a conflict",
            422 => "the server rejected our request due to an error in our request",
            429 => "the server has received too many requests and has asked us to try again later",
            503 => "the server is currently unable to handle the request",
            504 => {
                "the server was unable to return a response in the time allotted, but may still be processing the request"
            }
            500.. => {
                let message = quoted(self.message);
                return format!(
                    "an error on the server ({message}) has prevented the request from succeeding"
                );
            }
            code => {
                return format!(
                    "the server responded with the status code {code} but did not return more information"
                );
            }
        };
        text.to_owned()
    }
}

impl From<ServerResponse<'_>> for Error {
    fn from(response: ServerResponse<'_>) -> Self {
        let mut message = response.text();
        let mut details = Details { retry_after_seconds: response.retry_after_seconds, ..Details::default() };
        if let Some(resource) = response.resource {
            let space = if response.name.is_empty() { "" } else { " " };
            let verb = response.verb.to_lowercase();
            message = format!("{message} ({verb} {resource}{space}{})", response.name);
            details.group = resource.group.to_string();
            details.kind = resource.resource.to_string();
        }
        response.name.clone_into(&mut details.name);
        if response.is_unexpected {
            details.causes.push(Cause {
                reason: Some(CauseType::UnexpectedServerResponse),
                message: response.message.to_owned(),
                field: String::new(),
            });
        }
        let mut status = Status::failure(response.code, response.reason(), message);
        status.details = Some(details);
        status.into()
    }
}
