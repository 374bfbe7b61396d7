//! Each mistake and its message, in `ui/`, in folders named after the kind of mistake.
//!
//! The texts around our messages are rustc's own, so the comparison is exact on one version of it only:
//! `TRYBUILD=overwrite cargo test -p resourceful-tests --test ui` after a change.

/// The version of rustc that wrote the `.stderr` files.
const RUSTC: &str = "1.95";

#[test]
fn mistakes_are_answered_in_our_words() {
    let rustc = std::process::Command::new("rustc").arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    if version.starts_with(&format!("rustc {RUSTC}.")) {
        for mistake in [
            "missing",
            "unknown",
            "duplicate",
            "shape",
            "role",
            "name",
            "value",
            "column",
            "path",
            "type",
            "several",
        ] {
            cases.compile_fail(format!("ui/{mistake}/*.rs"));
        }
    } else {
        eprintln!(
            "only the passing cases run: the messages are written down for rustc {RUSTC}, not for {version}"
        );
    }
}
