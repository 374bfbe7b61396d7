//! What a failed call to etcd means: whether the request may have been done, and what to tell.

use std::error::Error as _;

use tonic::{Code, ConnectError, Status};

use crate::storage::StorageError;

/// Why a call failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// No member got the request: it may be sent to another one.
    Unsent(String),
    /// No member got the request, for one of the sides does not trust the other: it may be sent to another one, but
    /// there is no use in trying again.
    Untrusted(String),
    /// A member may have got it, and may still do it.
    Unknown(String),
    /// A member refused it.
    Refused(Refusal),
}

/// Why a member refused a request.
#[derive(Debug)]
pub(super) enum Refusal {
    Compacted,
    Future,
    /// The database is as large as it may become.
    NoSpace(String),
    /// The request is larger than the member takes.
    TooLarge(String),
    /// The answer is larger than we take.
    AnswerTooLarge,
    Other(String),
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let why = explain(&status);
        if let Some(advice) = super::tls::advice(&status) {
            return Self::Untrusted(format!("{advice} ({why})"));
        }
        match (status.code(), status.message()) {
            _ if was_not_connected(&status) => Self::Unsent(why),
            (_, "etcdserver: mvcc: required revision has been compacted") => {
                Self::Refused(Refusal::Compacted)
            }
            (_, "etcdserver: mvcc: required revision is a future revision") => Self::Refused(Refusal::Future),
            (_, "etcdserver: mvcc: database space exceeded") => Self::Refused(Refusal::NoSpace(why)),
            (_, "etcdserver: request is too large") => Self::Refused(Refusal::TooLarge(why)),
            // Said before the request is decoded.
            (Code::ResourceExhausted, message) if message.starts_with("grpc: received message larger") => {
                Self::Refused(Refusal::TooLarge(why))
            }
            // Said before the request is proposed to the cluster.
            (_, "etcdserver: too many requests") => Self::Unsent(why),
            (Code::OutOfRange, _) => Self::Refused(Refusal::AnswerTooLarge),
            (
                Code::InvalidArgument
                | Code::NotFound
                | Code::AlreadyExists
                | Code::PermissionDenied
                | Code::FailedPrecondition
                | Code::Unimplemented
                | Code::Unauthenticated,
                _,
            ) => Self::Refused(Refusal::Other(why)),
            // The rest comes from breaking connections and from elections, at any moment of a request's way.
            _ => Self::Unknown(why),
        }
    }
}

impl Failure {
    /// The error of a read or of a write that was not done.
    pub(super) fn into_error(self, location: &str) -> StorageError {
        match self {
            Self::Unsent(why)
            | Self::Untrusted(why)
            | Self::Unknown(why)
            | Self::Refused(Refusal::Other(why)) => StorageError::Unreachable(format!("{location}: {why}")),
            Self::Refused(Refusal::NoSpace(why)) => StorageError::Full(format!("{location}: {why}")),
            Self::Refused(Refusal::TooLarge(why)) => StorageError::TooLarge(why),
            Self::Refused(Refusal::AnswerTooLarge) => {
                StorageError::Corrupt(format!("{location}: an object is too large to be read"))
            }
            Self::Refused(Refusal::Compacted) => StorageError::Compacted { requested: 0, oldest: 0 },
            Self::Refused(Refusal::Future) => StorageError::FutureRevision { requested: 0, current: 0 },
        }
    }
}

/// Whether there was no connection to send the request over.
fn was_not_connected(status: &Status) -> bool {
    let mut source = status.source();
    while let Some(error) = source {
        if error.is::<ConnectError>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// What the status says and what it comes from, without repeating itself.
fn explain(status: &Status) -> String {
    let mut text = status.message().to_owned();
    let mut source = status.source();
    while let Some(error) = source {
        let why = error.to_string();
        if !text.contains(&why) {
            text = if text.is_empty() { why } else { format!("{text}: {why}") };
        }
        source = error.source();
    }
    if text.is_empty() { status.code().to_string() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_member_did_is_told_as_not_done() {
        let status = |code, message: &str| Failure::from(Status::new(code, message));
        let connect = ConnectError("tcp connect error".into());
        assert!(matches!(Failure::from(Status::from_error(Box::new(connect))), Failure::Unsent(_)));
        let busy = status(Code::ResourceExhausted, "etcdserver: too many requests");
        assert!(matches!(busy, Failure::Unsent(_)));
        for (code, message) in [
            (Code::Unavailable, "etcdserver: leader changed"),
            (Code::Unavailable, "etcdserver: request timed out, possibly due to previous leader failure"),
            (Code::DeadlineExceeded, "context deadline exceeded"),
            (Code::Cancelled, ""),
            (Code::Unknown, "transport error"),
            (Code::Internal, "h2 protocol error"),
        ] {
            assert!(matches!(status(code, message), Failure::Unknown(_)), "{message}");
        }
        for (code, message) in [
            (Code::Unauthenticated, "etcdserver: invalid auth token"),
            (Code::PermissionDenied, "etcdserver: permission denied"),
            (Code::InvalidArgument, "etcdserver: request is too large"),
            (Code::ResourceExhausted, "grpc: received message larger than max (3 vs. 2)"),
            (Code::ResourceExhausted, "etcdserver: mvcc: database space exceeded"),
            (Code::OutOfRange, "etcdserver: mvcc: required revision has been compacted"),
        ] {
            assert!(matches!(status(code, message), Failure::Refused(_)), "{message}");
        }
    }

    #[test]
    fn a_full_database_and_a_large_object_have_errors_of_their_own() {
        let error = |code, message: &str| Failure::from(Status::new(code, message)).into_error("etcd");
        let full = error(Code::ResourceExhausted, "etcdserver: mvcc: database space exceeded");
        assert!(matches!(full, StorageError::Full(_)), "{full:?}");
        let large = error(Code::InvalidArgument, "etcdserver: request is too large");
        assert!(matches!(large, StorageError::TooLarge(_)), "{large:?}");
    }
}
