//! The contract of [`Engine`] as checks that any engine keeps or breaks, with the reason.

mod compaction;
mod feed;
mod lasting;
mod probe;
mod range;
mod recorder;
mod write;

use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_core::future::BoxFuture;
use futures_util::future::FutureExt as _;

use self::probe::Probe;
use crate::storage::{Engine, StorageError};

/// How long a clause may take before the engine is said to hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// Checks every clause of the contract of [`Engine`], each on a store of its own.
///
/// `open` opens the store with a name: an empty one when the name is new. If what it keeps lasts, the same name must bring
/// the same store again after it was closed. Others may write to the engine at the same time, but not below the keys of
/// a store, and nobody else may compact.
///
/// ```
/// use resourceful::storage::MemoryEngine;
/// use resourceful::testing::{Lasts, engine_contract};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let verdict = engine_contract(Lasts::WhileOpen, |_store| async { Ok(MemoryEngine::new()) }).await;
/// assert!(verdict.is_kept(), "{verdict}");
/// # }
/// ```
pub async fn engine_contract<E, F>(lasts: Lasts, open: impl Fn(String) -> F + Sync) -> EngineVerdict
where
    E: Engine,
    F: Future<Output = Result<E, StorageError>> + Send + 'static,
{
    let mut verdict = EngineVerdict::default();
    for (number, clause) in CLAUSES.iter().enumerate() {
        let open = || -> Opening {
            let opening = open(format!("clause-{number}"));
            Box::pin(async move { opening.await.map(|engine| Arc::new(engine) as Arc<dyn Engine>) })
        };
        verdict.findings.push((clause.name, check(clause, lasts, &open).await));
    }
    verdict
}

/// A store on its way.
type Opening = BoxFuture<'static, Result<Arc<dyn Engine>, StorageError>>;

/// How long an engine keeps what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasts {
    /// Until it is dropped.
    WhileOpen,
    /// Until it is deleted: a store that was closed can be opened again.
    OverRestarts,
}

/// What became of each clause. [`Display`](fmt::Display) gives the whole report.
#[derive(Clone, Debug, Default)]
pub struct EngineVerdict {
    findings: Vec<(&'static str, Finding)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Finding {
    Kept,
    Skipped(String),
    Broken(String),
}

impl EngineVerdict {
    /// Whether no clause is broken.
    pub fn is_kept(&self) -> bool {
        self.broken().next().is_none()
    }

    /// The clauses that are broken, each with the reason.
    pub fn broken(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.findings.iter().filter_map(|(clause, finding)| match finding {
            Finding::Broken(why) => Some((*clause, why.as_str())),
            _ => None,
        })
    }

    /// The clauses that say nothing of this engine, each with the reason.
    pub fn skipped(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.findings.iter().filter_map(|(clause, finding)| match finding {
            Finding::Skipped(why) => Some((*clause, why.as_str())),
            _ => None,
        })
    }
}

impl fmt::Display for EngineVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (clause, finding) in &self.findings {
            match finding {
                Finding::Kept => writeln!(f, "kept     {clause}")?,
                Finding::Skipped(why) => writeln!(f, "skipped  {clause}: {why}")?,
                Finding::Broken(why) => writeln!(f, "BROKEN   {clause}: {why}")?,
            }
        }
        Ok(())
    }
}

/// What an engine must do.
struct Clause {
    name: &'static str,
    needs: Lasts,
    check: for<'a> fn(&'a Probe<'a>) -> BoxFuture<'a, Result<(), Miss>>,
}

/// Why a clause is not kept.
enum Miss {
    Broken(String),
    Skipped(String),
}

impl From<String> for Miss {
    fn from(why: String) -> Self {
        Self::Broken(why)
    }
}

/// Lists clauses by the functions that check them.
macro_rules! clauses {
    ($($room:ident: $($name:ident)*;)*) => {
        const CLAUSES: &[Clause] = &[$($(Clause {
            name: stringify!($name),
            needs: $room::NEEDS,
            check: |probe| Box::pin($room::$name(probe)),
        },)*)*];
    };
}

clauses! {
    write: revisions_grow_with_every_write
        a_write_happens_only_at_the_expected_revision
        writers_that_race_for_a_key_succeed_once
        writers_of_different_keys_all_succeed
        what_was_acknowledged_is_seen_by_every_later_read
        bytes_come_back_as_they_were
        a_key_with_a_time_to_live_is_deleted;
    range: a_range_holds_its_prefix_in_key_order
        the_pages_of_a_range_are_of_one_revision
        a_range_at_a_past_revision_is_exact
        a_revision_that_has_not_happened_is_refused;
    feed: a_follower_is_fed_what_it_missed_and_what_comes
        a_follower_is_fed_its_prefix_only
        followers_that_join_while_others_write_miss_nothing
        progress_comes_when_it_is_asked_for
        a_closed_sink_is_let_go;
    compaction: compaction_forgets_what_was_overwritten
        a_follower_that_keeps_up_survives_compaction;
    lasting: what_was_acknowledged_outlives_the_engine
        a_closed_engine_refuses_everything;
}

async fn check(clause: &Clause, lasts: Lasts, open: &(dyn Fn() -> Opening + Sync)) -> Finding {
    if clause.needs == Lasts::OverRestarts && lasts == Lasts::WhileOpen {
        return Finding::Skipped("what this engine keeps ends with it".to_owned());
    }
    let checking = async {
        let engine = open().await.map_err(|error| format!("the store cannot be opened: {error}"))?;
        (clause.check)(&Probe { engine, open }).await
    };
    let watched = tokio::time::timeout(PATIENCE, AssertUnwindSafe(checking).catch_unwind());
    match watched.await {
        Ok(Ok(Ok(()))) => Finding::Kept,
        Ok(Ok(Err(Miss::Skipped(why)))) => Finding::Skipped(why),
        Ok(Ok(Err(Miss::Broken(why)))) => Finding::Broken(why),
        Ok(Err(panic)) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message");
            Finding::Broken(format!("it panicked: {text}"))
        }
        Err(_) => Finding::Broken(format!("it did not end within {} seconds", PATIENCE.as_secs())),
    }
}
