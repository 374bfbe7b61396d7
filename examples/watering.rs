//! Subresources written by hand: an action upon an object, and a stream of bytes.

use resourceful::prelude::*;
use resourceful::rest::http::{Method, Request, Response};
use resourceful::rest::{
    ConnectBody, Connecter, Created, DefaultUpdatedObjectInfo, NamedCreater, ValidateAllObjects,
    ValidateObject,
};

/// A flower pot that can be watered.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1alpha1", namespaced, shortname = "fp")]
#[resource(printcolumn(name = "Litres", type = "integer", json_path = ".status.litres"))]
#[resource(subresource(name = "water", kind = Watering, verbs(create)))]
#[resource(subresource(name = "picture", verbs(connect)))]
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

/// What the pot got.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct FlowerPotStatus {
    pub litres: u32,
}

/// Waters a pot: `POST …/flowerpots/rose/water`.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1alpha1", served = false)]
pub struct Watering {
    pub metadata: ObjectMeta,
    #[schemars(range(min = 1, max = 10))]
    pub litres: u32,
}

impl NamedCreater for FlowerPotWaterRest {
    async fn create(
        &self,
        ctx: &RequestContext,
        name: &str,
        watering: Watering,
        create_validation: &dyn ValidateObject,
        options: &CreateOptions,
    ) -> resourceful::Result<Created<Watering>> {
        create_validation.validate(ctx, &watering).await?;
        let litres = watering.litres;
        let watered = DefaultUpdatedObjectInfo::change(move |mut pot: FlowerPot| {
            let status = pot.status.get_or_insert_default();
            status.litres = status.litres.saturating_add(litres);
            Ok(pot)
        });
        let options = UpdateOptions { dry_run: options.dry_run, ..UpdateOptions::default() };
        self.registry.update_status(ctx, name, &watered, &ValidateAllObjects, &options).await?;
        Ok(Object::new(watering)?.into())
    }
}

/// Shows a pot to people: `GET …/flowerpots/rose/picture`.
impl Connecter for FlowerPotPictureRest {
    const CONNECT_METHODS: &'static [Method] = &[Method::GET];

    async fn connect(
        &self,
        ctx: &RequestContext,
        name: &str,
        _: &ConnectOptions,
        _: Request<ConnectBody>,
    ) -> resourceful::Result<Response<ConnectBody>> {
        let pot = self.registry.get(ctx, name, &GetOptions::default()).await?.decode()?;
        let picture = format!("  @\n \\|/  {}\n[___]\n", pot.spec.plant);
        Ok(Response::new(picture.into()))
    }
}

#[tokio::main]
async fn main() -> resourceful::Result<()> {
    ApiServer::from_args().serve::<FlowerPot>().run().await
}
