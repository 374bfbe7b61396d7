//! Servers that hold objects.

use bytes::Bytes;
use resourceful_tests::server::Server;
use serde_json::json;

use crate::link::{Address, Call, Protocol};
use crate::run::requests;

/// Where the objects are.
pub(crate) const FLUNDERS: &str = "/apis/wardle.example.com/v1alpha1/namespaces/ns1/flunders";
/// How many clients call at a time.
pub(crate) const CLIENTS: usize = 64;

/// A server with its data in a directory that goes with it.
pub(crate) struct Fixture {
    pub(crate) server: Server,
    pub(crate) address: Address,
    pub(crate) directory: tempfile::TempDir,
}

impl Fixture {
    /// A server without objects.
    pub(crate) async fn start() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let server = Server::start("wardle", directory.path());
        let address = Address::of(&server);
        address.connect(Protocol::Http2).await.send(Call::get(FLUNDERS)).await;
        Self { server, address, directory }
    }

    /// A server with 10,000 objects of 2 KiB.
    pub(crate) async fn loaded() -> Self {
        let fixture = Self::start().await;
        fixture.create(10_000, 2_048).await;
        fixture
    }

    /// Creates objects of a size.
    pub(crate) async fn create(&self, count: usize, size: usize) {
        let body = flunder("f-", size);
        let links = self.address.connect_all(Protocol::Http2, CLIENTS).await;
        requests(count, links, move |_| Call::post(FLUNDERS, body.clone())).await;
    }

    /// The newest revision, as a list shows it.
    pub(crate) async fn revision(&self) -> String {
        let mut link = self.address.connect(Protocol::Http2).await;
        let list = link.json(&format!("{FLUNDERS}?limit=1")).await;
        list["metadata"]["resourceVersion"].as_str().expect("a revision").to_owned()
    }
}

/// An object whose stored form has about so many bytes; the server completes its name.
pub(crate) fn flunder(prefix: &str, size: usize) -> Bytes {
    // What the server adds to the note, about.
    let note = "x".repeat(size.saturating_sub(400));
    let metadata =
        json!({ "generateName": prefix, "labels": { "app": "web" }, "annotations": { "note": note } });
    Bytes::from(json!({ "metadata": metadata, "spec": { "reference": "other" } }).to_string())
}
