//! Named places in the code at which a test lets the process die, wait or panic. Without the feature `failpoints` they
//! are nothing.
//!
//! A test names one in the environment variable `FAILPOINTS`, in the language of the crate `fail`: `return` ends the
//! process as `kill -9` does, and `20*off->1*return` does so the 21st time.

/// A place of this name.
#[cfg(feature = "failpoints")]
pub(crate) fn failpoint(name: &'static str) {
    fail::fail_point!(name, |_| std::process::abort());
}

/// A place of this name.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
#[allow(clippy::inline_always, reason = "it is nothing")]
pub(crate) const fn failpoint(_: &'static str) {}
