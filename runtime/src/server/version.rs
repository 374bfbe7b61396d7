//! `/version`: the Kubernetes level whose semantics are served (contract 6.90).

use std::env::consts::{ARCH, OS};

use http::{HeaderValue, Response, header};
use serde::Serialize;

use super::body::Body;

/// kubectl warns when it is more than one minor version away from this, so it follows the semantics of the contract
/// and not our own releases. Our own version is the build metadata, which Kubernetes clients ignore.
const MAJOR: &str = "1";
const MINOR: &str = "34";
const GIT_VERSION: &str = concat!("v1.34.0+resourceful-", env!("CARGO_PKG_VERSION"));

/// Answers `/version`; `None` for another path.
pub(crate) fn respond(path: &str) -> Option<Response<Body>> {
    if !matches!(path, "/version" | "/version/") {
        return None;
    }
    // A struct of strings always serialises.
    let body = serde_json::to_vec_pretty(&Info::new()).unwrap_or_default();
    let mut response = Response::new(Body::full(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Some(response)
}

/// Go's `version.Info`, in its field order. What only a Go build knows is empty.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    major: &'static str,
    minor: &'static str,
    git_version: &'static str,
    git_commit: &'static str,
    git_tree_state: &'static str,
    build_date: &'static str,
    go_version: &'static str,
    compiler: &'static str,
    platform: String,
}

impl Info {
    fn new() -> Self {
        Self {
            major: MAJOR,
            minor: MINOR,
            git_version: GIT_VERSION,
            git_commit: "",
            git_tree_state: "",
            build_date: "1970-01-01T00:00:00Z",
            go_version: "",
            compiler: "rustc",
            platform: platform(OS, ARCH),
        }
    }
}

/// A platform as Go names it.
fn platform(os: &str, arch: &str) -> String {
    let os = if os == "macos" { "darwin" } else { os };
    let arch = match arch {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{os}/{arch}")
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    // contract 6.90
    #[tokio::test]
    async fn the_document_is_indented_and_in_order() {
        for path in ["/version", "/version/"] {
            let response = respond(path).expect("an answer");
            assert_eq!(response.headers()["content-type"], "application/json");
            let body = response.into_body().collect().await.expect("a body").to_bytes();
            let body = std::str::from_utf8(&body).expect("UTF-8");
            let expected = format!(
                r#"{{
  "major": "1",
  "minor": "34",
  "gitVersion": "v1.34.0+resourceful-{}",
  "gitCommit": "",
  "gitTreeState": "",
  "buildDate": "1970-01-01T00:00:00Z",
  "goVersion": "",
  "compiler": "rustc",
  "platform": "{}"
}}"#,
                env!("CARGO_PKG_VERSION"),
                platform(OS, ARCH),
            );
            assert_eq!(body, expected);
        }
    }

    #[test]
    fn the_version_names_the_same_level_throughout() {
        assert!(GIT_VERSION.starts_with(&format!("v{MAJOR}.{MINOR}.")));
    }

    #[test]
    fn platforms_have_their_names_in_go() {
        assert_eq!(platform("linux", "x86_64"), "linux/amd64");
        assert_eq!(platform("macos", "aarch64"), "darwin/arm64");
        assert_eq!(platform("freebsd", "riscv64"), "freebsd/riscv64");
    }

    #[test]
    fn other_paths_are_left_to_others() {
        assert!(respond("/versions").is_none());
        assert!(respond("/").is_none());
    }
}
