//! The two kinds of Kubernetes' own `sample-apiserver`, so that both can be compared.
//!
//! A [`Flunder`](flunder::Flunder) refers to another flunder or to a fischer; a [`Fischer`](fischer::Fischer) says which
//! names flunders may not have.

mod ban;
mod fischer;
mod flunder;

use resourceful::prelude::*;

use crate::ban::BanFlunder;
use crate::fischer::Fischer;
use crate::flunder::Flunder;

#[tokio::main]
async fn main() -> resourceful::Result<()> {
    ApiServer::from_args().serve::<Flunder>().serve::<Fischer>().admission(BanFlunder).run().await
}
