//! What clients see when storage fails (contract 4.6, 5.12).

use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::fixture::{ALL, Widget, WidgetStrategy, Widgets};
use crate::errors::{Error, Reason};
use crate::options::{DeleteOptions, ListOptions};
use crate::storage::{ChangeSink, Engine, MemoryEngine, Page, Range, StorageError, Store, Write};

#[tokio::test]
async fn an_unreachable_store_says_what_failed_and_when_to_come_back() {
    let store = Store::lazy(|| {
        Box::pin(async { Err(StorageError::Unreachable("permission denied: /var/lib/x".into())) })
    });
    let widgets = Widgets::on(&store, WidgetStrategy::default());
    let all = ListOptions::default();
    let delete_all = widgets.registry.delete_collection(&widgets.ctx, ALL, DeleteOptions::default(), &all);
    let failures: [(&str, Error); 7] = [
        ("get", widgets.get("a").await.unwrap_err()),
        ("list", widgets.list(&all).await.unwrap_err()),
        ("create", widgets.create(Widget::named("a")).await.unwrap_err()),
        ("update", widgets.put(Widget::named("a")).await.unwrap_err()),
        ("delete", widgets.delete("a").await.unwrap_err()),
        ("list", delete_all.await.unwrap_err()),
        ("watch", widgets.registry.watch(&widgets.ctx, &all).await.unwrap_err()),
    ];
    for (operation, error) in failures {
        assert_eq!((error.code(), error.reason()), (500, Reason::ServerTimeout), "{operation}");
        let expected = format!(
            "The {operation} operation against widgets.demo.example.com could not be completed at this time, please \
             try again. The store is unreachable: permission denied: /var/lib/x"
        );
        assert_eq!(error.message(), expected);
        let details = error.status().details.as_ref().unwrap();
        assert_eq!((details.name.as_str(), details.retry_after_seconds), (operation, 2), "contract 8.1");
    }
}

/// Reads as ever, and fails every write.
struct NoSpace(MemoryEngine);

impl Engine for NoSpace {
    fn revision(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.0.revision()
    }

    fn range(&self, range: Range) -> BoxFuture<'_, Result<Page, StorageError>> {
        self.0.range(range)
    }

    fn commit(&self, _: Write) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(async { Err(StorageError::Full("no space is left in /var/lib/x".into())) })
    }

    fn follow(
        &self,
        prefix: String,
        after: u64,
        sink: Arc<dyn ChangeSink>,
    ) -> BoxFuture<'_, Result<(), StorageError>> {
        self.0.follow(prefix, after, sink)
    }

    fn compact(&self, revision: u64) -> BoxFuture<'_, Result<(), StorageError>> {
        self.0.compact(revision)
    }

    fn location(&self) -> String {
        self.0.location()
    }
}

#[tokio::test]
async fn a_full_store_says_so_and_is_still_read() {
    let strategy = WidgetStrategy::default();
    let widgets = Widgets::on(&Store::new(NoSpace(MemoryEngine::new())), strategy.clone());
    let error = widgets.create(Widget::named("a")).await.unwrap_err();
    assert_eq!((error.code(), error.message()), (507, "no space is left in /var/lib/x"));
    assert_eq!(
        strategy.calls.take().last().map(String::as_str),
        Some("finish_create false"),
        "contract 2.29"
    );
    assert!(widgets.list(&ListOptions::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn behaviour_15_36_bytes_that_do_not_fit_the_type_are_an_internal_error() {
    let store = Store::memory();
    let widgets = Widgets::on(&store, WidgetStrategy::default());
    let widget = widgets.create(Widget::named("a")).await.unwrap();
    let collection = &widgets.registry.pipelines.collection;
    let current = collection.snapshot().await.unwrap().get("ns1/a").cloned().unwrap();
    let text = String::from_utf8(current.unspliced().to_vec()).unwrap();
    let damaged = text.replace("\"size\":0", "\"size\":\"big\"");
    assert_ne!(text, damaged);
    let value = crate::storage::Value::from(bytes::Bytes::from(damaged));
    collection.replace(&current, value).await.unwrap();

    let error = widgets.get("a").await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (500, Reason::InternalError));
    assert!(error.message().contains("the stored object \"ns1/a\" does not fit its type"), "{error}");
    let error = widgets.put(widget).await.unwrap_err();
    assert_eq!(error.code(), 500);
    assert_eq!(widgets.list(&ListOptions::default()).await.unwrap().len(), 1, "a list decodes nothing");
}
