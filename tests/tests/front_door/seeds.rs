//! Bodies that have brought other servers down: depth, aliases, numbers, texts that are none.

use crate::request::{Request, WIDGETS};

/// Each body through each door.
pub(crate) fn requests() -> impl Iterator<Item = Request> {
    bodies().into_iter().flat_map(|body| {
        let item = format!("{WIDGETS}/x");
        let doors = [
            ("POST", WIDGETS, "application/json"),
            ("POST", WIDGETS, "application/yaml"),
            ("PUT", &item, "application/json"),
            ("PUT", &item, "application/yaml"),
            ("PATCH", &item, "application/merge-patch+json"),
            ("PATCH", &item, "application/json-patch+json"),
            ("DELETE", &item, "application/json"),
            ("DELETE", &item, "application/yaml"),
        ];
        doors.map(|(method, target, content_type)| {
            Request::new(method, target, body.clone()).typed(content_type)
        })
    })
}

fn bodies() -> Vec<Vec<u8>> {
    let mut bodies: Vec<Vec<u8>> = vec![
        // Depth: of lists, of objects, open and closed, within an object that is good.
        "[".repeat(1_500_000).into(),
        format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)).into(),
        "{\"a\":".repeat(100_000).into(),
        format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000)).into(),
        good(&format!("{}{}", "[".repeat(5_000), "]".repeat(5_000))).into(),
        good(&format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000))).into(),
        "- ".repeat(20_000).into(),
        "a:\n ".repeat(1_000).into(),
        // Numbers that are none of a machine.
        good("1e400").into(),
        good(&"9".repeat(20_000)).into(),
        good(&format!("0.{}1", "0".repeat(20_000))).into(),
        good("-0").into(),
        good("1E-99999999999").into(),
        good(".inf").into(),
        good("0x7fffffffffffffffffff").into(),
        // Texts that are none.
        good(r#""\ud800""#).into(),
        good(r#""\udc00\ud800""#).into(),
        good(r#""\u0000""#).into(),
        good("\"\u{0}\"").into(),
        good("\"\u{feff}\u{202e}\u{7f}\"").into(),
        [good("\"").into_bytes(), vec![0xff, 0xfe, 0xc0, 0x80], b"\"}".to_vec()].concat(),
        [vec![0xef, 0xbb, 0xbf], good("1").into_bytes()].concat(),
        [vec![0xff, 0xfe], good("1").bytes().flat_map(|byte| [byte, 0]).collect()].concat(),
        // Names that are written often.
        format!("{{{}\"metadata\":{{\"name\":\"x\"}}}}", "\"spec\":{},".repeat(3_000)).into(),
        format!("{{{}\"metadata\":{{\"name\":\"x\"}}}}", "\"unknown\":{},".repeat(3_000)).into(),
        // Lists and maps that are long.
        good(&format!("[{}1]", "1,".repeat(10_000))).into(),
        format!(
            "[{}1]",
            "{\"op\":\"add\",\"path\":\"/spec/parts/0\",\"value\":{\"name\":\"a\"}},".repeat(2_000)
        )
        .into(),
        // Aliases that double, and one that holds itself.
        laughs().into(),
        "a: &a [*a]".into(),
        "a: &a\n  <<: *a".into(),
        "*a".into(),
        // Documents that are several, or of other types.
        "---\na: 1\n---\nb: 2\n".into(),
        "%YAML 9.9\n---\n!!python/object/apply:os.system ['x']".into(),
        "!!binary |\n  ////\n".into(),
        "\t- a".into(),
        "? {a: b}\n: c".into(),
        "{}".into(),
    ];
    // A copy that doubles with each operation.
    let copies = r#"{"op":"copy","from":"/metadata","path":"/metadata/a"},"#.repeat(60);
    bodies.push(format!("[{copies}{{\"op\":\"test\",\"path\":\"\",\"value\":1}}]").into());
    bodies
}

/// A widget that is good but for one value.
fn good(value: &str) -> String {
    format!(
        "{{\"metadata\":{{\"name\":\"x\"}},\"spec\":{{\"size\":1,\"mode\":\"quiet\",\"parts\":{value}}}}}"
    )
}

/// Nine lists of nine aliases each: a billion laughs.
fn laughs() -> String {
    let first = "a0: &a0 [l,l,l,l,l,l,l,l,l]".to_owned();
    let others = (1..12).map(|level| {
        let aliases = vec![format!("*a{}", level - 1); 9].join(",");
        format!("a{level}: &a{level} [{aliases}]")
    });
    std::iter::once(first).chain(others).collect::<Vec<_>>().join("\n")
}
