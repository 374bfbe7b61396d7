use resourceful::prelude::*;
use resourceful::rest;

/// A pool of workers.
///
/// It grows and shrinks
/// with the load.
#[derive(Resource, Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
#[resource(
    group = "compute.example.com",
    version = "v1beta1",
    kind = "WorkerPool",
    plural = "workerpools",
    singular = "workerpool",
    shortname = "wp",
    shortname = "pool",
    category = "all",
    category = "compute",
    namespaced,
    printcolumn(name = "Desired", type = "integer", json_path = ".spec.replicas", format = "int32"),
    printcolumn(name = "Ready", type = "integer", json_path = ".status.ready", description = "Workers that answer"),
    printcolumn(name = "Age", type = "date", json_path = ".metadata.creationTimestamp", priority = 1),
    selectable = ".spec.zone",
    selectable = ".status.ready",
    immutable = ".spec.zone",
    validation = "self.spec.replicas >= 0",
    validation(
        rule = "self.spec.zone == oldSelf.spec.zone",
        message = "a pool does not move",
        reason = "FieldValueForbidden",
        field_path = ".spec.zone"
    ),
    scale(
        spec_replicas_path = ".spec.replicas",
        status_replicas_path = ".status.ready",
        label_selector_path = ".status.selector",
    ),
    deprecated = "use compute.example.com/v1",
    subresource(name = "drain", kind = Drain, verbs(get, create)),
    subresource(name = "console", verbs(connect)),
    strategy(prepare_for_create = start_small, validate = check_pool, allow_unconditional_update = true),
    verbs(get, list, watch, update, delete, create = custom),
    served = true,
    storage = true,
    crate = ::resourceful,
)]
pub(crate) struct Pool {
    #[metadata]
    #[serde(rename = "metadata")]
    meta: ObjectMeta,
    #[spec]
    spec: PoolSpec,
    #[status]
    #[serde(default)]
    status: PoolStatus,
    #[status]
    last_scaled: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
struct PoolSpec {
    replicas: i32,
    zone: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Default)]
struct PoolStatus {
    ready: i32,
    selector: String,
}

/// Takes the work from a pool.
#[derive(Resource, Serialize, Deserialize, JsonSchema, Clone, Debug)]
#[resource(group = "compute.example.com", version = "v1beta1", served = false)]
pub(crate) struct Drain {
    metadata: ObjectMeta,
    seconds: u32,
}

fn start_small(_: &RequestContext, pool: &mut Pool) {
    pool.spec.replicas = pool.spec.replicas.min(3);
}

fn check_pool(_: &RequestContext, pool: &Pool) -> ErrorList {
    if pool.spec.replicas < 0 {
        let path = field::Path::new("spec").child("replicas");
        return field::Error::invalid(path, pool.spec.replicas, "must not be negative").into();
    }
    ErrorList::new()
}

impl rest::Creater for PoolRest {
    async fn create(
        &self,
        ctx: &RequestContext,
        mut pool: Pool,
        create_validation: &dyn rest::ValidateObject,
        options: &CreateOptions,
    ) -> resourceful::Result<Object<Pool>> {
        pool.spec.replicas = pool.spec.replicas.max(1);
        self.registry.create(ctx, pool, create_validation, options).await
    }
}

impl rest::Getter for PoolDrainRest {
    async fn get(
        &self,
        _: &RequestContext,
        name: &str,
        _: &GetOptions,
    ) -> resourceful::Result<Object<Drain>> {
        Object::new(Drain { metadata: ObjectMeta::named(name), seconds: 0 })
    }
}

impl rest::NamedCreater for PoolDrainRest {
    async fn create(
        &self,
        ctx: &RequestContext,
        name: &str,
        drain: Drain,
        _: &dyn rest::ValidateObject,
        _: &CreateOptions,
    ) -> resourceful::Result<rest::Created<Drain>> {
        self.registry.get(ctx, name, &GetOptions::default()).await?;
        Ok(Object::new(drain)?.into())
    }
}

impl rest::Connecter for PoolConsoleRest {
    const CONNECT_METHODS: &'static [rest::http::Method] = &[rest::http::Method::GET];

    async fn connect(
        &self,
        _: &RequestContext,
        name: &str,
        _: &ConnectOptions,
        _: rest::http::Request<rest::ConnectBody>,
    ) -> resourceful::Result<rest::http::Response<rest::ConnectBody>> {
        Ok(rest::http::Response::new(format!("the console of {name}").into()))
    }
}
