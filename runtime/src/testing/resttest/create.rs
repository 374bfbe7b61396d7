//! RT-01 to RT-13: creates.

use super::Check;
use super::bench::{Bench, Broken, NAMESPACE, Outcome, ensure, must, refused, same, with_meta};
use crate::context::RequestContext;
use crate::meta::Time;

pub(super) const CHECKS: &[Check] = &[
    ("RT-01", "create: a taken name", |b| Box::pin(taken(b))),
    ("RT-02", "create: a dry run stores nothing", |b| Box::pin(dry_run(b))),
    ("RT-03", "create: a dry run answers as the real one", |b| Box::pin(dry_run_equals(b))),
    ("RT-04", "create: the answer is what is read", |b| Box::pin(equals(b))),
    ("RT-05", "create: the namespace of the object is dropped", |b| Box::pin(discards_namespace(b))),
    ("RT-06", "create: a generated name", |b| Box::pin(generates_name(b))),
    ("RT-07", "create: metadata of the system", |b| Box::pin(has_metadata(b))),
    ("RT-08", "create: the namespace of the request is ignored", |b| Box::pin(ignores_namespace(b))),
    ("RT-09", "create: namespaces that differ are ignored", |b| Box::pin(ignores_mismatch(b))),
    ("RT-10", "create: names that are refused", |b| Box::pin(names(b))),
    ("RT-11", "create: objects that are refused", |b| Box::pin(invalid(b))),
    ("RT-12", "create: namespaces that differ are refused", |b| Box::pin(rejects_mismatch(b))),
    ("RT-13", "create: what clients set is replaced", |b| Box::pin(resets(b))),
];

const OF_NAMESPACES: Broken = Broken::Skipped("the kind lives in namespaces");
const OF_THE_CLUSTER: Broken = Broken::Skipped("the kind lives in the cluster");

async fn taken(bench: &Bench<'_>) -> Outcome {
    bench.create(bench.object(1)).await?;
    for dry_run in [true, false] {
        let again = bench.try_create(&bench.ctx(), bench.object(1), dry_run).await?;
        let error = refused("a second create", again, &[409])?;
        ensure(error.is_already_exists(), || format!("the reason must be AlreadyExists: {error}"))?;
    }
    Ok(())
}

async fn dry_run(bench: &Bench<'_>) -> Outcome {
    must("a dry run", bench.try_create(&bench.ctx(), bench.object(2), true).await?)?;
    bench.ensure_gone(&bench.name(2)).await
}

async fn dry_run_equals(bench: &Bench<'_>) -> Outcome {
    let dry = must("a dry run", bench.try_create(&bench.ctx(), bench.object(2), true).await?)?;
    let real = bench.create(bench.object(2)).await?;
    same("both answers", &real, &dry, &["uid", "resourceVersion", "creationTimestamp", "managedFields"])
}

async fn equals(bench: &Bench<'_>) -> Outcome {
    let created = bench.create(bench.object(2)).await?;
    let read = bench.get(&bench.name(2)).await?;
    same("created and read", &created, &read, &[])
}

async fn discards_namespace(bench: &Bench<'_>) -> Outcome {
    in_no_namespace(bench, "", "not-default").await
}

async fn ignores_namespace(bench: &Bench<'_>) -> Outcome {
    in_no_namespace(bench, "not-default2", "").await
}

async fn ignores_mismatch(bench: &Bench<'_>) -> Outcome {
    in_no_namespace(bench, "not-default2", "not-default").await
}

/// An object of the cluster, created with a namespace in the request and one in the object.
async fn in_no_namespace(bench: &Bench<'_>, request: &str, object: &str) -> Outcome {
    if bench.is_namespaced() {
        return Err(OF_NAMESPACES);
    }
    for dry_run in [true, false] {
        let ctx = RequestContext::namespaced(request);
        let wanted = with_meta(&*bench.object(1), |meta| object.clone_into(&mut meta.namespace));
        let created = must("create", bench.try_create(&ctx, wanted, dry_run).await?)?;
        let namespace = bench.meta(&created)?.namespace;
        ensure(namespace.is_empty(), || format!("the object is in the namespace {namespace:?}"))?;
    }
    Ok(())
}

async fn generates_name(bench: &Bench<'_>) -> Outcome {
    let prefix = format!("{}-", bench.name(1));
    let nameless = with_meta(&*bench.object(1), |meta| {
        meta.name = String::new();
        meta.generate_name.clone_from(&prefix);
    });
    let created = bench.create(nameless).await?;
    let name = created.name();
    let made = name.len() > prefix.len() && name.starts_with(&prefix);
    ensure(made, || format!("a name that begins with {prefix:?} must be made, and not {name:?}"))
}

async fn has_metadata(bench: &Bench<'_>) -> Outcome {
    let meta = bench.meta(&*bench.create(bench.object(1)).await?)?;
    let filled = !meta.uid.is_empty() && meta.creation_timestamp.is_some();
    ensure(filled, || format!("uid and creationTimestamp must be filled in: {meta:?}"))
}

async fn names(bench: &Bench<'_>) -> Outcome {
    let whole = bench.name(1);
    for name in [".".to_owned(), "..".to_owned(), format!("{whole}/"), format!("{whole}%")] {
        for dry_run in [true, false] {
            let object = with_meta(&*bench.object(1), |meta| meta.name.clone_from(&name));
            let result = bench.try_create(&bench.ctx(), object, dry_run).await?;
            refused(&format!("the name {name:?}"), result, &[422])?;
        }
    }
    Ok(())
}

async fn invalid(bench: &Bench<'_>) -> Outcome {
    bench.creater()?;
    if bench.parts.invalid.is_empty() {
        return Err(Broken::Skipped("no invalid object was given"));
    }
    for (number, object) in bench.parts.invalid.iter().enumerate() {
        for dry_run in [true, false] {
            let object = with_meta(&**object, |meta| bench.namespace().clone_into(&mut meta.namespace));
            let result = bench.try_create(&bench.ctx(), object, dry_run).await?;
            refused(&format!("the invalid object {number}"), result, &[422])?;
        }
    }
    Ok(())
}

async fn rejects_mismatch(bench: &Bench<'_>) -> Outcome {
    if !bench.is_namespaced() {
        return Err(OF_THE_CLUSTER);
    }
    for dry_run in [true, false] {
        let object = with_meta(&*bench.object(1), |meta| meta.namespace = "not-default".into());
        let result = bench.try_create(&RequestContext::namespaced(NAMESPACE), object, dry_run).await?;
        mismatch(&refused("another namespace", result, &[400])?)?;
    }
    Ok(())
}

/// Makes sure that an error speaks of the namespaces.
pub(super) fn mismatch(error: &crate::errors::Error) -> Outcome {
    let told = error.message().contains("does not match the namespace sent on the request");
    ensure(told, || format!("the message must speak of the namespace, and not say {error}"))
}

async fn resets(bench: &Bench<'_>) -> Outcome {
    let old = Time::now().plus_seconds(-3600);
    let object = with_meta(&*bench.object(1), |meta| {
        meta.uid = "bad-uid".into();
        meta.creation_timestamp = Some(old);
    });
    let meta = bench.meta(&*bench.create(object).await?)?;
    let reset = meta.uid != "bad-uid" && meta.creation_timestamp != Some(old);
    ensure(reset, || format!("uid and creationTimestamp must be the server's: {meta:?}"))
}
