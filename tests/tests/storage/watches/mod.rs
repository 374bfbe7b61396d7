//! Cases of watches.

pub(crate) mod bookmarks;
pub(crate) mod events;
pub(crate) mod initial;
pub(crate) mod selections;

use futures_util::FutureExt as _;

use crate::fixture::{Events, Sample, Seen};

/// Nothing is there to read: what was written before was all.
fn assert_quiet<T: Sample>(events: &mut Events<T>) {
    let next = events.next().now_or_never();
    assert!(next.is_none(), "{next:?}");
}

/// Waits until a watch has nothing more to say of what was written so far: the next event is that of one more write,
/// which it selects.
async fn assert_nothing_before<T: Sample>(events: &mut Events<T>, written: &T) {
    assert_eq!(events.next().await, Seen::Added(written.clone()));
}
