//! What 100,000 objects at rest take: memory while they are served, and time until they are served again.

use std::time::Instant;

use resourceful_tests::server::Server;

use crate::fixture::{FLUNDERS, Fixture};
use crate::link::{Address, Call, Protocol};
use resourceful_tests::report::{self, float, resident_mebibytes};

const COUNT: usize = 100_000;
const SIZE: usize = 4_096;

pub(crate) async fn at_rest() {
    let Fixture { server, address, directory } = Fixture::start().await;
    let idle = resident_mebibytes(server.id());
    report::alone("resident memory of an idle server", "MiB", idle);
    let fixture = Fixture { server, address, directory };
    fixture.create(COUNT, SIZE).await;
    let stored = stored_mebibytes(&fixture.address).await;
    let Fixture { server, directory, .. } = fixture;
    let resident = resident_mebibytes(server.id()) - idle;
    report::goal("resident memory of 100,000 of 4 KiB, and their bytes", "MiB", resident, stored, "<= 1.3");
    server.terminate();

    let begin = Instant::now();
    let read: u64 = files(directory.path());
    let reading = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    let server = Server::start("wardle", directory.path());
    let mut link = Address::of(&server).connect(Protocol::Http2).await;
    link.wait_for("/readyz").await;
    let ready = begin.elapsed().as_secs_f64();
    link.send(Call::get(&format!("{FLUNDERS}?limit=1"))).await;
    let listed = begin.elapsed().as_secs_f64();
    let what = format!("ready again with them, and reading the {} MiB of its files", read >> 20);
    report::goal(&what, "ms", ready * 1e3, reading * 1e3, "< 2000 ms");
    report::line("  and the first list", "ms", listed * 1e3, reading * 1e3);
    let resident = resident_mebibytes(server.id()) - idle;
    report::goal("resident memory after the restart, and their bytes", "MiB", resident, stored, "<= 1.3");
}

/// The bytes of all objects as they are sent.
async fn stored_mebibytes(address: &Address) -> f64 {
    let mut link = address.connect(Protocol::Http2).await;
    let page = link.json(&format!("{FLUNDERS}?limit=1")).await;
    let name = page["items"][0]["metadata"]["name"].as_str().expect("a name");
    let object = link.send(Call::get(&format!("{FLUNDERS}/{name}"))).await;
    float(object.len() - 1) * float(COUNT) / float(1 << 20)
}

/// Reads all files of a directory, and says how many bytes they are.
fn files(directory: &std::path::Path) -> u64 {
    let mut read = 0;
    for entry in std::fs::read_dir(directory.join("data")).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            let mut file = std::fs::File::open(path).expect("a file");
            read += std::io::copy(&mut file, &mut Discard).expect("the file can be read");
        }
    }
    read
}

/// Takes bytes, so that they are really read.
struct Discard;

impl std::io::Write for Discard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(std::hint::black_box(bytes).len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
