//! The checks that every kind runs through (RT-01 to RT-45), on the kinds of the tests and of the examples.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use resourceful::ObjectMeta;
use resourceful::rest::Served;
use resourceful::testing::{RestTest, RestTestReport};
use resourceful_tests::kinds::{Gauge, Gizmo, Widget, Worker};
use serde_json::{Value, json};

use crate::computed::Mount;
use crate::fischer::Fischer;
use crate::flowerpot::FlowerPot;
use crate::flunder::Flunder;

/// A kind, and its checks.
pub(crate) type Checked = (&'static str, fn() -> BoxFuture<'static, RestTestReport>);

pub(crate) const ALL: &[Checked] = &[
    ("Widget", || {
        let test = RestTest::new(object::<Widget>(json!({ "spec": { "size": 1, "mode": "quiet" } })));
        let test = test.invalid(object(json!({ "spec": { "size": -1 } })));
        test.invalid_update(|widget| widget.spec.size = -1).run().boxed()
    }),
    ("Gauge", || {
        let test = RestTest::new(object::<Gauge>(json!({ "spec": { "size": 1, "retries": 3 } })));
        let test = test.invalid(object(json!({ "spec": { "size": 101, "retries": 3 } })));
        test.invalid_update(|gauge| gauge.spec.size = 0).run().boxed()
    }),
    ("Worker", || {
        let test = RestTest::new(object::<Worker>(json!({ "spec": { "plan": "a" } })));
        test.invalid_update(|worker| worker.spec.plan = "b".into()).run().boxed()
    }),
    ("Gizmo", || RestTest::new(object::<Gizmo>(json!({}))).run().boxed()),
    ("Gizmo, graceful", || RestTest::new(object::<Gizmo>(json!({ "text": "graceful" }))).run().boxed()),
    ("Flunder", || {
        let test = RestTest::new(object::<Flunder>(json!({ "spec": { "reference": "a" } })));
        let test = test.invalid(object(json!({ "spec": { "referenceType": "Flunder" } })));
        test.invalid_update(|flunder| flunder.spec.reference.clear()).run().boxed()
    }),
    ("Fischer", || RestTest::new(object::<Fischer>(json!({}))).run().boxed()),
    ("FlowerPot", || {
        RestTest::new(object::<FlowerPot>(json!({ "spec": { "plant": "rose" } }))).run().boxed()
    }),
    ("Mount", || {
        let mount = json!({ "device": "a", "path": "/", "type": "b", "options": "" });
        RestTest::new(object::<Mount>(mount)).run().boxed()
    }),
];

/// An object from what it has besides metadata, with a name that the checks make unique.
fn object<T: Served>(mut body: Value) -> T {
    body["metadata"] = serde_json::to_value(ObjectMeta::named("x")).expect("metadata is JSON");
    serde_json::from_value(body).expect("the object fits the type")
}

/// The checks that at least one kind has passed, for those that fit no kind would show nothing.
pub(crate) async fn passed() -> Vec<&'static str> {
    let mut passed = Vec::new();
    for (_, check) in ALL {
        passed.extend(check().await.passed);
    }
    passed
}

/// A check that cannot fail would show nothing: here a kind takes what it should refuse.
pub(crate) async fn broken() -> Result<(), String> {
    let valid = || object::<Widget>(json!({ "spec": { "size": 1, "mode": "quiet" } }));
    let report = RestTest::new(valid()).invalid(valid()).invalid_update(|_| {}).run().await;
    let failed: Vec<_> = report.failed.iter().map(|failure| failure.id).collect();
    let told = report.to_string();
    let expected = "Widget fails 2 of 45 checks\n  RT-11 create: objects that are refused: the invalid object 0 must be \
                    refused with [422], and succeeded";
    if failed == ["RT-11", "RT-16"] && told.starts_with(expected) { Ok(()) } else { Err(told) }
}
