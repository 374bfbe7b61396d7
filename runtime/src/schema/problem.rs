//! What of a Rust type a structural schema cannot say, told to whoever wrote the type: at start, and by name.

use std::fmt;

/// One thing that is wrong with the schema of a kind. The server runs all the same, and checks or shows less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Where, as in `.spec.rules[]`; `.` for the whole object.
    pub(crate) path: String,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) remedy: &'static str,
}

impl Problem {
    /// A problem of what lies at a path, which is empty for the whole object.
    pub(crate) fn new(path: &str, message: impl Into<String>, remedy: &'static str) -> Self {
        let path = if path.is_empty() { "." } else { path };
        Self { path: path.to_owned(), message: message.into(), remedy }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.path, self.message, self.remedy)
    }
}
