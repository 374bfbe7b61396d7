//! Linearizability: concurrent clients, one watch, servers that die, and one order of all writes that explains what
//! everybody saw (reliability D1, D5, D6, D7).
//!
//! `RESOURCEFUL_OPERATIONS` and `RESOURCEFUL_CRASHES` set how long the runs are.

use resourceful_tests::client::Client;
use resourceful_tests::history::{Checked, check};
use resourceful_tests::server::Server;
use resourceful_tests::workload::Workload;

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

fn client(server: &Server) -> Client {
    Client::new(server.insecure_url(), server.token())
}

/// Ends a workload, checks all that was seen, and says how much it was.
async fn judge(what: &str, workload: Workload) -> Checked {
    let (log, operations) = workload.stop().await;
    let checked = check(&log, &operations).unwrap_or_else(|why| panic!("{what}: {why}"));
    println!("{what}: {checked:?}, one order explains them");
    checked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_clients_see_one_order() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start("wardle", directory.path());
    let operations = setting("RESOURCEFUL_OPERATIONS", 10_000);
    let workload = Workload::start(vec![client(&server)], 16).await;
    workload.reach(operations).await;
    let checked = judge("16 clients", workload).await;
    assert!(checked.writes > operations / 4 && checked.lists > operations / 100, "{checked:?}");
    assert_eq!(checked.surprises, 0, "every write was answered");
}

/// The process is killed at random moments, under 8 and under 64 clients. No acknowledged write is lost, no half write is
/// visible, revisions never go back, and the watch resumes over every crash without a gap or a duplicate.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_loses_nothing_and_watches_resume() {
    let rounds = setting("RESOURCEFUL_CRASHES", 16);
    for clients in [8, 64] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut server = Server::start("wardle", directory.path());
        let workload = Workload::start(vec![client(&server)], clients).await;
        for round in 0..rounds / 2 {
            // Each round ends a little later, anywhere in a commit.
            workload.reach(workload.done() + clients + round * 37 % 401).await;
            server.kill();
            server = Server::start("wardle", directory.path());
            workload.move_to(vec![client(&server)]);
        }
        workload.reach(workload.done() + clients).await;
        let checked = judge(&format!("{clients} clients, {} crashes", rounds / 2), workload).await;
        assert!(checked.writes > rounds * clients / 8, "{checked:?}");
    }
}
