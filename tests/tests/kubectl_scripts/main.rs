//! kubectl's commands and what they print, one script per file of Kubernetes' own `test/cmd` (reliability A6).
//! `scripts/README.md` tells how a script is written.
//!
//! `cargo test --test kubectl_scripts -- get` runs one script; with `BLESS=1` what differs is written into the script.

mod run;
mod script;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let directory = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kubectl_scripts/scripts"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let runtime = Arc::new(runtime);
    let trials = script::load(&directory).into_iter().map(|script| {
        let runtime = Arc::clone(&runtime);
        Trial::test(script.name.clone(), move || run::run(&runtime, &script).map_err(Failed::from))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}
