//! Each mistake and its message, in `ui/`, in folders named after the kind of mistake. What must compile is in `pass.rs`:
//! without it here, all cases are checked in one run of cargo.
//!
//! The texts around our messages are rustc's own, so the comparison is exact on one version of it only:
//! `TRYBUILD=overwrite cargo test -p resourceful-tests --test ui` after a change.

/// The version of rustc that wrote the `.stderr` files.
const RUSTC: &str = "1.95";

#[test]
fn mistakes_are_answered_in_our_words() {
    let rustc = std::process::Command::new("rustc").arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&rustc.stdout).into_owned();
    if !version.starts_with(&format!("rustc {RUSTC}.")) {
        eprintln!("nothing is compared: the messages are written down for rustc {RUSTC}, not for {version}");
        return;
    }
    let cases = trybuild::TestCases::new();
    for folder in std::fs::read_dir("ui").expect("the folder of the cases") {
        let folder = folder.expect("an entry").file_name().into_string().expect("a plain name");
        if folder != "pass" {
            cases.compile_fail(format!("ui/{folder}/*.rs"));
        }
    }
}
