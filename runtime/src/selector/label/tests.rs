//! The grammar of label selectors, what they match, and their errors, by contract number.

use super::LabelSelector;
use crate::storage::Header;

fn header(labels: &[(&str, &str)]) -> Header {
    let mut labels: Vec<_> = labels.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    labels.sort();
    Header { labels: labels.into(), ..Header::default() }
}

fn matches(selector: &str, labels: &[(&str, &str)]) -> bool {
    LabelSelector::parse(selector).expect(selector).matches(&header(labels))
}

// contract 6.33
#[test]
fn selectors_print_in_canonical_form() {
    let cases = [
        ("", ""),
        (" \t\r\n", ""),
        ("x", "x"),
        ("! x", "!x"),
        ("x=a,y=b,z=c", "x=a,y=b,z=c"),
        ("y=b,x=a", "x=a,y=b"),
        ("x == a", "x==a"),
        ("x!=a", "x!=a"),
        ("x=", "x="),
        ("x= ,z= ", "x=,z="),
        ("x!=", "x!="),
        ("x>1,z<5", "x>1,z<5"),
        ("x>007", "x>007"),
        ("x in (b, a ,b)", "x in (a,b)"),
        ("x in()", "x in ()"),
        ("x in (,a)", "x in (,a)"),
        ("x in (a,)", "x in (,a)"),
        ("x in (a,,,b)", "x in (,a,b)"),
        ("x notin ( )", "x notin ()"),
        ("a in (x,notin,in)", "a in (in,notin,x)"),
        ("in in (in),notin=notin,in", "in in (in),in,notin=notin"),
        ("example.com/Tier=Front_end", "example.com/Tier=Front_end"),
    ];
    for (text, canonical) in cases {
        let selector = LabelSelector::parse(text).expect(text);
        assert_eq!(selector.to_string(), canonical, "{text:?}");
        assert_eq!(LabelSelector::parse(canonical).expect(canonical), selector);
        assert_eq!(selector.is_empty(), canonical.is_empty());
    }
    assert_eq!(LabelSelector::parse("").expect("empty"), LabelSelector::default());
}

// contract 6.33, 15.28
#[test]
fn selectors_match() {
    let labels = [("app", "web"), ("size", "10"), ("empty", ""), ("example.com/a", "b")];
    let matching = [
        "",
        "app",
        "!absent",
        "app=web",
        "app==web",
        "app!=db",
        "absent!=web",
        "absent notin (web)",
        "app in (db,web)",
        "app notin (db)",
        "empty=",
        "empty in ()",
        "empty in (,x)",
        "size>9",
        "size<11",
        "app=web,size=10,example.com/a=b,empty",
    ];
    let missing = [
        "absent",
        "!app",
        "app=db",
        "app=we",
        "app!=web",
        "absent=",
        "absent in (,web)",
        "app notin (db,web)",
        "size>10",
        "size<10",
        "app>1",
        "app<1",
        "absent>1",
        "absent<1",
        "app=web,app=db",
        "app=web,absent",
    ];
    for selector in matching {
        assert!(matches(selector, &labels), "{selector:?}");
    }
    for selector in missing {
        assert!(!matches(selector, &labels), "{selector:?}");
    }
    assert!(!matches("size>9", &[("size", "ten")]));
    let many: Vec<_> = (10..50).map(|n| (format!("key-{n}"), format!("value-{n}"))).collect();
    let many: Vec<_> = many.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert!(matches("key-10=value-10,key-49 in (a,b,value-49),!key-50", &many));
    assert!(!matches("key-10=value-11", &many));
    assert!(!matches("size>9", &[("size", "99999999999999999999")]));
}

// contract 6.34
#[test]
fn errors_have_the_texts_of_upstream() {
    let operators = "expected: in, notin, =, ==, !=, gt, lt";
    let integer = "for 'Gt', 'Lt' operators, the value must be an integer";
    let cases = [
        ("x,", "found '', expected: identifier after ','".to_owned()),
        ("x,,y", "found ',', expected: identifier after ','".to_owned()),
        (",x", "found ',', expected: !, identifier, or 'end of string'".to_owned()),
        ("(", "found '(', expected: !, identifier, or 'end of string'".to_owned()),
        ("x=a y", "found 'y', expected: ',' or 'end of string'".to_owned()),
        ("x==a==b", "found '==', expected: ',' or 'end of string'".to_owned()),
        ("!x=a", "found '=', expected: ',' or 'end of string'".to_owned()),
        ("a in (xyz)b notin ()", "found 'b', expected: ',' or 'end of string'".to_owned()),
        ("!", "unable to parse requirement: found '', expected: identifier".to_owned()),
        ("!!x", "unable to parse requirement: found '!', expected: identifier".to_owned()),
        ("x=(", "unable to parse requirement: found '(', expected: identifier".to_owned()),
        ("x b", format!("unable to parse requirement: found 'b', {operators}")),
        ("x nott in (y)", format!("unable to parse requirement: found 'nott', {operators}")),
        ("x (", format!("unable to parse requirement: found '(', {operators}")),
        ("x !", format!("unable to parse requirement: found '!', {operators}")),
        ("x in x", "unable to parse requirement: found 'x' expected: '('".to_owned()),
        ("x notin", "unable to parse requirement: found '' expected: '('".to_owned()),
        ("x in (", "unable to parse requirement: found '', expected: ',', ')' or identifier".to_owned()),
        ("x in (=", "unable to parse requirement: found '=', expected: ',', ')' or identifier".to_owned()),
        ("x in (a b)", "unable to parse requirement: found 'b', expected: ',' or ')'".to_owned()),
        ("x in (a", "unable to parse requirement: found '', expected: ',' or ')'".to_owned()),
        ("x in (a,", "unable to parse requirement: found '', expected: ',', or identifier".to_owned()),
        ("x in (,!", "unable to parse requirement: found '!', expected: ',', or identifier".to_owned()),
        ("x>a", format!("unable to parse requirement: values[0]: Invalid value: \"a\": {integer}")),
        ("x<", format!("unable to parse requirement: values[0]: Invalid value: \"\": {integer}")),
    ];
    for (selector, text) in cases {
        let error = LabelSelector::parse(selector).expect_err(selector);
        assert_eq!((error.code(), error.message()), (400, text.as_str()), "{selector:?}");
    }
}

// contract 6.34
#[test]
fn keys_and_values_are_checked_like_labels() {
    let key = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    let value = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    let cases = [
        ("a:b", format!(r#"<nil>: Invalid value: "a:b": {key}"#)),
        (
            "/",
            format!(
                r#"<nil>: Invalid value: "/": prefix part must be non-empty; name part must be non-empty; {key}"#
            ),
        ),
        ("x\0", format!(r#"<nil>: Invalid value: "x\x00": {key}"#)),
        ("k=-x", format!(r#"values[0][k]: Invalid value: "-x": {value}"#)),
        ("k in (a,é)", format!(r#"values[1][k]: Invalid value: "é": {value}"#)),
        (
            "k>-x",
            format!(
                r#"[values[0]: Invalid value: "-x": for 'Gt', 'Lt' operators, the value must be an integer, values[0][k]: Invalid value: "-x": {value}]"#
            ),
        ),
    ];
    for (selector, text) in cases {
        let error = LabelSelector::parse(selector).expect_err(selector);
        assert_eq!(error.message(), format!("unable to parse requirement: {text}"), "{selector:?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[a!=<>(), \\n\0é/-]{0,12}( (in|notin) )?[a!=<>(), é]{0,8}") {
        if let Ok(selector) = LabelSelector::parse(&text) {
            let canonical = selector.to_string();
            proptest::prop_assert_eq!(LabelSelector::parse(&canonical)?, selector);
        }
    }
}
