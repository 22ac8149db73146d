//! Where Python finds packages: the folders that an interpreter started here would look through, without starting one,
//! for a checkout may have brought its own.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_URL_SAFE, Engine};
use ring::digest::{SHA256, digest};

use super::files;

/// The folder of the SDK's package.
const PACKAGE: &str = "alter_sdk";
/// Lists of folders and of versions are short.
const MAX_LIST: usize = 64 << 10;

/// The places that depend on this machine and not on the project.
#[derive(Debug)]
pub(super) struct Machine {
    /// Folders that hold packages.
    first: Vec<PathBuf>,
    /// Environments that are active.
    active: Vec<PathBuf>,
    /// Interpreters on PATH, by the folder that each is installed under, and the user's own packages.
    last: Vec<PathBuf>,
    /// pyenv's folder, where its shims are on PATH.
    pyenv: Option<PathBuf>,
}

impl Machine {
    /// Looks at the environment.
    pub(super) fn new() -> Self {
        let folders = |name: &str| -> Vec<PathBuf> {
            env::var_os(name).map(|value| env::split_paths(&value).collect()).unwrap_or_default()
        };
        let folder = |name: &&str| env::var_os(name).map(PathBuf::from);
        let active = ["VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT"];
        let (mut last, mut pyenv) = (Vec::new(), None);
        for programs in folders("PATH") {
            let python = programs.join("python3");
            if !python.exists() {
                continue;
            }
            let above = programs.parent().unwrap_or(&programs);
            if programs.ends_with("shims") {
                // asdf and mise call the folder of the versions otherwise.
                last.extend(entries(&above.join("installs/python")));
                pyenv = pyenv.or_else(|| Some(above.to_owned()));
            }
            let real = fs::canonicalize(&python).unwrap_or(python);
            last.push(above.to_owned());
            last.extend(real.parent().and_then(Path::parent).map(Path::to_owned));
            // Debian's and Fedora's pip installs beside what the system brings.
            last.push(above.join("local"));
        }
        let home = dirs::home_dir().unwrap_or_default();
        last.extend(["PYTHONUSERBASE"].iter().filter_map(folder));
        last.push(home.join(".local"));
        last.extend(entries(&home.join("Library/Python")));
        Self {
            first: folders("PYTHONPATH"),
            active: active.iter().filter_map(folder).collect(),
            last,
            pyenv,
        }
    }

    /// Returns the SDK as a file in `folder` would import it; `found` are places that the walk through the project came
    /// by.
    pub(super) fn sdk(&self, folder: &Path, found: &[PathBuf]) -> Option<PathBuf> {
        let beside = folder.ancestors().filter(|at| is_target(at)).map(Path::to_owned);
        beside
            .chain(self.first.iter().cloned())
            .find_map(|packages| in_packages(&packages))
            .or_else(|| self.environments(folder).find_map(|root| in_prefix(&root)))
            .or_else(|| found.iter().find_map(|root| in_prefix(root).or_else(|| in_packages(root))))
            .or_else(|| self.last.iter().find_map(|root| in_prefix(root)))
    }

    /// The environments that are active, and those of the project that a folder is in.
    fn environments(&self, folder: &Path) -> impl Iterator<Item = PathBuf> {
        let own = folder.ancestors().flat_map(|at| {
            let uv = env::var_os("UV_PROJECT_ENVIRONMENT").map(|name| at.join(name));
            [at.join(".venv"), at.join("venv")].into_iter().chain(uv)
        });
        let managed = folder.ancestors().flat_map(|at| poetry(at).into_iter().chain(pipenv(at)));
        let pyenv = self.pyenv.iter().flat_map(|root| pyenv_versions(root, folder));
        self.active.iter().cloned().chain(own).chain(managed).chain(pyenv)
    }
}

/// The SDK in an environment of Python, or below the folder that an interpreter is installed under.
fn in_prefix(root: &Path) -> Option<PathBuf> {
    // macOS keeps a user's own packages in `lib/python`.
    let libraries = ["lib", "lib64"].iter().flat_map(|lib| entries(&root.join(lib)));
    let mut libraries = libraries.filter(|at| {
        at.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"python"))
    });
    libraries.find_map(|library| {
        ["site-packages", "dist-packages"].iter().find_map(|name| in_packages(&library.join(name)))
    })
}

/// The SDK in a folder of packages, or in one that a `.pth` file of it names, as editable installs do.
fn in_packages(packages: &Path) -> Option<PathBuf> {
    let here = packages.join(PACKAGE);
    if here.is_dir() {
        return Some(here);
    }
    let lists = entries(packages).filter(|file| file.extension().is_some_and(|end| end == "pth"));
    let mut named =
        lists.take(100).filter_map(|file| files::bytes(&file, MAX_LIST)).flat_map(|list| {
            let list = String::from_utf8_lossy(&list).into_owned();
            list.lines().map(|line| packages.join(line.trim()).join(PACKAGE)).collect::<Vec<_>>()
        });
    named.find(|place| place.is_dir())
}

/// Whether `pip install --target` put the SDK into this folder, beside what else is in it.
fn is_target(folder: &Path) -> bool {
    let is_record = |at: &PathBuf| {
        let name = at.file_name().unwrap_or_default().to_string_lossy().replace('-', "_");
        name.starts_with("alter_sdk_") && name.ends_with(".dist_info")
    };
    folder.join(PACKAGE).is_dir() && entries(folder).any(|at| is_record(&at))
}

/// The environments that poetry made for the project in a folder: it names them after the folder's path.
fn poetry(folder: &Path) -> Vec<PathBuf> {
    if !folder.join("pyproject.toml").exists() {
        return Vec::new();
    }
    let path = digest(&SHA256, folder.as_os_str().as_encoded_bytes());
    let mark = format!("-{}-py", &BASE64_URL_SAFE.encode(path)[..8]);
    let cache = env::var_os("POETRY_CACHE_DIR").map(PathBuf::from);
    let places = [
        env::var_os("POETRY_VIRTUALENVS_PATH").map(PathBuf::from),
        cache.map(|cache| cache.join("virtualenvs")),
        dirs::cache_dir().map(|cache| cache.join("pypoetry/virtualenvs")),
    ];
    let made = places.into_iter().flatten().flat_map(|place| entries(&place));
    made.filter(|at| at.to_string_lossy().contains(&mark)).collect()
}

/// The environments that pipenv made for the project in a folder: each has a file that names it.
fn pipenv(folder: &Path) -> Vec<PathBuf> {
    if !folder.join("Pipfile").exists() {
        return Vec::new();
    }
    let home = env::var_os("WORKON_HOME").map(PathBuf::from);
    let place = home.or_else(|| Some(dirs::data_local_dir()?.join("virtualenvs")));
    let made = place.into_iter().flat_map(|place| entries(&place));
    let is_ours = |at: &PathBuf| {
        let project = files::bytes(&at.join(".project"), MAX_LIST).unwrap_or_default();
        project.trim_ascii() == folder.as_os_str().as_encoded_bytes()
    };
    made.filter(is_ours).collect()
}

/// The versions that pyenv's shims would start in a folder. `3.12` stands for any of its releases.
fn pyenv_versions(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let local = folder.ancestors().map(|at| at.join(".python-version"));
    let named = env::var("PYENV_VERSION").ok().or_else(|| {
        let list =
            local.chain([root.join("version")]).find_map(|file| files::bytes(&file, MAX_LIST));
        list.map(|list| String::from_utf8_lossy(&list).into_owned())
    });
    let named = named.unwrap_or_default();
    let versions: Vec<PathBuf> = entries(&root.join("versions")).collect();
    let matching = |wanted: &str| {
        let release = format!("{wanted}.");
        let fits = versions.iter().filter(move |at| {
            let name = at.file_name().unwrap_or_default().to_string_lossy();
            *name == *wanted || name.starts_with(&release)
        });
        fits.cloned().collect::<Vec<_>>()
    };
    named
        .split([':', '\n'])
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .flat_map(matching)
        .collect()
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path())
}
