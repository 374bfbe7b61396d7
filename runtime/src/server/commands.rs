//! What a program does when its command line names another command than `serve`.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use super::api_server::{StoreChoice, print};
use super::openapi::OpenApi;
use super::{ApiServer, encode, files};
use crate::backup;
use crate::errors::{Error, Result};
use crate::storage::Store;

/// A command.
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only a command line names the others"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Serve the kinds.
    Serve,
    /// Write all objects to a file, or to standard output.
    Export(Option<PathBuf>),
    /// Read all objects from a file, or from standard input.
    Import(Option<PathBuf>),
    /// Say what the kinds are, and what is wrong with them.
    Check,
    /// Print the kinds as CustomResourceDefinitions.
    Crd,
    /// Print the OpenAPI documents.
    OpenApi(OpenApiChoice),
}

/// Which OpenAPI documents to print.
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only a command line names them"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OpenApiChoice {
    /// The one of version 2.
    V2,
    /// All of version 3, one after the other.
    V3,
    /// The one of a group and version, as in `garden.example.com/v1`.
    GroupVersion(String),
}

/// Writes all objects to a file, which has its name only once it is whole.
pub(super) async fn export(server: &ApiServer, file: Option<&Path>) -> Result<()> {
    let missing = |directory: &&PathBuf| server.has_own_store() && !directory.exists();
    if let Some(directory) = server.options.data_dir.as_ref().filter(missing) {
        return Err(Error::other(format!("there is no data directory {}", directory.display())));
    }
    let store = store(server)?;
    let summary = match file {
        None => backup::export(&store, &mut std::io::stdout()).await?,
        Some(path) => {
            let mut replacement = files::Replacement::private(path)?;
            let mut out = BufWriter::new(&mut replacement.file);
            let summary = backup::export(&store, &mut out).await?;
            drop(out);
            replacement.finish()?;
            summary
        }
    };
    eprintln!(
        "exported {} objects at revision {} from {}",
        summary.objects,
        summary.revision,
        store.location()
    );
    close(&store).await
}

/// Reads all objects from a file into the store.
pub(super) async fn import(server: &ApiServer, file: Option<&Path>) -> Result<()> {
    let unreadable = |path: &Path, error: &std::io::Error| {
        Error::other(format!("the export {} cannot be read: {error}", path.display()))
    };
    let file = match file {
        None => None,
        Some(path) => Some(File::open(path).map_err(|error| unreadable(path, &error))?),
    };
    if let Some(directory) = server.options.data_dir.as_ref().filter(|_| server.has_own_store()) {
        files::create_data_directory(directory)?;
    }
    let store = store(server)?;
    let summary = match file {
        None => backup::import(&store, &mut BufReader::new(std::io::stdin())).await?,
        Some(file) => backup::import(&store, &mut BufReader::new(file)).await?,
    };
    eprintln!(
        "imported {} objects into {}, now at revision {}",
        summary.objects,
        store.location(),
        summary.revision
    );
    close(&store).await
}

/// Prints OpenAPI documents as a server answers them, but with line breaks. No store is opened.
pub(super) fn openapi(server: &ApiServer, choice: &OpenApiChoice) -> Result<()> {
    let handlers = server.handlers(Some(&StoreChoice::Given(Store::memory())))?;
    let openapi = OpenApi::new(&handlers);
    let documents: Vec<&[u8]> = match choice {
        OpenApiChoice::V2 => vec![openapi.v2()],
        OpenApiChoice::V3 => openapi.v3().map(|(_, document)| document).collect(),
        OpenApiChoice::GroupVersion(wanted) => {
            let path = wanted.strip_prefix("apis/").unwrap_or(wanted);
            let mut found = openapi.v3().filter(|(name, _)| name.strip_prefix("apis/") == Some(path));
            let Some((_, document)) = found.next() else {
                let known: Vec<_> =
                    openapi.v3().map(|(name, _)| name.strip_prefix("apis/").unwrap_or(name)).collect();
                let known = known.join(", ");
                return Err(Error::other(format!("there is no version {wanted}; there are {known}")));
            };
            vec![document]
        }
    };
    for document in documents {
        print(&format!("{}\n", String::from_utf8_lossy(&encode::indent(document)).trim_end()));
    }
    Ok(())
}

fn store(server: &ApiServer) -> Result<Store> {
    let choice =
        server.store_choice().ok_or_else(|| Error::other("the kinds of this program have no store"))?;
    Ok(choice.store().clone())
}

async fn close(store: &Store) -> Result<()> {
    store.close().await.map_err(|error| Error::other(error.to_string()))
}
