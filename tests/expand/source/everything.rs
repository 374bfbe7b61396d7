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
    deprecated = "use compute.example.com/v1",
    strategy = PoolStrategy,
    verbs(get, list, watch, update, delete, create = custom),
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
}

#[derive(Default)]
struct PoolStrategy;

impl Strategy for PoolStrategy {
    type Object = Pool;
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
