//! The bodies of all errors, byte for byte, by contract number.

use std::borrow::Cow;

use crate::errors::{Cause, CauseType, Error, Reason, ServerResponse, Status};
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
        (Error::gone("m"), 410, "Gone"),
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
    check(
        &Error::unauthorized(""),
        401,
        Reason::Unauthorized,
        r#""not authorized","reason":"Unauthorized","code":401}"#,
    );
    check(
        &Error::too_many_requests_error("slow down"),
        429,
        Reason::TooManyRequests,
        r#""Too many requests: slow down","reason":"TooManyRequests","code":429}"#,
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

// contract 7.8.5, 8.1
#[test]
fn errors_with_nothing_but_causes() {
    let cause = |reason, message: &str, field: &str| Cause {
        reason: Some(reason),
        message: message.into(),
        field: field.into(),
    };
    let conflict = cause(CauseType::FieldManagerConflict, "conflict with \"b\"", ".spec.size");
    check(
        &Error::apply_conflict(
            vec![conflict],
            "Apply failed with 1 conflict: conflict with \"b\": .spec.size",
        ),
        409,
        Reason::Conflict,
        r#""Apply failed with 1 conflict: conflict with \"b\": .spec.size","reason":"Conflict","details":{"causes":[{"reason":"FieldManagerConflict","message":"conflict with \"b\"","field":".spec.size"}]},"code":409}"#,
    );
    check(
        &Error::store_read(vec![cause(CauseType::UnexpectedServerResponse, "not JSON", "ns1/x")], "m"),
        500,
        Reason::StorageReadError,
        r#""m","reason":"StorageReadError","details":{"causes":[{"reason":"UnexpectedServerResponse","message":"not JSON","field":"ns1/x"}]},"code":500}"#,
    );
}

// contract 8.2
#[test]
fn answers_that_are_no_status() {
    let table = [
        (400, "BadRequest", "the server rejected our request for an unknown reason"),
        (401, "Unauthorized", "the server has asked for the client to provide credentials"),
        (403, "Forbidden", "said"),
        (404, "NotFound", "the server could not find the requested resource"),
        (405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
        (406, "NotAcceptable", "said"),
        (409, "Conflict", "the server reported a conflict"),
        (415, "UnsupportedMediaType", "said"),
        (418, "", "the server responded with the status code 418 but did not return more information"),
        (422, "Invalid", "the server rejected our request due to an error in our request"),
        (
            429,
            "TooManyRequests",
            "the server has received too many requests and has asked us to try again later",
        ),
        (500, "InternalError", "an error on the server (\"said\") has prevented the request from succeeding"),
        (503, "ServiceUnavailable", "the server is currently unable to handle the request"),
        (
            504,
            "Timeout",
            "the server was unable to return a response in the time allotted, but may still be processing the request",
        ),
        (599, "InternalError", "an error on the server (\"said\") has prevented the request from succeeding"),
    ];
    for (code, reason, message) in table {
        let response = ServerResponse { message: "said", ..ServerResponse::code(code) };
        let error = Error::from(response);
        assert_eq!((error.code(), error.message()), (code, message));
        let body = serde_json::to_value(error.status()).expect("plain data");
        assert_eq!(body["reason"].as_str().unwrap_or_default(), reason);
        let about = ServerResponse { verb: "GET", resource: Some(&WIDGETS), name: "x", ..response };
        assert_eq!(Error::from(about).message(), format!("{message} (get widgets.demo.example.com x)"));
        let all = ServerResponse { name: "", ..about };
        assert_eq!(Error::from(all).message(), format!("{message} (get widgets.demo.example.com)"));
    }
    let post = ServerResponse { verb: "POST", ..ServerResponse::code(409) };
    assert_eq!(Error::from(post).reason(), Reason::AlreadyExists);
    for unknown in ["", "unknown"] {
        let response = ServerResponse { message: unknown, ..ServerResponse::code(406) };
        assert_eq!(
            Error::from(response).message(),
            "the server was unable to respond with a content type that the client supports"
        );
    }
    let response = ServerResponse {
        verb: "GET",
        resource: Some(&WIDGETS),
        name: "x",
        message: "a page",
        retry_after_seconds: 3,
        is_unexpected: true,
        ..ServerResponse::code(503)
    };
    check(
        &response.into(),
        503,
        Reason::ServiceUnavailable,
        r#""the server is currently unable to handle the request (get widgets.demo.example.com x)","reason":"ServiceUnavailable","details":{"name":"x","group":"demo.example.com","kind":"widgets","causes":[{"reason":"UnexpectedServerResponse","message":"a page"}],"retryAfterSeconds":3},"code":503}"#,
    );
}

// contract 8.5
#[test]
fn the_code_speaks_when_the_reason_is_unknown() {
    type Is = fn(&Error) -> bool;
    let table: [(u16, Reason, Is); 8] = [
        (400, Reason::BadRequest, Error::is_bad_request),
        (401, Reason::Unauthorized, Error::is_unauthorized),
        (403, Reason::Forbidden, Error::is_forbidden),
        (404, Reason::NotFound, Error::is_not_found),
        (409, Reason::Conflict, Error::is_conflict),
        (422, Reason::Invalid, Error::is_invalid),
        (429, Reason::TooManyRequests, Error::is_too_many_requests),
        (504, Reason::Timeout, Error::is_timeout),
    ];
    let error = |code, reason| Error::from(Status::failure(code, reason, "m"));
    for (code, reason, is) in table {
        assert!(
            is(&error(code, reason)) && is(&error(500, reason)) && is(&error(code, Reason::Unknown)),
            "{code}"
        );
        assert!(!is(&error(500, Reason::InternalError)) && !is(&error(500, Reason::Unknown)), "{code}");
        assert_eq!(is(&error(code, Reason::Gone)), code == 429, "{code}");
    }
    assert!(error(409, Reason::AlreadyExists).is_already_exists());
    assert!(!error(409, Reason::Unknown).is_already_exists());
    assert!(error(410, Reason::Expired).is_expired() && !error(410, Reason::Gone).is_expired());
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
    let status: Status = serde_json::from_str(body).expect("a Status");
    assert_eq!((status.code, status.reason), (418, Reason::Unknown));
    let status = Error::invalid(&WIDGET, "x", &size_error().into()).into_status();
    let read: Status =
        serde_json::from_str(&serde_json::to_string(&status).expect("plain data")).expect("a Status");
    assert_eq!(read, status);
}
