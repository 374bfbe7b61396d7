//! The end of a server: the signals that ask for it, and how long connections may take (contract 11.37 to 11.39).
//!
//! Everything follows from one flag. Once it is up, readyz fails, watches end, no listener accepts any more, and every
//! connection ends after the requests that it has begun. A request that comes all the same, since its connection was not
//! told yet or since it is made in process, is answered with 503 and told to come back.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long requests may go on that have begun.
const REQUEST_GRACE: Duration = Duration::from_secs(60);

/// How long, after that, clients may take to read what was answered, among it the ends of watches.
const RESPONSE_GRACE: Duration = Duration::from_secs(10);

/// Waits for the requests that are being handled, then for the connections; those that take too long are cut off.
///
/// Whoever handles a request holds a receiver of `handling`.
pub(crate) async fn drain(handling: &watch::Sender<()>, mut connections: JoinSet<()>) {
    let all_ended = async { while connections.join_next().await.is_some() {} };
    tokio::pin!(all_ended);
    tokio::select! {
        // A request that is stuck shall not be waited for, and there is nothing more to do about it.
        _ = timeout(REQUEST_GRACE, handling.closed()) => {}
        () = &mut all_ended => return,
    }
    if timeout(RESPONSE_GRACE, all_ended).await.is_err() {
        tracing::warn!("closing connections whose clients do not read");
    }
}

/// Whether the flag is up; waits until it is. A flag that nobody can raise any more counts as raised.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error says that the sender is gone.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// The signals that ask a process to end.
#[derive(Debug)]
pub(crate) struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    /// From now on signals do not end the process by themselves.
    #[cfg(unix)]
    pub(crate) fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// From now on signals do not end the process by themselves.
    #[cfg(not(unix))]
    #[allow(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
    pub(crate) fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for SIGTERM or ctrl-c.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Waits for ctrl-c.
    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) {
        // Without a handler there is no signal to wait for.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    // contract 11.37
    #[tokio::test(start_paused = true)]
    async fn requests_have_a_minute_and_clients_ten_seconds_more() {
        let (handling, request) = watch::channel(());
        let mut connections = JoinSet::new();
        connections.spawn(std::future::pending());
        let began = Instant::now();
        drain(&handling, connections).await;
        assert_eq!(began.elapsed(), REQUEST_GRACE + RESPONSE_GRACE);
        drop(request);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_is_not_waited_for_long() {
        let (handling, _) = watch::channel(());
        let mut connections = JoinSet::new();
        connections.spawn(std::future::pending());
        let began = Instant::now();
        drain(&handling, connections).await;
        assert_eq!(began.elapsed(), RESPONSE_GRACE);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_once_all_connections_ended() {
        let (handling, request) = watch::channel(());
        let mut connections = JoinSet::new();
        connections.spawn(async move {
            tokio::time::sleep(Duration::from_secs(3)).await;
            drop(request);
        });
        let began = Instant::now();
        drain(&handling, connections).await;
        assert_eq!(began.elapsed(), Duration::from_secs(3));
    }

    #[tokio::test]
    async fn a_flag_that_nobody_holds_is_up() {
        let (sender, mut receiver) = watch::channel(false);
        drop(sender);
        stopped(&mut receiver).await;
    }
}
