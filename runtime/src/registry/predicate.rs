//! What a list, a watch or a delete-collection selects (contract 4.8, 6.31).

use std::sync::Arc;

use super::{codec, selectable};
use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::info::ResourceInfo;
use crate::meta::validation::path_segment_name;
use crate::options::ListOptions;
use crate::selector::{FieldSelector, LabelSelector};
use crate::storage::{Interest, Screen, Snapshot, Stored};

const NAME: &str = "metadata.name";
const NAMESPACE: &str = "metadata.namespace";

/// A place to look in, and what must be true of the objects there.
#[derive(Debug)]
pub(super) struct Predicate {
    info: &'static ResourceInfo,
    scope: Interest,
    labels: LabelSelector,
    fields: FieldSelector,
    screen: Screen,
}

impl Predicate {
    /// What a request selects; 400 when it names a field that cannot be selected by.
    ///
    /// Without `narrow` the selectors do not narrow the scope, as when a list continues.
    pub(super) fn new(
        info: &'static ResourceInfo,
        ctx: &RequestContext,
        options: &ListOptions,
        narrow: bool,
    ) -> Result<Self> {
        let fields = &options.field_selector;
        let supported = |field: &str| match field {
            NAME => true,
            NAMESPACE => info.is_namespaced(),
            field => selectable::position(info, field).is_some(),
        };
        if let Some(field) = fields.fields().find(|field| !supported(field)) {
            return Err(Error::bad_request(format!("field label not supported: {field}")));
        }
        let exact =
            |field| fields.exact(field).filter(|value| narrow && path_segment_name(value, false).is_empty());
        let namespace = match (info.is_namespaced(), ctx.namespace()) {
            (false, _) => "",
            (true, "") => exact(NAMESPACE).unwrap_or_default(),
            (true, namespace) => namespace,
        };
        let scope = match exact(NAME) {
            Some(name) if !info.is_namespaced() || !namespace.is_empty() => {
                Interest::Object(codec::key(namespace, name))
            }
            _ if namespace.is_empty() => Interest::All,
            _ => Interest::Namespace(namespace.to_owned()),
        };
        let (labels, fields) = (options.label_selector.clone(), fields.clone());
        let mut screen = Screen::default();
        labels.screen(&mut screen);
        if let Some(name) = fields.exact(NAME) {
            screen.name(name);
        }
        Ok(Self { info, scope, labels, fields, screen })
    }

    /// Where to look.
    pub(super) fn scope(&self) -> &Interest {
        &self.scope
    }

    /// Whether nothing is asked of the objects in the scope (contract 5.19).
    pub(super) fn selects_all(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// The next objects that are selected of a snapshot, in key order: up to `most` after one, or from the first.
    pub(super) fn select(
        &self,
        snapshot: &Snapshot,
        after: Option<&Stored>,
        most: usize,
    ) -> Vec<Arc<Stored>> {
        let prefix = match &self.scope {
            Interest::All => String::new(),
            Interest::Namespace(namespace) => format!("{namespace}/"),
            Interest::Object(key) => {
                let only = snapshot.get(key).filter(|stored| after.is_none() && self.selects(stored));
                return only.cloned().into_iter().collect();
            }
        };
        let from = after.map_or_else(String::new, |after| format!("{}\0", after.key()));
        let candidates = self.candidates(snapshot, &prefix, &from);
        candidates.filter(|object| self.selects(object)).take(most).cloned().collect()
    }

    /// The objects below a prefix, from a key on, among which are all that are selected: those that an index knows where
    /// the value of a selectable field is given, or those that cannot be ruled out without a look.
    pub(super) fn candidates<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        prefix: &'a str,
        from: &'a str,
    ) -> Box<dyn Iterator<Item = &'a Arc<Stored>> + 'a> {
        let indexed = self.fields.fields().find_map(|field| {
            let position = selectable::position(self.info, field)?;
            Some((position, self.fields.exact(field)?))
        });
        if let Some((field, value)) = indexed {
            return Box::new(snapshot.range_by_field(field, value, prefix, from));
        }
        let excluded = self.fields.excluded().find_map(|(field, value)| {
            let position = selectable::position(self.info, field)?;
            snapshot.range_by_other_fields(position, value, prefix, from)
        });
        match excluded {
            Some(others) => Box::new(others.into_iter()),
            None => Box::new(snapshot.range_screened(&self.screen, prefix, from)),
        }
    }

    /// Whether an object of the scope is selected.
    pub(super) fn selects(&self, stored: &Stored) -> bool {
        self.selects_all()
            || self.labels.matches(stored.header())
                && self.fields.matches(|field| match field {
                    NAME => stored.name(),
                    NAMESPACE => stored.namespace(),
                    field => {
                        selectable::position(self.info, field).map_or("", |at| stored.header().field(at))
                    }
                })
    }

    /// Whether an object is in the scope and selected.
    pub(super) fn matches(&self, stored: &Stored) -> bool {
        let in_scope = match &self.scope {
            Interest::All => true,
            Interest::Namespace(namespace) => stored.namespace() == namespace,
            Interest::Object(key) => stored.key() == key,
        };
        in_scope && self.selects(stored)
    }
}
