//! The certificate roots that are trusted: the public ones, and those of `SSL_CERT_FILE` and `SSL_CERT_DIR`.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::base::environment;
use crate::base::failure::{self, Failure};
use crate::base::regular;

/// All public roots together are a hundredth of this.
const MAX_BYTES: u64 = 16 << 20;

/// What is trusted.
#[derive(Debug)]
pub(super) struct Roots {
    /// The authorities.
    pub(super) store: RootCertStore,
    /// The certificates that were named here, which are trusted as a server's own too.
    pub(super) named: Vec<CertificateDer<'static>>,
}

/// Reads the roots for this process.
pub(super) fn load() -> Result<Roots, Failure> {
    let store = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let mut roots = Roots { store, named: Vec::new() };
    if let Some(path) = environment::filled("SSL_CERT_FILE")? {
        let added = add_file(&mut roots, Path::new(&path));
        require(added, "SSL_CERT_FILE", &path)?;
    }
    if let Some(paths) = environment::filled("SSL_CERT_DIR")? {
        // A list of folders, as OpenSSL reads it.
        for path in paths.split(':').filter(|path| !path.is_empty()) {
            let added = add_folder(&mut roots, Path::new(path));
            require(added, "SSL_CERT_DIR", path)?;
        }
    }
    Ok(roots)
}

fn require(added: Result<usize, String>, variable: &str, path: &str) -> Result<(), Failure> {
    let why = match added {
        Ok(0) => "holds no PEM certificate".into(),
        Ok(_) => return Ok(()),
        Err(why) => why,
    };
    Err(Failure::usage(format!("{variable}: {path}"), why)
        .fix(format!("name a file of PEM certificates, or unset {variable}")))
}

fn add_file(roots: &mut Roots, path: &Path) -> Result<usize, String> {
    let mut bytes = Vec::new();
    // What a file of /proc holds is not seen from its size.
    regular::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| failure::reason(&error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err("is larger than 16 MiB".into());
    }
    let certificates: Vec<CertificateDer> =
        CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok).collect();
    let added = roots.store.add_parsable_certificates(certificates.iter().cloned()).0;
    roots.named.extend(certificates);
    Ok(added)
}

fn add_folder(roots: &mut Roots, folder: &Path) -> Result<usize, String> {
    let entries = fs::read_dir(folder).map_err(|error| failure::reason(&error))?;
    // Hashed names are links to the files beside them: each file is read once.
    let mut files: Vec<PathBuf> =
        entries.filter_map(|entry| fs::canonicalize(entry.ok()?.path()).ok()).collect();
    files.sort();
    files.dedup();
    let files = files.iter().filter(|file| file.is_file());
    Ok(files.map(|file| add_file(roots, file).unwrap_or(0)).sum())
}
