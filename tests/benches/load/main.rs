//! What the server costs, each number beside its limit in the same run: `cargo bench -p resourceful-tests`.
//!
//! The server under test is the `wardle` example as a process of its own, spoken to over loopback, with TLS where nothing
//! else is said. The limits are a bare hyper server behind the same certificate, the raw engine, or a copy of the same
//! bytes. What is compared is the CPU time of the server process per operation, its memory, and, where the two cores
//! of a small machine can show it, the wall clock; a goal that is set for a ratio stands at the end of its line.
//! Words after `--` choose sections: those of [`SECTIONS`].

mod bare;
mod bodies;
mod fixture;
mod idle;
mod link;
mod memory;
mod reads;
mod run;
mod updates;
mod watches;
mod writes;

/// What can be measured, in the order in which it is.
const SECTIONS: [&str; 11] = [
    "writes",
    "etcd",
    "reads",
    "tables",
    "updates",
    "bodies",
    "selectors",
    "watches",
    "stalled",
    "idle",
    "memory",
];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    if bare::is_wanted() {
        return bare::serve().await;
    }
    let chosen: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if let Some(unknown) = chosen.iter().find(|word| !SECTIONS.contains(&word.as_str())) {
        eprintln!("there is no section {unknown}; there are {}", SECTIONS.join(", "));
        std::process::exit(2);
    }
    resourceful_tests::report::head("");
    for section in
        SECTIONS.into_iter().filter(|name| chosen.is_empty() || chosen.iter().any(|word| word == name))
    {
        match section {
            "writes" => writes::embedded().await,
            "etcd" => writes::on_etcd().await,
            "reads" => reads::documents().await,
            "tables" => reads::tables().await,
            "updates" => updates::updates().await,
            "bodies" => bodies::lists().await,
            "selectors" => bodies::selectors().await,
            "watches" => watches::fan_out().await,
            "stalled" => watches::stalled().await,
            "idle" => idle::watchers().await,
            _ => memory::at_rest().await,
        }
    }
}
