//! What it takes to tell many of a change, beside a bare server that broadcasts the same bytes over the same TLS.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::json;
use tokio::task::JoinSet;

use crate::bare::{BareServer, STREAM};
use crate::fixture::{CLIENTS, FLUNDERS, Fixture};
use crate::link::{Address, Call, Protocol};
use crate::run::{paced, requests};
use resourceful_tests::report::{self, a_second, cpu_time, median, micros_each, millis, percentile};

/// All watchers are told of every create: as many creates as can be made, and then one at a time.
pub(crate) async fn fan_out() {
    for (watchers, burst, pause) in [(100, 1_000, 10), (1_000, 300, 50)] {
        let fixture = Fixture::start().await;
        let bare = BareServer::beside(&fixture.server, b"");
        let (ours, id) = (fixture.address.clone(), fixture.server.id());
        let ours = Subject { address: ours, process: id, fixture: Some(&fixture), make: create };
        let limit = Subject { address: bare.address(), process: bare.id(), fixture: None, make: publish };
        let pause = Duration::from_millis(pause);
        let ours = ours.deliver(watchers, burst, pause).await;
        let limit = limit.deliver(watchers, burst, pause).await;
        let what = format!("deliveries to {watchers} watchers, and a bare broadcast");
        report::line(&what, "/s", ours.a_second, limit.a_second);
        report::line("  CPU of the server each, its create included", "µs", ours.micros, limit.micros);
        let creates = 1_000 / pause.as_millis();
        let what = format!("  p99 from create to delivery, {creates} creates a second");
        report::line(&what, "ms", ours.p99, limit.p99);
    }
}

/// A quarter of the watchers never read, beside only the other three quarters; in turns, so that both see the same machine.
pub(crate) async fn stalled() {
    const HEALTHY: usize = 96;
    const STALLED: usize = 32;
    const EVENTS: usize = 1_000;
    const ROUNDS: usize = 5;
    const PAUSE: Duration = Duration::from_millis(5);
    let (mut creates, mut deliveries) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for round in 0..2 * ROUNDS {
        let side = round % 2;
        let fixture = Fixture::start().await;
        let path = watch_path(&fixture).await;
        let mut held = Vec::new();
        for _ in 0..STALLED * side {
            held.push(fixture.address.get_and_stall(&path).await);
        }
        let audience = Audience::gather(&fixture.address, &path, HEALTHY, EVENTS).await;
        let links = fixture.address.connect_all(Protocol::Http2, 16).await;
        let begin = Instant::now() + PAUSE;
        creates[side].push(percentile(&mut paced(EVENTS, begin, PAUSE, links, create).await, 99));
        deliveries[side].push(percentile(&mut audience.latencies(0, begin, PAUSE).await, 99));
    }
    for (what, [none, some]) in [("a create", creates), ("create to delivery", deliveries)] {
        let what = format!("p99 of {what}, 32 of 128 watchers stalled, and 96 alone");
        report::goal(&what, "ms", millis(median(some)), millis(median(none)), "<= 1.2");
    }
}

async fn watch_path(fixture: &Fixture) -> String {
    format!("{FLUNDERS}?watch=true&resourceVersion={}", fixture.revision().await)
}

fn name(number: usize) -> String {
    format!("e-{number:06}")
}

/// Creates an object of 2 KiB that has a number.
fn create(number: usize) -> Call {
    let metadata =
        json!({ "name": name(number), "annotations": { "event": name(number), "note": "x".repeat(1_600) } });
    let body = json!({ "metadata": metadata, "spec": { "reference": "other" } });
    Call::post(FLUNDERS, Bytes::from(body.to_string()))
}

/// Has a bare server broadcast about the same event.
fn publish(number: usize) -> Call {
    let (name, note) = (name(number), "x".repeat(2_000));
    let event = format!("{{\"type\":\"ADDED\",\"object\":{{\"event\":\"{name}\",\"note\":\"{note}\"}}}}\n");
    Call::post(STREAM, Bytes::from(event))
}

/// Whoever tells watchers of what is sent to it.
struct Subject<'a> {
    address: Address,
    process: u32,
    /// The server, if it is no bare one.
    fixture: Option<&'a Fixture>,
    make: fn(usize) -> Call,
}

struct Delivered {
    a_second: f64,
    micros: f64,
    p99: f64,
}

impl Subject<'_> {
    /// Where to hear of what comes from now on.
    async fn path(&self) -> String {
        match self.fixture {
            Some(fixture) => watch_path(fixture).await,
            None => STREAM.to_owned(),
        }
    }

    async fn deliver(&self, watchers: usize, burst: usize, pause: Duration) -> Delivered {
        const SLOW: usize = 100;
        let make = self.make;
        let audience = Audience::gather(&self.address, &self.path().await, watchers, burst).await;
        let links = self.address.connect_all(Protocol::Http2, CLIENTS).await;
        let (cpu, begin) = (cpu_time(self.process), Instant::now());
        requests(burst, links, make).await;
        audience.events().await;
        let (elapsed, cpu) = (begin.elapsed(), cpu_time(self.process).saturating_sub(cpu));

        let audience = Audience::gather(&self.address, &self.path().await, watchers, SLOW).await;
        let links = self.address.connect_all(Protocol::Http2, 1).await;
        let begin = Instant::now() + pause;
        paced(SLOW, begin, pause, links, move |number| make(burst + number)).await;
        let mut latencies = audience.latencies(burst, begin, pause).await;
        let deliveries = watchers * burst;
        Delivered {
            a_second: a_second(deliveries, elapsed),
            micros: micros_each(cpu, deliveries),
            p99: millis(percentile(&mut latencies, 99)),
        }
    }
}

/// Watchers that read as fast as they can, until they have seen so many events.
struct Audience(JoinSet<Vec<(usize, Instant)>>);

impl Audience {
    async fn gather(address: &Address, path: &str, watchers: usize, events: usize) -> Self {
        let mut tasks = JoinSet::new();
        for mut link in address.connect_all(Protocol::Http2, watchers).await {
            let body = link.watch(path).await;
            tasks.spawn(async move {
                let seen = listen(body, events).await;
                drop(link);
                seen
            });
        }
        Self(tasks)
    }

    /// Which event came when, for all watchers together.
    async fn events(self) -> Vec<(usize, Instant)> {
        self.0.join_all().await.into_iter().flatten().collect()
    }

    /// How long each delivery took since its create was due, given the number of the first.
    async fn latencies(self, first: usize, begin: Instant, pause: Duration) -> Vec<Duration> {
        let since = |(number, at): (usize, Instant)| {
            let turn = u32::try_from(number - first).expect("counts are small");
            at.saturating_duration_since(begin + pause * turn)
        };
        self.events().await.into_iter().map(since).collect()
    }
}

/// The numbers of the events in an answer, and when they came.
async fn listen(mut body: Incoming, events: usize) -> Vec<(usize, Instant)> {
    let mut seen = Vec::with_capacity(events);
    let mut line = Vec::new();
    while seen.len() < events {
        let frame = body.frame().await.expect("the watch goes on").expect("the connection lives");
        let Ok(data) = frame.into_data() else { continue };
        let now = Instant::now();
        let mut lines = data.split(|byte| *byte == b'\n');
        keep_head(&mut line, lines.next().unwrap_or_default());
        for next in lines {
            seen.push((number(&line), now));
            line.clear();
            keep_head(&mut line, next);
        }
    }
    seen
}

/// The number comes early in a line; the rest need not be kept.
fn keep_head(line: &mut Vec<u8>, part: &[u8]) {
    const HEAD: usize = 256;
    line.extend_from_slice(&part[..part.len().min(HEAD.saturating_sub(line.len()))]);
}

fn number(line: &[u8]) -> usize {
    let line = String::from_utf8_lossy(line);
    let (_, name) = line.split_once("\"event\":\"e-").expect("an event of a numbered object");
    name[..6].parse().expect("a number")
}
