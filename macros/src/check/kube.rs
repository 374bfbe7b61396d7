//! `kube`: whether the struct is a `Resource` of kube-rs, too.

use super::single;
use crate::error::{self, Errors};
use crate::syntax::Raw;

/// The key needs the feature of that name, without which the runtime knows nothing of kube-rs, and a struct that takes the
/// objects that kube-rs reads: they have apiVersion and kind besides.
pub(super) fn check(raw: &Raw, errors: &mut Errors) -> bool {
    let given = &raw.container.kube;
    let wanted = single(given, errors).value().is_some();
    let Some(given) = given.first().filter(|_| wanted) else { return false };
    if let Some(words) = &raw.denies_unknown_fields {
        errors.push(error::kube_denies_unknown_fields(words));
    }
    if !cfg!(feature = "kube") {
        errors.push(error::kube_without_feature(&given.key));
        return false;
    }
    true
}
