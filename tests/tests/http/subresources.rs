//! Subresources that are written by hand: `NamedCreater`, `Getter`, `Updater` and `Connecter` (contract 1.18, 1.28, 1.40).

use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use http::{Method, Request};
use resourceful::admission::{Attributes, Chain, Operation, Plugin};
use resourceful::server::ServerOptions;
use resourceful::{ApiServer, UserInfo};
use resourceful_tests::client::Client;
use resourceful_tests::robots::Robot;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower_service::Service as _;

use crate::with;

const ROBOTS: &str = "/apis/robots.example.com/v1/namespaces/ns1/robots";

/// A server of robots with one of them, the address of its plain port, and the path of the robot.
async fn robot() -> (Client, String, String) {
    robot_with(Chain::new()).await
}

/// The same with an admission plug-in.
async fn robot_with(plugin: impl Plugin) -> (Client, String, String) {
    let options = ServerOptions::default().secure_port(0).insecure_port(0);
    let server =
        ApiServer::new(options).store(resourceful::Store::memory()).serve::<Robot>().admission(plugin);
    let server = server.start().await.expect("the server starts");
    let base = server.insecure_url().expect("there is an insecure port").to_owned();
    let client = Client::new(base.clone(), server.admin_token());
    // The server lives as long as the test's runtime.
    std::mem::forget(server);
    client.post(ROBOTS, &json!({ "metadata": { "name": "r2" }, "spec": { "legs": 2 } })).await.expect(201);
    (client, base, format!("{ROBOTS}/r2"))
}

fn command(to: &str) -> Value {
    json!({ "apiVersion": "robots.example.com/v1", "kind": "Command", "metadata": {}, "to": to })
}

#[tokio::test]
async fn an_action_is_created_upon_an_object() {
    let (client, _, robot) = robot().await;
    let path = format!("{robot}/command");
    let created = client.post(&path, &command("kitchen")).await.expect(201);
    let expected = json!({
        "apiVersion": "robots.example.com/v1", "kind": "Command",
        "metadata": { "name": "r2", "namespace": "ns1" }, "to": "kitchen", "speed": 1,
    });
    assert_eq!(created, expected);
    assert_eq!(client.get(&robot).await.expect(200)["status"]["place"], "kitchen");

    // What has nothing to show says that it was done.
    let done = client.post(&path, &command("home")).await.expect(201);
    let expected = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": { "name": "r2" }, "code": 201,
    });
    assert_eq!(done, expected);
    client.post(&path, &command("kitchen")).await.expect(201);

    let dry = client.post(&format!("{path}?dryRun=All"), &command("cellar")).await;
    assert_eq!((dry.code, &client.get(&robot).await.json()["status"]["place"]), (201, &json!("kitchen")));
    let yaml = client
        .call(Method::POST, path.as_str())
        .header("content-type", "application/yaml")
        .header("accept", "application/yaml")
        .body("to: attic\nspeed: 10\n")
        .send()
        .await;
    assert_eq!(yaml.code, 201, "{}", yaml.text());
    assert!(yaml.text().contains("to: attic\n"), "{}", yaml.text());
    assert_eq!(yaml.header("warning"), "299 - \"robots have legs, not wings\"");

    let missing = format!("{ROBOTS}/d2/command");
    let text = "robots.robots.example.com \"d2\" not found";
    client.post(&missing, &command("x")).await.expect_status(404, "NotFound", text);
}

/// The kind of a subresource is decoded and checked as any other.
#[tokio::test]
async fn bad_actions_are_refused() {
    let (client, _, robot) = robot().await;
    let path = format!("{robot}/command");
    let empty = "Command.robots.example.com \"\" is invalid: to: Invalid value: \"\": \
        to in body should be at least 1 chars long";
    client.post(&path, &command("")).await.expect_status(422, "Invalid", empty);
    let other = with(&command("x"), "/kind", "Robot");
    let wrong = "Robot in version \"v1\" cannot be handled as a Command: the kind in the data (Robot) does not match \
        the expected kind (Command)";
    client.post(&path, &other).await.expect_status(400, "BadRequest", wrong);
    let elsewhere = with(&command("x"), "/metadata/namespace", "ns2");
    let wrong = "the namespace of the provided object does not match the namespace sent on the request";
    client.post(&path, &elsewhere).await.expect_status(400, "BadRequest", wrong);
    let unknown = with(&command("x"), "/wings", 2);
    let answer = client.post(&format!("{path}?fieldValidation=Strict"), &unknown).await;
    assert!(answer.code == 400 && answer.text().contains("unknown field \\\"wings\\\""), "{}", answer.text());
    let answer =
        client.call(Method::POST, path.as_str()).header("content-type", "text/plain").body("x").send().await;
    assert_eq!(answer.code, 415);
    let answer = client
        .call(Method::POST, path.as_str())
        .header("accept", "text/html")
        .json(&command("x"))
        .send()
        .await;
    assert_eq!(answer.code, 406);
}

#[tokio::test]
async fn a_view_is_read_and_written() {
    let (client, _, robot) = robot().await;
    let path = format!("{robot}/battery");
    let battery = client.get(&path).await.expect(200);
    assert_eq!(
        (&battery["apiVersion"], &battery["kind"]),
        (&json!("power.example.com/v2"), &json!("Battery"))
    );
    assert_eq!(battery["charge"], 0);
    let charged = client.put(&path, &with(&battery, "/charge", 80)).await.expect(200);
    assert_eq!(charged["charge"], 80);
    let patched = client.merge(&path, &json!({ "charge": 90 })).await.expect(200);
    assert_eq!((&patched["charge"], &patched["metadata"]["generation"]), (&json!(90), &json!(3)));
    let patch = json!([{ "op": "test", "path": "/charge", "value": 90 }, { "op": "replace", "path": "/charge", "value": 100 }]);
    assert_eq!(client.json_patch(&path, &patch).await.expect(200)["charge"], 100);
    assert_eq!(client.get(&robot).await.expect(200)["spec"], json!({ "legs": 2, "charge": 100 }));

    let stale = client.put(&path, &with(&battery, "/charge", 1)).await.expect(409);
    assert_eq!(stale["reason"], "Conflict");
    let full = "Battery.power.example.com \"r2\" is invalid: charge: Invalid value: 101: \
        charge in body should be less than or equal to 100";
    client.merge(&path, &json!({ "charge": 101 })).await.expect_status(422, "Invalid", full);
    let other = with(&battery, "/metadata/name", "d2");
    let wrong = "the name of the object (d2) does not match the name on the URL (r2)";
    client.put(&path, &other).await.expect_status(400, "BadRequest", wrong);
    let fresh = client.get(&path).await.expect(200);
    let wrong = client.put(&path, &with(&fresh, "/charge", "full")).await.expect(422);
    assert!(
        wrong["message"].as_str().unwrap_or_default().contains("charge: Invalid value: \"string\""),
        "{wrong}"
    );

    let table = "application/json;as=Table;g=meta.k8s.io;v=v1";
    let table = client.call(Method::GET, path.as_str()).header("accept", table).send().await.expect(200);
    assert_eq!(table["columnDefinitions"][1]["name"], "Charge");
    assert_eq!(table["rows"][0]["cells"], json!(["r2", 100]));
    assert_eq!(client.get(&format!("{robot}/self-test")).await.expect(200)["kind"], "Robot");
}

/// Writes down what it is asked, and lets nobody connect.
#[derive(Clone, Default)]
struct Porter(Arc<Mutex<Vec<String>>>);

impl Plugin for Porter {
    async fn admit(&self, a: &mut Attributes<'_>) -> resourceful::Result<()> {
        if a.subresource().is_empty() {
            return Ok(());
        }
        let object = a.object().map_or("-", |object| object.info().kind);
        let asked =
            format!("{} {}/{} {} {object}", a.operation(), a.resource().plural, a.subresource(), a.name());
        self.0.lock().expect("nobody panicked").push(asked);
        if a.operation() == Operation::Connect { Err(a.forbidden("no visitors")) } else { Ok(()) }
    }
}

/// Plug-ins are asked about subresources, about those without an object as well (contract 1.28).
#[tokio::test]
async fn plug_ins_are_asked() {
    let porter = Porter::default();
    let (client, _, robot) = robot_with(porter.clone()).await;
    client.post(&format!("{robot}/command"), &command("kitchen")).await.expect(201);
    client.merge(&format!("{robot}/battery"), &json!({ "charge": 3 })).await.expect(200);
    let refused = "robots.robots.example.com \"r2\" is forbidden: no visitors";
    client.get(&format!("{robot}/shell")).await.expect_status(403, "Forbidden", refused);
    let asked = porter.0.lock().expect("nobody panicked").clone();
    let expected =
        ["CREATE robots/command r2 Command", "UPDATE robots/battery r2 Battery", "CONNECT robots/shell r2 -"];
    assert_eq!(asked, expected);
}

/// What is not served is answered as everywhere (contract 1.35).
#[tokio::test]
async fn what_is_not_served() {
    let (client, _, robot) = robot().await;
    let refused = "the server does not allow this method on the requested resource";
    for (method, name) in [
        (Method::GET, "command"),
        (Method::PUT, "command"),
        (Method::DELETE, "command"),
        (Method::POST, "battery"),
        (Method::DELETE, "battery"),
        (Method::PATCH, "self-test"),
        (Method::PUT, "shell"),
        (Method::DELETE, "shell"),
    ] {
        let answer = client.call(method.clone(), format!("{robot}/{name}")).json(&json!({})).send().await;
        answer.expect_status(405, "MethodNotAllowed", refused);
    }
    let missing = "the server could not find the requested resource";
    for path in ["command/more", "battery/more", "status/more"] {
        client.get(&format!("{robot}/{path}")).await.expect_status(404, "NotFound", missing);
    }
    let missing = "robots.robots.example.com \"r2\" not found";
    client.get(&format!("{robot}/other")).await.expect_status(404, "NotFound", missing);
    assert_eq!(client.get("/apis/robots.example.com/v1/robots/r2/battery").await.code, 404);
    let anonymous = client.call(Method::POST, format!("{robot}/command")).header("authorization", "");
    assert_eq!(anonymous.json(&command("x")).send().await.code, 401);
    // A kind that is not served by itself has no place of its own.
    assert_eq!(client.get("/apis/robots.example.com/v1/commands").await.code, 404);
    assert_eq!(client.get("/apis/power.example.com").await.code, 404);
}

#[tokio::test]
async fn a_connection_is_whatever_the_handler_makes_of_it() {
    let (client, _, robot) = robot().await;
    let said = async |method: Method, path: &str| {
        let answer = client.call(method, format!("{robot}/shell{path}")).body("hello").send().await;
        assert_eq!(answer.code, 202, "{}", answer.text());
        assert_eq!(answer.header("warning"), "299 - \"the shell is not secure\"");
        (answer.header("said").to_owned(), answer.text())
    };
    let hello = || "hello".to_owned();
    assert_eq!(said(Method::POST, "").await, ("admin POST r2 \"\" false".into(), hello()));
    assert_eq!(said(Method::POST, "/").await, ("admin POST r2/ \"\" false".into(), hello()));
    assert_eq!(
        said(Method::GET, "/home/%61?tty=1&stdin").await,
        ("admin GET r2/home/a \"tty=1&stdin\" false".into(), hello())
    );
    assert_eq!(said(Method::OPTIONS, "/a/").await, ("admin OPTIONS r2/a/ \"\" false".into(), hello()));
    let large = vec![b'x'; 4 << 20];
    let answer = client.call(Method::POST, format!("{robot}/shell")).body(large).send().await;
    assert_eq!((answer.code, answer.body.len()), (202, 4 << 20), "no limit on the body");
    let head = client.call(Method::HEAD, format!("{robot}/shell")).send().await;
    assert_eq!((head.code, head.body.len()), (202, 0));

    client.get(&format!("{robot}/shell?dryRun=All")).await.expect_status(
        400,
        "BadRequest",
        "dryRun is not supported",
    );
    client.get(&format!("{robot}/shell/broken")).await.expect_status(
        400,
        "BadRequest",
        "the shell is broken",
    );
    let missing = "robots.robots.example.com \"d2\" not found";
    client.get(&format!("{ROBOTS}/d2/shell")).await.expect_status(404, "NotFound", missing);
}

/// A client that asks for another protocol gets the connection (contract 11.20).
#[tokio::test]
async fn a_connection_is_upgraded() {
    let (client, base, robot) = robot().await;
    let token = client.token().to_owned();
    let address = base.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let request = format!(
        "GET {robot}/shell HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("the request is sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("an answer"));
    }
    let head = String::from_utf8(head).expect("text");
    assert!(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"), "{head}");
    for word in ["left", "right"] {
        stream.write_all(word.as_bytes()).await.expect("the connection is open");
        let mut heard = vec![0; word.len()];
        stream.read_exact(&mut heard).await.expect("an echo");
        assert_eq!(heard, word.as_bytes());
    }
}

/// Who is connected keeps nobody else out, however long that lasts (contract 6.82).
#[tokio::test]
async fn a_connection_takes_nobodys_place() {
    let options = ServerOptions::default().secure_port(0).max_requests_inflight(1, 1);
    let server = ApiServer::new(options).store(resourceful::Store::memory()).serve::<Robot>();
    let server = server.start().await.expect("the server starts");
    // The admin would be let in whatever the limits are.
    let service = server.service().as_user(UserInfo { name: "bob".into(), ..UserInfo::default() });
    let call = |method: Method, path: &str, body: &str| {
        let request = Request::builder().method(method).uri(path).body(body.to_owned()).expect("a request");
        let answer = service.clone().call(request);
        async move {
            let Ok(answer) = answer.await;
            answer.status().as_u16()
        }
    };
    let robot = r#"{"metadata":{"name":"r2"},"spec":{"legs":2}}"#;
    assert_eq!(call(Method::POST, ROBOTS, robot).await, 201);
    let shell = format!("{ROBOTS}/r2/shell/wait");
    let mut connected: Vec<_> =
        [Method::GET, Method::POST].into_iter().map(|method| Box::pin(call(method, &shell, ""))).collect();
    for connection in &mut connected {
        assert!(connection.now_or_never().is_none(), "it waits");
    }
    assert_eq!(call(Method::GET, ROBOTS, "").await, 200);
    let robot = robot.replace("r2", "d2");
    assert_eq!(call(Method::POST, ROBOTS, &robot).await, 201);
    drop(connected);
    server.stop().await.expect("the server stops");
}

#[tokio::test]
async fn discovery_lists_subresources_with_kinds_and_verbs() {
    let (client, _, _) = robot().await;
    let list = client.get("/apis/robots.example.com/v1").await.expect(200);
    let resources = list["resources"].as_array().expect("a list");
    let entry = |name: &str| {
        resources
            .iter()
            .find(|resource| resource["name"] == format!("robots/{name}"))
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(
        entry("command"),
        json!({"name": "robots/command", "singularName": "", "namespaced": true, "kind": "Command", "verbs": ["create"]})
    );
    let expected = json!({
        "name": "robots/battery", "singularName": "", "namespaced": true, "kind": "Battery",
        "group": "power.example.com", "version": "v2", "verbs": ["get", "patch", "update"],
    });
    assert_eq!(entry("battery"), expected);
    assert_eq!(
        (&entry("shell")["kind"], &entry("shell")["verbs"]),
        (&json!("Robot"), &json!(["create", "get"]))
    );
    assert_eq!(entry("self-test")["verbs"], json!(["get"]));
    let names: Vec<_> =
        resources.iter().map(|resource| resource["kind"].as_str().unwrap_or_default()).collect();
    assert_eq!(names, ["Robot", "Robot", "Battery", "Command", "Robot", "Robot"]);

    let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    let aggregated = client.call(Method::GET, "/apis").header("accept", accept).send().await.expect(200);
    let subresources = &aggregated["items"][0]["versions"][0]["resources"][0]["subresources"];
    let battery = json!({
        "subresource": "battery", "verbs": ["get", "patch", "update"],
        "responseKind": { "group": "power.example.com", "version": "v2", "kind": "Battery" },
    });
    assert_eq!(subresources[1], battery);
}

#[tokio::test]
async fn openapi_has_the_paths_of_subresources() {
    let (client, _, _) = robot().await;
    let document = client.get("/openapi/v3/apis/robots.example.com/v1").await.expect(200);
    let operation = |path: &str, method: &str| {
        document["paths"]
            [format!("/apis/robots.example.com/v1/namespaces/{{namespace}}/robots/{{name}}/{path}")][method]
            .clone()
    };
    let create = operation("command", "post");
    assert_eq!(create["operationId"], "createRobotsExampleComV1NamespacedRobotCommand");
    assert_eq!(create["x-kubernetes-action"], "post");
    assert_eq!(create["x-kubernetes-group-version-kind"]["kind"], "Command");
    let command = "#/components/schemas/com.example.robots.v1.Command";
    assert_eq!(create["requestBody"]["content"]["application/json"]["schema"]["$ref"], command);
    assert_eq!(operation("command", "get"), Value::Null);
    assert_eq!(operation("battery", "patch")["operationId"], "patchRobotsExampleComV1NamespacedRobotBattery");
    let shell = operation("shell", "get");
    assert_eq!(shell["operationId"], "connectGetRobotsExampleComV1NamespacedRobotShell");
    assert_eq!(
        (&shell["x-kubernetes-action"], &shell["description"]),
        (&json!("connect"), &json!("connect to shell of the specified Robot"))
    );
    let below = operation("shell/{path}", "post");
    assert_eq!(below["operationId"], "connectPostRobotsExampleComV1NamespacedRobotShellWithPath");
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["com.example.robots.v1.Command"]["properties"]["to"]["maxLength"], 20);
    assert_eq!(schemas["com.example.power.v2.Battery"]["properties"]["charge"]["maximum"], 100);
    assert_eq!(schemas.get("com.example.robots.v1.CommandList"), None);

    let rules = json!([
        {"rule": "self.spec.legs % 2 == 0", "message": "robots walk on pairs of legs", "fieldPath": ".spec.legs"},
        {"rule": "self.spec.legs < 100"},
    ]);
    assert_eq!(schemas["com.example.robots.v1.Robot"]["x-kubernetes-validations"], rules);
    let v2 = client.get("/openapi/v2").await.expect(200);
    let path = "/apis/robots.example.com/v1/namespaces/{namespace}/robots/{name}/command";
    assert_eq!(
        v2["paths"][path]["post"]["parameters"][3]["schema"]["$ref"],
        "#/definitions/com.example.robots.v1.Command"
    );
}

/// Hooks that are overridden one by one, and names that the server completes under another rule for names.
#[tokio::test]
async fn single_hooks_are_heeded() {
    let (client, _, robot) = robot().await;
    let bot = |meta: Value, legs: u8| json!({ "metadata": meta, "spec": { "legs": legs } });
    let lame = "Robot.robots.example.com \"x\" is invalid: spec.legs: Invalid value: 0: it could not walk";
    client.post(ROBOTS, &bot(json!({ "name": "x" }), 0)).await.expect_status(422, "Invalid", lame);
    let dotted = client.post(ROBOTS, &bot(json!({ "name": "a.b" }), 2)).await.expect(422);
    assert!(dotted["message"].as_str().unwrap_or_default().contains("metadata.name"), "{dotted}");
    // An update without a revision wins.
    let blind = client.put(&robot, &bot(json!({ "name": "r2" }), 4)).await.expect(200);
    assert_eq!(blind["spec"]["legs"], 4);
    for prefix in ["r", "r-", &"r".repeat(63), &format!("{}-", "r".repeat(62))] {
        let made = client.post(ROBOTS, &bot(json!({ "generateName": prefix }), 2)).await.expect(201);
        let name = made["metadata"]["name"].as_str().unwrap_or_default();
        assert!(name.len() <= 63 && name.starts_with(&prefix[..prefix.len().min(58)]), "{name}");
    }
    for prefix in ["R2", "-r", "r.", &"r".repeat(64), &"ä".repeat(40)] {
        let refused = client.post(ROBOTS, &bot(json!({ "generateName": prefix }), 2)).await.expect(422);
        assert!(
            refused["message"].as_str().unwrap_or_default().contains("metadata.generateName"),
            "{refused}"
        );
    }
}
