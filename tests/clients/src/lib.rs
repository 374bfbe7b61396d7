//! What the tests of clients share: the kinds that are served to them, the ways to reach the server, and what lies
//! between.

#[doc = include_str!("../../../runtime/docs/kube.md")]
pub mod guide {}

pub mod follower;
pub mod kinds;
pub mod proxy;
pub mod serving;
