//! `validation(...)`.

use syn::{Error, LitStr, Path};

use super::at;

pub(crate) fn validation_without_rule(key: &Path) -> Error {
    at(
        key,
        "`validation` takes a rule in CEL: `validation = \"self.spec.max >= self.spec.min\"`; or a list that has one",
    )
}

pub(crate) fn incomplete_validation(key: &Path) -> Error {
    at(key, "this validation has no `rule`; add `rule = \"self.spec.max >= self.spec.min\"`")
}

pub(crate) fn validation_twice(rule: &LitStr) -> Error {
    at(rule, format_args!("the rule `{}` is listed twice", rule.value()))
}

pub(crate) fn empty_rule(rule: &LitStr) -> Error {
    at(rule, "the rule is empty; write one in CEL, such as `self.spec.max >= self.spec.min`")
}

pub(crate) fn rule_needs_message(rule: &LitStr) -> Error {
    at(rule, "a rule of several lines is no message; say in `message = \"…\"` what is wrong")
}

pub(crate) fn bad_message(message: &LitStr) -> Error {
    at(message, "a message is one line that is not empty; leave it out, and the rule itself is shown")
}

pub(crate) fn bad_reason(reason: &LitStr, meant: Option<&str>, known: &[&str]) -> Error {
    let known = known.join(", ");
    let message = match meant {
        Some(meant) => format!("`{}` is not a reason; use `{meant}` (one of {known})", reason.value()),
        None => format!("`{}` is not a reason of an invalid field; use one of {known}", reason.value()),
    };
    at(reason, message)
}
