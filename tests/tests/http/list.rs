//! GET of objects and collections (contract 4.B, 5.B, 5.C, 14.B).

use http::Method;
use resourceful_tests::client::Client;
use serde_json::{Value, json};

use crate::{G, W, gizmo, revision, serve, widget, with};

const ALL: &str = "/apis/demo.example.com/v1/widgets";

/// Five widgets a to e in ns1, two of them with a label.
async fn five() -> Client {
    let client = serve().await;
    for name in ["c", "a", "e", "b", "d"] {
        let mut body = widget(name);
        if name < "c" {
            body["metadata"]["labels"] =
                json!({ "tier": name, "n": (name.as_bytes()[0] - b'a').to_string() });
        }
        client.post(W, &body).await.expect(201);
    }
    client
}

fn names(list: &Value) -> String {
    let items = list["items"].as_array().expect("items");
    items.iter().map(|item| item["metadata"]["name"].as_str().expect("a name")).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn g01_to_g06_one_object() {
    let client = five().await;
    let path = format!("{W}/a");
    let accept =
        |accept: &'static str| client.call(Method::GET, path.as_str()).header("accept", accept).send();
    client.get(&format!("{W}/x")).await.expect_status(
        404,
        "NotFound",
        "widgets.demo.example.com \"x\" not found",
    );
    let table = accept("application/json;as=Table;v=v1;g=meta.k8s.io,application/json").await.expect(200);
    assert_eq!((&table["kind"], &table["apiVersion"]), (&json!("Table"), &json!("meta.k8s.io/v1")));
    assert_eq!(
        table["rows"][0]["cells"].as_array().map(|cells| cells[..3].to_vec()),
        Some(vec![json!("a"), json!(1), json!(null)])
    );
    assert_eq!(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
    assert!(table["rows"][0]["object"].get("spec").is_none());
    let metadata = accept("application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io").await.expect(200);
    assert_eq!(metadata["kind"], "PartialObjectMetadata");
    assert!(metadata.get("spec").is_none() && metadata["metadata"]["name"] == "a");
    accept("text/html").await.expect_status(
        406,
        "NotAcceptable",
        "only the following media types are accepted: application/json, application/yaml",
    );
    assert_eq!(accept("text/html, */*").await.expect(200)["kind"], "Widget");
    assert_eq!(accept("application/json;stream=watch").await.expect(200)["kind"], "Widget", "contract 6.37");
    let protobuf = "application/vnd.kubernetes.protobuf,application/json";
    assert_eq!(accept(protobuf).await.expect(200)["kind"], "Widget", "contract 17");
    let yaml = accept("application/yaml").await;
    assert!(yaml.code == 200 && yaml.text().contains("kind: Widget"), "{}", yaml.text());
    let missing = client
        .call(Method::GET, format!("{W}/x"))
        .header("accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
    assert_eq!(missing.send().await.expect(404)["kind"], "Status");
    client.get(&format!("{path}?resourceVersion=0")).await.expect(200);
    let future = client.get(&format!("{path}?resourceVersion=999999")).await;
    let status = future.expect(504);
    assert_eq!(status["details"]["causes"][0]["reason"], "ResourceVersionTooLarge");
    assert_eq!(client.get(&format!("{path}?resourceVersion=abc")).await.code, 400);
}

#[tokio::test]
async fn l01_l02_order_and_empty_lists() {
    let client = serve().await;
    let empty = client.get(W).await;
    assert!(empty.text().contains("\"items\":[]"), "{}", empty.text());
    assert!(revision(&empty.json()) > 0);
    assert_eq!(empty.json()["kind"], "WidgetList");
    for (namespace, name) in [("b", "x"), ("a-b", "x"), ("a", "z"), ("a", "y")] {
        client
            .post(&format!("/apis/demo.example.com/v1/namespaces/{namespace}/widgets"), &widget(name))
            .await
            .expect(201);
    }
    let list = client.get(ALL).await.expect(200);
    let keys: Vec<_> = list["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| {
            format!(
                "{}/{}",
                item["metadata"]["namespace"].as_str().unwrap(),
                item["metadata"]["name"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(keys, ["a-b/x", "a/y", "a/z", "b/x"], "contract 4.10: bytewise by storage key");
    assert_eq!(list["items"][0]["kind"], "Widget", "contract 4.9");
}

#[tokio::test]
async fn l03_label_selectors() {
    let client = five().await;
    let cases = [
        ("tier=a", "a"),
        ("tier==a", "a"),
        ("tier!=a", "b c d e"),
        ("tier in (a,b)", "a b"),
        ("tier notin (a)", "b c d e"),
        ("tier", "a b"),
        ("!tier", "c d e"),
        ("n>0", "b"),
        ("n<1", "a"),
        ("tier=a,n=0", "a"),
        ("tier=a,n=1", ""),
    ];
    for (selector, expected) in cases {
        let encoded = selector
            .replace('!', "%21")
            .replace('=', "%3D")
            .replace(' ', "%20")
            .replace('>', "%3E")
            .replace('<', "%3C");
        let list = client.get(&format!("{W}?labelSelector={encoded}")).await.expect(200);
        assert_eq!(names(&list), expected, "{selector}");
    }
}

#[tokio::test]
async fn l04_l05_l06_field_selectors() {
    let client = five().await;
    client.post("/apis/demo.example.com/v1/namespaces/ns2/widgets", &widget("a")).await.expect(201);
    client.post(G, &gizmo("g", "")).await.expect(201);
    let get = |path: String| {
        let client = client.clone();
        async move { client.get(&path).await }
    };
    assert_eq!(names(&get(format!("{W}?fieldSelector=metadata.name%3Db")).await.expect(200)), "b");
    assert_eq!(names(&get(format!("{W}?fieldSelector=metadata.name%3Dnope")).await.expect(200)), "");
    assert_eq!(names(&get(format!("{W}?fieldSelector=metadata.name%21%3Db")).await.expect(200)), "a c d e");
    assert_eq!(names(&get(format!("{ALL}?fieldSelector=metadata.namespace%3Dns2")).await.expect(200)), "a");
    for (path, message) in [
        (format!("{W}?fieldSelector=spec.foo%3D1"), "field label not supported: spec.foo"),
        (
            format!("{G}?fieldSelector=metadata.namespace%3Dx"),
            "field label not supported: metadata.namespace",
        ),
        (format!("{W}?fieldSelector=a"), "invalid selector: 'a'; can't understand 'a'"),
    ] {
        get(path).await.expect_status(400, "BadRequest", message);
    }
}

#[tokio::test]
async fn l07_bad_label_selectors() {
    let client = serve().await;
    let cases = [
        ("a,", "found '', expected: identifier after ','"),
        ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("a in b", "unable to parse requirement: found 'b' expected: '('"),
    ];
    for (selector, message) in cases {
        let encoded = selector.replace(' ', "%20");
        let answer = client.get(&format!("{W}?labelSelector={encoded}")).await;
        answer.expect_status(400, "BadRequest", message);
    }
    let value = client.get(&format!("{W}?labelSelector=k%3D-x")).await.expect(400);
    let message = value["message"].as_str().expect("a message");
    let start = "unable to parse requirement: values[0][k]: Invalid value: \"-x\": a valid label must be ";
    assert!(message.starts_with(start), "contract 6.34: {message}");
}

#[tokio::test]
async fn l08_l09_l10_pages() {
    let client = five().await;
    let page = |query: String| {
        let client = client.clone();
        async move { client.get(&format!("{W}?{query}")).await.expect(200) }
    };
    let first = page("limit=2".into()).await;
    assert_eq!((names(&first), &first["metadata"]["remainingItemCount"]), ("a b".to_owned(), &json!(3)));
    let token = |list: &Value| list["metadata"]["continue"].as_str().unwrap_or_default().to_owned();
    client.delete(&format!("{W}/c")).await.expect(200);
    client.post(W, &widget("cc")).await.expect(201);
    let second = page(format!("limit=2&continue={}", token(&first))).await;
    assert_eq!((names(&second), &second["metadata"]["remainingItemCount"]), ("c d".to_owned(), &json!(1)));
    let third = page(format!("limit=2&continue={}", token(&second))).await;
    assert_eq!(names(&third), "e");
    assert!(
        third["metadata"].get("continue").is_none() && third["metadata"].get("remainingItemCount").is_none()
    );
    assert_eq!(revision(&first), revision(&second));
    assert_eq!(revision(&first), revision(&third));
    let selected = page("limit=1&labelSelector=tier".into()).await;
    assert_eq!(names(&selected), "a");
    assert!(selected["metadata"].get("remainingItemCount").is_none(), "contract 5.19");
    assert_eq!(
        names(&page("limit=2&resourceVersion=0".into()).await),
        "a b cc d e",
        "contract 5.14: the limit is ignored"
    );
    assert_eq!(names(&page("limit=0".into()).await), "a b cc d e");
}

#[tokio::test]
async fn l11_l12_l14_options_that_are_refused() {
    let client = five().await;
    let list = client.get(&format!("{W}?limit=1")).await.expect(200);
    let token = list["metadata"]["continue"].as_str().expect("a token");
    let invalid = |text: &str| format!("ListOptions.meta.k8s.io \"\" is invalid: {text}");
    let cases = [
        (
            format!("continue={token}&resourceVersion=7"),
            400,
            "specifying resource version is not allowed when using continue".to_owned(),
        ),
        (
            format!("continue={token}&resourceVersionMatch=Exact&resourceVersion=7"),
            422,
            invalid(
                "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided",
            ),
        ),
        (
            "resourceVersionMatch=Exact".into(),
            422,
            invalid(
                "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided",
            ),
        ),
        (
            "resourceVersionMatch=Exact&resourceVersion=0".into(),
            422,
            invalid(
                "resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"",
            ),
        ),
        (
            "resourceVersionMatch=Foo&resourceVersion=1".into(),
            422,
            invalid(
                "resourceVersionMatch: Unsupported value: \"Foo\": supported values: \"Exact\", \"NotOlderThan\", \"\"",
            ),
        ),
        (
            "resourceVersionMatch=Foo&continue=x&sendInitialEvents=0".into(),
            422,
            invalid(
                "[resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided, \
                 resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided, \
                 resourceVersionMatch: Unsupported value: \"Foo\": supported values: \"Exact\", \"NotOlderThan\", \"\", \
                 sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list]",
            ),
        ),
        (
            "watch=1&resourceVersionMatch=Foo".into(),
            422,
            invalid(
                "[resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents \
                 is provided, resourceVersionMatch: Unsupported value: \"Foo\": supported values: \"NotOlderThan\"]",
            ),
        ),
        ("sendInitialEvents=true&resourceVersionMatch=NotOlderThan".into(), 422, String::new()),
        ("limit=x&labelSelector=a,".into(), 400, "strconv.ParseInt: parsing \"x\": invalid syntax".into()),
    ];
    for (query, code, message) in cases {
        let status = client.get(&format!("{W}?{query}")).await.expect(code);
        if !message.is_empty() {
            assert_eq!(status["message"], message, "{query}");
        }
    }
    let garbage = client.get(&format!("{W}?continue=garbage")).await.expect(400);
    assert!(
        garbage["message"].as_str().is_some_and(|text| text.starts_with("invalid continue token: ")),
        "{garbage}"
    );
    let exact =
        client.get(&format!("{W}?resourceVersionMatch=Exact&resourceVersion={}", revision(&list))).await;
    assert_eq!(names(&exact.expect(200)), "a b c d e");
    let future = client.get(&format!("{W}?resourceVersionMatch=NotOlderThan&resourceVersion=999999")).await;
    assert_eq!(future.expect(504)["reason"], "Timeout");
}

#[tokio::test]
async fn l16_l17_representations() {
    let client = serve().await;
    let big = "x".repeat(70_000);
    for name in ["a", "b"] {
        client
            .post(W, &with(&widget(name), "/metadata/annotations", json!({ "big": big })))
            .await
            .expect(201);
    }
    let gzip = |path: String| client.call(Method::GET, path).header("accept-encoding", "gzip").send();
    let large = gzip(W.to_owned()).await;
    assert_eq!((large.code, large.header("content-encoding")), (200, "gzip"));
    assert!(large.body.len() < 20_000, "{}", large.body.len());
    assert_eq!(gzip(format!("{W}?labelSelector=none")).await.header("content-encoding"), "");
    let list = client
        .call(Method::GET, W)
        .header("accept", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");
    let list = list.send().await.expect(200);
    assert_eq!(
        (&list["kind"], list["items"].as_array().map(Vec::len)),
        (&json!("PartialObjectMetadataList"), Some(2))
    );
    assert_eq!(list["items"][0]["kind"], "PartialObjectMetadata");
    let wrong = client
        .call(Method::GET, W)
        .header("accept", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
    assert_eq!(wrong.send().await.code, 406);
}
