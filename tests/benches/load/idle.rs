//! Ten thousand watchers of names that nobody writes, a connection each: what they hold, and what they cost writers.

use crate::fixture::{CLIENTS, FLUNDERS, Fixture, flunder};
use crate::link::{Address, Call, Link, Protocol};
use crate::run::requests;
use resourceful_tests::report::{self, a_second, cpu_time, micros_each, resident_mebibytes};

const WATCHERS: usize = 10_000;
const CREATES: usize = 10_000;

pub(crate) async fn watchers() {
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let fixture = Fixture::start().await;
        let address = &fixture.address;
        creates(&fixture).await;
        let before = creates(&fixture).await;
        let resident = resident_mebibytes(fixture.server.id());
        let idle = watch_names(address, protocol, &fixture.revision().await).await;
        let added = resident_mebibytes(fixture.server.id()) - resident;
        let what = format!("resident memory of 10,000 watchers, {}, and 1 GiB", protocol.name());
        report::goal(&what, "MiB", added, 1_024.0, "<= 1");
        let with = creates(&fixture).await;
        drop(idle);
        // The server grows meanwhile, so what it does without them is measured on both sides.
        while resident_sockets(fixture.server.id()) > CLIENTS {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        let after = creates(&fixture).await;
        let (without, cpu) = (before.0.midpoint(after.0), before.1.midpoint(after.1));
        let what = format!("creates, 64 clients, 10,000 idle watchers, {}, and none", protocol.name());
        report::goal(&what, "/s", with.0, without, ">= 0.8");
        report::line("  CPU of the server each, and without watchers", "µs", with.1, cpu);
    }
}

/// Creates in a second, and the CPU time in µs of each.
async fn creates(fixture: &Fixture) -> (f64, f64) {
    let (id, body) = (fixture.server.id(), flunder("f-", 2_048));
    let links = fixture.address.connect_all(Protocol::Http2, CLIENTS).await;
    let cpu = cpu_time(id);
    let elapsed = requests(CREATES, links, move |_| Call::post(FLUNDERS, body.clone())).await;
    (a_second(CREATES, elapsed), micros_each(cpu_time(id).saturating_sub(cpu), CREATES))
}

/// Watches of one name each, over a connection each.
async fn watch_names(
    address: &Address,
    protocol: Protocol,
    revision: &str,
) -> Vec<(Link, hyper::body::Incoming)> {
    let mut tasks = tokio::task::JoinSet::new();
    for first in 0..CLIENTS {
        let (address, revision) = (address.clone(), revision.to_owned());
        tasks.spawn(async move {
            let mut watches = Vec::new();
            for number in (first..WATCHERS).step_by(CLIENTS) {
                let selector = format!("fieldSelector=metadata.name%3Dother-{number}");
                let path = format!("{FLUNDERS}?watch=true&resourceVersion={revision}&{selector}");
                let mut link = address.connect(protocol).await;
                let body = link.watch(&path).await;
                watches.push((link, body));
            }
            watches
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

/// How many files and sockets a process has open.
fn resident_sockets(process: u32) -> usize {
    std::fs::read_dir(format!("/proc/{process}/fd")).expect("the process runs").count()
}
