//! `alter init`: registers the onboarding MCP server with a coding assistant.

mod edit;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use argh::{ArgsInfo, FromArgs};
use serde_json::value::RawValue;

use crate::api::format::WEB_URL;
use crate::base::environment::filled;
use crate::base::failure::{Failure, Kind};
use crate::cli::context::Context;
use crate::cli::tree::Declared;
use crate::http::request::Body;
use crate::input::check;
use crate::output::{json, results};
use crate::project::pin::files::{self, Owner};
use edit::Object;

/// register the onboarding MCP server with a coding assistant
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "init",
    example = "alter init --url https://mcp.example.com",
    example = "alter init --client cursor --dir ~/project"
)]
pub(super) struct Init {
    /// whose settings to write [default: cursor where there is a .cursor folder, else claude]
    #[argh(option, arg_name = "claude|cursor")]
    client: Option<String>,
    /// the server's address [env: ALTER_MCP_URL]
    #[argh(option, arg_name = "url")]
    url: Option<String>,
    /// the server's name in the settings [default: alter-onboarding]
    #[argh(option, arg_name = "name")]
    name: Option<String>,
    /// the project's folder [default: .]
    #[argh(option, arg_name = "path")]
    dir: Option<PathBuf>,
    /// replace an entry of that name
    #[argh(switch)]
    force: bool,
}

const SERVERS: &str = "mcpServers";
const CURSOR_FOLDER: &str = ".cursor";
const MAX_NAME: usize = 120;

impl Declared for Init {}

impl Init {
    /// Writes the entry.
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let name = self.name.as_deref().unwrap_or("alter-onboarding");
        check::text("--name", name, MAX_NAME)?;
        if name.chars().any(char::is_control) {
            return Err(Failure::usage("--name", "has a control character in it"));
        }
        let url = self.url()?;
        let dir = self.dir.as_deref().unwrap_or(Path::new("."));
        check::folder("--dir", dir)?;
        let cursor = match self.client.as_deref() {
            Some(client) => client == "cursor",
            None => is_there(&dir.join(CURSOR_FOLDER)),
        };
        let file = dir.join(if cursor { ".cursor/mcp.json" } else { ".mcp.json" });
        let entry = Body::object().with("type", "http").with("url", url.as_str());
        let folder = if context.dry_run {
            files::folder(dir)?
        } else {
            // Kept from the reading to the writing: of two at once, one would lose the entry of the other.
            files::folder_to_change(dir)?
        };
        let existing = existing_settings(&folder, dir, &file, cursor)?;
        let (text, replaced) = match &existing {
            None => (fresh(name, entry.text()), false),
            Some(existing) => self.edited(&file, existing, name, entry.text())?,
        };
        let shown = Body::object()
            .with("client", if cursor { "cursor" } else { "claude" })
            .with("file", file.display().to_string())
            .with("name", name)
            .with("url", url.as_str())
            .with("replaced", replaced);
        if context.dry_run {
            let file = file.display();
            context.streams.note(&format!("dry run: would write this entry to {file}"));
            let servers =
                format!("{{{}:{{{}:{}}}}}", json::quote(SERVERS), json::quote(name), entry.text());
            return results::object(
                &context.streams,
                &context.shape,
                shown.with_json("would_write", &servers).text(),
            );
        }
        write(&folder, dir, &file, cursor, &text)?;
        results::object(&context.streams, &context.shape, shown.text())?;
        let client = if cursor { "Cursor" } else { "Claude Code" };
        context.streams.note(&format!("Restart {client}, then ask it to call get_started."));
        Ok(())
    }

    fn url(&self) -> Result<String, Failure> {
        let (what, url) = match (&self.url, filled("ALTER_MCP_URL")?) {
            (Some(url), _) => ("--url", url.clone()),
            (None, Some(url)) => ("ALTER_MCP_URL", url),
            (None, None) => {
                let why = "is needed: the address of the hosted server is not public";
                return Err(
                    Failure::usage("--url", why).fix("give --url URL, or set ALTER_MCP_URL")
                );
            }
        };
        check::formed(what, &url, &WEB_URL)?;
        Ok(url)
    }

    /// The settings with the entry in them, and whether one was replaced.
    fn edited(
        &self,
        file: &Path,
        existing: &str,
        name: &str,
        entry: &str,
    ) -> Result<(String, bool), Failure> {
        let refuse = |why: String| Failure::usage(file.display().to_string(), why);
        serde_json::from_str::<&RawValue>(existing).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            refuse(format!("is not JSON at {place}; nothing was written"))
        })?;
        let top = Object::whole(existing).ok_or_else(|| refuse("is no JSON object".into()))?;
        if top.doubles(SERVERS) {
            return Err(refuse(format!("has {SERVERS} twice")));
        }
        if top.value(SERVERS).is_none() {
            let servers = format!("{{{}:{entry}}}", json::quote(name));
            return Ok((top.with(&top, SERVERS, &servers), false));
        }
        let servers = top
            .object(SERVERS)
            .ok_or_else(|| refuse(format!("has a {SERVERS} that is no object")))?;
        match servers.value(name) {
            None => Ok((servers.with(&top, name, entry), false)),
            Some(_) if servers.doubles(name) => Err(refuse(format!("has {name} twice"))),
            Some(old) if self.force => Ok((top.replaced(old, entry), true)),
            Some(_) => {
                let what = format!("{}: {name}", file.display());
                Err(Failure::new(Kind::Conflict, what, "is there already")
                    .fix("repeat with --force to replace it, or give another --name"))
            }
        }
    }
}

/// Whether there is such a folder, or a link that will be refused.
fn is_there(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir() || found.is_symlink())
}

/// The settings there are.
fn existing_settings(
    folder: &File,
    dir: &Path,
    file: &Path,
    cursor: bool,
) -> Result<Option<String>, Failure> {
    if !cursor {
        return files::read(folder, file, Owner::Us);
    }
    match files::subfolder(folder, &dir.join(CURSOR_FOLDER), Owner::Us)? {
        Some(folder) => files::read(folder, file, Owner::Us),
        None => Ok(None),
    }
}

fn write(folder: &File, dir: &Path, file: &Path, cursor: bool, text: &str) -> Result<(), Failure> {
    if !cursor {
        return files::replace(folder, file, text);
    }
    files::replace(&files::made_subfolder(folder, &dir.join(CURSOR_FOLDER))?, file, text)
}

/// Settings with nothing else in them.
fn fresh(name: &str, entry: &str) -> String {
    let servers = format!("{{{}:{{{}:{entry}}}}}", json::quote(SERVERS), json::quote(name));
    json::pretty(&servers, 0).chain(["\n"]).collect()
}
