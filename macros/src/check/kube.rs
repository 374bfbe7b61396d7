//! `kube`: whether the struct is a `Resource` of kube-rs, too.

use super::single;
use crate::error::{self, Errors};
use crate::syntax::{Given, Switch};

/// The key needs the feature of that name, without which the runtime knows nothing of kube-rs.
pub(super) fn check(given: &[Given<Switch>], errors: &mut Errors) -> bool {
    let wanted = single(given, errors).value().is_some();
    match given.first() {
        Some(given) if wanted && !cfg!(feature = "kube") => {
            errors.push(error::kube_without_feature(&given.key));
            false
        }
        _ => wanted,
    }
}
