//! Which form an answer takes and a body has: Accept and Content-Type (contract 6.F, 6.52, 6.59).

use http::HeaderMap;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderName, USER_AGENT};

use super::media_range::{self, MediaRange};
use super::query::Query;
use crate::decode::BodyFormat;
use crate::errors::{Error, Result};
use crate::patch::PatchType;

/// What upstream lists where it cannot give or read what a client has: Protobuf too, of which custom resources have but
/// their metadata.
const MEDIA_TYPES: &str = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

/// The same of the events of a watch.
const STREAM_MEDIA_TYPES: &str =
    "application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";

/// The encoding of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/json`.
    Json,
    /// `application/yaml`.
    Yaml,
}

impl Format {
    /// The content type.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Yaml => "application/yaml",
        }
    }

    fn subtype(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Yaml => "yaml",
        }
    }
}

/// What an object becomes on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transform {
    /// A table with a row per object.
    Table(MetaVersion),
    /// The metadata of one object.
    PartialObjectMetadata(MetaVersion),
    /// The metadata of the objects of a list.
    PartialObjectMetadataList(MetaVersion),
}

/// A version of `meta.k8s.io`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetaVersion {
    /// `v1`.
    V1,
    /// `v1beta1`.
    V1Beta1,
}

impl MetaVersion {
    /// The apiVersion of a document.
    pub(crate) fn api_version(self) -> &'static str {
        match self {
            Self::V1 => "meta.k8s.io/v1",
            Self::V1Beta1 => "meta.k8s.io/v1beta1",
        }
    }
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    /// The encoding.
    pub(crate) format: Format,
    /// What an object becomes.
    pub(crate) transform: Option<Transform>,
    /// Whether JSON is indented (contract 6.43).
    pub(crate) pretty: bool,
    /// Whether a large body may be compressed (contract 6.45).
    pub(crate) gzip: bool,
}

/// What a request handler can give.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    /// The encodings, the preferred one first.
    pub(crate) formats: &'static [Format],
    /// Whether objects can become tables; `None` when nothing can be transformed.
    pub(crate) tables: Option<bool>,
    /// Whether the answer is a stream of events, which is neither indented nor compressed.
    pub(crate) stream: bool,
}

impl Offer {
    /// Objects and lists of a kind.
    pub(crate) const fn resource(tables: bool) -> Self {
        Self { formats: &[Format::Json, Format::Yaml], tables: Some(tables), stream: false }
    }

    /// The events of a watch, which there are in JSON alone.
    pub(crate) const fn watch(tables: bool) -> Self {
        Self { stream: true, ..Self::resource(tables) }
    }

    /// Documents that are what they are, such as a `Status`.
    pub(crate) const fn plain() -> Self {
        Self { formats: &[Format::Json, Format::Yaml], tables: None, stream: false }
    }
}

/// Finds the form of the answer; 406 when the client takes none that there is (contract 6.37, 6.38).
pub(crate) fn output(headers: &HeaderMap, query: Query<'_>, offer: Offer) -> Result<Output> {
    let accept = text(headers, &ACCEPT);
    let (format, transform, pretty) = choose(accept, offer).ok_or_else(|| not_acceptable(MEDIA_TYPES))?;
    if offer.stream && format != Format::Json {
        return Err(not_acceptable(STREAM_MEDIA_TYPES));
    }
    Ok(Output {
        format,
        transform,
        pretty: !offer.stream && (pretty || wants_pretty(headers, query)),
        gzip: !offer.stream && accepts_gzip(headers),
    })
}

/// The form of an error: indented JSON when the client takes nothing that an error can be (contract 6.39).
pub(crate) fn error_output(headers: &HeaderMap, query: Query<'_>) -> Output {
    let fallback = Output { format: Format::Json, transform: None, pretty: true, gzip: false };
    output(headers, query, Offer::plain()).unwrap_or(fallback)
}

/// The format of a body; 415 when it is not known (contract 6.40).
pub(crate) fn body_format(headers: &HeaderMap) -> Result<BodyFormat> {
    let media_type = content_type(headers);
    if media_type.is_empty() || media_type.eq_ignore_ascii_case("application/json") {
        Ok(BodyFormat::Json)
    } else if media_type.eq_ignore_ascii_case("application/yaml") {
        Ok(BodyFormat::Yaml)
    } else {
        Err(unsupported(MEDIA_TYPES))
    }
}

/// The type of a patch; 415 when it is not known, which some clients try on purpose (contract 6.93, 7.1.2).
pub(crate) fn patch_type(headers: &HeaderMap) -> Result<PatchType> {
    // Upstream does not look at what it does not know, not even at a space.
    match text(headers, &CONTENT_TYPE).split(';').next().unwrap_or_default() {
        "application/json-patch+json" => Ok(PatchType::Json),
        "application/merge-patch+json" => Ok(PatchType::Merge),
        _ => Err(unsupported("application/json-patch+json, application/merge-patch+json")),
    }
}

fn unsupported(accepted: &str) -> Error {
    Error::unsupported_media_type(format!(
        "the body of the request was in an unknown format - accepted media types include: {accepted}"
    ))
}

fn not_acceptable(accepted: &str) -> Error {
    Error::not_acceptable(format!("only the following media types are accepted: {accepted}"))
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn content_type(headers: &HeaderMap) -> &str {
    let value = text(headers, &CONTENT_TYPE);
    value.split(';').next().unwrap_or_default().trim()
}

/// contract 6.43
fn wants_pretty(headers: &HeaderMap, query: Query<'_>) -> bool {
    if let Some(pretty) = query.first("pretty").filter(|pretty| !pretty.is_empty()) {
        return matches!(&*pretty, "1" | "t" | "T" | "true" | "TRUE" | "True");
    }
    let agent = text(headers, &USER_AGENT);
    ["curl", "Wget", "Mozilla/5.0"].iter().any(|name| agent.starts_with(name))
}

/// contract 6.45
fn accepts_gzip(headers: &HeaderMap) -> bool {
    text(headers, &ACCEPT_ENCODING).split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        gzip && !parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

type Choice = (Format, Option<Transform>, bool);

fn choose(accept: &str, offer: Offer) -> Option<Choice> {
    // What most clients of a hot read send needs no parsing.
    if matches!(accept, "" | "*/*" | "application/json") {
        return offer.formats.first().map(|format| (*format, None, false));
    }
    media_range::parse(accept).iter().find_map(|range| choose_in(range, offer))
}

/// What one media range leads to; `None` when it asks for something that there is not (contract 6.37).
fn choose_in(range: &MediaRange<'_>, offer: Offer) -> Option<Choice> {
    let format = offer.formats.iter().copied().find(|format| range.takes(format.subtype()))?;
    let (mut kind, mut group, mut version, mut pretty) = ("", "", "", false);
    for (name, value) in range.parameters() {
        match name {
            "as" => kind = value,
            "g" => group = value,
            "v" => version = value,
            // Whatever could be watched may say so of a plain answer, too.
            "stream" if !matches!((value, format), ("", _) | ("watch", Format::Json)) => return None,
            "sv" if !value.is_empty() && value != "v1" => return None,
            "pretty" => pretty = value == "1",
            _ => {}
        }
    }
    if kind.is_empty() && group.is_empty() && version.is_empty() {
        return Some((format, None, pretty));
    }
    let version = match (group, version) {
        ("meta.k8s.io", "v1") => MetaVersion::V1,
        ("meta.k8s.io", "v1beta1") => MetaVersion::V1Beta1,
        _ => return None,
    };
    let tables = offer.tables?;
    let transform = match kind {
        "Table" if tables => Transform::Table(version),
        "PartialObjectMetadata" => Transform::PartialObjectMetadata(version),
        "PartialObjectMetadataList" => Transform::PartialObjectMetadataList(version),
        _ => return None,
    };
    Some((format, Some(transform), pretty))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const RESOURCE: Offer = Offer::resource(true);
    const WATCH: Offer = Offer::watch(true);
    const TABLE: Option<Transform> = Some(Transform::Table(MetaVersion::V1));
    const PARTIAL: Option<Transform> = Some(Transform::PartialObjectMetadata(MetaVersion::V1));

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    // contract 6.36, 6.37, 6.52, 6.59, 17
    #[test]
    fn accept() {
        use Format::{Json, Yaml};

        let table = [
            ("", Some((Json, None, false))),
            ("*/*", Some((Json, None, false))),
            ("application/*", Some((Json, None, false))),
            ("application/json", Some((Json, None, false))),
            ("application/json;charset=utf-8", Some((Json, None, false))),
            ("application/json; pretty=1", Some((Json, None, true))),
            ("application/yaml", Some((Yaml, None, false))),
            ("text/html, */*", Some((Json, None, false))),
            ("text/html", None),
            ("application/json;q=0.1, application/yaml;q=0.9", Some((Yaml, None, false))),
            ("*/*, application/yaml", Some((Yaml, None, false))),
            ("application/vnd.kubernetes.protobuf, application/json", Some((Json, None, false))),
            ("application/vnd.kubernetes.protobuf", None),
            ("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", Some((Json, TABLE, false))),
            ("application/yaml;as=Table;v=v1;g=meta.k8s.io", Some((Yaml, TABLE, false))),
            (
                "application/json;as=Table;v=v1beta1;g=meta.k8s.io",
                Some((Json, Some(Transform::Table(MetaVersion::V1Beta1)), false)),
            ),
            ("application/json;as=Table;v=v2;g=meta.k8s.io,application/json", Some((Json, None, false))),
            ("application/json;as=Table;v=v2;g=meta.k8s.io", None),
            ("application/json;as=Chart;v=v1;g=meta.k8s.io", None),
            (
                "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,\
                 application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json",
                Some((Json, PARTIAL, false)),
            ),
            ("application/json;stream=watch", Some((Json, None, false))),
            ("application/json;stream=other, application/yaml", Some((Yaml, None, false))),
            ("application/yaml;stream=watch", None),
        ];
        for (accept, expected) in table {
            assert_eq!(choose(accept, RESOURCE), expected, "{accept}");
        }
    }

    // contract 6.38, 6.48, 6.58
    #[test]
    fn what_cannot_be_given() {
        let refused = |accept, offer| {
            let error = output(&headers(&[(ACCEPT, accept)]), Query::default(), offer).unwrap_err();
            assert_eq!(error.code(), 406);
            error.message().to_owned()
        };
        assert_eq!(
            refused("text/html", RESOURCE),
            "only the following media types are accepted: application/json, application/yaml, \
             application/vnd.kubernetes.protobuf"
        );
        assert_eq!(
            refused("text/html", WATCH),
            "only the following media types are accepted: application/json, application/yaml, \
             application/vnd.kubernetes.protobuf"
        );
        for accept in ["application/yaml", "application/yaml, application/json"] {
            assert_eq!(
                refused(accept, WATCH),
                "only the following media types are accepted: application/json;stream=watch, \
                 application/vnd.kubernetes.protobuf;stream=watch"
            );
        }
        refused("application/json;as=Table;v=v1;g=meta.k8s.io", Offer::resource(false));
        assert_eq!(choose("application/json;stream=watch", WATCH), Some((Format::Json, None, false)));
    }

    // contract 6.39
    #[test]
    fn errors_always_have_a_form() {
        let of = |accept| error_output(&headers(&[(ACCEPT, accept)]), Query::default());
        let only_table = of("application/json;as=Table;v=v1;g=meta.k8s.io");
        assert_eq!((only_table.format, only_table.pretty), (Format::Json, true));
        assert!(of("text/html").pretty);
        assert_eq!(of("application/yaml").format, Format::Yaml);
        assert!(!of("application/json;as=Table;v=v1;g=meta.k8s.io,application/json").pretty);
    }

    // contract 6.43
    #[test]
    fn pretty() {
        let of = |agent, query: &str| {
            let headers = headers(&[(USER_AGENT, agent)]);
            output(&headers, Query::new(Some(query)), RESOURCE).unwrap().pretty
        };
        assert!(!of("kubectl/v1.36", ""));
        assert!(of("kubectl/v1.36", "pretty=true") && of("kubectl/v1.36", "pretty=1"));
        assert!(!of("kubectl/v1.36", "pretty=yes") && !of("kubectl/v1.36", "pretty="));
        assert!(of("curl/8.5.0", "") && of("Wget/1.2", "") && of("Mozilla/5.0 (X11)", ""));
        assert!(!of("curl/8.5.0", "pretty=false"));
        let watch = output(&headers(&[(USER_AGENT, "curl/8")]), Query::default(), WATCH).unwrap();
        assert!(!watch.pretty);
    }

    // contract 6.45
    #[test]
    fn gzip() {
        let of = |coding, offer| {
            output(&headers(&[(ACCEPT_ENCODING, coding)]), Query::default(), offer).unwrap().gzip
        };
        for yes in ["gzip", "deflate, gzip", "br, GZIP;q=0.5"] {
            assert!(of(yes, RESOURCE), "{yes}");
        }
        for no in ["", "identity", "gzip;q=0", "xgzip"] {
            assert!(!of(no, RESOURCE), "{no}");
        }
        assert!(!of("gzip", WATCH));
    }

    // contract 6.40, 7.1.2, 17
    #[test]
    fn content_types() {
        let of = |content_type| headers(&[(CONTENT_TYPE, content_type)]);
        assert!(matches!(body_format(&HeaderMap::new()), Ok(BodyFormat::Json)));
        assert!(matches!(body_format(&of("application/json; charset=utf-8")), Ok(BodyFormat::Json)));
        assert!(matches!(body_format(&of("application/yaml")), Ok(BodyFormat::Yaml)));
        let error = body_format(&of("text/plain")).err().unwrap();
        assert_eq!(error.code(), 415);
        assert_eq!(
            error.message(),
            "the body of the request was in an unknown format - accepted media types include: \
             application/json, application/yaml, application/vnd.kubernetes.protobuf"
        );
        assert!(matches!(patch_type(&of("application/merge-patch+json;x=y")), Ok(PatchType::Merge)));
        assert!(matches!(patch_type(&of("application/json-patch+json")), Ok(PatchType::Json)));
        for other in
            ["application/strategic-merge-patch+json", "application/json", "application/apply-patch+yaml"]
        {
            let error = patch_type(&of(other)).err().unwrap();
            assert_eq!(error.code(), 415);
            assert!(error.message().ends_with(": application/json-patch+json, application/merge-patch+json"));
        }
    }
}
