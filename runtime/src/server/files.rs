//! The few small files that the server keeps beside its data: tokens, keys, the kubeconfig.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::errors::{Error, Result};

/// Makes the data directory, unless it is there, for its owner alone.
///
/// A `.gitignore` goes into it: its secrets do not belong into anybody's repository.
pub(crate) fn create_data_directory(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    create_directory(path)?;
    write(&path.join(".gitignore"), "*\n", Access::Everyone)
}

/// Makes a directory and what it lies in, unless it is there, for its owner alone.
pub(crate) fn create_directory(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| fail("make the directory", path, &error))
}

/// Reads a file; `None` when there is none.
pub(crate) fn read(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fail("read", path, &error)),
    }
}

/// Writes a file that only its owner may read.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<()> {
    write(path, text, Access::Owner)
}

/// Writes a file that everyone may read.
#[cfg(feature = "tls")]
pub(crate) fn write_public(path: &Path, text: &str) -> Result<()> {
    write(path, text, Access::Everyone)
}

#[derive(Clone, Copy)]
enum Access {
    Owner,
    Everyone,
}

impl Access {
    #[cfg(unix)]
    fn apply(self, options: &mut OpenOptions) {
        let mode = match self {
            Self::Owner => 0o600,
            Self::Everyone => 0o644,
        };
        std::os::unix::fs::OpenOptionsExt::mode(options, mode);
    }

    /// Elsewhere a file has the access rights of its directory.
    #[cfg(not(unix))]
    fn apply(self, _: &mut OpenOptions) {}
}

fn write(path: &Path, text: &str, access: Access) -> Result<()> {
    let mut replacement = Replacement::begin(path, access)?;
    let written = replacement.file.write_all(text.as_bytes());
    written.map_err(|error| fail("write", path, &error))?;
    replacement.finish()
}

/// A file that is written beside another and then takes its place, so that no reader sees half of it and a secret is
/// never readable in between. Dropping it unfinished leaves everything as it was.
pub(crate) struct Replacement {
    path: PathBuf,
    beside: PathBuf,
    pub(crate) file: File,
}

impl Replacement {
    /// Begins a file that only its owner may read.
    pub(crate) fn private(path: &Path) -> Result<Self> {
        Self::begin(path, Access::Owner)
    }

    fn begin(path: &Path, access: Access) -> Result<Self> {
        let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
        name.push(format!(".{}.tmp", std::process::id()));
        let beside = path.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        access.apply(&mut options);
        let file = options.open(&beside).map_err(|error| fail("write", path, &error))?;
        Ok(Self { path: path.to_owned(), beside, file })
    }

    /// Makes the file durable and gives it its name.
    pub(crate) fn finish(self) -> Result<()> {
        let moved = self.file.sync_all().and_then(|()| std::fs::rename(&self.beside, &self.path));
        moved.map_err(|error| fail("write", &self.path, &error))
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // After the end there is nothing beside the file any more.
        let _ = std::fs::remove_file(&self.beside);
    }
}

fn fail(action: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::other(format!("cannot {action} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        assert_eq!(read(&path).unwrap(), None);
        write_private(&path, "a long first text").unwrap();
        write_private(&path, "second").unwrap();
        assert_eq!(read(&path).unwrap().unwrap(), "second");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left over");
    }

    #[test]
    fn an_error_names_the_file() {
        let error = write_private(Path::new("/nowhere/token"), "x").unwrap_err();
        assert!(error.message().starts_with("cannot write /nowhere/token: "), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn secrets_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;

        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("data");
        create_data_directory(&directory).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory), 0o700);
        assert_eq!(read(&directory.join(".gitignore")).unwrap().unwrap(), "*\n");
        let path = directory.join("token");
        std::fs::write(&path, "readable by all").unwrap();
        write_private(&path, "secret").unwrap();
        assert_eq!(mode(&path), 0o600, "also where a file was before");
    }
}
