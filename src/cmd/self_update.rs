//! `alter self-update`: a signed release in the place of the running program.

use argh::{ArgsInfo, FromArgs};

use crate::base::environment::filled;
use crate::base::failure::{Failure, Kind};
use crate::cli::context::Context;
use crate::cli::tree::Declared;
use crate::http::request::Body;
use crate::output::results;
use crate::update::owner::{self, Owner};
use crate::update::program::Program;
use crate::update::release::Release;
use crate::update::version::Version;

/// replace this program by a newer release, after its signature was checked; a package manager's program is left to it
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "self-update",
    example = "alter self-update --check --from https://releases.example.com/alter",
    example = "alter self-update --from ./release-files --to 0.3.0"
)]
pub(super) struct SelfUpdate {
    /// say what there is, and change nothing
    #[argh(switch)]
    check: bool,
    /// the version to change to [default: the newest in the folder]
    #[argh(option, arg_name = "version")]
    to: Option<String>,
    /// the release folder: a path, or the address that SHA256SUMS lies under [env: ALTER_RELEASE_URL]
    #[argh(option, arg_name = "url-or-dir")]
    from: Option<String>,
    /// also change to an older version
    #[argh(switch)]
    allow_downgrade: bool,
}

impl Declared for SelfUpdate {}

impl SelfUpdate {
    /// Looks for a release, and changes to it.
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let to = self.to.as_deref().map(|text| Version::parse("--to", text)).transpose()?;
        let (what, from) = self.place()?;
        let only_looks = self.check || context.dry_run;
        let program = Program::running()?;
        let owner = owner::of(program.file());
        if let (Some(owner), false) = (&owner, only_looks) {
            let why = format!("belongs to {}, which has to update it", owner.name);
            return Err(Failure::new(Kind::Conflict, program.file().display().to_string(), why)
                .fix(owner.update.clone()));
        }
        let release = Release::open(context, what, &from)?;
        let candidate = release.candidate(to)?;
        let (before, after) = (program.version(), candidate.version);
        let refused = after < before && !self.allow_downgrade;
        let mut status = match (after == before, refused) {
            (true, _) => "current",
            (false, true) => "older",
            (false, false) => "available",
        };
        if status == "older" && !only_looks {
            let why = format!("is older than this alter, which is {before}");
            return Err(Failure::new(Kind::Conflict, format!("alter {after}"), why)
                .fix("repeat with --allow-downgrade if that is what you want"));
        }
        // A signal is answered until the result is printed.
        let mut _pending = None;
        if status == "available" && !only_looks {
            _pending =
                Some(program.replace(&context.streams, &release.fetch(&candidate)?, after)?);
            status = "updated";
        }
        let shown = Body::object()
            .with("program", program.file().display().to_string())
            .with("version", before.to_string())
            .with("release", after.to_string())
            .with("status", status)
            .with("managed_by", owner.map(|Owner { name, .. }| name));
        results::object(&context.streams, &context.shape, shown.text())
    }

    /// Where to look, and what named it.
    fn place(&self) -> Result<(&'static str, String), Failure> {
        const VARIABLE: &str = "ALTER_RELEASE_URL";
        if let Some(from) = &self.from {
            return Ok(("--from", from.clone()));
        }
        let from = filled(VARIABLE)?.ok_or_else(|| {
            Failure::usage("--from", "is needed: no place of releases is built in")
                .fix("give --from URL or --from DIR, or set ALTER_RELEASE_URL")
        })?;
        Ok((VARIABLE, from))
    }
}
