//! What a read costs, beside a bare server that sends the same bytes over the same TLS.

use bytes::Bytes;

use crate::bare::BareServer;
use crate::fixture::{CLIENTS, FLUNDERS, Fixture};
use crate::link::{Address, Call, Protocol};
use crate::run::requests;
use resourceful_tests::report::{self, cpu_time, micros_each};

const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io";

/// GET of an object, and lists.
pub(crate) async fn documents() {
    let fixture = Fixture::loaded().await;
    let mut link = fixture.address.connect(Protocol::Http2).await;
    let first = link.json(&format!("{FLUNDERS}?limit=1")).await;
    let name = first["items"][0]["metadata"]["name"].as_str().expect("a name").to_owned();
    let (item, nothing) = (format!("{FLUNDERS}/{name}"), format!("{FLUNDERS}?labelSelector=none"));
    let (object, list) = (link.send(Call::get(&item)).await, link.send(Call::get(FLUNDERS)).await);
    for (what, path, body, count, clients, goal) in [
        ("a GET of 2 KiB", item.as_str(), object, 60_000, CLIENTS, "<= 1.5"),
        ("a LIST of 10,000 of 2 KiB", FLUNDERS, list, 40, 2, ""),
        ("a LIST that selects none of 10,000", nothing.as_str(), Bytes::from_static(b"{}"), 2_000, 2, ""),
    ] {
        let bare = BareServer::beside(&fixture.server, &body);
        for protocol in [Protocol::Http2, Protocol::Http1] {
            let ours = cpu_of(fixture.server.id(), &fixture.address, protocol, path, count, clients).await;
            let limit = cpu_of(bare.id(), &bare.address(), protocol, "/", count, clients).await;
            report::goal(
                &format!("CPU of {what}, {}, and bare hyper", protocol.name()),
                "µs",
                ours,
                limit,
                goal,
            );
        }
    }
}

/// Tables of 10,000, beside the plain list. The first one computes the cells of every object, which the next ones read.
pub(crate) async fn tables() {
    let fixture = Fixture::loaded().await;
    let mut link = fixture.address.connect(Protocol::Http2).await;
    let mut cpu_of = async |accept: &'static str, count: usize| {
        let cpu = cpu_time(fixture.server.id());
        for _ in 0..count {
            link.send(Call { accept, ..Call::get(FLUNDERS) }).await;
        }
        micros_each(cpu_time(fixture.server.id()).saturating_sub(cpu), count) / 1e3
    };
    let list = cpu_of("application/json", 20).await;
    let first = cpu_of(TABLE, 1).await;
    report::line("CPU of the first Table of 10,000, and of the list", "ms", first, list);
    let table = cpu_of(TABLE, 40).await;
    report::line("CPU of a Table of 10,000, and of the list", "ms", table, list);
}

/// The CPU time in µs that a process spends on one GET.
async fn cpu_of(
    process: u32,
    address: &Address,
    protocol: Protocol,
    path: &str,
    count: usize,
    clients: usize,
) -> f64 {
    let path = path.to_owned();
    let make = move |_| Call::get(&path);
    requests(count / 10, address.connect_all(protocol, clients).await, make.clone()).await;
    let links = address.connect_all(protocol, clients).await;
    let cpu = cpu_time(process);
    requests(count, links, make).await;
    micros_each(cpu_time(process).saturating_sub(cpu), count)
}
