//! Every key and every role has a test that shows what it does, and this is which.

use std::fs;
use std::path::Path;

use super::all_keys;

/// A key, the file of its test, and the line that the test begins with or lives by.
const TESTS: &[(&str, &str, &str)] = &[
    ("group", "tests/tests/derive.rs", "fn names_are_as_given_or_derived"),
    ("version", "tests/tests/derive.rs", "fn names_are_as_given_or_derived"),
    ("kind", "tests/tests/derive.rs", "fn metadata_is_the_field_of_that_role"),
    ("plural", "tests/tests/derive.rs", "fn metadata_is_the_field_of_that_role"),
    ("singular", "tests/tests/derive.rs", "fn metadata_is_the_field_of_that_role"),
    ("shortname", "tests/tests/conformance/cases/surface.case", ".shortNames = [wd]"),
    ("category", "tests/tests/conformance/cases/surface.case", ".categories = [all]"),
    ("namespaced", "tests/tests/derive.rs", "fn names_are_as_given_or_derived"),
    ("printcolumn", "tests/tests/examples.rs", "fn flowerpot_serves_kubectl"),
    ("selectable", "tests/tests/http/selectable.rs", "fn openapi_says_which_fields_there_are"),
    ("immutable", "tests/tests/conformance/cases/update.case", "U18: an immutable field"),
    ("validation", "tests/tests/http/subresources.rs", "x-kubernetes-validations"),
    ("scale", "tests/tests/http/scale.rs", "fn to_scale_is_to_update_the_object"),
    ("subresource", "tests/tests/http/subresources.rs", "fn an_action_is_created_upon_an_object"),
    ("strategy", "tests/tests/http/subresources.rs", "fn single_hooks_are_heeded"),
    ("verbs", "tests/tests/derive.rs", "fn discovery_has_the_verbs_that_are_named"),
    ("served", "tests/ui/missing/handlers.rs", "served = false"),
    ("storage", "macros/docs/attributes.md", "assert!(!FrostReview::INFO.storage);"),
    ("deprecated", "tests/tests/conformance/cases/surface.case", "H04: a deprecated kind warns"),
    ("kube", "tests/kube/tests/resource.rs", "fn both_see_the_same_kind"),
    ("crate", "tests/renamed/src/lib.rs", "crate = ::platform"),
    // printcolumn(…)
    ("name", "tests/tests/derive.rs", "Column::new(\"Moisture\""),
    ("type", "tests/tests/derive.rs", "\"integer\", \".status.moisture\")"),
    ("json_path", "tests/tests/derive.rs", "\".status.moisture\")"),
    ("description", "tests/tests/derive.rs", ".description(\"How wet it is\")"),
    ("format", "tests/tests/derive.rs", ".format(\"int32\")"),
    ("priority", "tests/tests/derive.rs", ".priority(1)"),
    // scale(…)
    ("spec_replicas_path", "tests/tests/http/scale.rs", "fn a_scale_shows_the_numbers_of_the_object"),
    ("status_replicas_path", "tests/tests/http/scale.rs", "fn a_scale_shows_the_numbers_of_the_object"),
    ("label_selector_path", "tests/tests/http/scale.rs", "fn a_scale_shows_the_numbers_of_the_object"),
    // validation(…)
    ("rule", "tests/tests/http/subresources.rs", "\"rule\": \"self.spec.legs % 2 == 0\""),
    ("message", "tests/tests/http/subresources.rs", "\"message\": \"robots walk on pairs of legs\""),
    ("field_path", "tests/tests/http/subresources.rs", "\"fieldPath\": \".spec.legs\""),
    ("reason", "tests/expand/everything.rs", ".reason(\"FieldValueForbidden\")"),
];

/// The roles of fields.
const ROLES: &[(&str, &str, &str)] = &[
    ("#[metadata]", "tests/tests/derive.rs", "fn metadata_is_the_field_of_that_role"),
    ("#[spec]", "tests/ui/pass/every_key.rs", "#[spec]"),
    ("#[status]", "tests/tests/derive.rs", "fn status_is_every_field_that_is_marked"),
];

#[test]
fn every_key_has_a_test() {
    for key in all_keys() {
        assert!(TESTS.iter().any(|(tested, ..)| *tested == key), "no test of `{key}` is named");
    }
    for (key, file, line) in TESTS.iter().chain(ROLES) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        let text = fs::read_to_string(&path).unwrap_or_default();
        assert!(text.contains(line), "the test of `{key}` is not in {file}: {line}");
    }
}
