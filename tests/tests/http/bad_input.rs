//! Bad input gets a clear answer, with the code and the words of the contract (issue point 6).

use crate::{W, serve, widget};

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
