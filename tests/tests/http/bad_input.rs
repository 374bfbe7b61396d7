//! Bad input gets a clear answer, with the code and the words of the contract (issue point 6).

use http::Method;
use serde_json::json;

use crate::{G, W, serve, widget, with};

#[tokio::test]
async fn bodies_that_cannot_be_read() {
    let client = serve().await;
    let post = |body: &str| client.call(Method::POST, W).body(body.to_owned()).send();
    for body in [
        "{",
        "",
        "null",
        "[]",
        "3",
        "\"x\"",
        "{\"metadata\":",
        "\u{0}",
        "{\"metadata\":[]}",
        "{\"metadata\":{\"name\":{}}}",
    ] {
        let status = post(body).await.expect(400);
        assert_eq!(status["reason"], "BadRequest", "{body:?}: {status}");
        assert_eq!(status["kind"], "Status", "{body:?}");
    }
    let deep = "[".repeat(200_000);
    assert_eq!(post(&deep).await.code, 400);
    assert_eq!(post(&format!("{{\"metadata\":{}", "{\"a\":".repeat(100_000))).await.code, 400);
    let invalid = client.call(Method::POST, W).body(vec![b'{', b'"', 0xff, b'"', b'}']).send().await;
    assert_eq!(invalid.code, 400);
    let empty = post("").await.expect(400);
    assert_eq!(
        empty["message"],
        "the object provided is unrecognized (must be of type Widget): couldn't get version/kind; json parse error: \
         unexpected end of JSON input (<empty>)",
        "contract 6.42"
    );
    let wrong = client.post(W, &with(&widget("x"), "/spec/size", "large")).await.expect(400);
    let message = wrong["message"].as_str().expect("a message");
    assert!(message.starts_with("Widget in version \"v1\" cannot be handled as a Widget: "), "{message}");
}

#[tokio::test]
async fn wrong_kind_version_namespace_and_name() {
    let client = serve().await;
    let kind = client.post(W, &with(&widget("x"), "/kind", "Gadget")).await.expect(400);
    let message = kind["message"].as_str().expect("a message");
    assert!(message.starts_with("Gadget in version \"v1\" cannot be handled as a Widget: "), "{message}");
    client.post(W, &with(&widget("x"), "/apiVersion", "demo.example.com/v2")).await.expect_status(
        400,
        "BadRequest",
        "the API version in the data (demo.example.com/v2) does not match the expected API version \
         (demo.example.com/v1)",
    );
    client.post(W, &json!({ "metadata": { "name": "bare" }, "spec": {} })).await.expect(201);
    client
        .post("/apis/demo.example.com/v1/namespaces/Not_A_Namespace/widgets", &widget("x"))
        .await
        .expect(422);
}

#[tokio::test]
async fn the_limit_of_a_body() {
    let client = serve().await;
    let body = |size: usize| {
        let frame = "{\"metadata\":{\"name\":\"x\",\"annotations\":{\"a\":\"\"}},\"spec\":{}}".len();
        format!(
            "{{\"metadata\":{{\"name\":\"x\",\"annotations\":{{\"a\":\"{}\"}}}},\"spec\":{{}}}}",
            "v".repeat(size - frame)
        )
    };
    let post = |size: usize| client.call(Method::POST, W).body(body(size)).send();
    assert_eq!(post(3_145_728).await.code, 422, "C21: read, and refused only for its annotations");
    post(3_145_729).await.expect_status(
        413,
        "RequestEntityTooLarge",
        "Request entity too large: limit is 3145728",
    );
}

#[tokio::test]
async fn paths_and_methods_that_do_not_exist() {
    let client = serve().await;
    client.post(W, &widget("x")).await.expect(201);
    let not_found = "the server could not find the requested resource";
    client.get("/apis/demo.example.com/v1/gadgets").await.expect_status(404, "NotFound", not_found);
    for name in ["x", "y"] {
        let unknown = client.get(&format!("{W}/{name}/nope")).await;
        let message = format!("widgets.demo.example.com \"{name}\" not found");
        let status = unknown.expect_status(404, "NotFound", &message);
        assert_eq!(status["details"]["kind"], "widgets", "a subresource that is not there");
    }
    client.get(&format!("{G}/x/status")).await.expect_status(
        404,
        "NotFound",
        "gizmos.demo.example.com \"x\" not found",
    );
    for path in [
        "/nope",
        "/apis/other.example.com",
        "/apis/other.example.com/v1/things",
        "/apis/demo.example.com/v9",
        "/api/v1/pods",
    ] {
        let answer = client.get(path).await;
        assert_eq!((answer.code, answer.text().trim()), (404, "404 page not found"), "{path}");
    }
    let not_allowed = "the server does not allow this method on the requested resource";
    let item = format!("{W}/x");
    let all = "/apis/demo.example.com/v1/widgets";
    for (method, path) in [
        (Method::POST, item.as_str()),
        (Method::POST, all),
        (Method::DELETE, all),
        (Method::PUT, W),
        (Method::PATCH, W),
        (Method::OPTIONS, W),
    ] {
        let what = format!("{method} {path}");
        let answer = client
            .call(method, path)
            .header("content-type", "application/merge-patch+json")
            .body("{}")
            .send()
            .await;
        assert_eq!((answer.code, answer.json()["message"].as_str()), (405, Some(not_allowed)), "{what}");
    }
    let head = client.call(Method::HEAD, item.as_str()).send().await;
    assert_eq!((head.code, head.body.len()), (200, 0), "contract 17");
}

#[tokio::test]
async fn no_request_is_answered_with_a_panic() {
    let client = serve().await;
    client.post(W, &widget("x")).await.expect(201);
    let long = "a".repeat(5_000);
    let paths = [
        "/apis//v1/widgets".to_owned(),
        "//apis/demo.example.com/v1".to_owned(),
        "/apis/demo.example.com/v1/namespaces".to_owned(),
        "/apis/demo.example.com/v1/namespaces//widgets".to_owned(),
        "/apis/demo.example.com/v1/namespaces/ns1".to_owned(),
        format!("{W}/%2e%2e"),
        format!("{W}/%00"),
        format!("{W}/%ff%fe"),
        format!("{W}/%"),
        format!("{W}/{long}"),
        format!("{W}?limit=-1"),
        format!("{W}?limit=99999999999999999999"),
        format!("{W}?timeoutSeconds=-5"),
        format!("{W}?labelSelector=%00%ff(((("),
        format!("{W}?labelSelector={long}"),
        format!("{W}?continue=%ff"),
        format!("{W}?resourceVersion=-1"),
        format!("{W}?resourceVersion=18446744073709551616"),
        format!("{W}?watch=true&resourceVersion=18446744073709551616"),
        format!("{W}?pretty=%ff&&&=&a"),
    ];
    for path in &paths {
        let answer = client.get(path).await;
        assert_ne!(answer.code, 500, "{path}: {}", answer.text());
    }
    client.get(&format!("{W}/x")).await.expect(200);
}
