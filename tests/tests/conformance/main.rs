//! The catalogues of Kubernetes' own tests and of the contract, shown over HTTP: each case is a test with its IDs in its
//! name, so `cargo test --test conformance -- C02` runs one. `cases/README.md` tells how a case is written.

mod check;
mod coverage;
mod kinds;
mod list_options;
mod run;
mod script;
mod values;

#[allow(dead_code, unreachable_pub, missing_docs, reason = "a program for people, read whole")]
#[path = "../../../examples/computed.rs"]
mod computed;
#[allow(unreachable_pub, missing_docs, reason = "a program for people, read whole")]
#[path = "../../../examples/wardle/fischer.rs"]
mod fischer;
#[allow(dead_code, unreachable_pub, missing_docs, reason = "a program for people, read whole")]
#[path = "../../../examples/flowerpot.rs"]
mod flowerpot;
#[allow(unreachable_pub, missing_docs, reason = "a program for people, read whole")]
#[path = "../../../examples/wardle/flunder.rs"]
mod flunder;

use std::collections::BTreeSet;
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
    let mut ids: BTreeSet<_> = cases.iter().flat_map(|case| case.ids.iter().cloned()).collect();
    let shared = Arc::clone(&runtime);
    trials.push(Trial::test("every ID of the catalogue is shown or skipped with a reason", move || {
        ids.extend(shared.block_on(kinds::passed()).into_iter().map(str::to_owned));
        coverage::check(&directory, &ids).map_err(Failed::from)
    }));
    let shared = Arc::clone(&runtime);
    trials.push(Trial::test("L11 L12 L13 15.22 15.24: every combination of list options", move || {
        shared.block_on(list_options::check()).map_err(Failed::from)
    }));
    let shared = Arc::clone(&runtime);
    trials.push(Trial::test("RT-11 RT-16: what breaks them is told", move || {
        shared.block_on(kinds::broken()).map_err(Failed::from)
    }));
    for (name, check) in kinds::ALL {
        let runtime = Arc::clone(&runtime);
        trials.push(Trial::test(format!("RT-01 to RT-45: {name}"), move || {
            let report = runtime.block_on(check());
            if report.failed.is_empty() { Ok(()) } else { Err(report.to_string().into()) }
        }));
    }
    for case in cases {
        let runtime = Arc::clone(&runtime);
        let name = format!("{}: {}", case.ids.join(" "), case.title);
        let trial = move || runtime.block_on(run::run(&case)).map_err(Failed::from);
        trials.push(Trial::test(name, trial).with_kind("case"));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
