//! Keys that share a revision, as others write them to etcd in one transaction: none is skipped, and none is seen without
//! the others.

use std::sync::Arc;
use std::time::Duration;

use resourceful::prelude::*;
use resourceful::storage::{Engine, EtcdEngine, EtcdOptions, History};
use resourceful_tests::etcd::Cluster;

use crate::fixture::{Pod, Sample, Seen, World, at, exactly, objects};

/// How many keys a transaction writes; etcd takes 128.
const KEYS: usize = 100;

/// Pods as others write them.
struct Others {
    cluster: Cluster,
    /// A pod as it is stored, called "template".
    template: String,
}

impl Others {
    /// Writes all pods in one transaction.
    fn write(&self, note: usize) -> u64 {
        let writes: Vec<_> = (0..KEYS)
            .map(|number| {
                let name = format!("p{number:03}");
                let key = format!("/registry/storage.example.com/pods/ns/{name}");
                let text = self.template.replace("\"template\"", &format!("\"{name}\""));
                (key, text.replace("\"the note\"", &format!("\"{note}\"")))
            })
            .collect();
        let writes: Vec<_> = writes.iter().map(|(key, text)| (key.as_str(), Some(text.as_str()))).collect();
        self.cluster.write_together(&writes)
    }
}

async fn others() -> (Others, World, u64) {
    let cluster = Cluster::single();
    let options = EtcdOptions::new(cluster.urls()).compaction_interval(Duration::ZERO);
    let engine: Arc<dyn Engine> = Arc::new(EtcdEngine::connect(options).await.expect("connect"));
    let history = History { watch_age: Duration::ZERO, watch_bytes: 0, ..History::default() };
    let world = World::on(engine).with_history(history);
    let created = world.pods.in_namespace("ns").create(Pod::named("template").note("the note")).await;
    let template = String::from_utf8(world.records().await[0].bytes.to_vec()).expect("JSON");
    (Others { cluster, template }, world, created.revision())
}

/// A watch that stops in the middle of a revision, and whose log lets go of the rest, reads all of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_sees_all_keys_of_a_revision() {
    let (others, world, start) = others().await;
    let pods = world.pods.in_namespace("ns");
    let mut watch = pods.watch(at(start)).await;
    let mut revisions: Vec<_> = (0..4).map(|round| others.write(round)).collect();
    // Everything is in the log now. The watch takes a part of it, which ends within a revision.
    pods.list(&ListOptions::default()).await.expect("list");
    let first = watch.next().await;
    assert!(matches!(&first, Seen::Added(pod) if pod.revision() == revisions[0]), "{first:?}");
    // And now it is not there any more.
    revisions.extend((4..20).map(|round| others.write(round)));
    pods.list(&ListOptions::default()).await.expect("list");
    for (round, revision) in revisions.iter().enumerate() {
        for number in usize::from(round == 0)..KEYS {
            let (Seen::Added(pod) | Seen::Modified(pod)) = watch.next().await else {
                panic!("there is no pod {number} of round {round}")
            };
            let expected = (format!("p{number:03}"), *revision, round.to_string());
            assert_eq!((pod.name(), pod.revision(), pod.spec.note), expected);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_sees_all_keys_of_a_revision_or_none() {
    let (others, world, start) = others().await;
    let pods = world.pods.in_namespace("ns");
    let revisions: Vec<_> = (0..6).map(|round| others.write(round)).collect();
    for limit in [0, 7] {
        for (round, revision) in revisions.iter().enumerate() {
            let mut options = ListOptions { limit, ..exactly(*revision) };
            let mut found = Vec::new();
            loop {
                let page = pods.list(&options).await.expect("list");
                assert_eq!(page.revision(), *revision);
                found.extend(objects(&page));
                if page.continue_token().is_empty() {
                    break;
                }
                options = ListOptions { limit, ..ListOptions::default() };
                page.continue_token().clone_into(&mut options.continue_token);
            }
            assert_eq!(found.len(), KEYS + 1);
            let changed = found.iter().filter(|pod| pod.revision() == *revision);
            assert!(changed.clone().all(|pod| pod.spec.note == round.to_string()));
            assert_eq!(changed.count(), KEYS, "at {revision}");
        }
        assert_eq!(pods.list(&exactly(start)).await.expect("list").len(), 1, "before the first of them");
    }
}
