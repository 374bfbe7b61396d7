//! The bodies of all errors, byte for byte, by contract number.

use std::borrow::Cow;

use crate::errors::{Error, Reason};
use crate::field::{self, ErrorList, Path};
use crate::resource::{GroupKind, GroupResource};

const WIDGETS: GroupResource =
    GroupResource { group: Cow::Borrowed("demo.example.com"), resource: Cow::Borrowed("widgets") };
const WIDGET: GroupKind =
    GroupKind { group: Cow::Borrowed("demo.example.com"), kind: Cow::Borrowed("Widget") };
const NONE: GroupResource = GroupResource { group: Cow::Borrowed(""), resource: Cow::Borrowed("") };
const PODS: GroupResource = GroupResource { group: Cow::Borrowed(""), resource: Cow::Borrowed("pods") };

/// What every failure begins with.
const HEAD: &str = r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"#;

fn check(error: &Error, code: u16, reason: Reason, tail: &str) {
    assert_eq!((error.code(), error.reason()), (code, reason), "{error}");
    let body = serde_json::to_string(error.status()).expect("plain data");
    assert_eq!(body, format!("{HEAD}{tail}"));
}

fn size_error() -> field::Error {
    field::Error::invalid(Path::new("spec").child("size"), -1, "must be greater than or equal to 0")
}

// contract 13.6
#[test]
fn errors_about_an_object_name_it() {
    let about = r#""details":{"name":"x","group":"demo.example.com","kind":"widgets"}"#;
    check(
        &Error::not_found(&WIDGETS, "x"),
        404,
        Reason::NotFound,
        &format!(r#""widgets.demo.example.com \"x\" not found","reason":"NotFound",{about},"code":404}}"#),
    );
    check(
        &Error::already_exists(&WIDGETS, "x"),
        409,
        Reason::AlreadyExists,
        &format!(
            r#""widgets.demo.example.com \"x\" already exists","reason":"AlreadyExists",{about},"code":409}}"#
        ),
    );
    check(
        &Error::conflict(&WIDGETS, "x", "why"),
        409,
        Reason::Conflict,
        &format!(
            r#""Operation cannot be fulfilled on widgets.demo.example.com \"x\": why","reason":"Conflict",{about},"code":409}}"#
        ),
    );
    check(
        &Error::forbidden(&WIDGETS, "x", "why"),
        403,
        Reason::Forbidden,
        &format!(
            r#""widgets.demo.example.com \"x\" is forbidden: why","reason":"Forbidden",{about},"code":403}}"#
        ),
    );
}

// contract 8.1
#[test]
fn errors_of_the_legacy_group_have_none() {
    check(
        &Error::not_found(&PODS, "a\u{200b}b"),
        404,
        Reason::NotFound,
        "\"pods \\\"a\\\\u200bb\\\" not found\",\"reason\":\"NotFound\",\"details\":{\"name\":\"a\u{200b}b\",\"kind\":\"pods\"},\"code\":404}",
    );
    check(
        &Error::forbidden(&WIDGETS, "", "why"),
        403,
        Reason::Forbidden,
        r#""widgets.demo.example.com is forbidden: why","reason":"Forbidden","details":{"group":"demo.example.com","kind":"widgets"},"code":403}"#,
    );
    check(
        &Error::forbidden(&NONE, "", "why"),
        403,
        Reason::Forbidden,
        r#""forbidden: why","reason":"Forbidden","details":{},"code":403}"#,
    );
}

// contract 2.23
#[test]
fn a_name_that_cannot_be_generated_may_be_tried_again() {
    check(
        &Error::generate_name_conflict(&WIDGETS, "web-abcde"),
        409,
        Reason::AlreadyExists,
        r#""widgets.demo.example.com \"web-abcde\" already exists, the server was not able to generate a unique name for the object","reason":"AlreadyExists","details":{"name":"web-abcde","group":"demo.example.com","kind":"widgets","retryAfterSeconds":1},"code":409}"#,
    );
}

// contract 13.7
#[test]
fn invalid_objects_have_causes() {
    check(
        &Error::invalid(&WIDGET, "x", &size_error().into()),
        422,
        Reason::Invalid,
        r#""Widget.demo.example.com \"x\" is invalid: spec.size: Invalid value: -1: must be greater than or equal to 0","reason":"Invalid","details":{"name":"x","group":"demo.example.com","kind":"Widget","causes":[{"reason":"FieldValueInvalid","message":"Invalid value: -1: must be greater than or equal to 0","field":"spec.size"}]},"code":422}"#,
    );
    check(
        &Error::invalid(&WIDGET, "x", &ErrorList::new()),
        422,
        Reason::Invalid,
        r#""Widget.demo.example.com \"x\" is invalid","reason":"Invalid","details":{"name":"x","group":"demo.example.com","kind":"Widget"},"code":422}"#,
    );
}

// contract 8.11, 8.12
#[test]
fn the_message_tells_once_what_the_causes_tell_twice() {
    let mode = field::Error::required(Path::new("spec").child("mode"), "");
    let error = Error::invalid(&WIDGET, "x", &ErrorList::from_iter([size_error(), mode, size_error()]));
    assert_eq!(
        error.message(),
        r#"Widget.demo.example.com "x" is invalid: [spec.size: Invalid value: -1: must be greater than or equal to 0, spec.mode: Required value]"#
    );
    let details = error.status().details.as_ref().expect("an invalid object has details");
    let fields: Vec<_> = details.causes.iter().map(|cause| cause.field.as_str()).collect();
    assert_eq!(fields, ["spec.size", "spec.mode", "spec.size"]);
}

// contract 7.2.4: a decode error has neither kind nor name.
#[test]
fn an_invalid_patch_has_no_name() {
    let kind = GroupKind { group: Cow::Borrowed(""), kind: Cow::Borrowed("") };
    let error = field::Error::invalid(Path::new("patch"), r#"{"a":1}"#, "why");
    assert_eq!(
        Error::invalid(&kind, "", &error.into()).message(),
        r#" "" is invalid: patch: Invalid value: "{\"a\":1}": why"#
    );
}

// contract 8.1
#[test]
fn plain_errors_carry_their_message() {
    let cases = [
        (Error::bad_request("m"), 400, "BadRequest"),
        (Error::unauthorized("m"), 401, "Unauthorized"),
        (Error::not_acceptable("m"), 406, "NotAcceptable"),
        (Error::expired("m"), 410, "Expired"),
        (Error::unsupported_media_type("m"), 415, "UnsupportedMediaType"),
        (Error::service_unavailable("m"), 503, "ServiceUnavailable"),
    ];
    for (error, code, reason) in cases {
        check(&error, code, error.reason(), &format!(r#""m","reason":"{reason}","code":{code}}}"#));
    }
    check(
        &Error::request_entity_too_large("limit is 3145728"),
        413,
        Reason::RequestEntityTooLarge,
        r#""Request entity too large: limit is 3145728","reason":"RequestEntityTooLarge","code":413}"#,
    );
    // contract 6.78
    check(&Error::other("m"), 500, Reason::Unknown, r#""m","code":500}"#);
}

// contract 8.1
#[test]
fn errors_of_the_server_tell_what_to_do() {
    check(
        &Error::internal("why"),
        500,
        Reason::InternalError,
        r#""Internal error occurred: why","reason":"InternalError","details":{"causes":[{"message":"why"}]},"code":500}"#,
    );
    check(
        &Error::server_timeout(&WIDGETS, "list", 2),
        500,
        Reason::ServerTimeout,
        r#""The list operation against widgets.demo.example.com could not be completed at this time, please try again.","reason":"ServerTimeout","details":{"name":"list","group":"demo.example.com","kind":"widgets","retryAfterSeconds":2},"code":500}"#,
    );
    check(
        &Error::timeout("why", 0),
        504,
        Reason::Timeout,
        r#""Timeout: why","reason":"Timeout","details":{},"code":504}"#,
    );
    check(
        &Error::too_many_requests("m", 1),
        429,
        Reason::TooManyRequests,
        r#""m","reason":"TooManyRequests","details":{"retryAfterSeconds":1},"code":429}"#,
    );
    check(
        &Error::method_not_supported(&WIDGETS, "watch"),
        405,
        Reason::MethodNotAllowed,
        r#""watch is not supported on resources of kind \"widgets.demo.example.com\"","reason":"MethodNotAllowed","details":{"group":"demo.example.com","kind":"widgets"},"code":405}"#,
    );
}

// contract 13.8
#[test]
fn a_revision_of_the_future_has_the_cause_that_clients_look_for() {
    check(
        &Error::too_large_resource_version(10, 5, 1),
        504,
        Reason::Timeout,
        r#""Timeout: Too large resource version: 10, current: 5","reason":"Timeout","details":{"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large resource version"}],"retryAfterSeconds":1},"code":504}"#,
    );
}

// contract 6.9, 7.3.3, 8.2
#[test]
fn generic_errors_have_empty_details() {
    check(
        &Error::path_not_found(),
        404,
        Reason::NotFound,
        r#""the server could not find the requested resource","reason":"NotFound","details":{},"code":404}"#,
    );
    check(
        &Error::method_not_allowed(),
        405,
        Reason::MethodNotAllowed,
        r#""the server does not allow this method on the requested resource","reason":"MethodNotAllowed","details":{},"code":405}"#,
    );
    check(
        &Error::generic_invalid(),
        422,
        Reason::Invalid,
        r#""the server rejected our request due to an error in our request","reason":"Invalid","details":{},"code":422}"#,
    );
}

// contract 8.3, 8.4: what another server says is read too, whatever it says.
#[test]
fn bodies_are_read_back() {
    let body = r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"m","reason":"Novel","details":{"causes":[{"reason":"Novel","message":"m"}]},"code":418}"#;
    let status: crate::errors::Status = serde_json::from_str(body).expect("a Status");
    assert_eq!((status.code, status.reason), (418, Reason::Unknown));
    let status = Error::invalid(&WIDGET, "x", &size_error().into()).into_status();
    let read: crate::errors::Status =
        serde_json::from_str(&serde_json::to_string(&status).expect("plain data")).expect("a Status");
    assert_eq!(read, status);
}
