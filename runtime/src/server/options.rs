//! The options of each verb, from the query: bad texts are refused with 400, bad values with 422 (contract 6.30, 6.62,
//! 6.74, 4.42, 4.50).

use std::borrow::Cow;
use std::time::Duration;

use http::HeaderMap;
use http::header::USER_AGENT;

use super::query::Query;
use crate::errors::{Error, Result};
use crate::field::{self, ErrorList, Path};
use crate::golang::duration;
use crate::meta::validation;
use crate::options::{
    CreateOptions, DeleteOptions, FieldValidation, GetOptions, ListOptions, Preconditions,
    ResourceVersionMatch, UpdateOptions,
};
use crate::quote::is_printable;
use crate::registry::options::{dry_run_error, invalid, list_errors, watch_errors};
use crate::selector::{FieldSelector, LabelSelector};

/// The options of a GET of an object.
pub(crate) fn get_options(query: Query<'_>) -> Result<GetOptions> {
    // contract 4.7
    if query.flag("export") == Some(true) {
        return Err(Error::bad_request(
            "the export parameter, deprecated since v1.14, is no longer supported",
        ));
    }
    Ok(GetOptions { resource_version: query.text("resourceVersion") })
}

/// The options of a list, a watch and a delete-collection (contract 6.29). What they mean together is judged by
/// whoever serves them.
pub(crate) fn list_options(query: Query<'_>) -> Result<ListOptions> {
    // Upstream reads the numbers before it makes sense of the selectors.
    let timeout_seconds = positive(query.integer("timeoutSeconds")?);
    let limit = positive(query.integer("limit")?).unwrap_or(0);
    let label_selector = LabelSelector::parse(&query.first("labelSelector").unwrap_or_default())?;
    let field_selector = FieldSelector::parse(&query.first("fieldSelector").unwrap_or_default())?;
    let mut options = ListOptions {
        label_selector,
        field_selector,
        watch: query.flag("watch").unwrap_or(false),
        allow_watch_bookmarks: query.flag("allowWatchBookmarks").unwrap_or(false),
        resource_version: query.text("resourceVersion"),
        resource_version_match: None,
        timeout_seconds,
        limit,
        continue_token: query.text("continue"),
        send_initial_events: query.flag("sendInitialEvents"),
    };
    options.resource_version_match = resource_version_match(query, &options)?;
    Ok(options)
}

fn positive(number: Option<i64>) -> Option<u64> {
    number.and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0)
}

/// The match; one that there is not is told together with what else is wrong (contract 5.15, 5.33).
fn resource_version_match(query: Query<'_>, options: &ListOptions) -> Result<Option<ResourceVersionMatch>> {
    let Some(text) = query.first("resourceVersionMatch") else { return Ok(None) };
    match &*text {
        "" => Ok(None),
        "Exact" => Ok(Some(ResourceVersionMatch::Exact)),
        "NotOlderThan" => Ok(Some(ResourceVersionMatch::NotOlderThan)),
        other if options.watch => Err(invalid("ListOptions", &watch_errors(options, Some(other)))),
        other => Err(invalid("ListOptions", &list_errors(options, Some(other)))),
    }
}

/// The options of a POST.
pub(crate) fn create_options(query: Query<'_>, headers: &HeaderMap) -> Result<CreateOptions> {
    let options = write_options("CreateOptions", ErrorList::new(), query, headers)?;
    Ok(CreateOptions {
        dry_run: options.dry_run,
        field_manager: options.field_manager,
        field_validation: options.field_validation,
    })
}

/// The options of a PUT.
pub(crate) fn update_options(query: Query<'_>, headers: &HeaderMap) -> Result<UpdateOptions> {
    write_options("UpdateOptions", ErrorList::new(), query, headers)
}

/// The options of a PATCH other than apply (contract 7.1.3).
pub(crate) fn patch_options(query: Query<'_>, headers: &HeaderMap) -> Result<UpdateOptions> {
    let mut errors = ErrorList::new();
    if query.flag("force").is_some() {
        errors.push(field::Error::forbidden(Path::new("force"), "may not be specified for non-apply patch"));
    }
    write_options("PatchOptions", errors, query, headers)
}

fn write_options(
    kind: &'static str,
    mut errors: ErrorList,
    query: Query<'_>,
    headers: &HeaderMap,
) -> Result<UpdateOptions> {
    let field_manager = query.text("fieldManager");
    errors.extend(validation::validate_field_manager(&field_manager, &Path::new("fieldManager")));
    let dry_run: Vec<_> = query.all("dryRun").map(Cow::into_owned).collect();
    errors.extend(dry_run_error(&dry_run));
    let field_validation = match query.first("fieldValidation").as_deref() {
        None | Some("" | "Warn") => FieldValidation::Warn,
        Some("Ignore") => FieldValidation::Ignore,
        Some("Strict") => FieldValidation::Strict,
        Some(other) => {
            let supported = ["", "Ignore", "Strict", "Warn"];
            errors.push(field::Error::not_supported(Path::new("fieldValidation"), other, &supported));
            FieldValidation::Warn
        }
    };
    if !errors.is_empty() {
        return Err(invalid(kind, &errors));
    }
    let field_manager = if field_manager.is_empty() { user_agent_manager(headers) } else { field_manager };
    Ok(UpdateOptions { dry_run: !dry_run.is_empty(), field_manager, field_validation })
}

/// The options of a DELETE without a body (contract 4.42).
pub(crate) fn delete_options(query: Query<'_>) -> Result<DeleteOptions> {
    let text = |key| query.first(key).map(Cow::into_owned);
    let dry_run: Vec<_> = query.all("dryRun").map(Cow::into_owned).collect();
    let given = |key| text(key).filter(|text| !text.is_empty());
    let (uid, resource_version) = (given("uid"), given("resourceVersion"));
    let has_preconditions = uid.is_some() || resource_version.is_some();
    Ok(DeleteOptions {
        grace_period_seconds: query.integer("gracePeriodSeconds")?,
        preconditions: has_preconditions.then_some(Preconditions { uid, resource_version }),
        orphan_dependents: query.flag("orphanDependents"),
        propagation_policy: text("propagationPolicy"),
        dry_run: (!dry_run.is_empty()).then_some(dry_run),
        ignore_store_read_error_with_cluster_breaking_potential: query
            .flag("ignoreStoreReadErrorWithClusterBreakingPotential"),
    })
}

/// The `?timeout=` of a request, in Go's notation; 400 when it is none (contract 6.86). Zero and less mean no wish.
pub(crate) fn timeout(query: Query<'_>) -> Result<Option<Duration>> {
    let Some(text) = query.first("timeout").filter(|text| !text.is_empty()) else { return Ok(None) };
    duration::parse(&text)
        .map_err(|why| Error::bad_request(format!("invalid timeout specified in the request URL - {why}")))
}

/// Who writes, when the request does not say: the name of the program (contract 7.6.1).
fn user_agent_manager(headers: &HeaderMap) -> String {
    let agent = headers.get(USER_AGENT).map(http::HeaderValue::as_bytes).unwrap_or_default();
    let agent = String::from_utf8_lossy(agent);
    let name = agent.split('/').next().unwrap_or_default();
    let mut manager = String::new();
    for character in name.chars().filter(|character| is_printable(*character)) {
        if manager.len() + character.len_utf8() > validation::FIELD_MANAGER_MAX_BYTES {
            break;
        }
        manager.push(character);
    }
    if manager.is_empty() { "unknown".into() } else { manager }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::registry::options::check_delete;

    fn query(text: &str) -> Query<'_> {
        Query::new(Some(text))
    }

    fn refused<T>(result: Result<T>) -> (u16, String) {
        let error = result.err().expect("the options must be refused");
        (error.code(), error.message().to_owned())
    }

    // contract 6.29, 5.25
    #[test]
    fn list_options_of_every_key() {
        let options = list_options(query(
            "watch=1&allowWatchBookmarks=true&resourceVersion=7&resourceVersionMatch=NotOlderThan\
             &timeoutSeconds=30&limit=5&continue=abc&sendInitialEvents=true&pretty=1&unknown=x",
        ))
        .unwrap();
        assert!(options.watch && options.allow_watch_bookmarks);
        assert_eq!(options.resource_version, "7");
        assert_eq!(options.resource_version_match, Some(ResourceVersionMatch::NotOlderThan));
        assert_eq!((options.timeout_seconds, options.limit), (Some(30), 5));
        assert_eq!(options.continue_token, "abc");
        assert_eq!(options.send_initial_events, Some(true));
        assert_eq!(list_options(query("limit=-1&timeoutSeconds=0")).unwrap(), ListOptions::default());
    }

    // contract 5.15, 5.33, 6.30
    #[test]
    fn bad_list_options() {
        let bad = |text| refused(list_options(query(text)));
        assert_eq!(bad("limit=x"), (400, "strconv.ParseInt: parsing \"x\": invalid syntax".into()));
        assert_eq!(
            bad("resourceVersion=1&resourceVersionMatch=x"),
            (
                422,
                "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Unsupported value: \"x\": \
                 supported values: \"Exact\", \"NotOlderThan\", \"\""
                    .into()
            )
        );
        assert!(bad("watch&resourceVersionMatch=x").1.ends_with("supported values: \"NotOlderThan\"]"));
    }

    // contract 4.7
    #[test]
    fn export_is_gone() {
        assert_eq!(refused(get_options(query("export=true"))).0, 400);
        assert_eq!(get_options(query("export=0&resourceVersion=3")).unwrap().resource_version, "3");
    }

    // contract 4.50, 6.62, 6.74, 7.1.3
    #[test]
    fn bad_write_options() {
        let headers = HeaderMap::new();
        let bad = |text: &str| refused(create_options(query(text), &headers)).1;
        assert_eq!(
            bad("dryRun=Some"),
            "CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"Some\"]: supported values: \"All\""
        );
        assert_eq!(
            bad("fieldValidation=strict"),
            "CreateOptions.meta.k8s.io \"\" is invalid: fieldValidation: Unsupported value: \"strict\": \
             supported values: \"\", \"Ignore\", \"Strict\", \"Warn\""
        );
        let long = format!("fieldManager={}", "a".repeat(129));
        assert!(bad(&long).ends_with("fieldManager: Too long: may not be more than 128 bytes"));
        assert_eq!(
            bad("fieldManager=a%0A"),
            "CreateOptions.meta.k8s.io \"\" is invalid: fieldManager: Invalid value: \"a\\n\": \
             invalid character U+000A (at position 1)"
        );
        for force in ["force", "force=false"] {
            let (code, message) = refused(patch_options(query(force), &headers));
            assert_eq!(code, 422);
            assert!(
                message.ends_with("force: Forbidden: may not be specified for non-apply patch"),
                "{message}"
            );
        }
    }

    // contract 7.6.1, C22, C23
    #[test]
    fn good_write_options() {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static("curl/8"));
        let options =
            update_options(query("dryRun=All&dryRun=All&fieldValidation=Strict"), &headers).unwrap();
        assert!(options.dry_run);
        assert_eq!(options.field_validation, FieldValidation::Strict);
        assert_eq!(options.field_manager, "curl");
        assert_eq!(update_options(query("fieldManager=me"), &headers).unwrap().field_manager, "me");
        assert_eq!(update_options(query(""), &HeaderMap::new()).unwrap().field_manager, "unknown");
    }

    // contract 4.42
    #[test]
    fn delete_options_of_the_query() {
        let options = delete_options(query(
            "gracePeriodSeconds=3&orphanDependents=false&propagationPolicy=Orphan&dryRun=All&uid=u&resourceVersion=7",
        ))
        .unwrap();
        assert_eq!(options.grace_period_seconds, Some(3));
        assert_eq!(options.orphan_dependents, Some(false));
        assert_eq!(options.propagation_policy.as_deref(), Some("Orphan"));
        assert!(options.is_dry_run());
        let preconditions = options.preconditions.unwrap();
        assert_eq!(preconditions.uid.as_deref(), Some("u"));
        assert_eq!(preconditions.resource_version.as_deref(), Some("7"));
        assert_eq!(delete_options(query("")).unwrap(), DeleteOptions::default());
    }

    // contract 4.33, 4.49
    #[test]
    fn bad_delete_options() {
        let bad = |text: &str, collection| {
            refused(check_delete(&delete_options(query(text)).unwrap(), collection)).1
        };
        assert!(bad("propagationPolicy=Foreground&orphanDependents=true", false).ends_with(
            "propagationPolicy: Invalid value: \"Foreground\": orphanDependents and deletionPropagation cannot be both set"
        ));
        assert!(bad("propagationPolicy=x", false).ends_with(
            "propagationPolicy: Unsupported value: \"x\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""
        ));
        let unsafe_delete = "ignoreStoreReadErrorWithClusterBreakingPotential=true";
        assert!(bad(unsafe_delete, true).contains("is not allowed with DELETECOLLECTION"));
        assert!(check_delete(&delete_options(query(unsafe_delete)).unwrap(), false).is_ok());
    }

    // contract 6.86
    #[test]
    fn timeouts() {
        let of = |text| timeout(query(text));
        assert_eq!(of("timeout=1m10s").unwrap(), Some(Duration::from_secs(70)));
        assert_eq!(of("timeout=150ms").unwrap(), Some(Duration::from_millis(150)));
        for none in ["", "timeout=", "timeout=0s", "timeout=-3s", "timeout=0"] {
            assert_eq!(of(none).unwrap(), None, "{none}");
        }
        let abc = "invalid timeout specified in the request URL - time: invalid duration \"abc\"";
        assert_eq!(refused(of("timeout=abc")), (400, abc.into()));
    }
}
