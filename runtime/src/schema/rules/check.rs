//! One document checked against the rules: in the order, with the words and the causes of a CustomResource's errors
//! (contract 17).
//!
//! The order within a value: its type, variants, then its length or size or range, then its list of values, then its parts.

use serde_json::{Map, Number, Value};

use super::{Rules, Width, embedded, lists};
use crate::field::{Error, ErrorList, Path};
use crate::golang::number::{GoNumber, is_whole};
use crate::quote::{float, quoted};
use crate::schema::{Limits, push_field, push_index};

/// How many errors are told of one document. It keeps what a hostile one costs within bounds.
const MAX_ERRORS: usize = 1000;

/// One check, and what it found so far.
pub(crate) struct Check<'a> {
    /// The field that the document is the value of. Upstream's texts begin below it, its causes do not.
    field: &'a str,
    path: String,
    found: Vec<Found>,
}

/// An error and the text by which upstream tells whether it has it already.
struct Found {
    text: String,
    error: Error,
}

impl<'a> Check<'a> {
    /// A check of the value of a field; the field is empty for a whole object.
    pub(crate) fn new(field: &'a str) -> Self {
        Self { field, path: String::new(), found: Vec::new() }
    }

    /// What is wrong with a document. What did not change since `old` is not held against it.
    pub(crate) fn value(mut self, rules: &Rules, value: &Value, old: Option<&Value>) -> ErrorList {
        self.node(rules, value, old);
        let mut errors: ErrorList = self.found.into_iter().map(|found| found.error).collect();
        let path = Path::new(self.field);
        errors.extend(embedded::problems(rules, value, &path));
        let repeated = lists::repeated(rules, value, &path);
        // Lists with repeated items stay as they are until they are in order once.
        if !repeated.is_empty() && old.is_none_or(|old| lists::repeated(rules, old, &path).is_empty()) {
            errors.extend(repeated);
        }
        errors
    }

    /// Checks a value, and returns how many checks it passed by upstream's count, which variants are compared by.
    fn node(&mut self, rules: &Rules, value: &Value, old: Option<&Value>) -> u32 {
        let before = self.found.len();
        let passed = self.rules(rules, value, old);
        if self.found.len() > before && old == Some(value) {
            self.found.truncate(before);
        }
        passed
    }

    fn rules(&mut self, rules: &Rules, value: &Value, old: Option<&Value>) -> u32 {
        if self.found.len() >= MAX_ERRORS {
            return 1;
        }
        let fits = self.is_of_type(rules, value);
        if value.is_null() {
            // The type lets a null be where it is.
            if !fits {
                self.allowed(rules, value);
            }
            return u32::from(fits);
        }
        let mut passed = 2 + u32::from(rules.typed) + u32::from(rules.typed && fits);
        passed += self.variants(rules, value, old) + 2;
        match value {
            Value::String(text) => passed += self.string(rules, text),
            Value::Number(number) => passed += self.number(rules, number),
            Value::Array(items) => passed += self.items(rules, items, old),
            _ => {}
        }
        self.allowed(rules, value);
        if let Value::Object(members) = value {
            passed += self.members(rules, members, old) + 1;
        }
        passed
    }

    fn is_of_type(&mut self, rules: &Rules, value: &Value) -> bool {
        let mismatch = match &rules.kind {
            Some(kind) => kind.mismatch(value),
            None => rules.width.and_then(|width| width.mismatch(value)),
        };
        let Some((expected, actual)) = mismatch else { return true };
        let words = format!("must be of type {expected}: {}", quoted(actual));
        let detail = self.sentence(&words);
        self.add(&words, |path| Error::type_invalid(path, actual, detail));
        false
    }

    /// The list of values.
    fn allowed(&mut self, rules: &Rules, value: &Value) {
        if !rules.values.is_empty() && !rules.values.iter().any(|allowed| same(allowed, value)) {
            let names: Vec<_> = rules.values.iter().map(name).collect();
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            let words = format!("should be one of {names:?}");
            self.add(&words, |path| Error::not_supported(path, value, &names));
        }
    }

    fn string(&mut self, rules: &Rules, text: &str) -> u32 {
        let Limits { min_length, max_length, pattern, .. } = &rules.limits;
        let length = || text.chars().count() as u64;
        if let Some(max) = max_length.filter(|max| length() > *max) {
            let error = |path| Error::too_long(path, usize::try_from(max).unwrap_or(usize::MAX));
            self.add(&format!("should be at most {max} chars long"), error);
        } else if let Some(min) = min_length.filter(|min| length() < *min) {
            self.invalid(text, &format!("should be at least {min} chars long"));
        } else if rules.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(text)) {
            self.invalid(text, &format!("should match '{}'", pattern.as_deref().unwrap_or_default()));
        }
        let Some((name, is_of_format)) = &rules.format else { return 1 };
        if !is_of_format(text) {
            let detail = self.sentence(&format!("must be of type {name}: {}", quoted(text)));
            self.add(&detail, |path| Error::type_invalid(path, text, detail.clone()));
        }
        2
    }

    fn number(&mut self, rules: &Rules, number: &Number) -> u32 {
        // A whole number that is no integer for the Rust type was most likely written as one.
        let number = match rules.width {
            None | Some(Width::Float) => GoNumber::written(number),
            Some(_) => GoNumber::of(number),
        };
        if let Some(kind) = rules.width.filter(|width| !width.holds(number)).map(Width::name) {
            self.add_root(format!("Checked value must be of type {kind} in {}", self.path));
        }
        let limits = &rules.limits;
        if let Some(factor) = limits.multiple_of.as_ref() {
            self.multiple_of(number, factor);
        }
        let (max, min) = (limits.maximum.as_ref(), limits.minimum.as_ref());
        let too_large = if limits.exclusive_maximum {
            max.filter(|max| !less(number, bound(number, max))).map(|max| ("less than", max))
        } else {
            max.filter(|max| less(bound(number, max), number)).map(|max| ("less than or equal to", max))
        };
        let too_small = if limits.exclusive_minimum {
            min.filter(|min| !less(bound(number, min), number)).map(|min| ("greater than", min))
        } else {
            min.filter(|min| less(number, bound(number, min))).map(|min| ("greater than or equal to", min))
        };
        for (words, limit) in [too_large, too_small].into_iter().flatten() {
            self.invalid(number, &format!("should be {words} {}", told(bound(number, limit))));
        }
        2
    }

    /// Upstream divides integers by what is left of the factor without its fraction, and says so when that is nothing.
    fn multiple_of(&mut self, number: GoNumber, factor: &Number) {
        let factor = bound(number, factor);
        if factor.as_f64() <= 0.0 {
            let why =
                format!("factor MultipleOf declared for {} must be positive: {}", self.path, told(factor));
            self.add(&why.clone(), |path| Error::invalid(path, factor, why));
        } else if !is_multiple(number, factor) {
            self.invalid(number, &format!("should be a multiple of {}", told(factor)));
        }
    }

    fn items(&mut self, rules: &Rules, items: &[Value], old: Option<&Value>) -> u32 {
        let mut passed = 2;
        if let Some(of_items) = rules.items.as_deref() {
            let old = lists::Correlation::of(&rules.list, old);
            let length = self.path.len();
            for (index, item) in items.iter().enumerate() {
                push_index(&mut self.path, index);
                passed += self.node(of_items, item, old.of_item(item));
                self.path.truncate(length);
            }
        }
        let size = items.len();
        if let Some(min) = rules.limits.min_items.filter(|min| (size as u64) < *min) {
            self.invalid(size, &format!("should have at least {min} items"));
        }
        self.too_many(size, rules.limits.max_items, "items");
        passed
    }

    fn members(&mut self, rules: &Rules, members: &Map<String, Value>, old: Option<&Value>) -> u32 {
        let mut passed = 0;
        let size = members.len();
        if let Some(min) = rules.limits.min_properties.filter(|min| (size as u64) < *min) {
            self.invalid(size, &format!("should have at least {min} properties"));
        }
        self.too_many(size, rules.limits.max_properties, "properties");
        let old = |name: &str| old.and_then(|old| old.get(name));
        let length = self.path.len();
        if let Some(additional) = rules.additional.as_deref() {
            for (name, member) in members {
                push_field(&mut self.path, name);
                passed += self.node(additional, member, old(name));
                self.path.truncate(length);
            }
        }
        for (name, rules) in &rules.properties {
            if let Some(member) = members.get(name) {
                push_field(&mut self.path, name);
                passed += self.node(rules, member, old(name));
                self.path.truncate(length);
            }
        }
        for required in &rules.required {
            let missing = match members.get(&required.field) {
                None => true,
                Some(member) => member.is_null() && !required.nullable,
            };
            if missing {
                push_field(&mut self.path, &required.field);
                self.add("is required", |path| Error::required(path, ""));
                self.path.truncate(length);
            }
        }
        passed
    }

    /// `anyOf`, `oneOf`, `allOf` and `not`. Of the variants that failed, the one that came closest is told.
    fn variants(&mut self, rules: &Rules, value: &Value, old: Option<&Value>) -> u32 {
        let mut passed = 0;
        if !rules.any_of.is_empty() {
            let Choice { valid, closest, .. } = self.choose(&rules.any_of, value, old, true);
            if valid == 0 {
                self.add_root(format!("{} must validate at least one schema (anyOf)", quoted(&self.path)));
            }
            passed += self.merge(closest);
        }
        if !rules.one_of.is_empty() {
            let Choice { valid, closest } = self.choose(&rules.one_of, value, old, false);
            let found = match valid {
                1 => None,
                0 => Some("Found none valid".to_owned()),
                several => Some(format!("Found {several} valid alternatives")),
            };
            if let Some(found) = &found {
                let path = quoted(&self.path);
                self.add_root(format!("{path} must validate one and only one schema (oneOf). {found}"));
            }
            if valid <= 1 {
                passed += self.merge(closest);
            }
        }
        let mut valid = 0;
        for part in &rules.all_of {
            let result = self.branch(part, value, old);
            valid += usize::from(result.0.is_empty());
            passed += self.merge(Some(result));
        }
        if valid != rules.all_of.len() {
            let none = if valid == 0 { ". None validated" } else { "" };
            self.add_root(format!("{} must validate all the schemas (allOf){none}", quoted(&self.path)));
        }
        if rules.not.as_deref().is_some_and(|not| self.branch(not, value, old).0.is_empty()) {
            self.add_root(format!("{} must not validate the schema (not)", quoted(&self.path)));
        }
        passed
    }

    fn choose(&mut self, variants: &[Rules], value: &Value, old: Option<&Value>, first: bool) -> Choice {
        let mut choice = Choice { valid: 0, closest: None };
        for variant in variants {
            let result = self.branch(variant, value, old);
            if result.0.is_empty() {
                choice.valid += 1;
                if choice.valid == 1 {
                    choice.closest = Some(result);
                }
                if first {
                    break;
                }
            } else if choice.valid == 0 && choice.closest.as_ref().is_none_or(|(_, best)| result.1 > *best) {
                choice.closest = Some(result);
            }
        }
        choice
    }

    /// Checks a variant on the side.
    fn branch(&mut self, rules: &Rules, value: &Value, old: Option<&Value>) -> (Vec<Found>, u32) {
        let outer = std::mem::take(&mut self.found);
        let passed = self.rules(rules, value, old);
        (std::mem::replace(&mut self.found, outer), passed)
    }

    fn merge(&mut self, result: Option<(Vec<Found>, u32)>) -> u32 {
        let Some((found, passed)) = result else { return 0 };
        for found in found {
            self.push(found);
        }
        passed
    }

    fn too_many(&mut self, size: usize, max: Option<u64>, what: &str) {
        if let Some(max) = max.filter(|max| size as u64 > *max) {
            let error = |path| Error::too_many(path, size, usize::try_from(max).unwrap_or(usize::MAX));
            self.add(&format!("should have at most {max} {what}"), error);
        }
    }

    fn invalid(&mut self, value: impl serde::Serialize, words: &str) {
        let detail = self.sentence(words);
        self.add(words, |path| Error::invalid(path, value, detail));
    }

    /// The words as upstream writes them, which knows where a value came from.
    fn sentence(&self, words: &str) -> String {
        format!("{} in body {words}", self.path)
    }

    fn add(&mut self, words: &str, error: impl FnOnce(Path) -> Error) {
        let path = match (self.field, self.path.as_str()) {
            ("", path) => Path::new(path),
            (field, "") => Path::new(field),
            (field, path) => Path::new(field).child(path),
        };
        self.push(Found { text: self.sentence(words), error: error(path) });
    }

    /// An error that upstream does not place.
    fn add_root(&mut self, detail: String) {
        let error = Error::invalid(Path::new(self.field), "", detail.clone());
        self.push(Found { text: detail, error });
    }

    fn push(&mut self, found: Found) {
        if self.found.len() < MAX_ERRORS && self.found.iter().all(|known| known.text != found.text) {
            self.found.push(found);
        }
    }
}

/// How a value fared with several variants.
struct Choice {
    valid: usize,
    /// What the first variant that fits found, which is nothing; else what the one found that came closest.
    closest: Option<(Vec<Found>, u32)>,
}

impl Width {
    fn holds(self, number: GoNumber) -> bool {
        match (self, number) {
            (Self::Int32, number) => (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&whole(number)),
            // Beyond this, no float is a 64-bit integer.
            (Self::Integer | Self::Int64, number) => {
                whole(number).abs() < 9.223_372_036_854_776e18 || matches!(number, GoNumber::Integer(_))
            }
            (Self::Float, number) => number.as_f64().abs() <= f64::from(f32::MAX),
        }
    }

    /// An integer so large that Go's decoder makes a float of it, which then is of another type.
    fn mismatch(self, value: &Value) -> Option<(String, &'static str)> {
        let large =
            value.as_number().is_some_and(|number| matches!(GoNumber::of(number), GoNumber::Float(_)));
        match self {
            Self::Integer if large => Some(("integer".to_owned(), "number")),
            Self::Int32 if large => Some(("int32".to_owned(), "float64")),
            Self::Int64 if large => Some(("int64".to_owned(), "float64")),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer (default format)",
            Self::Int32 => "integer with format int32",
            Self::Int64 => "integer with format int64",
            Self::Float => "number with format float",
        }
    }
}

/// The number; none where it is not whole.
fn whole(number: GoNumber) -> f64 {
    Some(number.as_f64()).filter(|number| number.fract() == 0.0).unwrap_or(f64::NAN)
}

/// A bound as upstream compares it: it loses its fraction before an integer.
#[allow(clippy::cast_possible_truncation, reason = "upstream does the same")]
fn bound(number: GoNumber, bound: &Number) -> GoNumber {
    match (number, GoNumber::of(bound)) {
        (GoNumber::Integer(_), GoNumber::Float(bound)) => GoNumber::Integer(bound as i64),
        (GoNumber::Float(_), bound) => GoNumber::Float(bound.as_f64()),
        (_, bound) => bound,
    }
}

fn less(a: GoNumber, b: GoNumber) -> bool {
    match (a, b) {
        (GoNumber::Integer(a), GoNumber::Integer(b)) => a < b,
        (a, b) => a.as_f64() < b.as_f64(),
    }
}

fn is_multiple(number: GoNumber, factor: GoNumber) -> bool {
    if let (GoNumber::Integer(number), GoNumber::Integer(factor)) = (number, factor) {
        return number.checked_rem(factor).is_none_or(|rest| rest == 0);
    }
    let (number, factor) = (number.as_f64(), factor.as_f64());
    // Upstream's way round, which rounds as upstream does.
    is_whole(if factor < 1.0 { 1.0 / factor * number } else { number / factor })
}

/// A number as it is told.
fn told(number: GoNumber) -> String {
    match number {
        GoNumber::Integer(integer) => integer.to_string(),
        GoNumber::Float(number) => float(number),
    }
}

/// Numbers are the same with and without `.0`. Where a whole number is allowed, upstream takes no notice of a fraction.
fn same(allowed: &Value, value: &Value) -> bool {
    let (Value::Number(allowed), Value::Number(value)) = (allowed, value) else { return allowed == value };
    match (GoNumber::of(allowed), GoNumber::of(value)) {
        (GoNumber::Integer(allowed), GoNumber::Integer(value)) => allowed == value,
        (GoNumber::Integer(_), GoNumber::Float(value)) => allowed.as_f64() == Some(value.trunc()),
        (allowed, value) => allowed.as_f64().total_cmp(&value.as_f64()).is_eq(),
    }
}

/// An allowed value as it is listed.
fn name(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
