//! Whether a user may make a request (contract 6.80, 6.81, 4.15).

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::request_info::{RequestInfo, ResourcePath};
use crate::context::{RequestContext, UserInfo};
use crate::errors::{Error, Result};
use crate::object::AnyObject;
use crate::resource::GroupResource;
use crate::rest::ValidateObject;

/// Decides whether a user may make a request.
pub(crate) trait Authorizer: Send + Sync {
    /// The decision; an error says why there is none.
    fn authorize<'a>(&'a self, attributes: Attributes<'a>) -> BoxFuture<'a, Result<Decision, String>>;
}

/// Who wants to do what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attributes<'a> {
    /// Who.
    pub(crate) user: &'a UserInfo,
    /// The verb of the API, or the method in lower case.
    pub(crate) verb: &'a str,
    /// The path.
    pub(crate) path: &'a str,
    /// The resource, when the path leads to one.
    pub(crate) resource: Option<ResourcePath<'a>>,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Go on.
    Allow,
    /// Refused, with a reason that may be empty.
    Deny(String),
}

/// Every user who proved who they are may do everything.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AllowAuthenticated;

impl Authorizer for AllowAuthenticated {
    fn authorize<'a>(&'a self, attributes: Attributes<'a>) -> BoxFuture<'a, Result<Decision, String>> {
        let anonymous = attributes.user.groups.iter().any(|group| group == "system:unauthenticated");
        let decision = if anonymous { Decision::Deny(String::new()) } else { Decision::Allow };
        Box::pin(std::future::ready(Ok(decision)))
    }
}

impl<'a> Attributes<'a> {
    /// The attributes of a request.
    pub(crate) fn new(user: &'a UserInfo, info: &'a RequestInfo<'a>) -> Self {
        let resource = info.resource.map(|resource| ResourcePath { name: info.name(), ..resource });
        Self { user, verb: &info.verb, path: info.path, resource }
    }

    /// The 403 that tells the user (contract 6.80).
    pub(crate) fn forbidden(&self, reason: &str) -> Error {
        let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        let why = escape_html(&self.to_string()) + &reason;
        let (group, plural, name) =
            self.resource.map_or(("", "", ""), |path| (path.group, path.resource, path.name));
        let resource =
            GroupResource { group: Cow::Owned(group.to_owned()), resource: Cow::Owned(plural.to_owned()) };
        Error::forbidden(&resource, name, &why)
    }
}

impl fmt::Display for Attributes<'_> {
    /// `User "bob" cannot get resource "widgets" in API group "demo.example.com" in the namespace "ns1"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "User {:?} cannot {} ", self.user.name, self.verb)?;
        let Some(path) = self.resource else { return write!(f, "path {:?}", self.path) };
        write!(f, "resource \"{}", path.resource)?;
        if !path.subresource.is_empty() {
            write!(f, "/{}", path.subresource)?;
        }
        write!(f, "\" in API group {:?}", path.group)?;
        if path.namespace.is_empty() {
            f.write_str(" at the cluster scope")
        } else {
            write!(f, " in the namespace {:?}", path.namespace)
        }
    }
}

/// Text as it may stand in a page, should a browser take it for one.
pub(crate) fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Asks whether the user may create, when an update turns out to be a create (contract 4.15).
pub(crate) struct CreateAuthorization {
    authorizer: Arc<dyn Authorizer>,
    path: String,
    group: String,
    version: String,
    resource: String,
    subresource: String,
    namespace: String,
    name: String,
}

impl CreateAuthorization {
    /// For an update of this object.
    pub(crate) fn new(authorizer: &Arc<dyn Authorizer>, request_path: &str, path: &ResourcePath<'_>) -> Self {
        Self {
            authorizer: Arc::clone(authorizer),
            path: request_path.to_owned(),
            group: path.group.to_owned(),
            version: path.version.to_owned(),
            resource: path.resource.to_owned(),
            subresource: path.subresource.to_owned(),
            namespace: path.namespace.to_owned(),
            name: path.name.to_owned(),
        }
    }
}

impl ValidateObject for CreateAuthorization {
    fn validate<'a>(&'a self, ctx: &'a RequestContext, _: &'a dyn AnyObject) -> BoxFuture<'a, Result<()>> {
        let resource = ResourcePath {
            group: &self.group,
            version: &self.version,
            namespace: &self.namespace,
            resource: &self.resource,
            name: &self.name,
            subresource: &self.subresource,
            in_namespace: !self.namespace.is_empty(),
            ..ResourcePath::default()
        };
        let attributes =
            Attributes { user: ctx.user(), verb: "create", path: &self.path, resource: Some(resource) };
        Box::pin(async move {
            match self.authorizer.authorize(attributes).await {
                Ok(Decision::Allow) => Ok(()),
                Ok(Decision::Deny(reason)) => Err(attributes.forbidden(&reason)),
                Err(why) => Err(Error::internal(why)),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::super::query::Query;
    use super::*;

    fn refusal(method: &Method, path: &str, reason: &str) -> Error {
        let user = UserInfo { name: "bob".into(), ..UserInfo::default() };
        let info = RequestInfo::new(method, path, Query::default());
        Attributes::new(&user, &info).forbidden(reason)
    }

    // contract 6.80
    #[test]
    fn refusals_say_who_cannot_do_what() {
        let table = [
            (
                Method::GET,
                "/apis/demo.example.com/v1/namespaces/ns1/widgets/x",
                "widgets.demo.example.com \"x\" is forbidden: User \"bob\" cannot get resource \"widgets\" in API group \
                 \"demo.example.com\" in the namespace \"ns1\"",
            ),
            (
                Method::GET,
                "/apis/demo.example.com/v1/widgets",
                "widgets.demo.example.com is forbidden: User \"bob\" cannot list resource \"widgets\" in API group \
                 \"demo.example.com\" at the cluster scope",
            ),
            (
                Method::PUT,
                "/apis/demo.example.com/v1/gizmos/x/status",
                "gizmos.demo.example.com \"x\" is forbidden: User \"bob\" cannot update resource \"gizmos/status\" in API \
                 group \"demo.example.com\" at the cluster scope",
            ),
            (Method::GET, "/x<y", "forbidden: User \"bob\" cannot get path \"/x&lt;y\""),
        ];
        for (method, path, message) in table {
            let error = refusal(&method, path, "");
            assert_eq!((error.code(), error.message()), (403, message));
        }
        assert!(
            refusal(&Method::GET, "/x", "because").message().ends_with("cannot get path \"/x\": because")
        );
        let details = refusal(&Method::GET, "/apis/g/v1/gizmos/x", "").into_status().details.unwrap();
        assert_eq!((details.name, details.group, details.kind), ("x".into(), "g".into(), "gizmos".into()));
    }

    #[tokio::test]
    async fn only_anonymous_users_are_refused() {
        let info = RequestInfo::new(&Method::GET, "/version", Query::default());
        let mut user = UserInfo { name: "bob".into(), ..UserInfo::default() };
        let decide =
            async |user: &UserInfo| AllowAuthenticated.authorize(Attributes::new(user, &info)).await.unwrap();
        assert_eq!(decide(&user).await, Decision::Allow);
        user.groups.push("system:unauthenticated".into());
        assert_eq!(decide(&user).await, Decision::Deny(String::new()));
    }
}
