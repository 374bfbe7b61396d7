//! Bearer tokens: the admin's, and those of `--token-auth-file`.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::AUTHORIZATION;
use http::request::Parts;
use sha2::{Digest, Sha256};

use super::authentication::{Authenticator, admin, authenticated};
use super::files;
use crate::context::UserInfo;
use crate::errors::{Error, Result};

/// The admin's token, kept in the data directory under this name.
pub(crate) const ADMIN_TOKEN_FILE: &str = "admin-token";

/// Knows users by their bearer tokens.
///
/// Tokens are looked up by their SHA-256 digest: how long a lookup takes tells nothing about any token, for nobody can
/// choose a digest's first bytes.
pub(crate) struct TokenAuthenticator {
    users: HashMap<[u8; 32], UserInfo>,
}

impl TokenAuthenticator {
    /// Knows the admin by a token.
    pub(crate) fn new(admin_token: &str) -> Self {
        Self { users: HashMap::from([(digest(admin_token), admin())]) }
    }

    /// Learns the tokens of a file as kube-apiserver reads it: lines of `token,user,uid,"group1,group2"`.
    ///
    /// As there, an empty token is passed over and of two lines with the same token the last one counts, both with a
    /// warning in the log; the admin's token keeps its meaning.
    pub(crate) fn load(&mut self, path: &Path) -> Result<()> {
        let fail = |what: String| Error::other(format!("--token-auth-file {}: {what}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
        let mut users = HashMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let fail = |what: &str| fail(format!("line {number}: {what}"));
            if line.is_empty() {
                continue;
            }
            let fields = fields(line).map_err(fail)?;
            let [token, name, uid, rest @ ..] = fields.as_slice() else {
                let found = fields.len();
                return Err(fail(&format!("found {found} columns; write token,user,uid,\"group1,group2\"")));
            };
            if token.is_empty() {
                tracing::warn!("{}: line {number}: the token is empty; the line is ignored", path.display());
                continue;
            }
            let groups = rest.first().filter(|groups| !groups.is_empty());
            let groups = groups.map(|groups| groups.split(',').map(str::to_owned).collect());
            let user = UserInfo { name: name.clone(), uid: uid.clone(), groups: groups.unwrap_or_default() };
            if users.insert(digest(token), authenticated(user)).is_some() {
                tracing::warn!("{}: line {number}: the token was given to a user before", path.display());
            }
        }
        for (digest, user) in users {
            self.users.entry(digest).or_insert(user);
        }
        Ok(())
    }
}

impl Authenticator for TokenAuthenticator {
    fn authenticate(&self, request: &Parts) -> Result<UserInfo, Error> {
        let token = request.headers.get(AUTHORIZATION).and_then(|value| bearer(value.to_str().ok()?));
        let user = token.and_then(|token| self.users.get(&digest(token)));
        user.cloned().ok_or_else(|| Error::unauthorized("Unauthorized"))
    }
}

impl fmt::Debug for TokenAuthenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenAuthenticator").field("tokens", &self.users.len()).finish()
    }
}

/// The admin's token: the one kept in the directory, or a new one, kept there if there is a directory.
pub(crate) fn admin_token(directory: Option<&Path>) -> Result<String> {
    let Some(directory) = directory else { return new_token() };
    let path = directory.join(ADMIN_TOKEN_FILE);
    if let Some(text) = files::read(&path)? {
        let token = text.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let path = path.display();
            return Err(Error::other(format!(
                "{path}: this is no token; delete the file to have a new one made"
            )));
        }
        return Ok(token.to_owned());
    }
    let token = new_token()?;
    files::write_private(&path, &format!("{token}\n"))?;
    Ok(token)
}

fn new_token() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::other(format!("cannot make a token: {error}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// The token of an `Authorization` header; `None` when it holds none.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, rest) = header.trim().split_once(' ')?;
    let token = rest.split(' ').next()?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The fields of a line of comma-separated values. A field may be quoted, and a quote in it doubled.
fn fields(line: &str) -> Result<Vec<String>, &'static str> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, after) = if let Some(quoted) = rest.strip_prefix('"') {
            quoted_field(quoted)?
        } else {
            let (field, after) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
            if field.contains('"') {
                return Err("a quote stands inside a field; quote the whole field");
            }
            (field.to_owned(), after)
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(fields),
            None => return Err("a quoted field goes on after its closing quote"),
        }
    }
}

/// A field whose opening quote was read, and what follows its closing quote.
fn quoted_field(text: &str) -> Result<(String, &str), &'static str> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('"').ok_or("a quoted field has no closing quote")?;
        field.push_str(part);
        match after.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None => return Ok((field, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn authenticate(authenticator: &TokenAuthenticator, header: &str) -> Result<UserInfo> {
        let request = Request::get("/apis").header("authorization", header).body(()).unwrap();
        authenticator.authenticate(&request.into_parts().0)
    }

    fn load(text: &str) -> Result<TokenAuthenticator> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("tokens.csv");
        std::fs::write(&path, text).unwrap();
        let mut authenticator = TokenAuthenticator::new("root");
        authenticator.load(&path).map(|()| authenticator)
    }

    fn user(name: &str, uid: &str, groups: &[&str]) -> UserInfo {
        let groups = groups.iter().map(|&group| group.to_owned()).collect();
        UserInfo { name: name.into(), uid: uid.into(), groups }
    }

    #[test]
    fn a_token_file_is_read_as_kube_apiserver_reads_it() {
        let text = "t1,ann,1\n\n\"t2\",\"b\"\"o\"\"b\",2,\"dev,ops\"\r\nt3,cid,3,dev,ignored\n,nobody,4\nt5,eve,5,\"\"\n";
        let tokens = load(text).unwrap();
        assert_eq!(authenticate(&tokens, "Bearer t1").unwrap(), user("ann", "1", &["system:authenticated"]));
        let bob = user("b\"o\"b", "2", &["dev", "ops", "system:authenticated"]);
        assert_eq!(authenticate(&tokens, "Bearer t2").unwrap(), bob);
        let cid = user("cid", "3", &["dev", "system:authenticated"]);
        assert_eq!(authenticate(&tokens, "Bearer t3").unwrap(), cid);
        assert_eq!(authenticate(&tokens, "Bearer t5").unwrap(), user("eve", "5", &["system:authenticated"]));
        assert_eq!(tokens.users.len(), 5, "the admin's, and four of the file");
    }

    #[test]
    fn the_last_of_two_lines_counts_but_the_admin_stays() {
        let tokens = load("t,ann,1\nt,bob,2\nroot,mallory,3\n").unwrap();
        assert_eq!(authenticate(&tokens, "Bearer t").unwrap().name, "bob");
        assert_eq!(authenticate(&tokens, "Bearer root").unwrap(), admin());
    }

    #[test]
    fn a_bad_token_file_is_refused_with_its_line() {
        let wrong = [
            ("t,ann", "line 1: found 2 columns; write token,user,uid,\"group1,group2\""),
            ("t,ann,1\n\"t,ann,1", "line 2: a quoted field has no closing quote"),
            ("t,\"ann\"x,1", "line 1: a quoted field goes on after its closing quote"),
            ("\nt,a\"nn,1", "line 2: a quote stands inside a field; quote the whole field"),
        ];
        for (text, expected) in wrong {
            let error = load(text).unwrap_err();
            assert!(error.message().starts_with("--token-auth-file /"), "{error}");
            assert!(error.message().ends_with(expected), "{error}");
        }
        let error = TokenAuthenticator::new("root").load(Path::new("/nowhere/tokens")).unwrap_err();
        assert!(error.message().starts_with("--token-auth-file /nowhere/tokens: "), "{error}");
    }

    // contract 6.79
    #[test]
    fn whoever_does_not_prove_who_they_are_is_unauthorized() {
        let tokens = TokenAuthenticator::new("root");
        for header in ["Bearer root", "bearer root", " BEARER root ", "Bearer root more"] {
            assert_eq!(authenticate(&tokens, header).unwrap(), admin(), "{header:?}");
        }
        for header in
            ["", "Bearer", "Bearer ", "Bearer  root", "Basic root", "root", "Bearer rooT", "Bearer roo"]
        {
            let error = authenticate(&tokens, header).unwrap_err();
            assert_eq!((error.code(), error.message()), (401, "Unauthorized"), "{header:?}");
        }
        let (parts, ()) = Request::get("/apis").body(()).unwrap().into_parts();
        assert_eq!(tokens.authenticate(&parts).unwrap_err().code(), 401);
    }

    #[test]
    fn the_admin_token_is_made_once() {
        let directory = tempfile::tempdir().unwrap();
        let first = admin_token(Some(directory.path())).unwrap();
        assert_eq!(first.len(), 43, "32 bytes");
        assert_eq!(admin_token(Some(directory.path())).unwrap(), first);
        assert_ne!(admin_token(None).unwrap(), admin_token(None).unwrap());
    }

    #[test]
    fn a_spoilt_admin_token_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        for spoilt in ["", "\n", "two words", "t\u{f6}ken"] {
            std::fs::write(directory.path().join(ADMIN_TOKEN_FILE), spoilt).unwrap();
            let error = admin_token(Some(directory.path())).unwrap_err();
            assert!(error.message().ends_with("delete the file to have a new one made"), "{error}");
        }
    }
}
