//! What is true of every engine, and of what is built above it.

mod engines;
mod history;
mod log;
mod model;
mod opening;
mod recovery;
