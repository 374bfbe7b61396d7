//! From the bytes of a client to an object that may be stored, beside what reading them costs serde_json alone.

use resourceful::testing::Decoder;
use resourceful_tests::report;
use serde_json::Value;

use crate::kinds::{Machine, machine};
use crate::measure::beside;

/// What a document costs on its way to an object that may be stored, beside what reading it costs serde_json alone.
pub(crate) fn run() {
    let text = machine().to_string();
    let document = text.as_bytes();
    let decoder = Decoder::<Machine>::new();
    decoder.json(document).expect("the machine is in order");
    let size = document.len();
    let read = || decoder.json(document).expect("the machine is in order");
    let to_value = || serde_json::from_slice::<Value>(document).expect("JSON");
    let (ours, value) = beside(2_000, read, to_value);
    report::line(
        &format!("decode, default, validate {size} bytes, and JSON to a Value"),
        "µs",
        ours / 1e3,
        value / 1e3,
    );
    let to_struct = || serde_json::from_slice::<Machine>(document).expect("a machine");
    let (ours, direct) = beside(2_000, read, to_struct);
    report::line("  the same, and JSON to the struct", "µs", ours / 1e3, direct / 1e3);
}
