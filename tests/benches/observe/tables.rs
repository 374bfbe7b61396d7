//! Tables of 10,000 objects, as `kubectl get` asks for them.

use resourceful::ApiServer;
use resourceful_tests::kinds::Widget;
use resourceful_tests::report;
use serde_json::json;

use crate::calls::{best, create, timed};

/// What a table of 10,000 objects of 2 KiB costs, beside the list of the same objects.
pub(crate) async fn run() {
    let service = ApiServer::builder().serve::<Widget>().into_service().expect("the kind is in order");
    let widgets = "/apis/demo.example.com/v1/namespaces/ns1/widgets";
    for number in 0..10_000 {
        let note = "x".repeat(1_600);
        let widget = json!({
            "metadata": {"name": format!("w-{number}"), "annotations": {"note": note}},
            "spec": {"size": 1, "mode": "quiet", "parts": [{"name": "a"}, {"name": "b"}]},
        });
        create(&service, widgets, &widget).await;
    }
    let table = |include| {
        (format!("{widgets}?includeObject={include}"), "application/json;as=Table;v=v1;g=meta.k8s.io")
    };
    let first = timed(&service, &table("None").0, table("None").1).await;
    let list = best(&service, widgets, "application/json").await;
    report::line("the first Table of 10,000 without their objects, and the list", "ms", first, list);
    for (what, (path, accept)) in [
        ("a Table of 10,000 without their objects", table("None")),
        ("a Table of 10,000 with their metadata (kubectl get)", table("Metadata")),
        ("a Table of 10,000 with their objects", table("Object")),
        (
            "the metadata of 10,000",
            (widgets.to_owned(), "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"),
        ),
    ] {
        let ours = best(&service, &path, accept).await;
        report::line(&format!("{what}, and the list"), "ms", ours, list);
    }
}
