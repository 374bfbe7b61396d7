//! Pages to read: what the derive writes, what a program's command line does, and where things went for those who come from kube-rs or from Go.

#[doc = include_str!("../docs/expansion.md")]
pub mod expansion {}

#[doc = include_str!("../docs/commands.md")]
pub mod commands {}

#[doc = include_str!("../docs/from_kube_rs.md")]
#[cfg(feature = "derive")]
pub mod from_kube_rs {}

#[doc = include_str!("../docs/from_go.md")]
pub mod from_go {}
