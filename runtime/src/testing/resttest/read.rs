//! RT-36 to RT-45: gets, lists and watches.

use futures_util::StreamExt as _;

use super::Check;
use super::bench::{Bench, Broken, Outcome, ensure, fail, must, refused, same, with_meta};
use crate::context::RequestContext;
use crate::errors::Error;
use crate::options::ListOptions;
use crate::rest::dynamic::StoredList;
use crate::selector::{FieldSelector, LabelSelector};
use crate::watch::WatchItem;

pub(super) const CHECKS: &[Check] = &[
    ("RT-36", "get: one name in two namespaces", |b| Box::pin(two_namespaces(b))),
    ("RT-37", "get: found", |b| Box::pin(found(b))),
    ("RT-38", "get: another namespace", |b| Box::pin(other_namespace(b))),
    ("RT-39", "get: not found", |b| Box::pin(missing(b))),
    ("RT-40", "list: found", |b| Box::pin(listed(b))),
    ("RT-41", "list: by a label", |b| Box::pin(labelled(b))),
    ("RT-42", "list: nothing", |b| Box::pin(nothing(b))),
    ("RT-43", "list: as a table", |b| Box::pin(table(b))),
    ("RT-44", "watch: fields", |b| Box::pin(watch_fields(b))),
    ("RT-45", "watch: labels", |b| Box::pin(watch_labels(b))),
];

async fn two_namespaces(bench: &Bench<'_>) -> Outcome {
    if !bench.is_namespaced() {
        return Err(Broken::Skipped("the kind lives in the cluster"));
    }
    for namespace in ["bar3", "bar4"] {
        let object = with_meta(&*bench.object(1), |meta| meta.namespace = namespace.into());
        let ctx = RequestContext::namespaced(namespace);
        must("create", bench.try_create(&ctx, object, false).await?)?;
    }
    for namespace in ["bar3", "bar4"] {
        let ctx = RequestContext::namespaced(namespace);
        let got = must("get", bench.try_get(&ctx, &bench.name(1)).await?)?;
        ensure(got.namespace() == namespace, || format!("{} is not in {namespace}", got.key()))?;
    }
    Ok(())
}

async fn found(bench: &Bench<'_>) -> Outcome {
    let created = bench.create(bench.object(1)).await?;
    same("created and read", &created, &*bench.get(&bench.name(1)).await?, &[])
}

async fn other_namespace(bench: &Bench<'_>) -> Outcome {
    bench.create(bench.object(4)).await?;
    let got = bench.try_get(&RequestContext::namespaced("bar5"), &bench.name(4)).await?;
    if bench.is_namespaced() {
        refused("a get in another namespace", got, &[404]).map(drop)
    } else {
        must("a get of a kind of the cluster", got).map(drop)
    }
}

async fn missing(bench: &Bench<'_>) -> Outcome {
    bench.ensure_gone("there-is-no-such-object").await
}

/// The numbers of the objects on a list, which are named by them.
fn names(list: &StoredList) -> Vec<String> {
    list.items.iter().map(|item| item.name().to_owned()).collect()
}

async fn listed(bench: &Bench<'_>) -> Outcome {
    bench.lister()?;
    for number in [1, 2] {
        bench.create(bench.object(number)).await?;
    }
    let list = bench.list(&ListOptions::default()).await?;
    ensure(names(&list) == [bench.name(1), bench.name(2)], || {
        format!("both must be listed: {:?}", names(&list))
    })?;
    ensure(list.revision > 0, || "a list must have a resourceVersion".into())
}

/// Which objects carry the label `key=test`.
fn selector() -> Outcome<LabelSelector> {
    must("the selector", LabelSelector::parse("key=test"))
}

async fn labelled(bench: &Bench<'_>) -> Outcome {
    bench.lister()?;
    bench.create(bench.object(1)).await?;
    let object = with_meta(&*bench.object(2), |meta| {
        meta.labels.insert("key".into(), "test".into());
    });
    bench.create(object).await?;
    let list = bench.list(&ListOptions { label_selector: selector()?, ..ListOptions::default() }).await?;
    ensure(names(&list) == [bench.name(2)], || format!("one must be listed: {:?}", names(&list)))
}

async fn nothing(bench: &Bench<'_>) -> Outcome {
    bench.creater()?;
    let list = bench.list(&ListOptions::default()).await?;
    ensure(list.items.is_empty() && list.revision > 0, || {
        format!("nothing must be listed: {:?}", names(&list))
    })
}

async fn table(bench: &Bench<'_>) -> Outcome {
    let convertor = bench.handlers.table_convertor.as_deref();
    let convertor = convertor.ok_or(Broken::Skipped("the kind has no tables"))?;
    if bench.handlers.creater.is_some() {
        bench.create(bench.object(1)).await?;
    }
    let list = bench.list(&ListOptions::default()).await?;
    let columns = convertor.columns();
    for column in &columns {
        let typed = ["string", "date", "integer", "number", "boolean"].contains(&column.kind);
        let good = typed && !column.name.is_empty() && (0..=2).contains(&column.priority);
        ensure(good, || format!("a column needs a name, a type and a priority of 0 to 2: {column:?}"))?;
    }
    for item in &list.items {
        let cells = must("the cells", convertor.cells(item))?;
        ensure(cells.len() == columns.len(), || {
            format!("{} has {} cells and {} columns", item.name(), cells.len(), columns.len())
        })?;
    }
    Ok(())
}

async fn watch_fields(bench: &Bench<'_>) -> Outcome {
    let field_selector =
        must("the selector", FieldSelector::parse(&format!("metadata.name={}", bench.name(2))))?;
    watched(bench, ListOptions { field_selector, ..ListOptions::default() }).await
}

async fn watch_labels(bench: &Bench<'_>) -> Outcome {
    watched(bench, ListOptions { label_selector: selector()?, ..ListOptions::default() }).await
}

/// Creates an object that a watch does not select and then one that it does, which must be its first event.
async fn watched(bench: &Bench<'_>, options: ListOptions) -> Outcome {
    let watcher = bench.handlers.watcher.as_deref().ok_or(Broken::Skipped("the kind has no `watch`"))?;
    let mut watch = must("watch", watcher.watch(&bench.ctx(), &options).await)?;
    bench.create(bench.object(1)).await?;
    let object = with_meta(&*bench.object(2), |meta| {
        meta.labels.insert("key".into(), "test".into());
    });
    let created = bench.create(object).await?;
    match watch.next().await {
        Some(WatchItem::Added(object, _)) => same("created and watched", &created, &object, &[]),
        Some(WatchItem::Error(status)) => fail(format!("the watch failed: {}", Error::from(*status))),
        other => fail(format!("{} must be the first event, and not {other:?}", created.name())),
    }
}
