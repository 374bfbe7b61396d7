//! What a derived kind is: its names, its status, and the verbs that its handlers have.

use resourceful::info::{Column, Scope};
use resourceful::prelude::*;
use resourceful::rest::{self, Served};
use resourceful::{Registry, Result};

/// A pot on
/// the balcony.
///
/// Waters itself.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1alpha1", namespaced)]
#[resource(shortname = "pot", shortname = "po", category = "all")]
#[resource(printcolumn(
    name = "Moisture",
    type = "integer",
    json_path = ".status.moisture",
    description = "How wet it is",
    format = "int32",
    priority = 1,
))]
#[serde(rename_all = "camelCase")]
struct FlowerPot {
    metadata: ObjectMeta,
    spec: u8,
    #[status]
    status: Option<u8>,
    #[status]
    last_watered: u32,
}

#[test]
fn names_are_as_given_or_derived() {
    let info = FlowerPot::INFO;
    assert_eq!((info.group, info.version, info.kind), ("garden.example.com", "v1alpha1", "FlowerPot"));
    assert_eq!((info.plural, info.singular), ("flowerpots", "flowerpot"));
    assert_eq!(info.scope, Scope::Namespaced);
    assert_eq!(info.short_names, ["pot", "po"]);
    assert_eq!(info.categories, ["all"]);
    assert_eq!(info.description, "A pot on the balcony.\n\nWaters itself.");
    let column = Column::new("Moisture", "integer", ".status.moisture");
    assert_eq!(info.columns, [column.description("How wet it is").format("int32").priority(1)]);
}

#[test]
fn status_is_every_field_that_is_marked() {
    assert_eq!(FlowerPot::INFO.status_fields, ["status", "lastWatered"]);
    let full = |spec| FlowerPot {
        metadata: ObjectMeta::named("a"),
        spec,
        status: Some(spec),
        last_watered: spec.into(),
    };

    let mut pot = full(1);
    pot.copy_status(&full(2));
    assert_eq!((pot.spec, pot.status, pot.last_watered), (1, Some(2), 2));

    pot.clear_status();
    assert_eq!((pot.spec, pot.status, pot.last_watered), (1, None, 0));
    assert_eq!(pot.metadata().name, "a");

    let operations = FlowerPot::status_operations().expect("the kind has a status");
    (operations.copy)(&mut pot, &full(3));
    assert_eq!(pot.status, Some(3));
}

#[test]
fn metadata_is_the_field_of_that_role() {
    #[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
    #[resource(
        group = "garden.example.com",
        version = "v1",
        kind = "Bench",
        plural = "benchlist",
        singular = "seat"
    )]
    struct Other {
        #[metadata]
        #[serde(rename = "metadata")]
        meta: ObjectMeta,
    }
    let mut other = Other { meta: ObjectMeta::named("a") };
    other.metadata_mut().name.push('b');
    assert_eq!(other.metadata().name, "ab");
    let info = Other::INFO;
    assert_eq!((info.kind, info.plural, info.singular), ("Bench", "benchlist", "seat"));
    assert_eq!(info.scope, Scope::Cluster);
    assert!(Other::status_operations().is_none());
}

/// The handlers with every verb are Go's `StandardStorage` (contract 1.25), those of status get and update (1.41).
#[test]
fn handlers_have_every_verb() {
    fn standard<R: rest::StandardStorage>(_: fn(&Store) -> (R, FlowerPotStatusRest)) {}
    fn status<R: rest::Getter + rest::Updater>() {}
    standard(FlowerPot::rest);
    status::<FlowerPotStatusRest>();
}

/// A kind that is computed: every verb is written by hand.
#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1", verbs(get = custom))]
struct Weather {
    metadata: ObjectMeta,
    #[status]
    status: u8,
}

impl rest::Getter for WeatherRest {
    async fn get(&self, _: &RequestContext, name: &str, _: &GetOptions) -> Result<Object<Weather>> {
        Object::new(Weather { metadata: ObjectMeta::named(name), status: 21 })
    }
}

/// A kind that clients can only read.
#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1", verbs(watch, list, get))]
struct Reading {
    metadata: ObjectMeta,
    #[status]
    status: u8,
}

/// A kind with a strategy, one verb of which is written by hand.
#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "garden.example.com", version = "v1", strategy = hooks::Hooks)]
#[resource(verbs(get, list, create = custom, update, delete, deletecollection, watch))]
struct Order {
    metadata: ObjectMeta,
    #[status]
    status: u8,
}

mod hooks {
    #[derive(Default)]
    pub(crate) struct Hooks;

    impl resourceful::Strategy for Hooks {
        type Object = super::Order;
    }
}

impl rest::Creater for OrderRest {
    async fn create(
        &self,
        ctx: &RequestContext,
        mut order: Order,
        validation: &dyn rest::ValidateObject,
        options: &CreateOptions,
    ) -> Result<Object<Order>> {
        order.metadata.labels.insert("taken".into(), "yes".into());
        self.registry.create(ctx, order, validation, options).await
    }
}

/// What a kind serves is in the types: a verb that is left out has no impl.
#[test]
fn handlers_have_the_verbs_that_are_named() {
    fn reads<R: rest::Getter + rest::Lister + rest::Watcher>(_: fn(&Store) -> R) {}
    fn standard<R: rest::StandardStorage>(_: fn(&Store) -> (R, OrderStatusRest)) {}
    // Neither is written by clients through the store, so neither has a `/status`.
    reads::<ReadingRest>(Reading::rest);
    let _: fn(&Store) -> WeatherRest = Weather::rest;
    standard(Order::rest);
    // The registry is there for verbs written by hand.
    let _: fn(OrderRest) -> Registry<Order> = |rest| rest.registry;
}

/// Discovery lists what is implemented (contract 1.35, 1.36).
#[test]
fn discovery_has_the_verbs_that_are_named() {
    fn verbs<T: Served>() -> Vec<&'static str> {
        T::handlers(&Store::memory()).verbs()
    }
    let all = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    assert_eq!(verbs::<FlowerPot>(), all);
    assert_eq!(verbs::<Order>(), all);
    assert_eq!(verbs::<Reading>(), ["get", "list", "watch"]);
    assert_eq!(verbs::<Weather>(), ["get"]);
}
