//! A follower that remembers what it is fed, and what was wrong with it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::probe::Keys;
use crate::storage::{Change, ChangeSink, StorageError};

/// How long a change may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Recorder {
    prefix: String,
    after: u64,
    fed: Mutex<Fed>,
    came: Notify,
}

#[derive(Default)]
pub(super) struct Fed {
    pub(super) changes: Vec<Change>,
    pub(super) progress: u64,
    pub(super) closed: bool,
    /// The first thing that was wrong.
    wrong: Option<String>,
}

impl Recorder {
    pub(super) fn new(prefix: &str, after: u64) -> Self {
        let fed = Mutex::new(Fed { progress: after, ..Fed::default() });
        Self { prefix: prefix.to_owned(), after, fed, came: Notify::new() }
    }

    pub(super) fn fed<T>(&self, look: impl FnOnce(&mut Fed) -> T) -> T {
        look(&mut self.fed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The keys of the changes so far, with their revisions.
    pub(super) fn seen(&self) -> Keys {
        self.fed(|fed| fed.changes.iter().map(|change| (change.key.clone(), change.revision)).collect())
    }

    /// Waits for something. Fails when it does not come, and when the feed was wrong in any way.
    pub(super) async fn until(&self, what: &str, came: impl Fn(&Fed) -> bool) -> Result<(), String> {
        let waiting = async {
            loop {
                let next = self.came.notified();
                if self.fed(|fed| fed.wrong.is_some() || came(fed)) {
                    return;
                }
                next.await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        self.check()?;
        let seen = || {
            let (changes, progress) = (self.seen(), self.fed(|fed| fed.progress));
            format!(
                "a follower of {} after {} waits for {what}; it was fed {changes:?} and progress {progress}",
                self.prefix, self.after
            )
        };
        waited.map_err(|_| seen())
    }

    /// Waits until exactly these changes have come.
    pub(super) async fn until_seen(&self, expected: &Keys) -> Result<(), String> {
        self.until(&format!("{expected:?}"), |fed| fed.changes.len() >= expected.len()).await?;
        let seen = self.seen();
        if seen == *expected {
            return Ok(());
        }
        Err(format!(
            "a follower of {} after {} was fed the wrong changes: expected {expected:?}, found {seen:?}",
            self.prefix, self.after
        ))
    }

    /// Fails when the feed was wrong in any way.
    pub(super) fn check(&self) -> Result<(), String> {
        let wrong = self.fed(|fed| fed.wrong.clone());
        wrong.map_or(Ok(()), |wrong| {
            Err(format!("the feed of {} after {} is wrong: {wrong}", self.prefix, self.after))
        })
    }

    fn take(&self, look: impl FnOnce(&mut Fed) -> Result<(), String>) {
        self.fed(|fed| {
            if let Err(wrong) = look(fed) {
                fed.wrong.get_or_insert(wrong);
            }
        });
        self.came.notify_waiters();
    }
}

impl ChangeSink for Recorder {
    fn apply(&self, changes: Vec<Change>) {
        self.take(|fed| {
            let mut last = fed.changes.last().map_or(self.after, |change| change.revision);
            let told = fed.progress;
            for (number, change) in changes.into_iter().enumerate() {
                let (key, revision) = (change.key.clone(), change.revision);
                fed.changes.push(change);
                if !key.starts_with(&self.prefix) {
                    return Err(format!("{key} is another's key"));
                }
                if revision < last || (revision == last && number == 0) {
                    return Err(format!("the change of {key} at {revision} came after revision {last}"));
                }
                if revision <= told {
                    return Err(format!("the change of {key} at {revision} came after the progress {told}"));
                }
                last = revision;
            }
            Ok(())
        });
    }

    fn progress(&self, revision: u64) {
        self.take(|fed| {
            let before = std::mem::replace(&mut fed.progress, revision);
            if revision < before {
                return Err(format!("the progress went back from {before} to {revision}"));
            }
            Ok(())
        });
    }

    fn lost(&self, error: StorageError) {
        self.take(|_| Err(format!("it was told as lost: {error}")));
    }

    fn is_closed(&self) -> bool {
        self.fed(|fed| fed.closed)
    }
}
