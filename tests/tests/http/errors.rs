//! What errors look like on the wire: every form that a client can meet, byte for byte (contract 6.K, 8).

use http::Method;
use serde_json::json;

use crate::{G, W, WORKERS, gizmo, serve, widget, with};

/// A request, and what its answer must be.
#[derive(Clone, Copy)]
struct Case {
    line: &'static str,
    content_type: &'static str,
    body: &'static str,
    code: u16,
    /// The whole answer; of a `Status` what follows `"status":"Failure",`.
    answer: &'static str,
}

const fn case(line: &'static str, code: u16, answer: &'static str) -> Case {
    Case { line, content_type: "", body: "", code, answer }
}

const fn sends(content_type: &'static str, body: &'static str, case: Case) -> Case {
    Case { content_type, body, ..case }
}

const JSON: &str = "application/json";
const MERGE: &str = "application/merge-patch+json";
const JSON_PATCH: &str = "application/json-patch+json";

/// `$W`, `$G` and `$S` are widgets, gizmos and workers; there are a widget and a gizmo `x`, a widget `leaving` that waits
/// for a finalizer, and a worker `w` without replicas.
const TABLE: &[Case] = &[
    // contract 4.6
    case(
        "GET $W/none",
        404,
        r#""message":"widgets.demo.example.com \"none\" not found","reason":"NotFound","details":{"name":"none","group":"demo.example.com","kind":"widgets"},"code":404}"#,
    ),
    // contract 6.9, 6.11
    case(
        "GET /apis/demo.example.com/v1/nothings",
        404,
        r#""message":"the server could not find the requested resource","reason":"NotFound","details":{},"code":404}"#,
    ),
    case(
        "PUT $W",
        405,
        r#""message":"the server does not allow this method on the requested resource","reason":"MethodNotAllowed","details":{},"code":405}"#,
    ),
    case("GET /nothing", 404, "404 page not found\n"),
    case("GET /apis/other.example.com/v1/widgets", 404, "404 page not found\n"),
    case(
        "DELETE $W/x/status",
        405,
        r#""message":"delete is not supported on resources of kind \"widgets.demo.example.com\"","reason":"MethodNotAllowed","details":{"group":"demo.example.com","kind":"widgets"},"code":405}"#,
    ),
    // contract 2.24
    sends(
        JSON,
        r#"{"metadata":{"name":"x"}}"#,
        case(
            "POST $W",
            409,
            r#""message":"widgets.demo.example.com \"x\" already exists","reason":"AlreadyExists","details":{"name":"x","group":"demo.example.com","kind":"widgets"},"code":409}"#,
        ),
    ),
    sends(
        JSON,
        r#"{"metadata":{"name":"leaving"}}"#,
        case(
            "POST $W",
            409,
            r#""message":"object is being deleted: widgets.demo.example.com \"leaving\" already exists","reason":"AlreadyExists","details":{"name":"leaving","group":"demo.example.com","kind":"widgets"},"code":409}"#,
        ),
    ),
    sends(
        JSON,
        r#"{"metadata":{"name":"x","generateName":"x-"}}"#,
        case(
            "POST $W",
            409,
            r#""message":"widgets.demo.example.com \"x\" already exists, the server was not able to generate a unique name for the object","reason":"AlreadyExists","details":{"name":"x","group":"demo.example.com","kind":"widgets","retryAfterSeconds":1},"code":409}"#,
        ),
    ),
    // contract 4.17, 4.20
    sends(
        JSON,
        r#"{"metadata":{"name":"x","resourceVersion":"1"}}"#,
        case(
            "PUT $W/x",
            409,
            r#""message":"Operation cannot be fulfilled on widgets.demo.example.com \"x\": the object has been modified; please apply your changes to the latest version and try again","reason":"Conflict","details":{"name":"x","group":"demo.example.com","kind":"widgets"},"code":409}"#,
        ),
    ),
    sends(
        JSON,
        r#"{"metadata":{"name":"x"}}"#,
        case(
            "PUT $W/x",
            422,
            r#""message":"widgets.demo.example.com \"x\" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update","reason":"Invalid","details":{"name":"x","group":"demo.example.com","kind":"widgets","causes":[{"reason":"FieldValueInvalid","message":"Invalid value: 0: must be specified for an update","field":"metadata.resourceVersion"}]},"code":422}"#,
        ),
    ),
    sends(
        JSON,
        r#"{"metadata":{"name":"none","uid":"u"}}"#,
        case(
            "PUT $G/none",
            409,
            r#""message":"Operation cannot be fulfilled on gizmos.demo.example.com \"none\": StorageError: invalid object, Code: 4, Key: /registry/demo.example.com/gizmos/none, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: u, UID in object meta: ","reason":"Conflict","details":{"name":"none","group":"demo.example.com","kind":"gizmos"},"code":409}"#,
        ),
    ),
    // contract 2.26: here the kind is the kind
    case(
        "DELETE $G/x?resourceVersion=1",
        409,
        r#""message":"Operation cannot be fulfilled on Gizmo.demo.example.com \"x\": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ($RV). The object might have been modified","reason":"Conflict","details":{"name":"x","group":"demo.example.com","kind":"Gizmo"},"code":409}"#,
    ),
    // contract 8.1, 8.7, 8.12
    sends(
        JSON,
        r#"{"metadata":{"name":"y"},"spec":{"size":-1}}"#,
        case(
            "POST $W",
            422,
            r#""message":"Widget.demo.example.com \"y\" is invalid: spec.size: Invalid value: -1: must be greater than or equal to 0","reason":"Invalid","details":{"name":"y","group":"demo.example.com","kind":"Widget","causes":[{"reason":"FieldValueInvalid","message":"Invalid value: -1: must be greater than or equal to 0","field":"spec.size"}]},"code":422}"#,
        ),
    ),
    sends(
        JSON,
        r#"{"metadata":{"labels":{"a":"-"}}}"#,
        case(
            "POST $G",
            422,
            r#""message":"Gizmo.demo.example.com \"\" is invalid: [metadata.name: Required value: name or generateName is required, metadata.labels: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')]","reason":"Invalid","details":{"group":"demo.example.com","kind":"Gizmo","causes":[{"reason":"FieldValueRequired","message":"Required value: name or generateName is required","field":"metadata.name"},{"reason":"FieldValueInvalid","message":"Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')","field":"metadata.labels"}]},"code":422}"#,
        ),
    ),
    // contract 4.33, 4.50, 6.62: options are kinds, too
    case(
        "DELETE $W/x?propagationPolicy=Foo",
        422,
        r#""message":"DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"Foo\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"","reason":"Invalid","details":{"group":"meta.k8s.io","kind":"DeleteOptions","causes":[{"reason":"FieldValueNotSupported","message":"Unsupported value: \"Foo\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"","field":"propagationPolicy"}]},"code":422}"#,
    ),
    sends(
        MERGE,
        "{}",
        case(
            "PATCH $W/x?force=true",
            422,
            r#""message":"PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch","reason":"Invalid","details":{"group":"meta.k8s.io","kind":"PatchOptions","causes":[{"reason":"FieldValueForbidden","message":"Forbidden: may not be specified for non-apply patch","field":"force"}]},"code":422}"#,
        ),
    ),
    case(
        "GET $W?resourceVersionMatch=Exact",
        422,
        r#""message":"ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided","reason":"Invalid","details":{"group":"meta.k8s.io","kind":"ListOptions","causes":[{"reason":"FieldValueForbidden","message":"Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided","field":"resourceVersionMatch"}]},"code":422}"#,
    ),
    // contract 7.1.4, 7.2.4, 7.3.1 to 7.3.3
    sends(
        MERGE,
        "{",
        case("PATCH $W/x", 400, r#""message":"invalid JSON patch","reason":"BadRequest","code":400}"#),
    ),
    sends(
        JSON_PATCH,
        "{}",
        case(
            "PATCH $W/x",
            400,
            r#""message":"error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp","reason":"BadRequest","code":400}"#,
        ),
    ),
    sends(
        JSON_PATCH,
        r#"[{"op":"test","path":"/spec/size","value":99}]"#,
        case(
            "PATCH $W/x",
            422,
            r#""message":"the server rejected our request due to an error in our request","reason":"Invalid","details":{},"code":422}"#,
        ),
    ),
    // contract 6.30, 6.31, 5.13, 6.86
    case(
        "GET $W?limit=x",
        400,
        r#""message":"strconv.ParseInt: parsing \"x\": invalid syntax","reason":"BadRequest","code":400}"#,
    ),
    case(
        "GET $W?fieldSelector=spec.foo%3Dx",
        400,
        r#""message":"field label not supported: spec.foo","reason":"BadRequest","code":400}"#,
    ),
    case(
        "GET $W/x?resourceVersion=abc",
        400,
        r#""message":"invalid resource version: resourceVersion: Invalid value: \"abc\": strconv.ParseUint: parsing \"abc\": invalid syntax","reason":"BadRequest","code":400}"#,
    ),
    case(
        "GET $W?timeout=soon",
        400,
        r#""message":"invalid timeout specified in the request URL - time: invalid duration \"soon\"","reason":"BadRequest","code":400}"#,
    ),
    // contract 5.17
    case(
        "GET $W/x?resourceVersion=18446744073709551615",
        504,
        r#""message":"Timeout: Too large resource version: 18446744073709551615, current: $NOW","reason":"Timeout","details":{"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large resource version"}],"retryAfterSeconds":1},"code":504}"#,
    ),
    // contract 6.40, 17
    sends(
        "text/plain",
        "{}",
        case(
            "POST $W",
            415,
            r#""message":"the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf","reason":"UnsupportedMediaType","code":415}"#,
        ),
    ),
    sends(
        "application/strategic-merge-patch+json",
        "{}",
        case(
            "PATCH $W/x",
            415,
            r#""message":"the body of the request was in an unknown format - accepted media types include: $PATCHES","reason":"UnsupportedMediaType","code":415}"#,
        ),
    ),
    // contract 4.21, 2.20
    sends(
        JSON,
        r#"{"metadata":{"name":"y"}}"#,
        case(
            "PUT $W/x",
            400,
            r#""message":"the name of the object (y) does not match the name on the URL (x)","reason":"BadRequest","code":400}"#,
        ),
    ),
    sends(
        JSON,
        r#"{"metadata":{"name":"y","namespace":"ns2"}}"#,
        case(
            "POST $W",
            400,
            r#""message":"the namespace of the provided object does not match the namespace sent on the request","reason":"BadRequest","code":400}"#,
        ),
    ),
    // what Go says of an object that cannot be scaled
    case(
        "GET $S/w/scale",
        500,
        r#""message":"Internal error occurred: the spec replicas field \".spec.replicas\" does not exist","reason":"InternalError","details":{"causes":[{"message":"the spec replicas field \".spec.replicas\" does not exist"}]},"code":500}"#,
    ),
];

#[tokio::test]
async fn every_form() {
    let client = serve().await;
    client.post(W, &widget("x")).await.expect(201);
    let waits = json!(["example.com/wait"]);
    client.post(W, &with(&widget("leaving"), "/metadata/finalizers", waits)).await.expect(201);
    client.delete(&format!("{W}/leaving")).await.expect(200);
    client.post(WORKERS, &json!({ "metadata": { "name": "w" } })).await.expect(201);
    let gizmo = client.post(G, &gizmo("x", "")).await.expect(201);
    let revision = gizmo["metadata"]["resourceVersion"].as_str().expect("a revision");
    let listed = client.get(W).await.expect(200);
    let now = listed["metadata"]["resourceVersion"].as_str().expect("a revision");
    let patches =
        client.call(Method::PATCH, format!("{W}/x")).header("content-type", "x/y").body("{}").send().await;
    let patches = patches.expect(415)["message"]
        .as_str()
        .and_then(|text| text.split("include: ").nth(1))
        .expect("types")
        .to_owned();
    let mut wrong: Vec<String> = Vec::new();
    for case in TABLE {
        let (method, path) = case.line.split_once(' ').expect("a method and a path");
        let path = path.replace("$W", W).replace("$G", G).replace("$S", WORKERS);
        let answer = client
            .call(method.parse().expect("a method"), path)
            .header("content-type", case.content_type)
            .body(case.body)
            .send()
            .await;
        let plain = !case.answer.starts_with("\"message\"");
        let expected =
            case.answer.replace("$RV", revision).replace("$NOW", now).replace("$PATCHES", &patches);
        let head = r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","#;
        let expected = if plain { expected } else { format!("{head}{expected}\n") };
        // contract 6.77
        let retry = if expected.contains("\"retryAfterSeconds\":1") { "1" } else { "" };
        let (content_type, options) =
            if plain { ("text/plain; charset=utf-8", "nosniff") } else { (JSON, "") };
        let code = |code: u16| code.to_string();
        let pairs = [
            ("code", code(answer.code), code(case.code)),
            ("body", answer.text(), expected),
            ("content-type", answer.header("content-type").into(), content_type.into()),
            ("x-content-type-options", answer.header("x-content-type-options").into(), options.into()),
            ("retry-after", answer.header("retry-after").into(), retry.into()),
            ("cache-control", answer.header("cache-control").into(), "no-cache, private".into()),
        ];
        for (what, actual, expected) in pairs {
            if actual != expected {
                wrong.push(format!("{}: {what}\n  is        {actual}\n  should be {expected}", case.line));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

// contract 6.72, 7.3.2
#[tokio::test]
async fn what_is_too_large_is_told_with_its_limit() {
    let client = serve().await;
    client.post(W, &widget("x")).await.expect(201);
    let large =
        client.call(Method::POST, W).header("content-type", JSON).body(vec![b' '; 3 * 1024 * 1024 + 1]);
    large.send().await.expect_status(
        413,
        "RequestEntityTooLarge",
        "Request entity too large: limit is 3145728",
    );
    let test = json!({ "op": "test", "path": "/metadata/name", "value": "x" });
    let operations = vec![test; 10_001];
    client.json_patch(&format!("{W}/x"), &json!(operations)).await.expect_status(
        413,
        "RequestEntityTooLarge",
        "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001",
    );
    client.json_patch(&format!("{W}/x"), &json!(operations[1..])).await.expect(200);
}

// contract 6.38, 6.39: an error is told in a form that the client takes, and in JSON when it takes none
#[tokio::test]
async fn errors_come_in_the_form_that_was_asked_for() {
    let client = serve().await;
    let get =
        |accept: &'static str| client.call(Method::GET, format!("{W}/none")).header("accept", accept).send();
    let yaml = get("application/yaml").await;
    assert_eq!((yaml.code, yaml.header("content-type")), (404, "application/yaml"));
    assert!(yaml.text().contains("reason: NotFound"), "{}", yaml.text());
    let html = get("text/html").await;
    assert_eq!((html.code, html.header("content-type")), (406, JSON));
    let message = "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf";
    assert!(html.text().contains(&format!("  \"message\": \"{message}\",\n")), "pretty: {}", html.text());
    let table = get("application/json;as=Table;v=v1;g=meta.k8s.io").await;
    assert_eq!(table.expect(404)["kind"], "Status");
}

// contract 6.79, 6.80
#[tokio::test]
async fn strangers_are_told_so() {
    let client = serve().await;
    let wrong = client.call(Method::GET, W).header("authorization", "Bearer wrong").send().await;
    let status = wrong.expect_status(401, "Unauthorized", "Unauthorized");
    assert!(status.get("details").is_none());
    let nobody = client.call(Method::GET, W).header("authorization", "").send().await;
    assert!(matches!(nobody.code, 401 | 403), "{}", nobody.text());
}
