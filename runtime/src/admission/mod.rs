//! Admission: plug-ins that change and refuse what clients write, whatever the kind (contract 0, 11.D).
//!
//! By the names of Go's `k8s.io/apiserver/pkg/admission`. A [`Plugin`] sees every write to every kind that a server
//! serves, as [`Attributes`]; a [`KindPlugin`] sees one kind, in its type. `ApiServer::admission` takes them, in the
//! order in which they run:
//!
//! 1. [`admit`](Plugin::admit) may change the object that a client sent, before its kind's pipeline prepares it. On create
//!    the name is not generated yet, and what is set there counts for the pipeline as if the client had sent it: it is
//!    completed, checked and refused alike. All plug-ins admit before any validates.
//! 2. [`validate`](Plugin::validate) sees the object as it would be stored, last before the write, and may only refuse it.
//!
//! Both run for create, update and patch, through the main endpoint, `/status` and `/scale`, and in dry runs. Whenever a
//! faster writer makes an update begin again, they see the new stored object. An update that creates is a create to them.
//! A delete has no object, only the old one, and its plug-ins run within the store's attempt, for each object of a
//! collection too.
//!
//! A plug-in refuses with an error, most often [`Attributes::forbidden`]; the first refusal ends the request.
//!
//! ```
//! use resourceful::admission::{Attributes, KindPlugin, Operation};
//! use resourceful::prelude::*;
//! use resourceful::selector::LabelSelector;
//! # macro_rules! resource { ($kind:ident) => {
//! #     impl Resource for $kind {
//! #         const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", stringify!($kind), "xs", "x");
//! #         type Metadata = ObjectMeta;
//! #         fn metadata(&self) -> &ObjectMeta { &self.metadata }
//! #         fn metadata_mut(&mut self) -> &mut ObjectMeta { &mut self.metadata }
//! #     }
//! # } }
//! # #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
//! # struct Flunder { metadata: ObjectMeta }
//! # resource!(Flunder);
//! # #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
//! # struct Fischer { metadata: ObjectMeta, disallowed_flunders: Vec<String> }
//! # resource!(Fischer);
//!
//! /// Refuses flunders whose name a fischer disallows.
//! struct BanFlunder;
//!
//! impl KindPlugin for BanFlunder {
//!     type Object = Flunder;
//!
//!     fn handles(&self, operation: Operation) -> bool {
//!         operation == Operation::Create
//!     }
//!
//!     async fn validate(
//!         &self,
//!         attributes: &Attributes<'_>,
//!         flunder: &Flunder,
//!         _: Option<&Flunder>,
//!     ) -> resourceful::Result<()> {
//!         for fischer in attributes.lister::<Fischer>().list("", &LabelSelector::default())? {
//!             if fischer.disallowed_flunders.contains(&flunder.metadata.name) {
//!                 return Err(attributes.forbidden("this name may not be used"));
//!             }
//!         }
//!         Ok(())
//!     }
//! }
//! ```
//!
//! Without a server, [`Attributes::create`] and its sisters make what a plug-in or a [`Chain`] of them is asked, for its
//! tests and for programs that call their handlers themselves.

mod attributes;
mod chain;
mod handlers;
mod plugin;

pub use self::attributes::{Attributes, Operation, OperationOptions};
pub use self::chain::Chain;
pub use self::plugin::{KindPlugin, Plugin};
