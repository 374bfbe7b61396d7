//! A kind and its kube-rs controller in one program: the controller calls the server in process, with no port, no
//! certificate and no token in between. kubectl works on it all the same.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use kube::api::{Patch, PatchParams};
use kube::core::ObjectMeta;
use kube::runtime::controller::{Action, Controller};
use kube::runtime::finalizer::{self, finalizer};
use kube::runtime::watcher;
use kube::{Api, Client, ResourceExt};
use resourceful::ApiServer;
use resourceful::prelude::{Deserialize, JsonSchema, Serialize};
use serde_json::json;

/// A flower pot that waters itself. `kube` makes it a resource of kube-rs, too.
#[derive(resourceful::Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1alpha1", namespaced, shortname = "fp", kube)]
#[resource(printcolumn(name = "Plant", type = "string", json_path = ".spec.plant"))]
#[resource(printcolumn(name = "Moisture", type = "integer", json_path = ".status.moisture"))]
pub struct FlowerPot {
    pub metadata: ObjectMeta,
    pub spec: FlowerPotSpec,
    #[status]
    pub status: Option<FlowerPotStatus>,
}

/// What grows in the pot.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FlowerPotSpec {
    pub plant: String,
    /// Percent of water that the soil shall have.
    #[schemars(range(max = 100))]
    pub moisture: u8,
}

/// What the pot measured.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FlowerPotStatus {
    pub moisture: u8,
}

#[tokio::main]
async fn main() -> resourceful::Result<()> {
    ApiServer::from_args()
        .serve::<FlowerPot>()
        .post_start_hook(|service| control(Client::new(service, "default")))
        .run()
        .await
}

/// Waters every pot, until the server stops.
async fn control(client: Client) {
    let pots: Api<FlowerPot> = Api::all(client.clone());
    Controller::new(pots, watcher::Config::default().streaming_lists())
        .run(reconcile, |_, _, _| Action::requeue(Duration::from_secs(5)), Arc::new(client))
        .for_each(async |result| {
            if let Err(error) = result {
                eprintln!("not reconciled: {error}");
            }
        })
        .await;
}

type Finalized = finalizer::Error<kube::Error>;

/// Gives a pot its water, and takes the water back before the pot goes away.
async fn reconcile(pot: Arc<FlowerPot>, client: Arc<Client>) -> Result<Action, Finalized> {
    let namespace = pot.namespace().unwrap_or_default();
    let pots: Api<FlowerPot> = Api::namespaced(Client::clone(&client), &namespace);
    finalizer(&pots, "garden.example.com/water", pot, async |event| match event {
        finalizer::Event::Apply(pot) => water(&pots, &pot).await,
        finalizer::Event::Cleanup(pot) => {
            eprintln!("{}: the water is back in the well", pot.name_any());
            Ok(Action::await_change())
        }
    })
    .await
}

async fn water(pots: &Api<FlowerPot>, pot: &FlowerPot) -> kube::Result<Action> {
    let moisture = pot.spec.moisture;
    if pot.status.as_ref().is_none_or(|status| status.moisture != moisture) {
        let status = json!({ "status": FlowerPotStatus { moisture } });
        pots.patch_status(&pot.name_any(), &PatchParams::default(), &Patch::Merge(status)).await?;
    }
    Ok(Action::await_change())
}
