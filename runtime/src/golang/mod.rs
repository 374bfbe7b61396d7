//! The words of Go's standard library, where upstream passes them on to clients: what its JSON decoder, its clock and its
//! numbers say about what they cannot read.

#[cfg(feature = "server")]
pub(crate) mod duration;
pub(crate) mod number;
pub(crate) mod syntax;
pub(crate) mod time;
#[cfg(feature = "server")]
pub(crate) mod unmarshal;
