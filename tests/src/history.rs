//! What clients did and what they were told, and whether one order of all writes explains it (reliability D1, D5, D6).
//!
//! The order is known: it is that of the revisions, as a watch saw them. So nothing need be searched. Each write happened
//! at some moment between its request and its answer, and after the write before it; each read saw what stood between two
//! writes. Whether there are such moments is decided in one pass.

use std::collections::{BTreeMap, HashMap};

/// A moment, in nanoseconds since the history began.
pub type Moment = u64;

/// A request, and what became of it.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Just before the request was sent.
    pub begin: Moment,
    /// Just after the answer came; `None` when nobody knows what became of it.
    pub end: Option<Moment>,
    /// What it was.
    pub action: Action,
}

/// What a request was, and what its answer said.
#[derive(Clone, Debug)]
pub enum Action {
    /// A write that was acknowledged, or whose outcome nobody knows.
    Write {
        /// The object.
        key: String,
        /// The revision that it must have been at; 0 when it must not have been there.
        expected: u64,
        /// What was written, different each time; `None` for a delete.
        value: Option<String>,
        /// The revision that the answer gave; a delete's answer gives none.
        told: Option<u64>,
    },
    /// A write that was refused because the object was not at the revision.
    Refused {
        /// The object.
        key: String,
        /// The revision that it was not at; 0 when it was there.
        expected: u64,
    },
    /// A read of one object: its revision and value, if it was there.
    Read {
        /// The object.
        key: String,
        /// What was there.
        found: Option<(u64, String)>,
    },
    /// A consistent list of everything.
    List {
        /// The revision of the list.
        revision: u64,
        /// Each object's revision and value.
        found: BTreeMap<String, (u64, String)>,
    },
}

/// A write as a watch saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The revision of the write.
    pub revision: u64,
    /// The object.
    pub key: String,
    /// What was written; `None` for a delete.
    pub value: Option<String>,
}

/// How much was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Acknowledged writes.
    pub writes: usize,
    /// Writes of which nobody knew the outcome, and which did happen.
    pub surprises: usize,
    /// Reads of one object, and refusals.
    pub reads: usize,
    /// Lists.
    pub lists: usize,
}

/// Checks a history against all writes in the order of their revisions. The error says what cannot be.
pub fn check(log: &[Event], operations: &[Operation]) -> Result<Checked, String> {
    let mut order = Order::new(log)?;
    let checked = order.place_writes(operations)?;
    order.place_reads(operations)?;
    order.place_lists(operations)?;
    order.solve()?;
    Ok(checked)
}

/// The writes in order, and between which moments each must have happened.
struct Order<'a> {
    log: &'a [Event],
    /// The writes of each object, as places in the log.
    of_key: HashMap<&'a str, Vec<usize>>,
    at_least: Vec<Moment>,
    at_most: Vec<Moment>,
}

impl<'a> Order<'a> {
    fn new(log: &'a [Event]) -> Result<Self, String> {
        let mut of_key: HashMap<_, Vec<_>> = HashMap::new();
        for (place, event) in log.iter().enumerate() {
            if place > 0 && log[place - 1].revision >= event.revision {
                return Err(format!("the watch went from {:?} to {event:?}", log[place - 1]));
            }
            of_key.entry(event.key.as_str()).or_default().push(place);
        }
        Ok(Self { log, of_key, at_least: vec![0; log.len()], at_most: vec![Moment::MAX; log.len()] })
    }

    /// Finds the request behind each write, and each acknowledged write in the log.
    fn place_writes(&mut self, operations: &[Operation]) -> Result<Checked, String> {
        let mut checked = Checked::default();
        let mut by_value = HashMap::new();
        let mut deletes: HashMap<(&str, u64), Vec<&Operation>> = HashMap::new();
        let mut acknowledged = 0;
        for operation in operations {
            match &operation.action {
                Action::Write { key, expected, value, .. } => {
                    acknowledged += usize::from(operation.end.is_some());
                    match value {
                        Some(value) => drop(by_value.insert(value.as_str(), operation)),
                        None => deletes.entry((key, *expected)).or_default().push(operation),
                    }
                }
                Action::List { .. } => checked.lists += 1,
                _ => checked.reads += 1,
            }
        }
        for (place, event) in self.log.iter().enumerate() {
            let before = self.before(place).map_or(0, |before| match self.log[before].value {
                Some(_) => self.log[before].revision,
                None => 0,
            });
            let origin = match &event.value {
                Some(value) => by_value.remove(value.as_str()),
                // Of several deletes only one can have been acknowledged; else the earliest explains the most.
                None => deletes.remove(&(event.key.as_str(), before)).and_then(|mut candidates| {
                    candidates.sort_by_key(|operation| (operation.end.is_none(), operation.begin));
                    let others = candidates.iter().skip(1).filter(|operation| operation.end.is_some());
                    (others.count() == 0).then(|| candidates[0])
                }),
            };
            let Some(origin) = origin else { return Err(format!("nobody wrote {event:?}, or two did")) };
            let Action::Write { key, expected, told, .. } = &origin.action else { continue };
            if *key != event.key || *expected != before || told.is_some_and(|told| told != event.revision) {
                return Err(format!("{origin:?} cannot have become {event:?} after revision {before}"));
            }
            self.at_least[place] = origin.begin;
            if let Some(end) = origin.end {
                self.at_most[place] = end;
                checked.writes += 1;
            } else {
                checked.surprises += 1;
            }
        }
        if checked.writes != acknowledged {
            let lost = by_value.values().chain(deletes.values().flatten());
            let lost = lost.into_iter().find(|operation| operation.end.is_some());
            return Err(format!("an acknowledged write was lost: {lost:?}"));
        }
        Ok(checked)
    }

    /// Finds for each read what it may have seen, which is near it in time.
    fn place_reads(&mut self, operations: &[Operation]) -> Result<(), String> {
        let (earliest, latest) = self.bounds();
        for operation in operations {
            let Some(end) = operation.end else { continue };
            let begin = operation.begin;
            let (Action::Read { key, .. } | Action::Refused { key, .. }) = &operation.action else {
                continue;
            };
            let places = self.of_key.get(key.as_str()).map_or(&[][..], Vec::as_slice);
            let first = places.partition_point(|place| latest[*place] < begin);
            let last = places.partition_point(|place| earliest[*place] <= end);
            // A state begins with a write and ends with the next; the first one begins, and the last one ends, with none.
            let states = (first..=last)
                .map(|state| (state.checked_sub(1).map(|from| places[from]), places.get(state).copied()));
            let mut possible = states.filter(|(from, until)| {
                fits(&operation.action, from.map(|from| &self.log[from]))
                    && from.is_none_or(|from| self.at_least[from] <= end)
                    && until.is_none_or(|until| self.at_most[until] >= begin)
            });
            let Some(first) = possible.next() else {
                return Err(format!("nothing explains {operation:?}"));
            };
            // With several explanations none is forced.
            if possible.next().is_none() {
                drop(possible);
                self.between(first, begin, end);
            }
        }
        Ok(())
    }

    /// Compares each list with what the log says, and places it.
    fn place_lists(&mut self, operations: &[Operation]) -> Result<(), String> {
        let lists = operations.iter().filter_map(|operation| match &operation.action {
            Action::List { revision, found } => Some((*revision, found, operation.begin, operation.end?)),
            _ => None,
        });
        let mut lists: Vec<_> = lists.collect();
        lists.sort_by_key(|(revision, ..)| *revision);
        let mut state: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
        let mut next = 0;
        for (revision, found, begin, end) in lists {
            while let Some(event) = self.log.get(next).filter(|event| event.revision <= revision) {
                match &event.value {
                    Some(value) => drop(state.insert(&event.key, (event.revision, value))),
                    None => drop(state.remove(event.key.as_str())),
                }
                next += 1;
            }
            let shown =
                found.iter().map(|(key, (revision, value))| (key.as_str(), (*revision, value.as_str())));
            if !shown.eq(state.iter().map(|(key, state)| (*key, *state))) {
                return Err(format!(
                    "the list at {revision} is not what the watch says: {found:?}, {state:?}"
                ));
            }
            let until = (next < self.log.len()).then_some(next);
            self.between((next.checked_sub(1), until), begin, end);
        }
        Ok(())
    }

    /// Looks for a moment for each write, each as early as can be.
    fn solve(&self) -> Result<(), String> {
        let mut now = 0;
        for (place, event) in self.log.iter().enumerate() {
            now = now.max(self.at_least[place]);
            let latest = self.at_most[place];
            if now > latest {
                return Err(format!(
                    "{event:?} was seen by {latest}, but what comes before it or does not know of it began at {now}"
                ));
            }
        }
        Ok(())
    }

    /// Somebody saw, between two moments, what stood between two writes.
    fn between(&mut self, (from, until): (Option<usize>, Option<usize>), begin: Moment, end: Moment) {
        if let Some(from) = from {
            self.at_most[from] = self.at_most[from].min(end);
        }
        if let Some(until) = until {
            self.at_least[until] = self.at_least[until].max(begin);
        }
    }

    /// When each write can have happened, as told by those before and after it too: not before the first moment, not
    /// after the second.
    fn bounds(&self) -> (Vec<Moment>, Vec<Moment>) {
        let mut earliest = self.at_least.clone();
        for place in 1..earliest.len() {
            earliest[place] = earliest[place].max(earliest[place - 1]);
        }
        let mut latest = self.at_most.clone();
        for place in (1..latest.len()).rev() {
            latest[place - 1] = latest[place - 1].min(latest[place]);
        }
        (earliest, latest)
    }

    /// The write of the same object before a write.
    fn before(&self, place: usize) -> Option<usize> {
        let places = &self.of_key[self.log[place].key.as_str()];
        let own = places.partition_point(|other| *other < place);
        own.checked_sub(1).map(|before| places[before])
    }
}

/// Whether an answer about one object fits what a write left of it.
fn fits(action: &Action, event: Option<&Event>) -> bool {
    let stored = event.and_then(|event| Some((event.revision, event.value.as_deref()?)));
    match action {
        Action::Read { found, .. } => {
            stored == found.as_ref().map(|(revision, value)| (*revision, value.as_str()))
        }
        Action::Refused { expected, .. } => stored.map_or(0, |(revision, _)| revision) != *expected,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(revision: u64, key: &str, value: &str) -> Event {
        let value = (!value.is_empty()).then(|| value.to_owned());
        Event { revision, key: key.to_owned(), value }
    }

    fn operation(begin: u64, end: u64, action: Action) -> Operation {
        Operation { begin, end: (end > 0).then_some(end), action }
    }

    fn write(begin: u64, end: u64, key: &str, expected: u64, value: &str, told: u64) -> Operation {
        let value = (!value.is_empty()).then(|| value.to_owned());
        let told = (told > 0).then_some(told);
        operation(begin, end, Action::Write { key: key.to_owned(), expected, value, told })
    }

    fn read(begin: u64, end: u64, key: &str, found: Option<(u64, &str)>) -> Operation {
        let found = found.map(|(revision, value)| (revision, value.to_owned()));
        operation(begin, end, Action::Read { key: key.to_owned(), found })
    }

    fn refused(begin: u64, end: u64, key: &str, expected: u64) -> Operation {
        operation(begin, end, Action::Refused { key: key.to_owned(), expected })
    }

    fn list(begin: u64, end: u64, revision: u64, found: &[(&str, u64, &str)]) -> Operation {
        let found =
            found.iter().map(|(key, revision, value)| ((*key).to_owned(), (*revision, (*value).to_owned())));
        operation(begin, end, Action::List { revision, found: found.collect() })
    }

    /// A create, a replacement, a delete and a create again, one after the other.
    fn good() -> (Vec<Event>, Vec<Operation>) {
        let log = vec![event(2, "a", "1"), event(4, "a", "2"), event(5, "a", ""), event(7, "a", "3")];
        let operations = vec![
            write(10, 20, "a", 0, "1", 2),
            write(30, 40, "a", 2, "2", 4),
            write(50, 60, "a", 4, "", 0),
            write(70, 80, "a", 0, "3", 7),
        ];
        (log, operations)
    }

    fn verdict(more: Vec<Operation>) -> Result<Checked, String> {
        let (log, mut operations) = good();
        operations.extend(more);
        check(&log, &operations)
    }

    #[test]
    fn what_can_be_is_accepted() {
        let checked = verdict(vec![
            read(5, 15, "a", None),
            read(15, 35, "a", Some((2, "1"))),
            read(35, 36, "a", Some((4, "2"))),
            read(61, 62, "a", None),
            read(85, 90, "a", Some((7, "3"))),
            refused(41, 45, "a", 2),
            refused(61, 65, "a", 4),
            list(41, 42, 4, &[("a", 4, "2")]),
            list(61, 62, 6, &[]),
            write(85, 0, "b", 0, "9", 0),
        ]);
        assert_eq!(checked, Ok(Checked { writes: 4, surprises: 0, reads: 7, lists: 2 }));
    }

    #[test]
    fn a_write_without_an_answer_may_have_happened() {
        let log = [event(2, "a", "1"), event(3, "a", "2")];
        let operations = [write(10, 0, "a", 0, "1", 0), write(90, 100, "a", 2, "2", 3)];
        assert_eq!(check(&log, &operations), Ok(Checked { writes: 1, surprises: 1, reads: 0, lists: 0 }));
    }

    /// Each history, and a part of what is wrong with it.
    #[test]
    fn what_cannot_be_is_refused() {
        let cases = [
            ("a lost write", vec![write(85, 90, "b", 0, "9", 8)], "an acknowledged write was lost"),
            ("a lost delete", vec![write(85, 90, "a", 7, "", 0)], "an acknowledged write was lost"),
            ("a stale read", vec![read(41, 42, "a", Some((2, "1")))], "nothing explains"),
            ("a read of the future", vec![read(1, 5, "a", Some((2, "1")))], "nothing explains"),
            ("half a value", vec![read(15, 35, "a", Some((2, "?")))], "nothing explains"),
            ("a read of nothing", vec![read(41, 42, "a", None)], "nothing explains"),
            ("a refusal without a reason", vec![refused(41, 42, "a", 4)], "nothing explains"),
            (
                "two reads in the wrong order",
                vec![read(31, 32, "a", Some((4, "2"))), read(33, 34, "a", Some((2, "1")))],
                "nothing explains",
            ),
            ("a list that misses an object", vec![list(41, 42, 4, &[])], "the list at 4"),
            ("an old list", vec![list(61, 62, 4, &[("a", 4, "2")])], "began at 61"),
        ];
        for (what, more, why) in cases {
            let error = verdict(more).expect_err(what);
            assert!(error.contains(why), "{what}: {error}");
        }
        let (log, mut operations) = good();
        operations[1] = write(30, 40, "a", 0, "2", 4);
        assert!(check(&log, &operations).expect_err("an overwritten object").contains("cannot have become"));
        let (mut log, operations) = good();
        log.swap(0, 1);
        assert!(check(&log, &operations).expect_err("a watch out of order").contains("the watch went from"));
        let (log, mut operations) = good();
        (operations[0].begin, operations[0].end) = (45, Some(48));
        assert!(check(&log, &operations).expect_err("writes in the wrong order").contains("was seen by 40"));
    }
}
