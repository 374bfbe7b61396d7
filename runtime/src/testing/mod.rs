//! Checks for the tests of programs that serve kinds, one file each: what a kind promises, what an engine promises.
//!
//! Enable the feature `testing` in `[dev-dependencies]`.

mod check;
#[cfg(feature = "server")]
mod decoder;
mod engine_contract;
mod resttest;

pub use self::check::{Problem, check, problems};
#[cfg(feature = "server")]
pub use self::decoder::Decoder;
pub use self::engine_contract::{EngineVerdict, Lasts, engine_contract};
pub use self::resttest::{RestTest, RestTestFailure, RestTestReport, resttest};
