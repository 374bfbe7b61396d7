//! What can be said of an object without looking at it: a few bits beside it in the tree rule out most of those that a
//! selector does not select.
//!
//! Objects lie anywhere in memory, and to look at one costs more than to compare it. The bits lie side by side.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Stored;

/// The facts of an object: its name, the keys of its labels, and their values. None is missing; some may seem to be there
/// that are not (a Bloom filter).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fingerprint(u64);

/// The bits of one fact.
#[derive(Clone, Copy, Debug)]
struct Fact(u64);

/// What must be true of an object for it to be looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Screen {
    /// Of each group, one fact at least.
    groups: Vec<Vec<Fact>>,
}

impl Fact {
    fn of(fact: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        fact.hash(&mut hasher);
        let hash = hasher.finish();
        Self(1 << (hash & 63) | 1 << (hash >> 6 & 63))
    }

    fn name(name: &str) -> Self {
        Self::of((0, name))
    }

    fn label(key: &str) -> Self {
        Self::of((1, key))
    }

    fn value(key: &str, value: &str) -> Self {
        Self::of((2, key, value))
    }
}

impl Fingerprint {
    pub(super) fn of(object: &Stored) -> Self {
        let labels = object.header().labels.iter();
        let labels = labels.flat_map(|(key, value)| [Fact::label(key), Fact::value(key, value)]);
        let facts = labels.chain([Fact::name(object.name())]);
        Self(facts.fold(0, |bits, Fact(fact)| bits | fact))
    }
}

impl Screen {
    /// Only an object with this name.
    pub(crate) fn name(&mut self, name: &str) {
        self.groups.push(vec![Fact::name(name)]);
    }

    /// Only an object with this label, whatever its value.
    pub(crate) fn label(&mut self, key: &str) {
        self.groups.push(vec![Fact::label(key)]);
    }

    /// Only an object with one of these values in a label.
    pub(crate) fn values<'a>(&mut self, key: &str, values: impl Iterator<Item = &'a str>) {
        self.groups.push(values.map(|value| Fact::value(key, value)).collect());
    }

    /// Whether an object may be what is looked for.
    pub(super) fn admits(&self, Fingerprint(bits): Fingerprint) -> bool {
        self.groups.iter().all(|group| group.iter().any(|Fact(fact)| bits & fact == *fact))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::storage::Header;

    fn object(name: &str, labels: &[(&str, &str)]) -> Stored {
        let labels = labels.iter().map(|(key, value)| (Box::from(*key), Box::from(*value))).collect();
        let header = Arc::new(Header { labels, ..Header::default() });
        Stored::new(&format!("ns/{name}"), 0, &bytes::Bytes::from_static(b"{}"), header)
    }

    #[test]
    fn what_is_selected_is_never_ruled_out() {
        let names: Vec<String> = (0..1_000).map(|number| format!("n{number}")).collect();
        for name in &names {
            let all: Vec<_> = names.iter().take(40).map(|key| (key.as_str(), name.as_str())).collect();
            let fingerprint = Fingerprint::of(&object(name, &all));
            let mut screen = Screen::default();
            screen.name(name);
            for (key, value) in all {
                screen.label(key);
                screen.values(key, ["none", value].into_iter());
            }
            assert!(screen.admits(fingerprint));
            assert!(Screen::default().admits(fingerprint));
        }
    }

    #[test]
    fn most_of_what_is_not_selected_is_ruled_out() {
        let labels = [("app", "web"), ("tier", "front"), ("team", "green"), ("zone", "north")];
        let fingerprint = Fingerprint::of(&object("a", &labels));
        let admitted = |look: &dyn Fn(&mut Screen, &str)| {
            let looked_for = (0..1_000).map(|number| format!("x{number}"));
            let screens = looked_for.map(|word| {
                let mut screen = Screen::default();
                look(&mut screen, &word);
                screen
            });
            screens.filter(|screen| screen.admits(fingerprint)).count()
        };
        assert!(admitted(&|screen, word| screen.name(word)) < 150);
        assert!(admitted(&|screen, word| screen.label(word)) < 150);
        assert!(admitted(&|screen, word| screen.values("app", [word].into_iter())) < 150);
    }
}
