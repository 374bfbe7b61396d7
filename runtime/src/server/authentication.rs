//! Who makes a request.

use http::request::Parts;

use crate::context::UserInfo;
use crate::errors::Error;

/// The group of every user who proved who they are.
pub(crate) const AUTHENTICATED: &str = "system:authenticated";

/// The group that may do everything.
const MASTERS: &str = "system:masters";

/// Finds out who makes a request.
pub(crate) trait Authenticator: Send + Sync {
    /// The user; 401 when the request does not say or does not prove who makes it (contract 6.79).
    fn authenticate(&self, request: &Parts) -> Result<UserInfo, Error>;
}

/// The user whom the admin token stands for, and who makes calls in process.
pub(crate) fn admin() -> UserInfo {
    authenticated(UserInfo { name: "admin".into(), uid: String::new(), groups: vec![MASTERS.into()] })
}

/// The user with the group that every authenticated user belongs to.
pub(crate) fn authenticated(mut user: UserInfo) -> UserInfo {
    if !user.groups.iter().any(|group| group == AUTHENTICATED) {
        user.groups.push(AUTHENTICATED.into());
    }
    user
}

/// Marks a request that was made in process, with the user who makes it.
///
/// It travels in the request's extensions, which nothing that arrives over a connection can fill.
#[derive(Clone, Debug)]
pub(crate) struct InProcess(pub(crate) UserInfo);

/// Believes requests that were made in process, and nobody else.
#[derive(Debug)]
pub(crate) struct InProcessAuthenticator;

impl Authenticator for InProcessAuthenticator {
    fn authenticate(&self, request: &Parts) -> Result<UserInfo, Error> {
        request
            .extensions
            .get::<InProcess>()
            .map(|InProcess(user)| user.clone())
            .ok_or_else(|| Error::unauthorized("Unauthorized"))
    }
}

/// Believes requests that were made in process, and asks another about those that came over a connection.
#[derive(Debug)]
pub(crate) struct InProcessOr<A>(pub(crate) A);

impl<A: Authenticator> Authenticator for InProcessOr<A> {
    fn authenticate(&self, request: &Parts) -> Result<UserInfo, Error> {
        InProcessAuthenticator.authenticate(request).or_else(|_| self.0.authenticate(request))
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn the_admin_is_a_master_and_authenticated() {
        assert_eq!(admin().name, "admin");
        assert_eq!(admin().groups, ["system:masters", "system:authenticated"]);
        assert_eq!(authenticated(admin()), admin(), "the group is added once");
    }

    #[test]
    fn only_the_extension_makes_a_call_one_in_process() {
        let (mut parts, ()) =
            Request::get("/apis").header("authorization", "Bearer x").body(()).unwrap().into_parts();
        let error = InProcessAuthenticator.authenticate(&parts).unwrap_err();
        assert_eq!((error.code(), error.message()), (401, "Unauthorized"));
        parts.extensions.insert(InProcess(admin()));
        assert_eq!(InProcessAuthenticator.authenticate(&parts).unwrap(), admin());
    }
}
