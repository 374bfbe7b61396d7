//! GET of a collection with `?watch` (contract 5.D, 6.G).

use std::time::Duration;

use http::Response;
use tokio::time::Instant;

use super::super::body::Body;
use super::super::representation::Representation;
use super::super::request_info::Listing;
use super::super::watch_body::WatchBody;
use super::super::{random, respond};
use super::Call;
use crate::errors::Result;
use crate::rest::dynamic::Watcher;

pub(super) async fn watch(
    call: &Call<'_>,
    watcher: &dyn Watcher,
    listing: Option<Listing>,
) -> Result<Response<Body>> {
    let form = Representation::of_watch(call.handlers, call.headers, call.query)?;
    let mut options = super::listed(listing, call.query)?;
    options.watch = true;
    let shortest = call.state.min_request_timeout.as_secs().max(1);
    let any = || shortest.saturating_add(random::number() % shortest);
    let seconds = *options.timeout_seconds.get_or_insert_with(any);
    let now = Instant::now();
    let deadline = now.checked_add(Duration::from_secs(seconds)).unwrap_or(now);
    let events = watcher.watch(&call.ctx, &options).await?;
    let stopping = call.state.stopping.clone();
    let body = WatchBody::new(call.handlers.info(), form, events, deadline, stopping);
    Ok(respond::events(Body::frames(body)))
}
