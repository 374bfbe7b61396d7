//! A plain HTTP client that hides nothing: status, headers, body.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// Speaks to one server as one user.
#[derive(Clone, Debug)]
pub struct Client {
    pool: Pool<HttpConnector, Full<Bytes>>,
    base: String,
    token: String,
}

/// A request in the making.
#[derive(Debug)]
pub struct Call<'a> {
    client: &'a Client,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub code: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// The lines of a watch, as they come.
#[derive(Debug)]
pub struct Lines {
    /// The headers of the answer.
    pub headers: HeaderMap,
    body: Incoming,
    buffer: Vec<u8>,
}

impl Client {
    /// A client of the server at `base`, with a bearer token.
    pub fn new(base: impl Into<String>, token: impl Into<String>) -> Self {
        let pool = Pool::builder(TokioExecutor::new()).build_http();
        Self { pool, base: base.into(), token: token.into() }
    }

    /// The bearer token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Begins a request.
    pub fn call(&self, method: Method, path: impl Into<String>) -> Call<'_> {
        Call { client: self, method, path: path.into(), headers: Vec::new(), body: Bytes::new() }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }

    /// POST of a JSON document.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path).json(body).send().await
    }

    /// PUT of a JSON document.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::PUT, path).json(body).send().await
    }

    /// PATCH with a JSON merge patch.
    pub async fn merge(&self, path: &str, patch: &Value) -> Answer {
        self.call(Method::PATCH, path)
            .header("content-type", "application/merge-patch+json")
            .json(patch)
            .send()
            .await
    }

    /// PATCH with a JSON patch.
    pub async fn json_patch(&self, path: &str, patch: &Value) -> Answer {
        self.call(Method::PATCH, path)
            .header("content-type", "application/json-patch+json")
            .json(patch)
            .send()
            .await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path).send().await
    }

    /// A watch, whose headers have come.
    pub async fn watch(&self, path: &str) -> Lines {
        self.call(Method::GET, path).stream().await
    }
}

impl Call<'_> {
    /// Sets a header; an empty token in `authorization` sends none.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets a JSON body; sets the content type unless one is set.
    pub fn json(mut self, body: &Value) -> Self {
        self.body = Bytes::from(body.to_string());
        if self.headers.iter().all(|(name, _)| name != "content-type") {
            self = self.header("content-type", "application/json");
        }
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends the request and reads the whole answer.
    ///
    /// # Panics
    ///
    /// When the connection fails.
    pub async fn send(self) -> Answer {
        let what = format!("{} {}", self.method, self.path);
        let (parts, body) = self.request().await.into_parts();
        let body = body.collect().await.unwrap_or_else(|error| panic!("{what}: {error}")).to_bytes();
        Answer { code: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// Sends the request and reads its answer line by line.
    ///
    /// # Panics
    ///
    /// When the answer is not 200.
    pub async fn stream(self) -> Lines {
        let what = self.path.clone();
        let answer = self.request().await;
        assert_eq!(answer.status(), StatusCode::OK, "{what}");
        Lines::new(answer)
    }

    /// As [`send`](Self::send), for a server that may be gone: fails when the connection does.
    pub async fn try_send(self) -> Result<Answer, String> {
        let (parts, body) = self.try_request().await.map_err(|error| error.to_string())?.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
        Ok(Answer { code: parts.status.as_u16(), headers: parts.headers, body })
    }

    /// As [`stream`](Self::stream), for a server that may be gone or refuse.
    pub async fn try_stream(self) -> Result<Lines, String> {
        let answer = self.try_request().await.map_err(|error| error.to_string())?;
        match answer.status() {
            StatusCode::OK => Ok(Lines::new(answer)),
            code => Err(code.to_string()),
        }
    }

    async fn request(self) -> http::Response<Incoming> {
        self.try_request().await.expect("the server answers")
    }

    async fn try_request(self) -> Result<http::Response<Incoming>, hyper_util::client::legacy::Error> {
        let uri = format!("{}{}", self.client.base, self.path);
        let mut request = Request::builder().method(self.method).uri(uri);
        if self.headers.iter().all(|(name, _)| name != "authorization") && !self.client.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.client.token));
        }
        for (name, value) in self.headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(self.body)).expect("the request is well formed");
        self.client.pool.request(request).await
    }
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// When it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header as text; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The JSON body, after a check of the code.
    ///
    /// # Panics
    ///
    /// When the code is another.
    #[track_caller]
    pub fn expect(&self, code: u16) -> Value {
        assert_eq!(self.code, code, "{}", self.text());
        self.json()
    }

    /// Checks that this is a `Status` with the given code, reason and message, and returns it.
    ///
    /// # Panics
    ///
    /// When it is not.
    #[track_caller]
    pub fn expect_status(&self, code: u16, reason: &str, message: &str) -> Value {
        let status = self.expect(code);
        assert_eq!(status["kind"], "Status");
        assert_eq!(status["status"], "Failure");
        assert_eq!(status["code"], code);
        assert_eq!(status["reason"].as_str().unwrap_or_default(), reason);
        assert_eq!(status["message"], message);
        status
    }
}

impl Lines {
    pub(crate) fn new(answer: http::Response<Incoming>) -> Self {
        let (parts, body) = answer.into_parts();
        Self { headers: parts.headers, body, buffer: Vec::new() }
    }

    /// The next line as JSON; `None` at the end of the answer, wherever it breaks off.
    ///
    /// # Panics
    ///
    /// When a line is not JSON.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).expect("every line is JSON"));
            }
            let frame = self.body.frame().await?.ok()?;
            if let Ok(data) = frame.into_data() {
                self.buffer.extend_from_slice(&data);
            }
        }
    }

    /// The next event as its type and object.
    ///
    /// # Panics
    ///
    /// When the watch has ended, or nothing comes for 20 seconds.
    pub async fn event(&mut self) -> (String, Value) {
        let wait = std::time::Duration::from_secs(20);
        let mut event = tokio::time::timeout(wait, self.next())
            .await
            .expect("an event comes")
            .expect("the watch goes on");
        (event["type"].as_str().unwrap_or_default().to_owned(), event["object"].take())
    }
}
