//! The body of every response: some bytes, or frames that the socket pulls.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use crate::rest::ConnectBody;

/// Up to this size a document is copied next to its newline; a second frame would cost more.
const COPY_LIMIT: usize = 16 * 1024;

/// The body of a response.
pub struct Body(Inner);

enum Inner {
    Full(Bytes),
    /// A large shared document, and the newline after it.
    Line(Bytes),
    Frames(Pin<Box<dyn http_body::Body<Data = Bytes, Error = Infallible> + Send>>),
    /// The only one that can fail.
    Connect(ConnectBody),
}

impl Body {
    /// A body without bytes.
    pub fn empty() -> Self {
        Self::full(Bytes::new())
    }

    /// A body of known bytes.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        Self(Inner::Full(bytes.into()))
    }

    /// A body whose frames are pulled as the socket takes them.
    pub fn frames(body: impl http_body::Body<Data = Bytes, Error = Infallible> + Send + 'static) -> Self {
        Self(Inner::Frames(Box::pin(body)))
    }

    /// A document and a newline. A large document is not copied.
    pub(crate) fn line(document: &Bytes) -> Self {
        if document.len() > COPY_LIMIT {
            return Self(Inner::Line(document.clone()));
        }
        let mut line = Vec::with_capacity(document.len() + 1);
        line.extend_from_slice(document);
        line.push(b'\n');
        Self::full(line)
    }

    /// A body made chunk by chunk, as the socket takes them.
    pub(crate) fn chunks(chunks: impl Iterator<Item = Bytes> + Send + Unpin + 'static) -> Self {
        Self::frames(Chunks(chunks))
    }
}

impl From<ConnectBody> for Body {
    fn from(body: ConnectBody) -> Self {
        Self(Inner::Connect(body))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = <ConnectBody as http_body::Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match &mut self.0 {
            Inner::Full(bytes) if bytes.is_empty() => Poll::Ready(None),
            Inner::Full(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Inner::Line(document) => {
                let document = std::mem::take(document);
                self.0 = Inner::Full(Bytes::from_static(b"\n"));
                Poll::Ready(Some(Ok(Frame::data(document))))
            }
            Inner::Frames(frames) => {
                frames.as_mut().poll_frame(cx).map_err(|never: Infallible| match never {})
            }
            Inner::Connect(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::Full(bytes) => bytes.is_empty(),
            Inner::Line(_) => false,
            Inner::Frames(frames) => frames.is_end_stream(),
            Inner::Connect(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Inner::Line(document) => SizeHint::with_exact(document.len() as u64 + 1),
            Inner::Frames(frames) => frames.size_hint(),
            Inner::Connect(body) => body.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

/// The chunks of an iterator as frames.
struct Chunks<I>(I);

impl<I: Iterator<Item = Bytes> + Unpin> http_body::Body for Chunks<I> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next().map(|chunk| Ok(Frame::data(chunk))))
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_line_ends_with_a_newline_whatever_its_size() {
        for size in [0, 5, COPY_LIMIT, COPY_LIMIT + 1] {
            let document = Bytes::from(vec![b'x'; size]);
            let body = Body::line(&document);
            assert_eq!(http_body::Body::size_hint(&body).exact(), Some(size as u64 + 1));
            let sent = body.collect().await.unwrap().to_bytes();
            assert_eq!(sent.len(), size + 1);
            assert!(sent.ends_with(b"\n"));
        }
    }
}
