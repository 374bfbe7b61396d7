//! `validation(rule = "self.max >= self.min", message = "max must not be below min")`, by the rules that kube-apiserver
//! has for CustomResourceDefinitions. The rule itself is CEL, which nobody reads here.

use super::keys::{self, VALIDATION_HABITS, nearest};
use super::{Single, json_path, single};
use crate::error::{self, Errors};
use crate::model::Validation;
use crate::syntax::{self, Field, Given, Text, VALIDATION_KEYS};

const REASONS: &[&str] =
    &["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];

/// Checks the rules. One without a rule is left out.
pub(super) fn check(
    given: &[Given<syntax::Validation>],
    fields: &[Field],
    errors: &mut Errors,
) -> Vec<Validation> {
    let mut validations: Vec<Validation> = Vec::new();
    for given in given {
        let Some(validation) = errors.read(given) else { continue };
        keys::unknown(&validation.unknown, VALIDATION_KEYS, VALIDATION_HABITS, errors);
        let rule = single(&validation.rule, errors);
        if let Single::Absent = rule {
            errors.push(error::incomplete_validation(&given.key));
        }
        let rule = rule.value();
        let message = single(&validation.message, errors).value();
        if let Some(rule) = rule {
            check_rule(rule, message, errors);
            if validations.iter().any(|other| other.rule == rule.value()) {
                errors.push(error::validation_twice(&rule.0));
            }
        }
        if let Some(message) = message {
            check_message(message, errors);
        }
        let reason = single(&validation.reason, errors).value();
        if let Some(reason) = reason.filter(|reason| !REASONS.contains(&reason.value().as_str())) {
            errors.push(error::bad_reason(&reason.0, nearest(&reason.value(), REASONS), REASONS));
        }
        let field_path = single(&validation.field_path, errors).value();
        if let Some(path) = field_path {
            check_field_path(path, fields, errors);
        }
        if let Some(rule) = rule {
            validations.push(Validation {
                rule: rule.value(),
                message: message.map(Text::value).unwrap_or_default(),
                reason: reason.map(Text::value).unwrap_or_default(),
                field_path: field_path.map(Text::value).unwrap_or_default(),
            });
        }
    }
    validations
}

/// `rule = ""`, or a rule of several lines that no client could read
fn check_rule(rule: &Text, message: Option<&Text>, errors: &mut Errors) {
    let text = rule.value();
    if text.trim().is_empty() {
        errors.push(error::empty_rule(&rule.0));
    } else if text.trim().contains(['\n', '\r']) && message.is_none() {
        errors.push(error::rule_needs_message(&rule.0));
    }
}

/// `message = ""`
fn check_message(message: &Text, errors: &mut Errors) {
    let text = message.value();
    if text.trim().is_empty() || text.trim().contains(['\n', '\r']) {
        errors.push(error::bad_message(&message.0));
    }
}

/// `field_path = ".spec.items[0]"`
fn check_field_path(path: &Text, fields: &[Field], errors: &mut Errors) {
    match json_path::check_named(&path.value()) {
        Ok(first) => json_path::leads_somewhere(path, &first, fields, errors),
        Err(problem) => errors.push(error::bad_json_path(&path.0, problem)),
    }
}
