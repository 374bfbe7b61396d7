//! Group, version, kind and the names derived from it, by the rules that kube-apiserver has for CustomResourceDefinitions.

use syn::ext::IdentExt;

use super::keys::nearest;
use super::{Single, single};
use crate::error::{self, Errors};
use crate::model::Names;
use crate::plural::plural;
use crate::syntax::{Boolean, Given, Notice, Raw, Switch, Text};

/// Checks all names. What is missing or wrong becomes an empty string.
pub(super) fn check(raw: &Raw, errors: &mut Errors) -> Names {
    let container = &raw.container;
    let group = required(&container.group, raw, error::missing_group, errors);
    let version = required(&container.version, raw, error::missing_version, errors);
    if let Some(group) = group.filter(|group| !is_group(&group.value())) {
        errors.push(error::bad_group(&group.0));
    }
    if let Some(version) = version {
        check_version(version, errors);
    }
    let kind = kind(raw, errors);
    let lower = kind.to_lowercase();
    let singular = label(&container.singular, "a singular", errors).unwrap_or_else(|| lower.clone());
    let plural = label(&container.plural, "a plural", errors).unwrap_or_else(|| plural(&lower));
    // Together they are the name of a CustomResourceDefinition.
    if let Some(group) = group.filter(|group| group.value().len() + plural.len() >= 253) {
        errors.push(error::group_too_long(&group.0, &plural));
    }
    let (group, version) =
        (group.map(Text::value).unwrap_or_default(), version.map(Text::value).unwrap_or_default());
    Names {
        deprecation_warning: deprecation_warning(
            &container.deprecated,
            || format!("{group}/{version} {kind} is deprecated"),
            errors,
        ),
        served: boolean(&container.served, errors),
        storage: boolean(&container.storage, errors),
        short_names: short_names(&container.shortname, &plural, &singular, errors),
        categories: categories(&container.category, errors),
        namespaced: namespaced(&container.namespaced, errors),
        description: raw.description.clone(),
        group,
        version,
        kind,
        plural,
        singular,
    }
}

fn required<'a>(
    given: &'a [Given<Text>],
    raw: &Raw,
    missing: fn(&syn::Path) -> syn::Error,
    errors: &mut Errors,
) -> Option<&'a Text> {
    let single = single(given, errors);
    // Without any attribute, and with one that could not be read, there is another error already.
    if let (Single::Absent, true, Some(attribute)) = (&single, raw.complete, &raw.attribute) {
        errors.push(missing(attribute));
    }
    single.value()
}

/// The given kind, or the name of the struct.
fn kind(raw: &Raw, errors: &mut Errors) -> String {
    let (kind, problem) = match single(&raw.container.kind, errors) {
        Single::Value(kind) => (kind.value(), error::bad_kind(&kind.0)),
        Single::Absent | Single::Broken => {
            (raw.ident.unraw().to_string(), error::struct_is_no_kind(&raw.ident))
        }
    };
    let alphanumeric = kind.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // A list of it is of a kind, too.
    if !alphanumeric || !is_dns_1035_label(&format!("{}list", kind.to_ascii_lowercase())) {
        errors.push(problem);
    }
    kind
}

fn label(given: &[Given<Text>], what: &str, errors: &mut Errors) -> Option<String> {
    let text = single(given, errors).value()?;
    if !is_dns_1035_label(&text.value()) {
        errors.push(error::bad_label(&text.0, what));
    }
    Some(text.value())
}

/// `shortname = "fp", shortname = "pot"`
fn short_names(given: &[Given<Text>], plural: &str, singular: &str, errors: &mut Errors) -> Vec<String> {
    let mut names = Vec::new();
    for given in given {
        let Some(text) = errors.read(given) else { continue };
        let name = text.value();
        if !is_dns_1035_label(&name) {
            errors.push(error::bad_label(&text.0, "a short name"));
        } else if names.contains(&name) {
            errors.push(error::short_name_twice(&text.0));
        } else if name == singular {
            errors.push(error::short_name_taken(&text.0, "singular"));
        } else if name == plural {
            errors.push(error::short_name_taken(&text.0, "plural"));
        } else {
            names.push(name);
        }
    }
    names
}

/// `category = "all", category = "garden"`
fn categories(given: &[Given<Text>], errors: &mut Errors) -> Vec<String> {
    let mut categories = Vec::new();
    for given in given {
        let Some(text) = errors.read(given) else { continue };
        let category = text.value();
        if !is_dns_1035_label(&category) {
            errors.push(error::bad_label(&text.0, "a category"));
        } else if categories.contains(&category) {
            errors.push(error::category_twice(&text.0));
        } else {
            categories.push(category);
        }
    }
    categories
}

fn namespaced(given: &[Given<Switch>], errors: &mut Errors) -> bool {
    !matches!(single(given, errors), Single::Absent)
}

/// `served = false`; true where it is not given
fn boolean(given: &[Given<Boolean>], errors: &mut Errors) -> bool {
    single(given, errors).value().is_none_or(|boolean| boolean.0)
}

/// `deprecated`, or `deprecated = "use v2"`: what clients are warned of; empty for a kind that is not deprecated.
fn deprecation_warning(given: &[Given<Notice>], usual: impl Fn() -> String, errors: &mut Errors) -> String {
    match single(given, errors) {
        Single::Absent | Single::Broken => String::new(),
        Single::Value(Notice(None)) => usual(),
        Single::Value(Notice(Some(text))) => {
            let warning = text.value();
            if warning.is_empty() {
                errors.push(error::empty_warning(&text.0));
            } else if warning.len() > 256 || warning.contains(char::is_control) {
                errors.push(error::bad_warning(&text.0));
            }
            warning
        }
    }
}

/// A DNS-1123 subdomain with a dot.
fn is_group(group: &str) -> bool {
    let label = |label: &str| {
        label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    group.len() <= 253 && group.contains('.') && group.split('.').all(label)
}

/// `version = "1"`, or `version = "v1aplha1"`
fn check_version(version: &Text, errors: &mut Errors) {
    let text = version.value();
    if !is_dns_1035_label(&text) {
        errors.push(error::bad_version(&version.0));
    } else if let Some(meant) = meant_version(&text) {
        errors.push(error::misspelt_version(&version.0, &meant));
    }
}

/// What `v1aplha1` was probably meant to be. Versions of any other form are legal, though clients cannot order them.
fn meant_version(version: &str) -> Option<String> {
    let digits = version.strip_prefix('v')?;
    let stage = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    let major = &digits[..digits.len() - stage.len()];
    let word = stage.trim_end_matches(|c: char| c.is_ascii_digit());
    let minor = &stage[word.len()..];
    let meant = nearest(word, &["alpha", "beta"]).filter(|meant| *meant != word && !major.is_empty())?;
    Some(format!("v{major}{meant}{}", if minor.is_empty() { "1" } else { minor }))
}

/// A DNS-1035 label.
pub(super) fn is_dns_1035_label(label: &str) -> bool {
    label.len() <= 63
        && label.starts_with(|first: char| first.is_ascii_lowercase())
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_domains() {
        for group in ["example.com", "a.b", "db-1.example.com", "1.example.com"] {
            assert!(is_group(group), "{group}");
        }
        for group in
            ["", "example", "Example.com", "example.", ".com", "a..b", "-a.b", "a-.b", "a_b.c", "ä.de"]
        {
            assert!(!is_group(group), "{group}");
        }
        assert!(!is_group(&format!("{}.com", "a".repeat(250))));
    }

    #[test]
    fn misspelt_versions_find_what_was_meant() {
        for version in
            ["v1", "v2", "v10", "v1beta1", "v1alpha12", "v1alpha", "internal", "v2-rc1", "v1gamma1", "v"]
        {
            assert_eq!(meant_version(version), None, "{version}");
        }
        for (version, meant) in [
            ("v1aplha1", "v1alpha1"),
            ("v2bata3", "v2beta3"),
            ("v1betta", "v1beta1"),
            ("v1-beta1", "v1beta1"),
        ] {
            assert_eq!(meant_version(version).as_deref(), Some(meant), "{version}");
        }
    }

    #[test]
    fn labels_are_dns_1035() {
        for label in ["a", "flowerpots", "a-1"] {
            assert!(is_dns_1035_label(label), "{label}");
        }
        for label in ["", "1a", "-a", "a-", "A", "a.b", "a_b"] {
            assert!(!is_dns_1035_label(label), "{label}");
        }
        assert!(is_dns_1035_label(&"a".repeat(63)) && !is_dns_1035_label(&"a".repeat(64)));
    }
}
