//! Which requests lead where, and in which order they are checked.

use super::kind::{Server, WIDGETS, widget};

const NOT_FOUND: &str = "the server could not find the requested resource";
const NOT_ALLOWED: &str = "the server does not allow this method on the requested resource";

// contract 1.35, 1.37, 1.41, 6.9, 6.11, 6.12, 17
#[tokio::test]
async fn paths_and_methods() {
    let server = Server::new();
    server.shelf.put(widget("x", 5));
    let item = format!("{WIDGETS}/x");
    let status = format!("{item}/status");
    let g = "/apis/demo.example.com/v1";
    let ok = [
        format!("GET {WIDGETS}"),
        format!("GET {WIDGETS}/"),
        format!("GET {g}/widgets"),
        format!("GET {item}"),
        format!("GET {item}?watch=true"),
        format!("GET {status}"),
        format!("GET {status}?watch=true"),
        format!("HEAD {item}"),
        format!("GET {g}/gizmos"),
        format!("GET {g}/gizmos/a"),
    ];
    for line in ok {
        assert_eq!(server.call(&line, &[], "").await.code, 200, "{line}");
    }
    let refused = [
        (405, format!("POST {g}/widgets")),
        (405, format!("DELETE {g}/widgets")),
        (405, format!("PUT {WIDGETS}")),
        (405, format!("PATCH {WIDGETS}")),
        (405, format!("POST {item}")),
        (405, format!("OPTIONS {item}")),
        (405, format!("POST {g}/gizmos")),
        (405, format!("PATCH {g}/gizmos/a")),
        (404, format!("GET {g}/gadgets")),
        (404, format!("GET {g}/gadgets/a/b/c/d/e")),
        (404, format!("GET {g}/widgets/x")),
        (404, format!("GET {g}/namespaces/ns1/gizmos")),
        (404, format!("GET {g}/namespaces/ns1/gizmos/a")),
        (404, format!("GET {g}/namespaces//widgets")),
        (404, format!("GET {status}/extra")),
    ];
    for (code, line) in refused {
        let answer = server.call(&line, &[], "").await;
        let message = if code == 404 { NOT_FOUND } else { NOT_ALLOWED };
        assert_eq!((answer.failure().0, answer.failure().2.as_str()), (code, message), "{line}");
        assert_eq!(answer.json()["details"], serde_json::json!({}), "{line}");
    }
    let subresources = [
        (
            405,
            format!("POST {status}"),
            "create is not supported on resources of kind \"widgets.demo.example.com\"",
        ),
        (
            405,
            format!("DELETE {status}"),
            "delete is not supported on resources of kind \"widgets.demo.example.com\"",
        ),
        (404, format!("GET {g}/gizmos/a/status"), "gizmos.demo.example.com \"a\" not found"),
        (404, format!("GET {item}/scale"), "widgets.demo.example.com \"x\" not found"),
        (404, format!("POST {item}/scale"), "widgets.demo.example.com \"x\" not found"),
    ];
    for (code, line, message) in subresources {
        let answer = server.call(&line, &[], "").await;
        assert_eq!((answer.failure().0, answer.failure().2.as_str()), (code, message), "{line}");
    }
    let unknown = [
        "/apis/other.example.com/v1/widgets",
        "/apis/demo.example.com/v2/widgets",
        "/api/v1/pods",
        "/nothing",
    ];
    for path in unknown {
        let answer = server.get(path).await;
        assert_eq!((answer.code.as_u16(), answer.text()), (404, "404 page not found\n"), "{path}");
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    }
}

// contract 5.51
#[tokio::test]
async fn a_kind_that_cannot_be_watched_says_so() {
    let answer = Server::new().get("/apis/demo.example.com/v1/gizmos?watch=1").await;
    let message = "watch is not supported on resources of kind \"gizmos.demo.example.com\"";
    assert_eq!(answer.failure(), (405, "MethodNotAllowed".into(), message.into()));
}

// contract 0.1, 6.79, 6.80, 6.81
#[tokio::test]
async fn who_asks_is_known_before_where_they_go() {
    let server = Server::new();
    for path in ["/nothing", WIDGETS, "/version", "/x?a=%3C&b='1'"] {
        let line = format!("GET {path}");
        let nobody = server.call(&line, &[("user", "")], "").await;
        assert_eq!(nobody.failure(), (401, "Unauthorized".into(), "Unauthorized".into()), "{path}");
        let eve = server.call(&line, &[("user", "eve")], "").await;
        assert_eq!(eve.failure().0, 403, "{path}");
        assert_eq!(eve.header("x-content-type-options"), "nosniff");
        let ida = server.call(&line, &[("user", "ida")], "").await;
        assert_eq!(
            (ida.code.as_u16(), ida.text()),
            (500, format!("Internal Server Error: {path:?}: no answer\n").replace('&', "&amp;").as_str())
        );
    }
    assert_eq!(server.call("GET /readyz", &[("user", "")], "").await.code, 200);
}

// contract 6.91
#[tokio::test]
async fn documents() {
    let server = Server::new();
    assert_eq!(server.get("/version").await.text(), "ok");
    assert_eq!(server.call("POST /version", &[], "").await.failure().0, 405);
    let group = server.get("/apis/demo.example.com/v1").await.json();
    assert_eq!(group["kind"], "APIResourceList");
    let openapi = server.get("/openapi/v3").await.json();
    assert!(openapi["paths"].get("apis/demo.example.com/v1").is_some(), "{openapi}");
    let paths = server.get("/").await.json();
    let paths = paths["paths"].as_array().unwrap();
    assert!(paths.iter().any(|path| path == "/apis/demo.example.com/v1"), "{paths:?}");
}

// contract 6.46
#[tokio::test]
async fn every_answer_has_the_common_headers() {
    let server = Server::new();
    for path in ["/version", "/nothing", WIDGETS, "/apis/demo.example.com/v1/gadgets"] {
        let answer = server.get(path).await;
        assert_eq!(answer.header("audit-id").len(), 36, "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache, private", "{path}");
    }
}

// contract 0.2: Accept, Content-Type, size, options, body.
#[tokio::test]
async fn checks_of_a_create_come_in_order() {
    let server = Server::new();
    let line = |query: &str| format!("POST {WIDGETS}{query}");
    let large = " ".repeat(3 * 1024 * 1024 + 1);
    let bad_type = [("accept", "application/json"), ("content-type", "text/plain")];
    let bad_both = [("accept", "text/html"), ("content-type", "text/plain")];
    let code = async |query, headers: &[(&str, &str)], body: &str| {
        server.call(&line(query), headers, body).await.failure().0
    };
    assert_eq!(code("?dryRun=x&timeout=abc", &bad_both, &large).await, 400, "the timeout comes first of all");
    assert_eq!(code("?dryRun=x", &bad_both, &large).await, 406);
    assert_eq!(code("?dryRun=x", &bad_type, &large).await, 415);
    assert_eq!(code("?dryRun=x", &[], &large).await, 413);
    assert_eq!(code("?dryRun=x", &[], "{").await, 422);
    assert_eq!(code("", &[], "{").await, 400);
}

// contract 0.3: Accept, size, options, Content-Type, body.
#[tokio::test]
async fn checks_of_an_update_come_in_order() {
    let server = Server::new();
    let line = |query: &str| format!("PUT {WIDGETS}/x{query}");
    let large = " ".repeat(3 * 1024 * 1024 + 1);
    let code = async |query, headers: &[(&str, &str)], body: &str| {
        server.call(&line(query), headers, body).await.failure().0
    };
    let bad_type = [("content-type", "text/plain")];
    assert_eq!(code("?dryRun=x", &[("accept", "text/html")], &large).await, 406);
    assert_eq!(code("?dryRun=x", &bad_type, &large).await, 413);
    assert_eq!(code("?dryRun=x", &bad_type, "{").await, 422);
    assert_eq!(code("", &bad_type, "{").await, 415);
    assert_eq!(code("", &[], "{").await, 400);
    assert_eq!(code("", &[], r#"{"metadata":{"name":"x"}}"#).await, 404);
}

// contract 0.4: Content-Type, Accept, size, options, patch.
#[tokio::test]
async fn checks_of_a_patch_come_in_order() {
    let server = Server::new();
    let line = |query: &str| format!("PATCH {WIDGETS}/x{query}");
    let large = " ".repeat(3 * 1024 * 1024 + 1);
    let merge = ("content-type", "application/merge-patch+json");
    let code = async |query, headers: &[(&str, &str)], body: &str| {
        server.call(&line(query), headers, body).await.failure().0
    };
    assert_eq!(code("?dryRun=x", &[("accept", "text/html")], &large).await, 415);
    assert_eq!(code("?dryRun=x", &[merge, ("accept", "text/html")], &large).await, 406);
    assert_eq!(code("?dryRun=x", &[merge], &large).await, 413);
    assert_eq!(code("?dryRun=x", &[merge], "{").await, 422);
    assert_eq!(code("", &[merge], "{").await, 400);
    assert_eq!(code("", &[merge], "{}").await, 404);
}

// contract 6.72
#[tokio::test]
async fn a_body_of_the_limit_is_read() {
    let server = Server::new();
    let mut body = r#"{"metadata":{"name":"x"}}"#.to_owned();
    body.push_str(&" ".repeat(3 * 1024 * 1024 - body.len()));
    assert_eq!(server.call(&format!("POST {WIDGETS}"), &[], body.as_str()).await.code, 201);
    body.push(' ');
    let refused = server.call(&format!("POST {WIDGETS}"), &[], body).await.failure();
    let message = "Request entity too large: limit is 3145728";
    assert_eq!(refused, (413, "RequestEntityTooLarge".into(), message.into()));
}
