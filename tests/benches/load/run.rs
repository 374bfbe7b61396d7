//! Work that is done by many at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::link::{Call, Link};

/// Somebody who does one of many like operations after the other.
pub(crate) trait Worker: Send + 'static {
    fn work(&mut self, number: usize) -> impl Future<Output = ()> + Send;
}

/// Lets workers do so many operations together, and says how long it took.
pub(crate) async fn run<W: Worker>(count: usize, workers: Vec<W>) -> Duration {
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    let begin = Instant::now();
    for mut worker in workers {
        let next = Arc::clone(&next);
        tasks.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return;
                }
                worker.work(number).await;
            }
        });
    }
    tasks.join_all().await;
    begin.elapsed()
}

/// Lets clients send so many requests together, each over its own connection.
pub(crate) async fn requests(
    count: usize,
    links: Vec<Link>,
    make: impl Fn(usize) -> Call + Send + Sync + 'static,
) -> Duration {
    let make = Arc::new(make);
    let callers = links.into_iter().map(|link| Caller { link, make: Arc::clone(&make) });
    run(count, callers.collect()).await
}

struct Caller<F> {
    link: Link,
    make: Arc<F>,
}

impl<F: Fn(usize) -> Call + Send + Sync + 'static> Worker for Caller<F> {
    async fn work(&mut self, number: usize) {
        self.link.send((self.make)(number)).await;
    }
}

/// Sends one request after the other at a steady pace from a moment on. Each client takes its turn, so that a slow answer delays nobody
/// else's request; the time of an answer counts from when its request was due.
pub(crate) async fn paced(
    count: usize,
    begin: Instant,
    pause: Duration,
    links: Vec<Link>,
    make: impl Fn(usize) -> Call + Send + Sync + 'static,
) -> Vec<Duration> {
    let (make, clients) = (Arc::new(make), links.len());
    let mut tasks = tokio::task::JoinSet::new();
    for (first, mut link) in links.into_iter().enumerate() {
        let make = Arc::clone(&make);
        tasks.spawn(async move {
            let mut times = Vec::new();
            for number in (first..count).step_by(clients) {
                let due = begin + pause * u32::try_from(number).expect("counts are small");
                tokio::time::sleep_until(due.into()).await;
                link.send(make(number)).await;
                times.push(due.elapsed());
            }
            times
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}
