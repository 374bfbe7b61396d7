//! A kind for the tests of this module.

use serde::{Deserialize, Serialize};

use crate::context::RequestContext;
use crate::errors::Result;
use crate::info::ResourceInfo;
use crate::meta::ObjectMeta;
use crate::object::{Object, ObjectList};
use crate::options::ListOptions;
use crate::resource::Resource;
use crate::rest::{self, Handlers};

#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub(crate) struct Disk {
    metadata: ObjectMeta,
}

impl Resource for Disk {
    const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", "Disk", "disks", "disk");

    type Metadata = ObjectMeta;

    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn metadata_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

pub(crate) struct DiskRest;

impl rest::Storage for DiskRest {
    type Object = Disk;
}

impl rest::TableConvertor for DiskRest {}

impl rest::Lister for DiskRest {
    async fn list(&self, _: &RequestContext, _: &ListOptions) -> Result<ObjectList<Disk>> {
        let disk = Object::new(Disk { metadata: ObjectMeta::named("a") })?;
        Ok(ObjectList::new(1, [disk]))
    }
}

/// Disks that can be listed.
pub(crate) fn readable() -> Handlers {
    Handlers::of(DiskRest).lister().build()
}

/// Disks with which nothing can be done.
pub(crate) fn silent() -> Handlers {
    Handlers::of(DiskRest).build()
}
