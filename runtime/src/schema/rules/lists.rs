//! Lists whose items must differ: `x-kubernetes-list-type` `set` and `map`.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{List, Rules};
use crate::field::{Error, ErrorList, Path};

/// The items that are there already, each reported at its first repetition.
pub(super) fn repeated(rules: &Rules, value: &Value, path: &Path) -> ErrorList {
    let mut errors = ErrorList::new();
    collect(rules, value, path, &mut errors);
    errors
}

fn collect(rules: &Rules, value: &Value, path: &Path, errors: &mut ErrorList) {
    if !rules.has.lists {
        return;
    }
    match value {
        Value::Object(members) => {
            if let Some(additional) = &rules.additional {
                for (name, member) in members {
                    collect(additional, member, &path.key(name), errors);
                }
            }
            for (name, rules) in &rules.properties {
                if let Some(member) = members.get(name).filter(|_| rules.has.lists) {
                    collect(rules, member, &path.child(name), errors);
                }
            }
        }
        Value::Array(items) => {
            match &rules.list {
                List::Free => {}
                List::Set => find(items, |item| vec![Some(item)], Clone::clone, path, errors),
                List::Map(keys) => match items.iter().position(|item| !item.is_object() && !item.is_null()) {
                    Some(index) => {
                        let why = "must be an object for an array of list-type map";
                        errors.extend(
                            items.get(index).map(|item| Error::invalid(path.index(index), item, why)),
                        );
                    }
                    None => {
                        find(items, |item| identity_of(item, keys), |item| key_of(item, keys), path, errors);
                    }
                },
            }
            if let Some(rules) = rules.items.as_deref().filter(|rules| rules.has.lists) {
                for (index, item) in items.iter().enumerate() {
                    collect(rules, item, &path.index(index), errors);
                }
            }
        }
        _ => {}
    }
}

fn find<'a>(
    items: &'a [Value],
    identity: impl Fn(&'a Value) -> Identity<'a>,
    told: impl Fn(&'a Value) -> Value,
    path: &Path,
    errors: &mut ErrorList,
) {
    if items.len() < 2 {
        return;
    }
    let mut seen = HashMap::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let times = seen.entry(identity(item)).or_insert(0_usize);
        *times += 1;
        if *times == 2 {
            errors.push(Error::duplicate(path.index(index), told(item)));
        }
    }
}

/// What makes an item the one that it is: the whole of it, or its keys.
type Identity<'a> = Vec<Option<&'a Value>>;

fn identity_of<'a>(item: &'a Value, keys: &[String]) -> Identity<'a> {
    keys.iter().map(|key| item.get(key)).collect()
}

/// The keys of an item, as far as it has them.
fn key_of(item: &Value, keys: &[String]) -> Value {
    let has = |key: &String| item.get(key).map(|value| (key.clone(), value.clone()));
    keys.iter().filter_map(has).collect::<Map<_, _>>().into()
}

/// Which item of the old list an item was: known only where items have keys.
pub(super) struct Correlation<'a> {
    keys: &'a [String],
    old: HashMap<Identity<'a>, &'a Value>,
}

impl<'a> Correlation<'a> {
    pub(super) fn of(list: &'a List, old: Option<&'a Value>) -> Self {
        let (List::Map(keys), Some(Value::Array(items))) = (list, old) else {
            return Self { keys: &[], old: HashMap::new() };
        };
        Self { keys, old: items.iter().map(|item| (identity_of(item, keys), item)).collect() }
    }

    pub(super) fn of_item(&self, item: &'a Value) -> Option<&'a Value> {
        if self.old.is_empty() {
            return None;
        }
        self.old.get(&identity_of(item, self.keys)).copied()
    }
}
