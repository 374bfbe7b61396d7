//! What every kind does, checked on yours: the checks that Kubernetes runs on each of its own kinds (its `resttest`).

mod bench;
mod create;
mod delete;
mod grace;
mod read;
mod update;

use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use self::bench::{Bench, Broken, Parts};
use crate::meta::Metadata as _;
use crate::rest::Served;
use crate::storage::Store;

/// One check: its ID, what it looks at, and how.
type Check = (&'static str, &'static str, for<'b> fn(&'b Bench<'_>) -> BoxFuture<'b, Result<(), Broken>>);

/// Runs every check on a kind, given an object of it that is valid; panics with the list of those that fail.
///
/// Each check has a store in memory of its own. A check that the kind gives no reason for is left out: a kind without
/// `delete` is not deleted, one without grace periods has none to shorten. [`RestTest`] takes more than a valid object, and
/// returns what it found.
///
/// ```
/// use resourceful::prelude::*;
///
/// /// A flower pot.
/// #[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// #[resource(group = "garden.example.com", version = "v1", namespaced)]
/// pub struct FlowerPot {
///     pub metadata: ObjectMeta,
///     #[schemars(range(min = 1))]
///     pub litres: i32,
/// }
///
/// # async fn example() {
/// // In a test of your own, with the feature `testing`:
/// resourceful::testing::resttest(FlowerPot { metadata: ObjectMeta::named("rose"), litres: 3 }).await;
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example());
/// ```
///
/// # Panics
///
/// When a check fails. The message names each by its ID, and says what was expected and what came.
pub async fn resttest<T: Served>(valid: T) {
    let report = RestTest::new(valid).run().await;
    assert!(report.failed.is_empty(), "{report}");
}

/// The checks of [`resttest`], given more than a valid object.
///
/// ```
/// # use resourceful::prelude::*;
/// # #[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// # #[resource(group = "garden.example.com", version = "v1", namespaced)]
/// # pub struct FlowerPot {
/// #     pub metadata: ObjectMeta,
/// #     #[schemars(range(min = 1))]
/// #     pub litres: i32,
/// # }
/// # async fn example() {
/// use resourceful::testing::RestTest;
///
/// let pot = |litres| FlowerPot { metadata: ObjectMeta::named("rose"), litres };
/// let report = RestTest::new(pot(3)).invalid(pot(0)).invalid_update(|pot| pot.litres = -1).run().await;
/// assert!(report.failed.is_empty(), "{report}");
/// assert!(report.passed.contains(&"RT-11"));
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example());
/// ```
#[must_use = "nothing is checked until `run` is called"]
pub struct RestTest<T> {
    parts: Parts,
    kind: std::marker::PhantomData<fn() -> T>,
}

impl<T: Served> RestTest<T> {
    /// Begins with an object that the kind accepts. Its name is made unique by a number at its end.
    pub fn new(valid: T) -> Self {
        let name = valid.metadata().as_object_meta().name.clone();
        let stem = if name.is_empty() { "foo".to_owned() } else { name };
        let parts = Parts {
            handlers: T::handlers,
            valid: Box::new(valid),
            names: Arc::new(move |number| format!("{stem}{number}")),
            invalid: Vec::new(),
            invalid_updates: Vec::new(),
        };
        Self { parts, kind: std::marker::PhantomData }
    }

    /// Adds an object that the kind must refuse to create (RT-11).
    pub fn invalid(mut self, object: T) -> Self {
        self.parts.invalid.push(Box::new(object));
        self
    }

    /// Adds a change of a valid object that the kind must refuse (RT-16).
    pub fn invalid_update(mut self, change: impl Fn(&mut T) + Send + Sync + 'static) -> Self {
        self.parts.invalid_updates.push(Box::new(move |object| {
            if let Some(object) = object.downcast_mut::<T>() {
                change(object);
            }
        }));
        self
    }

    /// Sets how objects are named, for a kind that is particular about it: from a number to a name.
    pub fn names(mut self, names: impl Fn(usize) -> String + Send + Sync + 'static) -> Self {
        self.parts.names = Arc::new(names);
        self
    }

    /// Runs the checks.
    pub async fn run(self) -> RestTestReport {
        let mut report = RestTestReport {
            kind: T::INFO.kind,
            passed: Vec::new(),
            skipped: Vec::new(),
            failed: Vec::new(),
        };
        for (id, title, check) in checks() {
            let bench = Bench::new(&self.parts, (self.parts.handlers)(&Store::memory()));
            match check(&bench).await {
                Ok(()) => report.passed.push(id),
                Err(Broken::Skipped(why)) => report.skipped.push((id, why)),
                Err(Broken::Failed(why)) => report.failed.push(RestTestFailure { id, title, why }),
            }
        }
        report
    }
}

impl<T> fmt::Debug for RestTest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RestTest").field("valid", &self.parts.valid).finish_non_exhaustive()
    }
}

/// What [`RestTest::run`] found; prints as a list of what failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RestTestReport {
    /// The kind.
    pub kind: &'static str,
    /// The IDs of the checks that it passed.
    pub passed: Vec<&'static str>,
    /// The IDs of the checks that do not concern it, and why.
    pub skipped: Vec<(&'static str, &'static str)>,
    /// The checks that it failed.
    pub failed: Vec<RestTestFailure>,
}

/// A check that failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RestTestFailure {
    /// Its ID, as in `RT-10`.
    pub id: &'static str,
    /// What it looks at.
    pub title: &'static str,
    /// What was expected, and what came.
    pub why: String,
}

impl fmt::Display for RestTestReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.passed.len() + self.skipped.len() + self.failed.len();
        write!(f, "{} fails {} of {all} checks", self.kind, self.failed.len())?;
        for RestTestFailure { id, title, why } in &self.failed {
            write!(f, "\n  {id} {title}: {why}")?;
        }
        Ok(())
    }
}

fn checks() -> Vec<Check> {
    [create::CHECKS, update::CHECKS, delete::CHECKS, grace::CHECKS, read::CHECKS].concat()
}
