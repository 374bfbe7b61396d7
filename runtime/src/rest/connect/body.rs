//! The body of a request or a response that is not an object: bytes, as they come and go.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Empty, Full, LengthLimitError, Limited};

use crate::errors::{Error, Result};

type BoxError = Box<dyn StdError + Send + Sync>;

/// A body that streams. Any [`http_body::Body`] of bytes can become one, and it is one itself, so that it fits wherever
/// HTTP is spoken in Rust. One that fails cuts the connection, so that no client takes a part for the whole.
pub struct ConnectBody(Pin<Box<dyn Body<Data = Bytes, Error = BoxError> + Send>>);

impl ConnectBody {
    /// Any body of bytes.
    pub fn new<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Box::pin(body.map_err(Into::into)))
    }

    /// A body without bytes.
    pub fn empty() -> Self {
        Self::new(Empty::new())
    }

    /// Reads all of it; 413 when that is more than so many bytes, 400 when it cannot be read.
    pub async fn read(self, most: usize) -> Result<Bytes> {
        match Limited::new(self, most).collect().await {
            Ok(body) => Ok(body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => {
                Err(Error::request_entity_too_large(&format!("limit is {most}")))
            }
            Err(error) => Err(Error::bad_request(format!("the body could not be read: {error}"))),
        }
    }
}

impl Default for ConnectBody {
    fn default() -> Self {
        Self::empty()
    }
}

macro_rules! from_bytes {
    ($($bytes:ty),*) => {
        $(impl From<$bytes> for ConnectBody {
            fn from(bytes: $bytes) -> Self {
                Self::new(Full::new(Bytes::from(bytes)))
            }
        })*
    };
}

from_bytes!(Bytes, Vec<u8>, String, &'static str, &'static [u8]);

impl Body for ConnectBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.0.as_mut().poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

impl fmt::Debug for ConnectBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectBody").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_a_limit() {
        assert_eq!(ConnectBody::from("abc").read(3).await.unwrap(), "abc");
        assert_eq!(ConnectBody::empty().read(0).await.unwrap(), "");
        assert_eq!(ConnectBody::from("abcd").read(3).await.unwrap_err().code(), 413);
        let failing = futures_util::stream::iter([Err::<Frame<Bytes>, _>(std::io::Error::other("cut"))]);
        let failing = ConnectBody::new(http_body_util::StreamBody::new(failing)).read(3).await.unwrap_err();
        assert_eq!((failing.code(), failing.message()), (400, "the body could not be read: cut"));
    }
}
