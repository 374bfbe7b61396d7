//! The real kubectl against a kind with selectable fields and a scale, served by this process.

use std::io::{BufRead, BufReader};

use resourceful::ApiServer;
use resourceful::server::ServerOptions;
use resourceful_tests::kinds::Worker;
use resourceful_tests::kubectl::Kubectl;

/// Runs a test with kubectl while the server runs beside it.
async fn with_kubectl(test: impl FnOnce(&Kubectl) + Send + 'static) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let kubeconfig = directory.path().join("kubeconfig");
    let options = ServerOptions::default().secure_port(0).insecure_port(0).write_kubeconfig(&kubeconfig);
    let server = ApiServer::new(options).store(resourceful::Store::memory()).serve::<Worker>();
    let server = server.start().await.expect("the server starts");
    for (name, zone) in [("a", "north"), ("b", "south")] {
        let path = directory.path().join(format!("{name}.yaml"));
        let yaml = format!(
            "apiVersion: demo.example.com/v1\nkind: Worker\nmetadata:\n  name: {name}\nspec:\n  zone: {zone}\n  replicas: 1\n"
        );
        std::fs::write(path, yaml).expect("the manifest is written");
    }
    let run = move || {
        let kubectl = Kubectl::new(&kubeconfig, directory.path());
        kubectl.ok(&format!("create -f {}", directory.path().display()));
        test(&kubectl);
    };
    tokio::task::spawn_blocking(run).await.expect("the test passes");
    server.stop().await.expect("the server stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn get_and_delete_by_field() {
    with_kubectl(|kubectl| {
        let warned = kubectl.run("get workers -o name --field-selector spec.zone=north");
        assert_eq!(warned.stdout, "worker.demo.example.com/a\n");
        assert!(warned.stderr.contains("Warning: demo.example.com/v1 Worker is deprecated"), "{warned:?}");
        assert_eq!(kubectl.ok("get workers -A -o name --field-selector spec.zone!=north").lines().count(), 1);
        let refused = kubectl.err("get workers --field-selector spec.mode=x");
        assert!(refused.contains("field label not supported: spec.mode"), "{refused}");
        kubectl.ok("delete workers --field-selector spec.zone=south");
        assert_eq!(kubectl.ok("get workers -o name"), "worker.demo.example.com/a\n");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_by_field() {
    with_kubectl(|kubectl| {
        let mut watch = kubectl
            .spawn("get workers -w --no-headers --output-watch-events --field-selector spec.zone=south");
        let mut lines = BufReader::new(watch.stdout.take().expect("piped")).lines();
        let mut next = || {
            let line = lines.next().expect("the watch goes on").expect("a line");
            line.split_whitespace().take(2).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(next(), ["ADDED", "b"]);
        kubectl.ok(r#"patch worker a --type=merge -p {"spec":{"zone":"south"}}"#);
        assert_eq!(next(), ["ADDED", "a"]);
        kubectl.ok("label worker a tier=front");
        assert_eq!(next(), ["MODIFIED", "a"]);
        kubectl.ok(r#"patch worker b --type=merge -p {"spec":{"zone":"east"}}"#);
        assert_eq!(next(), ["DELETED", "b"]);
        watch.kill().expect("kubectl can be killed");
        watch.wait().expect("kubectl ends");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scale() {
    with_kubectl(|kubectl| {
        let is = |path: &str| kubectl.ok(&format!("get worker a -o jsonpath={{{path}}}"));
        let scaled = "worker.demo.example.com/a scaled\n";
        assert_eq!(kubectl.ok("scale worker/a --replicas=3"), scaled);
        assert_eq!((is(".spec.replicas"), is(".metadata.generation")), ("3".into(), "2".into()));
        assert_eq!(kubectl.ok("scale worker/a --current-replicas=3 --replicas=4"), scaled);
        let wrong = kubectl.err("scale worker/a --current-replicas=3 --replicas=5");
        assert!(wrong.contains("Expected replicas to be 3, was 4"), "{wrong}");
        let revision = is(".metadata.resourceVersion");
        assert_eq!(kubectl.ok(&format!("scale worker/a --resource-version={revision} --replicas=5")), scaled);
        kubectl.err(&format!("scale worker/a --resource-version={revision} --replicas=6"));
        assert_eq!(is(".spec.replicas"), "5");
        let missing = kubectl.err("scale worker/z --replicas=1");
        assert!(missing.contains("workers.demo.example.com \"z\" not found"), "{missing}");
        let shown = kubectl.ok("get worker a --subresource=scale -o jsonpath={.kind}/{.spec.replicas}");
        assert_eq!(shown, "Scale/5");
        let patch = r#"patch worker a --subresource=scale --type=merge -p {"spec":{"replicas":0}}"#;
        kubectl.ok(patch);
        assert_eq!(is(".spec.replicas"), "0");
    })
    .await;
}
