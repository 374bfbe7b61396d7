//! Checks what watches showed against everything that was written (reliability D7, D8).
//!
//! Of each watch it is known after which revision it began and what it selects. From the writes follows what it had to
//! show, so that one comparison finds whatever is wrong: an event that is missing, that comes twice, out of order, that was
//! not selected, of the wrong type, or with the wrong content; and a bookmark that promised too much.

use std::collections::{BTreeMap, HashMap, btree_map};
use std::iter::Peekable;

/// What was written: by revision, the object and what became of it.
#[derive(Clone, Debug, Default)]
pub struct Writes {
    by_revision: BTreeMap<u64, Write>,
}

/// One write.
#[derive(Clone, Debug)]
struct Write {
    key: String,
    current: Option<String>,
    previous: Option<String>,
}

/// What one watch showed, from its start to its end.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// After which revision it began.
    pub after: u64,
    /// What it showed.
    pub shown: Vec<Shown>,
}

/// An event as a watch shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// An object came into view.
    Added(Object),
    /// An object changed within view.
    Modified(Object),
    /// An object left view: its old content at the revision of the change (contract 5.40).
    Deleted(Object),
    /// Everything up to this revision was shown (contract 5.43).
    Bookmark(u64),
}

/// An object in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its key.
    pub key: String,
    /// The revision that it was shown at.
    pub revision: u64,
    /// Its content.
    pub content: String,
}

impl Shown {
    /// The revision up to which everything has been shown.
    pub fn revision(&self) -> u64 {
        match self {
            Self::Added(object) | Self::Modified(object) | Self::Deleted(object) => object.revision,
            Self::Bookmark(revision) => *revision,
        }
    }
}

impl Session {
    /// Where the next watch goes on.
    pub fn end(&self) -> u64 {
        self.shown.last().map_or(self.after, Shown::revision)
    }
}

impl Writes {
    /// The writes, in any order; each is a revision, an object, and its content, or nothing for a delete.
    pub fn new(writes: impl IntoIterator<Item = (u64, String, Option<String>)>) -> Self {
        let sorted: BTreeMap<_, _> =
            writes.into_iter().map(|(revision, key, current)| (revision, (key, current))).collect();
        let mut now: HashMap<String, String> = HashMap::new();
        let by_revision = sorted.into_iter().map(|(revision, (key, current))| {
            let previous = match &current {
                Some(content) => now.insert(key.clone(), content.clone()),
                None => now.remove(&key),
            };
            (revision, Write { key, current, previous })
        });
        Self { by_revision: by_revision.collect() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_revision.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_revision.is_empty()
    }

    /// The objects as they stood after one revision after the other.
    pub fn replay(&self) -> Replay<'_> {
        Replay { rest: self.by_revision.iter().peekable(), objects: BTreeMap::new() }
    }

    /// Checks a watch that showed what `selects` an object's key and content, and returns how many events that were.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, in words.
    pub fn check(&self, session: &Session, selects: impl Fn(&str, &str) -> bool) -> Result<usize, String> {
        let later = self.by_revision.range(session.after + 1..);
        let mut due = later.filter_map(|(revision, write)| expected(*revision, write, &selects)).peekable();
        let (mut events, mut reached) = (0, session.after);
        for shown in &session.shown {
            if shown.revision() < reached {
                return Err(format!("{shown:?} came after revision {reached}"));
            }
            reached = shown.revision();
            match (shown, due.peek()) {
                (Shown::Bookmark(revision), Some(due)) if due.revision() <= *revision => {
                    return Err(format!("a bookmark at {revision} came before {due:?}"));
                }
                (Shown::Bookmark(_), _) => {}
                (event, Some(wanted)) if event == wanted => {
                    events += 1;
                    due.next();
                }
                (event, wanted) => return Err(format!("{event:?} was shown where {wanted:?} was due")),
            }
        }
        Ok(events)
    }
}

/// The writes from the first one on: each is looked at once, however many lists are compared.
#[derive(Debug)]
pub struct Replay<'a> {
    rest: Peekable<btree_map::Iter<'a, u64, Write>>,
    objects: BTreeMap<&'a str, (u64, &'a str)>,
}

impl<'a> Replay<'a> {
    /// The objects that stood after a revision, which does not lie before the one that was asked for last.
    pub fn objects_at(&mut self, revision: u64) -> &BTreeMap<&'a str, (u64, &'a str)> {
        while let Some((at, write)) = self.rest.next_if(|(at, _)| **at <= revision) {
            match &write.current {
                Some(content) => drop(self.objects.insert(write.key.as_str(), (*at, content.as_str()))),
                None => drop(self.objects.remove(write.key.as_str())),
            }
        }
        &self.objects
    }
}

/// What a watch must show of a write, if anything.
fn expected(revision: u64, write: &Write, selects: impl Fn(&str, &str) -> bool) -> Option<Shown> {
    let selected = |content: &Option<String>| {
        let content = content.as_ref().filter(|content| selects(&write.key, content))?;
        Some(Object { key: write.key.clone(), revision, content: content.clone() })
    };
    match (selected(&write.previous), selected(&write.current)) {
        (None, None) => None,
        (None, Some(object)) => Some(Shown::Added(object)),
        (Some(_), Some(object)) => Some(Shown::Modified(object)),
        (Some(old), None) => Some(Shown::Deleted(old)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writes() -> Writes {
        let write = |revision, key: &str, content: Option<&str>| {
            (revision, key.to_owned(), content.map(str::to_owned))
        };
        Writes::new([
            write(2, "a", Some("in 1")),
            write(3, "b", Some("out 1")),
            write(4, "a", Some("in 2")),
            write(5, "b", Some("in 2")),
            write(6, "a", Some("out 3")),
            write(7, "b", None),
        ])
    }

    fn object(key: &str, revision: u64, content: &str) -> Object {
        Object { key: key.to_owned(), revision, content: content.to_owned() }
    }

    fn all() -> Vec<Shown> {
        vec![
            Shown::Added(object("a", 2, "in 1")),
            Shown::Bookmark(3),
            Shown::Modified(object("a", 4, "in 2")),
            Shown::Added(object("b", 5, "in 2")),
            Shown::Deleted(object("a", 6, "in 2")),
            Shown::Deleted(object("b", 7, "in 2")),
            Shown::Bookmark(9),
        ]
    }

    fn check(after: u64, shown: Vec<Shown>) -> Result<usize, String> {
        writes().check(&Session { after, shown }, |_, content| content.starts_with("in"))
    }

    #[test]
    fn a_true_watch_passes_from_wherever_it_begins() {
        assert_eq!(check(1, all()), Ok(5));
        assert_eq!(check(3, all().split_off(2)), Ok(4));
        assert_eq!(check(3, all().drain(2..4).collect()), Ok(2), "it may end early");
    }

    #[test]
    fn a_replay_stops_at_each_revision() {
        let writes = writes();
        let mut replay = writes.replay();
        assert_eq!(*replay.objects_at(1), [].into());
        assert_eq!(*replay.objects_at(3), [("a", (2, "in 1")), ("b", (3, "out 1"))].into());
        assert_eq!(*replay.objects_at(3), [("a", (2, "in 1")), ("b", (3, "out 1"))].into());
        assert_eq!(*replay.objects_at(5), [("a", (4, "in 2")), ("b", (5, "in 2"))].into());
        assert_eq!(*replay.objects_at(9), [("a", (6, "out 3"))].into());
    }

    #[test]
    fn every_fault_is_found() {
        let spoilt = |spoil: fn(&mut Vec<Shown>)| {
            let mut shown = all();
            spoil(&mut shown);
            check(1, shown).expect_err("a fault")
        };
        for fault in [
            spoilt(|shown| drop(shown.remove(2))),
            spoilt(|shown| shown.insert(2, shown[0].clone())),
            spoilt(|shown| shown.insert(3, shown[2].clone())),
            spoilt(|shown| shown.swap(2, 3)),
            spoilt(|shown| shown[2] = Shown::Added(object("a", 4, "in 2"))),
            spoilt(|shown| shown[4] = Shown::Deleted(object("a", 6, "out 3"))),
            spoilt(|shown| shown[1] = Shown::Bookmark(4)),
            spoilt(|shown| shown.insert(2, Shown::Added(object("b", 3, "out 1")))),
            spoilt(|shown| shown.push(Shown::Bookmark(8))),
        ] {
            assert!(
                fault.contains("revision") || fault.contains("due") || fault.contains("bookmark"),
                "{fault}"
            );
        }
        assert!(check(2, all()).is_err(), "what was before its start is not shown");
    }
}
