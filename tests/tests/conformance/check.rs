//! What must be true of an answer.

use regex::Regex;
use resourceful_tests::client::Answer;
use serde_json::Value;

use crate::values::{Values, at, flow};

/// Checks the line after the `=`: `201 as a`, `404 NotFound: text`, `400 BadRequest ~ part`, `404 text: words`. Returns the
/// name to remember the answer by.
pub(crate) fn expected(line: &str, answer: &Answer) -> Result<Option<String>, String> {
    let mut rest = line;
    let code = word(&mut rest);
    if answer.code.to_string() != code {
        return Err(format!("expected {code}"));
    }
    let name = rest.starts_with("as ").then(|| {
        word(&mut rest);
        word(&mut rest).to_owned()
    });
    if rest.is_empty() {
        return Ok(name);
    }
    let end = rest.find([' ', ':']).unwrap_or(rest.len());
    let (reason, after) = rest.split_at(end);
    let (exact, part) = (after.strip_prefix(": "), after.strip_prefix(" ~ "));
    if reason == "text" {
        let exact = exact.unwrap_or_default();
        return if answer.text().trim() == exact {
            Ok(name)
        } else {
            Err(format!("expected the text {exact}"))
        };
    }
    let status = json(answer)?;
    let field = |key: &str| status[key].as_str().unwrap_or_default();
    if (field("kind"), field("status"), &status["code"]) != ("Status", "Failure", &answer.code.into()) {
        return Err("expected a Status with its code".into());
    }
    if field("reason") != reason {
        return Err(format!("expected the reason {reason}"));
    }
    match (exact, part) {
        (Some(exact), _) if exact != field("message") => Err(format!("expected the message\n    {exact}")),
        (_, Some(part)) if !field("message").contains(part) => {
            Err(format!("expected a message with\n    {part}"))
        }
        _ => Ok(name),
    }
}

/// Checks one of the lines below it.
pub(crate) fn check(line: &str, answer: &Answer, values: &Values) -> Result<(), String> {
    let mut rest = line;
    match word(&mut rest) {
        "header" => {
            let name = word(&mut rest);
            let value = answer.headers.get(name).and_then(|value| value.to_str().ok());
            compare(rest, value.map(Value::from).as_ref(), values)
        }
        "headers" => {
            let all = answer.headers.get_all(word(&mut rest)).iter();
            let all: Vec<_> = all.map(|value| value.to_str().unwrap_or_default()).collect();
            compare(rest, Some(&all.into()), values)
        }
        "text" => compare(rest, Some(&answer.text().into()), values),
        _ => check_object(line, &json(answer)?, values),
    }
}

/// Checks a line about an object, of an answer or of an event.
pub(crate) fn check_object(line: &str, object: &Value, values: &Values) -> Result<(), String> {
    let mut rest = line;
    match word(&mut rest) {
        "names" => {
            let items = object["items"].as_array().ok_or("expected items")?;
            let names: Vec<_> =
                items.iter().map(|item| item["metadata"]["name"].as_str().unwrap_or("?")).collect();
            let wanted = values.fill(rest.trim_start_matches('=').trim())?;
            if names.join(" ") == wanted { Ok(()) } else { Err(format!("expected the names {wanted}")) }
        }
        "cause" => {
            let (head, message) = rest.split_once(": ").unwrap_or((rest, ""));
            let (reason, field) = head.split_once(' ').unwrap_or((head, ""));
            let (message, field) = (values.fill(message)?, values.fill(field)?);
            let causes = object["details"]["causes"].as_array().ok_or("expected causes")?;
            let is = |cause: &Value| {
                cause["reason"].as_str().unwrap_or_default() == reason
                    && cause["field"].as_str().unwrap_or_default() == field
                    && cause["message"].as_str().unwrap_or_default().contains(&message)
            };
            if causes.iter().any(is) { Ok(()) } else { Err(format!("expected the cause {rest}")) }
        }
        "message" => compare(rest, object.get("message"), values),
        path if path.starts_with('.') => compare(rest, at(object, path), values),
        other => Err(format!("nobody knows the check {other}")),
    }
}

/// `= value`, `!= value`, `~ part`, `matches regex`, `> number`, `length number`, `absent`, `present`.
fn compare(comparison: &str, actual: Option<&Value>, values: &Values) -> Result<(), String> {
    let mut rest = comparison;
    let operator = word(&mut rest);
    let wanted = values.fill(rest)?;
    let text = match actual {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let number = |text: &str| text.parse::<u64>().ok();
    let holds = match operator {
        "=" => match actual {
            Some(Value::String(text)) if *text == wanted => true,
            Some(actual) => *actual == flow(&wanted)?,
            None => false,
        },
        "!=" => actual.is_some() && *actual.unwrap_or(&Value::Null) != flow(&wanted)? && text != wanted,
        "~" => text.contains(&wanted),
        "!~" => !text.contains(&wanted),
        "starts" => text.starts_with(&wanted),
        "ends" => text.ends_with(&wanted),
        "matches" => Regex::new(rest).map_err(|error| error.to_string())?.is_match(&text),
        ">" => number(&text) > number(&wanted) && number(&wanted).is_some(),
        ">=" => number(&text) >= number(&wanted) && number(&wanted).is_some(),
        "length" => {
            let length = match actual {
                Some(Value::Array(items)) => items.len(),
                Some(Value::Object(fields)) => fields.len(),
                _ => text.len(),
            };
            number(&wanted) == u64::try_from(length).ok()
        }
        "absent" => actual.is_none(),
        "present" => actual.is_some(),
        other => return Err(format!("nobody knows the comparison {other}")),
    };
    if holds { Ok(()) } else { Err(format!("expected {operator} {wanted}, and not {text}")) }
}

pub(crate) fn json(answer: &Answer) -> Result<Value, String> {
    serde_json::from_slice(&answer.body).map_err(|error| format!("expected JSON: {error}"))
}

/// Takes the first word.
pub(crate) fn word<'t>(text: &mut &'t str) -> &'t str {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    *text = rest.trim_start();
    word
}
