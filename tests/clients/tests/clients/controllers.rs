//! Controllers of kube-rs: finalizers, owned objects, and the example that has server and controller in one program.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::runtime::controller::{Action, Controller};
use kube::runtime::finalizer::{self, finalizer};
use kube::runtime::wait::{await_condition, conditions};
use kube::runtime::watcher;
use kube::{Api, Client, Resource as _, ResourceExt as _};
use resourceful_tests::kubectl::Kubectl;
use resourceful_tests::server::Server;
use resourceful_tests_clients::kinds::{FlowerPot, Garden};
use serde_json::json;
use tokio::time::timeout;

use crate::both_ways;

both_ways!(a_controller_tends_what_it_owns, a_finalizer_runs_its_cleanup_once,);

const LONG: Duration = Duration::from_secs(30);

/// A garden shall have the pot of its name. Whoever takes it away gets another one.
async fn plant(garden: Arc<Garden>, client: Arc<Client>) -> kube::Result<Action> {
    let pots: Api<FlowerPot> = Api::default_namespaced(Client::clone(&client));
    let mut pot = FlowerPot::new(&garden.name_any(), &garden.place);
    pot.owner_references_mut().extend(garden.controller_owner_ref(&()));
    match pots.create(&PostParams::default(), &pot).await {
        Ok(_) => {}
        Err(kube::Error::Api(status)) if status.is_already_exists() => {}
        Err(error) => return Err(error),
    }
    Ok(Action::await_change())
}

async fn a_controller_tends_what_it_owns(client: Client) {
    let gardens: Api<Garden> = Api::all(client.clone());
    let pots: Api<FlowerPot> = Api::default_namespaced(client.clone());
    let controller = Controller::new(gardens.clone(), watcher::Config::default())
        .owns(pots.clone(), watcher::Config::default())
        .run(plant, |_, _, _| Action::requeue(Duration::from_millis(100)), Arc::new(client))
        .for_each(async |_| {});
    let controller = tokio::spawn(controller);

    let mut garden = Garden { place: "fern".into(), ..Garden::default() };
    garden.metadata.name = Some("kew".into());
    let garden = gardens.create(&PostParams::default(), &garden).await.unwrap();
    for _ in 0..3 {
        let planted = await_condition(pots.clone(), "kew", conditions::is_created());
        let pot = timeout(LONG, planted).await.expect("a pot is planted").unwrap().expect("the pot");
        assert_eq!(pot.owner_references(), [garden.controller_owner_ref(&()).unwrap()]);
        assert_eq!(pot.spec.plant, "fern");
        pots.delete("kew", &DeleteParams::default()).await.unwrap();
        let gone =
            await_condition(pots.clone(), "kew", conditions::is_deleted(pot.meta().uid.as_ref().unwrap()));
        timeout(LONG, gone).await.expect("that pot is gone").unwrap();
    }
    controller.abort();
}

/// What a controller did, in order.
#[derive(Default)]
struct Diary(Mutex<Vec<String>>);

impl Diary {
    fn note(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }
}

async fn tend(
    pot: Arc<FlowerPot>,
    context: Arc<(Client, Diary)>,
) -> Result<Action, finalizer::Error<kube::Error>> {
    let pots: Api<FlowerPot> = Api::default_namespaced(context.0.clone());
    finalizer(&pots, "garden.example.com/tended", pot, async |event| {
        match event {
            finalizer::Event::Apply(pot) => {
                let name = pot.name_any();
                context.1.note(format!("apply {name}"));
                let status = json!({ "status": { "moisture": 50 } });
                pots.patch_status(&name, &PatchParams::default(), &Patch::Merge(status)).await?;
            }
            finalizer::Event::Cleanup(pot) => context.1.note(format!("cleanup {}", pot.name_any())),
        }
        Ok(Action::await_change())
    })
    .await
}

async fn a_finalizer_runs_its_cleanup_once(client: Client) {
    let pots: Api<FlowerPot> = Api::default_namespaced(client.clone());
    let context = Arc::new((client, Diary::default()));
    let controller = Controller::new(pots.clone(), watcher::Config::default().streaming_lists())
        .run(tend, |_, _, _| Action::requeue(Duration::from_millis(100)), Arc::clone(&context))
        .for_each(async |_| {});
    let controller = tokio::spawn(controller);

    let names = ["a", "b", "c"];
    let mut uids = Vec::new();
    for name in names {
        let pot = pots.create(&PostParams::default(), &FlowerPot::new(name, "fern")).await.unwrap();
        uids.push(pot.uid().unwrap());
    }
    let is_tended = |pot: Option<&FlowerPot>| {
        pot.is_some_and(|pot| pot.status.as_ref().is_some_and(|status| status.moisture == 50))
    };
    for (name, uid) in names.iter().zip(&uids) {
        let tended = timeout(LONG, await_condition(pots.clone(), name, is_tended)).await;
        let pot = tended.expect("the pot is tended").unwrap().expect("the pot");
        assert_eq!(pot.finalizers(), ["garden.example.com/tended"]);
        pots.delete(name, &DeleteParams::default()).await.unwrap();
        let gone = timeout(LONG, await_condition(pots.clone(), name, conditions::is_deleted(uid))).await;
        gone.expect("the pot is gone").unwrap();
    }
    controller.abort();
    let diary = context.1.0.lock().unwrap();
    let cleanups: Vec<_> = diary.iter().filter(|entry| entry.starts_with("cleanup")).collect();
    assert_eq!(cleanups, ["cleanup a", "cleanup b", "cleanup c"]);
    let applied: BTreeSet<_> = diary.iter().filter(|entry| entry.starts_with("apply")).cloned().collect();
    assert_eq!(applied, BTreeSet::from(["apply a".into(), "apply b".into(), "apply c".into()]));
}

/// The controller of the example waters what kubectl plants, and kubectl's delete waits until it took the water back.
#[test]
fn the_example_waters_what_kubectl_plants() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start("controller", directory.path());
    let kubectl = Kubectl::new(&server.kubeconfig(), directory.path());
    let path = directory.path().join("pot.yaml");
    let pot = "apiVersion: garden.example.com/v1alpha1\nkind: FlowerPot\nmetadata:\n  name: rose\nspec:\n  plant: rose\n  moisture: 40\n";
    std::fs::write(&path, pot).expect("the manifest is written");
    kubectl.ok(&format!("create -f {}", path.display()));
    kubectl.ok("wait fp/rose --for=jsonpath={.status.moisture}=40 --timeout=30s");
    kubectl.ok(r#"patch fp rose --type=merge -p {"spec":{"moisture":60}}"#);
    kubectl.ok("wait fp/rose --for=jsonpath={.status.moisture}=60 --timeout=30s");
    let finalizers = kubectl.ok("get fp rose -o jsonpath={.metadata.finalizers}");
    assert_eq!(finalizers, r#"["garden.example.com/water"]"#);
    kubectl.ok("delete fp rose --timeout=30s");
    assert_eq!(kubectl.ok("get fp -o name"), "");
    assert_eq!(server.terminate(), Some(0), "SIGTERM stops the server and its controller");
}
