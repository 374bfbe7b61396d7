//! Texts of JSON that somebody could send, most of them close to a good object.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// The text of a JSON value, and of some that only look like one.
pub(crate) fn json() -> impl Strategy<Value = String> {
    let scalars = select(vec![
        "null",
        "true",
        "0",
        "-1",
        "1",
        "-0",
        "1.5",
        "1e400",
        "1E-400",
        "9223372036854775808",
        "-9223372036854775809",
        "2147483648",
        "123456789012345678901234567890",
        "\"\"",
        "\"a\"",
        "\"x\"",
        r#""\u0000""#,
        r#""\ud800""#,
        r#""\ud83d\ude00""#,
        "\"\u{e9}\u{1F600}\"",
        "\"2024-01-01T00:00:00Z\"",
        "\"9999-99-99T99:99:99Z\"",
        "\"Foreground\"",
        "\"example.com/f\"",
        "\"a/b/c\"",
        "[]",
        "{}",
        "NaN",
        "tru",
        "01",
        "\"",
        ".",
        "'a'",
    ]);
    let leaf = prop_oneof![
        8 => scalars.prop_map(str::to_owned),
        1 => any::<String>().prop_map(|text| serde_json::Value::from(text).to_string()),
        1 => any::<f64>().prop_map(|number| number.to_string()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            1 => vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            3 => object(inner),
        ]
    })
}

/// An object of known and unknown fields, some of them twice.
fn object(values: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let fields = select(vec![
        "apiVersion",
        "kind",
        "metadata",
        "spec",
        "status",
        "name",
        "namespace",
        "labels",
        "annotations",
        "finalizers",
        "ownerReferences",
        "managedFields",
        "uid",
        "resourceVersion",
        "generation",
        "generateName",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "selfLink",
        "controller",
        "blockOwnerDeletion",
        "size",
        "mode",
        "parts",
        "color",
        "phase",
        "ports",
        "port",
        "protocol",
        "tags",
        "limits",
        "source",
        "options",
        "replicas",
        "zone",
        "engine",
        "preconditions",
        "propagationPolicy",
        "orphanDependents",
        "dryRun",
        "gracePeriodSeconds",
        "manager",
        "operation",
        "fieldsV1",
        "time",
        "text",
        "",
        "a",
        "unknown",
    ]);
    vec((fields, values), 0..5).prop_map(|fields| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    })
}

/// An object that is good but for some of its fields.
fn nearly_good() -> impl Strategy<Value = String> {
    let part = |good: &'static str| prop_oneof![3 => Just(good.to_owned()), 2 => json(), 2 => object(json())];
    let name =
        select(vec![r#""name":"x""#, r#""name":"y""#, r#""generateName":"g-""#, r#""name":"../x""#, ""]);
    let kind = select(vec![
        "",
        r#""kind":"Widget","#,
        r#""kind":"Gauge","#,
        r#""apiVersion":"demo.example.com/v1","#,
    ]);
    (kind, name, object(json()), part(r#"{"size":1,"mode":"quiet"}"#), part(r#"{"phase":"Ready"}"#)).prop_map(
        |(kind, name, meta, spec, status)| {
            let meta = meta.strip_prefix('{').unwrap_or(&meta).to_owned();
            let comma = if name.is_empty() || meta == "}" { "" } else { "," };
            format!("{{{kind}\"metadata\":{{{name}{comma}{meta},\"spec\":{spec},\"status\":{status}}}")
        },
    )
}

pub(crate) fn body() -> impl Strategy<Value = Vec<u8>> {
    let text = prop_oneof![6 => nearly_good(), 2 => json(), 1 => any::<String>()];
    // Now and then a byte that is no text.
    (text, option::weighted(0.1, (any::<prop::sample::Index>(), any::<u8>()))).prop_map(|(text, change)| {
        let mut bytes = text.into_bytes();
        if let Some((at, byte)) = change.filter(|_| !bytes.is_empty()) {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}
