//! `alter completion`: what makes the shells complete commands, flags and values.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use argh::{ArgsInfo, FromArgs};

use crate::base::environment;
use crate::base::failure::Failure;
use crate::base::nofollow;
use crate::cli::complete;
use crate::cli::context::Context;
use crate::cli::tree::{Declaration, Declared};
use crate::output::shell;

namespace! {
    /// complete commands, flags and values in a shell
    Completion "completion", Context: { Print, Install }
}

/// print the completion script
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "print",
    example = "alter completion print --shell bash > /etc/bash_completion.d/alter"
)]
struct Print {
    /// the shell, when not the one in $SHELL
    #[argh(option, arg_name = "bash|zsh|fish")]
    shell: Option<String>,
}

impl Declared for Print {
    fn declared() -> Declaration {
        Declaration { operand: Some("--shell"), ..Declaration::default() }
    }
}

impl Print {
    fn run(self, context: &Context) -> Result<(), Failure> {
        let shell = self.shell.map_or_else(login_shell, Ok)?;
        let mut out = context.streams.result()?;
        out.text(complete::stub(&shell))?;
        out.flush()
    }
}

/// write the completion script to your own place for it; edits no rc file
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "install", example = "alter completion install zsh")]
struct Install {
    /// the shell, when not the one in $SHELL
    #[argh(option, arg_name = "bash|zsh|fish")]
    shell: Option<String>,
}

impl Declared for Install {
    fn declared() -> Declaration {
        Declaration { operand: Some("--shell"), ..Declaration::default() }
    }
}

impl Install {
    fn run(self, context: &Context) -> Result<(), Failure> {
        let shell = self.shell.map_or_else(login_shell, Ok)?;
        let file = place(&shell)?;
        if context.dry_run {
            context.streams.note(&format!("dry run: would write {}", file.display()));
            return Ok(());
        }
        nofollow::check_may_make(&file)?;
        let failed = |error| Failure::io(&file, &error);
        fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).map_err(failed)?;
        fs::write(&file, complete::stub(&shell)).map_err(failed)?;
        context.streams.note(&format!("Wrote {}", file.display()));
        context.streams.note(&activation(&shell, &file));
        Ok(())
    }
}

fn login_shell() -> Result<String, Failure> {
    let shell = env::var("SHELL").unwrap_or_default();
    let name = Path::new(&shell).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if complete::SHELLS.split('|').any(|known| known == name) {
        return Ok(name.to_owned());
    }
    Err(Failure::usage("--shell", "is needed: $SHELL names none of bash, zsh, fish")
        .fix("give --shell bash, zsh or fish"))
}

fn place(shell: &str) -> Result<PathBuf, Failure> {
    let base = |variable: &str, otherwise: &str| -> Result<PathBuf, Failure> {
        if let Some(given) = environment::xdg_folder(variable)? {
            return Ok(given);
        }
        let home = environment::home()?.ok_or_else(|| Failure::usage("HOME", "is not set"))?;
        Ok(home.join(otherwise))
    };
    Ok(match shell {
        "bash" => base("XDG_DATA_HOME", ".local/share")?.join("bash-completion/completions/alter"),
        "zsh" => base("XDG_DATA_HOME", ".local/share")?.join("zsh/site-functions/_alter"),
        _ => base("XDG_CONFIG_HOME", ".config")?.join("fish/completions/alter.fish"),
    })
}

fn activation(name: &str, file: &Path) -> String {
    let word = |path: &Path| shell::word(&path.display().to_string());
    let folder = word(file.parent().unwrap_or(file));
    match name {
        "bash" => format!(
            "New shells load it when bash-completion is there; this one: source {}",
            word(file)
        ),
        "zsh" => format!(
            "Add to ~/.zshrc, in front of a compinit that is there already: fpath=({folder} $fpath); autoload -Uz compinit; compinit"
        ),
        _ => "New shells load it by themselves.".into(),
    }
}
