//! The pipelines over a store in memory, driven through [`Registry`](super::Registry) with kinds written by hand.
//!
//! Tests are named after the catalogue in contract 14 where it has them.

mod fixture;

mod create;
mod delete;
mod delete_collection;
mod failures;
mod get;
mod hooks;
mod list;
mod lister;
mod status;
mod update;
mod watch;
