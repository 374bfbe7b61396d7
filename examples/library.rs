//! The handlers without a server: create, conflict, status, watch.

use resourceful::prelude::*;
use resourceful::rest::{Creater, DefaultUpdatedObjectInfo, Getter, Updater, ValidateAllObjects, Watcher};
use resourceful::watch::WatchEvent;

/// A flower pot that waters itself.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1alpha1", namespaced)]
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
}

/// What the pot measured.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FlowerPotStatus {
    pub moisture: u8,
}

#[tokio::main]
async fn main() -> resourceful::Result<()> {
    let (pots, status) = FlowerPot::rest(&Store::memory());
    let ctx = RequestContext::namespaced("balcony");
    let mut watch = pots.watch(&ctx, &ListOptions::default()).await?;

    // A status in a new object is dropped: it belongs to `/status`.
    let pot = FlowerPot {
        metadata: ObjectMeta::named("rose"),
        spec: FlowerPotSpec { plant: "rose".into() },
        status: Some(FlowerPotStatus { moisture: 99 }),
    };
    let created = pots.create(&ctx, pot, &ValidateAllObjects, &CreateOptions::default()).await?.decode()?;
    println!(
        "created {} at {}, status {:?}",
        created.metadata.name, created.metadata.generation, created.status
    );

    // Two writers read the same pot. The first wins, the second is told.
    let plant = |plant: &str| {
        let mut pot = created.clone();
        pot.spec.plant = plant.into();
        DefaultUpdatedObjectInfo::replace(pot)
    };
    update(&pots, &ctx, &plant("tulip")).await?;
    let conflict =
        update(&pots, &ctx, &plant("lily")).await.expect_err("the pot has changed since it was read");
    println!("refused: {conflict}");

    // Through `/status` only the status changes, whatever else the object says.
    let measured = DefaultUpdatedObjectInfo::change(|mut pot: FlowerPot| {
        pot.spec.plant = "ignored".into();
        pot.status = Some(FlowerPotStatus { moisture: 40 });
        Ok(pot)
    });
    update(&status, &ctx, &measured).await?;
    let pot = pots.get(&ctx, "rose", &GetOptions::default()).await?.decode()?;
    println!("{} at generation {}: {:?}", pot.spec.plant, pot.metadata.generation, pot.status);

    // The watch saw every step.
    for _ in 0..3 {
        match watch.next().await {
            Some(WatchEvent::Added(pot)) => println!("added {} at {}", pot.name(), pot.revision()),
            Some(WatchEvent::Modified(pot)) => println!("modified {} at {}", pot.name(), pot.revision()),
            other => println!("unexpected: {other:?}"),
        }
    }
    Ok(())
}

async fn update(
    rest: &impl Updater<Object = FlowerPot>,
    ctx: &RequestContext,
    wanted: &DefaultUpdatedObjectInfo,
) -> resourceful::Result<Object<FlowerPot>> {
    let all = &ValidateAllObjects;
    Ok(rest.update(ctx, "rose", wanted, all, all, false, &UpdateOptions::default()).await?.0)
}
