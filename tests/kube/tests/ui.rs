//! The mistakes that can be made with the key `kube`, as `ui` of the other tests has those of the other keys.
//!
//! `TRYBUILD=overwrite cargo test -p resourceful-tests-kube --test ui` after a change.

/// The version of rustc that wrote the `.stderr` files.
const RUSTC: &str = "1.95";

#[test]
fn mistakes_are_answered_in_our_words() {
    let rustc = std::process::Command::new("rustc").arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&rustc.stdout).into_owned();
    if version.starts_with(&format!("rustc {RUSTC}.")) {
        trybuild::TestCases::new().compile_fail("ui/*.rs");
    } else {
        eprintln!("nothing runs: the messages are written down for rustc {RUSTC}, not for {version}");
    }
}
