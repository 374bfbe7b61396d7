//! The catalogues of Kubernetes' own tests and of the contract, shown over HTTP: each case is a test with its IDs in its
//! name, so `cargo test --test conformance -- C02` runs one. `cases/README.md` tells how a case is written.

mod check;
mod coverage;
mod run;
mod script;
mod values;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let directory = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance"));
    let cases = script::load(&directory.join("cases"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let runtime = Arc::new(runtime);
    let mut trials = Vec::new();
    let ids = cases.iter().flat_map(|case| case.ids.iter().cloned()).collect();
    trials.push(Trial::test("every ID of the catalogue is shown or skipped with a reason", move || {
        coverage::check(&directory, &ids).map_err(Failed::from)
    }));
    for case in cases {
        let runtime = Arc::clone(&runtime);
        let name = format!("{}: {}", case.ids.join(" "), case.title);
        let trial = move || runtime.block_on(run::run(&case)).map_err(Failed::from);
        trials.push(Trial::test(name, trial).with_kind("case"));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
