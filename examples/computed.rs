//! A read-only kind that no store holds: the mounted file systems of this machine.

use std::collections::BTreeMap;

use resourceful::prelude::*;
use resourceful::rest::{Getter, Lister};

/// A mounted file system.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(
    group = "node.example.com",
    version = "v1",
    shortname = "mnt",
    verbs(get = custom, list = custom),
    printcolumn(name = "Device", type = "string", json_path = ".device"),
    printcolumn(name = "Type", type = "string", json_path = ".type"),
    printcolumn(name = "Path", type = "string", json_path = ".path"),
    printcolumn(name = "Options", type = "string", json_path = ".options", priority = 1)
)]
pub struct Mount {
    pub metadata: ObjectMeta,
    /// What is mounted.
    pub device: String,
    /// Where it is mounted.
    pub path: String,
    /// The kind of file system.
    pub r#type: String,
    /// How it is mounted.
    pub options: String,
}

impl Getter for MountRest {
    async fn get(
        &self,
        _: &RequestContext,
        name: &str,
        _: &GetOptions,
    ) -> resourceful::Result<Object<Mount>> {
        match mounts()?.remove(name) {
            Some(mount) => Object::new(mount),
            None => Err(resourceful::Error::not_found(&Mount::INFO.group_resource(), name)),
        }
    }
}

impl Lister for MountRest {
    async fn list(&self, _: &RequestContext, _: &ListOptions) -> resourceful::Result<ObjectList<Mount>> {
        let mounts: Vec<_> = mounts()?.into_values().map(Object::new).collect::<Result<_, _>>()?;
        Ok(ObjectList::new(1, mounts))
    }
}

/// The mounts by name, as the kernel tells them.
fn mounts() -> resourceful::Result<BTreeMap<String, Mount>> {
    let table = std::fs::read_to_string("/proc/self/mounts")
        .map_err(|error| resourceful::Error::internal(format!("the mounts cannot be read: {error}")))?;
    Ok(table.lines().filter_map(mount).map(|mount| (mount.metadata.name.clone(), mount)).collect())
}

fn mount(line: &str) -> Option<Mount> {
    let mut words = line.split(' ').map(str::to_owned);
    let (device, path, r#type, options) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let metadata = ObjectMeta::named(name(&path));
    Some(Mount { metadata, device, path, r#type, options })
}

/// `/dev/shm` is named `dev-shm`, and `/` is named `root`.
fn name(path: &str) -> String {
    let name: String =
        path.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    match name.trim_matches('-') {
        "" => "root".into(),
        name => name.into(),
    }
}

#[tokio::main]
async fn main() -> resourceful::Result<()> {
    ApiServer::from_args().serve::<Mount>().run().await
}
