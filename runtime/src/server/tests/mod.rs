//! The API in process, before handlers written by hand: what the server itself promises.

mod kind;
mod reads;
mod routes;
mod watches;
mod writes;
