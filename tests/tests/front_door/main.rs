//! Whatever is sent to the front door, the answer is one that upstream could give: never a panic, a hang or a 500.
//!
//! Requests go to the server in process, thousands of them; time stands still, so that nothing is waited for. A request
//! that breaks a rule is made smaller until it is easy to read.

mod bodies;
mod request;
mod rules;
mod seeds;

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use proptest::prelude::*;
use resourceful::server::ApiService;
use resourceful::{ApiServer, Store};
use resourceful_tests::kinds::{Gauge, Gizmo, Widget, Worker};
use tokio::runtime::Runtime;
use tower_service::Service as _;

use self::request::Request;
use self::rules::Answer;

/// How long an answer may take on a clock that stands still while anybody works.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a body may pause before it is taken for that of a watch.
const PAUSE: Duration = Duration::from_secs(1);

/// The server, and what runs it.
struct Door {
    runtime: Runtime,
    service: ApiService,
}

impl Door {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("it builds");
        let server = ApiServer::builder()
            .store(Store::memory())
            .serve::<Widget>()
            .serve::<Gizmo>()
            .serve::<Gauge>()
            .serve::<Worker>();
        let service = runtime.block_on(async { server.into_service().expect("there are kinds") });
        Self { runtime, service }
    }

    /// Sends a request, and holds the answer to the rules.
    fn send(&self, request: &Request) -> Result<(), String> {
        // Something to be found, whatever the last request did.
        for (path, body) in request::OBJECTS {
            self.call(&Request::new("POST", path, body))?;
        }
        match self.call(request)? {
            Some(answer) => rules::check(request, &answer),
            None => Ok(()),
        }
    }

    /// The answer; `None` for a request that is none in HTTP, and so never comes this far.
    fn call(&self, request: &Request) -> Result<Option<Answer>, String> {
        let Some(request) = request.to_http() else { return Ok(None) };
        let mut service = self.service.clone();
        self.runtime.block_on(async move {
            let answer = async {
                let (parts, mut body) =
                    service.call(request.map(Full::<Bytes>::new)).await.expect("infallible").into_parts();
                let mut bytes = Vec::new();
                // A watch has no end: what it has to say at once is enough.
                while let Ok(Some(frame)) = tokio::time::timeout(PAUSE, body.frame()).await {
                    let frame = frame.map_err(|error| format!("the body broke off: {error}"))?;
                    bytes.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
                }
                Ok(Answer { code: parts.status.as_u16(), headers: parts.headers, body: bytes })
            };
            let answer = tokio::time::timeout(PATIENCE, answer).await;
            answer.map_err(|_| format!("there is no answer in {PATIENCE:?}"))?.map(Some)
        })
    }
}

thread_local! {
    static DOOR: Door = Door::new();
}

fn send(request: &Request) -> Result<(), String> {
    DOOR.with(|door| door.send(request))
}

macro_rules! property {
    ($(#[$docs:meta])* $name:ident: $requests:expr) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]
            $(#[$docs])*
            #[test]
            fn $name(request in $requests) {
                if let Err(why) = send(&request) {
                    return Err(TestCaseError::fail(why));
                }
            }
        }
    };
}

property! {
    /// Bodies of every verb that has one, in JSON and in YAML.
    any_body: request::with_body()
}

property! {
    /// Patches of both types.
    any_patch: request::patch()
}

property! {
    /// Queries of lists, watches and writes.
    any_query: request::with_query()
}

property! {
    /// Paths, methods and headers.
    any_path: request::anywhere()
}

#[test]
fn hostile_bodies() {
    let mut wrong = Vec::new();
    for request in seeds::requests() {
        if let Err(why) = send(&request) {
            wrong.push(format!("{request:?}\n{why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
