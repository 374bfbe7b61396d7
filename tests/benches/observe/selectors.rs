//! Lists that find nothing among 100,000 objects.

use std::collections::BTreeMap;
use std::time::Instant;

use resourceful::ApiServer;
use resourceful_tests::kinds::Worker;
use resourceful_tests::report;
use serde_json::json;

use crate::calls::{body, create};
use crate::measure::beside;

/// What a list that finds nothing costs an object, beside a walk over the same labels in a plain list.
pub(crate) async fn run() {
    const OBJECTS: u32 = 100_000;
    let service = ApiServer::builder().serve::<Worker>().into_service().expect("the kind is in order");
    let workers = "/apis/demo.example.com/v1/namespaces/ns1/workers";
    let mut labels = Vec::new();
    for number in 0..OBJECTS {
        let worker = json!({
            "metadata": {"name": format!("w-{number}"), "labels": {"app": "web", "tier": "front", "shard": format!("s-{}", number % 97)}},
            "spec": {"zone": format!("zone-{}", number % 3), "plan": "x".repeat(200)},
        });
        labels.push(
            serde_json::from_value::<BTreeMap<String, String>>(worker["metadata"]["labels"].clone())
                .expect("labels"),
        );
        create(&service, workers, &worker).await;
    }
    let walk = || labels.iter().filter(|labels| labels.get("app").is_some_and(|app| app == "none")).count();
    let (_, limit) = beside(1, || (), walk);
    for (what, query) in [
        ("a label that no object has", "labelSelector=app%3Dnone"),
        ("a set of labels that no object has", "labelSelector=app%20in%20(a,b,c),tier%3Dfront"),
        ("a selectable field without it", "fieldSelector=spec.zone%3Dnone"),
        (
            "selectable fields that no object lacks",
            "fieldSelector=spec.zone!%3Dzone-0,spec.zone!%3Dzone-1,spec.zone!%3Dzone-2",
        ),
        ("a namespace and a name that are not there", "fieldSelector=metadata.name%3Dnone"),
    ] {
        let path = format!("{workers}?{query}");
        let mut best = f64::INFINITY;
        for _ in 0..7 {
            let begin = Instant::now();
            let answer = body(&service, &path, "application/json").await;
            best = best.min(begin.elapsed().as_secs_f64() * 1e9);
            assert!(answer.ends_with(b"\"items\":[]}\n"), "{answer:?}");
        }
        let each = |time: f64| time / f64::from(OBJECTS);
        report::line(&format!("{what}, an object of 100,000, and a walk"), "ns", each(best), each(limit));
    }
}
