//! What every command is given: the streams, the shared flags, and the choices the environment makes for them.

use std::time::Duration;

use crate::api::format::UUID;
use crate::base::environment::{filled, switch, variable};
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::base::origin::Origin;
use crate::base::secret::Secret;
use crate::cli::flags_seen::Given;
use crate::cli::globals::Globals;
use crate::cli::paging::Page;
use crate::http::request::{Body, Request};
use crate::input::check;
use crate::input::intake::{self, Intake, JsonType};
use crate::output::json;
use crate::output::results::{Format, Shape};
use crate::output::shell;
use crate::output::streams::Streams;
use crate::project::pin;

const DEFAULT_BASE_URL: &str = "https://backend.alterauth.com";
const DEFAULT_DASHBOARD_URL: &str = "https://portal.alterauth.com";
const DEFAULT_TIMEOUT: u64 = 30;
/// The command that signs in.
pub(crate) const LOGIN: &str = "alter auth login";
const MAX_TIMEOUT: u64 = 86_400;

/// What a command is given; enough for those that need no portal.
#[derive(Debug)]
pub(crate) struct Context {
    /// Where results and notes go.
    pub(crate) streams: Streams,
    /// Reads `@path` and `-`.
    pub(crate) intake: Intake,
    /// The format that was asked for.
    pub(crate) shape: Shape,
    /// Which rows of a paged list.
    pub(crate) page: Page,
    /// The command's own flags that were given.
    pub(crate) given: Given,
    /// Whether to print the request instead of sending it.
    pub(crate) dry_run: bool,
    globals: Globals,
}

/// The selected app and what selected it.
#[derive(Debug)]
pub(crate) struct Selected {
    /// The app's id.
    pub(crate) app: Id,
    /// `flag`, `environment` or `pin`.
    pub(crate) source: &'static str,
    /// The pin's file, when that is what selected it.
    pub(crate) file: Option<std::path::PathBuf>,
}

impl Context {
    /// Checks the flags that all commands share.
    pub(crate) fn new(
        streams: Streams,
        globals: Globals,
        page: Page,
        given: Given,
    ) -> Result<Self, Failure> {
        let shape = shape(&globals)?;
        check_given(&globals)?;
        Ok(Self {
            streams,
            intake: Intake::default(),
            shape,
            page,
            given,
            dry_run: globals.dry_run,
            globals,
        })
    }

    /// The origin of the portal's API.
    pub(crate) fn base_url(&self) -> Result<Origin, Failure> {
        origin("--base-url", self.globals.base_url.as_deref(), "ALTER_BASE_URL", DEFAULT_BASE_URL)
    }

    /// The origin of the portal's dashboard. That of the product goes with the product's API alone: a sign-in must not
    /// open a portal that was not meant.
    pub(crate) fn dashboard_url(&self) -> Result<Origin, Failure> {
        const FLAG: &str = "--dashboard-url";
        let flag = self.globals.dashboard_url.as_deref();
        if flag.is_some() || filled("ALTER_DASHBOARD_URL")?.is_some() {
            return origin(FLAG, flag, "ALTER_DASHBOARD_URL", DEFAULT_DASHBOARD_URL);
        }
        let api = self.base_url()?;
        if api.is_loopback() {
            return Ok(api);
        }
        if api == Origin::parse(FLAG, DEFAULT_BASE_URL)? {
            return Origin::parse(FLAG, DEFAULT_DASHBOARD_URL);
        }
        Err(Failure::usage(FLAG, format!("is needed to sign in to {api}"))
            .fix("give --dashboard-url URL, or set ALTER_DASHBOARD_URL"))
    }

    /// The command that signs in for this one: with the flags that say to what, for they are not there the next time.
    fn login(&self) -> String {
        let Globals { base_url, dashboard_url, profile, .. } = &self.globals;
        let flags =
            [("--base-url", base_url), ("--dashboard-url", dashboard_url), ("--profile", profile)];
        flags.iter().fold(LOGIN.to_owned(), |command, (flag, value)| match value {
            Some(value) => format!("{command} {flag} {}", shell::word(value)),
            None => command,
        })
    }

    /// Returns a command with the flags that were given to this one, for they are not there the next time.
    pub(crate) fn again(&self, command: &str) -> String {
        if command.contains(&self.login()) {
            return command.to_owned();
        }
        if command.contains(LOGIN) {
            return command.replacen(LOGIN, &self.login(), 1);
        }
        let Globals { base_url, profile, .. } = &self.globals;
        let flags = [("--base-url", base_url), ("--profile", profile)];
        flags.iter().fold(command.to_owned(), |command, (flag, value)| match value {
            Some(value) => format!("{command} {flag} {}", shell::word(value)),
            None => command,
        })
    }

    /// A failure whose advice to sign in holds for this command.
    #[must_use]
    pub(crate) fn with_login(&self, failure: Failure) -> Failure {
        match failure.advice() {
            Some(advice) if advice.contains(LOGIN) => failure.fix(self.again(&advice)),
            _ => failure,
        }
    }

    /// Which stored sign-in to use.
    pub(crate) fn profile(&self) -> Result<String, Failure> {
        let (what, name) = match (&self.globals.profile, filled("ALTER_PROFILE")?) {
            (Some(name), _) => ("--profile", name.clone()),
            (None, Some(name)) => ("ALTER_PROFILE", name),
            (None, None) => return Ok("default".into()),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
            return Err(Failure::usage(what, "wants 1 to 64 letters, digits, `-`, `_` or `.`"));
        }
        Ok(name)
    }

    /// The selected app's id: the flag, the environment, or the nearest pin.
    pub(crate) fn app(&self) -> Result<Id, Failure> {
        self.selected()?.map(|selected| selected.app).ok_or_else(|| {
            Failure::usage("no app selected", "this command acts on one app")
                .fix("give --app ID, set ALTER_APP_ID, or pin one with alter link ID")
        })
    }

    /// The selected app and what selected it, if anything does.
    pub(crate) fn selected(&self) -> Result<Option<Selected>, Failure> {
        let named = |what, app: &str, source| {
            let app = Id::parse(what, app)?;
            Ok(Some(Selected { app, source, file: None }))
        };
        if let Some(app) = &self.globals.app {
            return named("--app", app, "flag");
        }
        if let Some(app) = variable("ALTER_APP_ID")? {
            return named("ALTER_APP_ID", &app, "environment");
        }
        Ok(pin::nearest()?.map(|pin| Selected {
            app: pin.app,
            source: "pin",
            file: Some(pin.file),
        }))
    }

    /// The app that `--app` names as a filter; the environment and the pin are no filters.
    pub(crate) fn app_filter(&self) -> Result<Option<&str>, Failure> {
        self.globals.app.as_deref().map(|app| check::formed("--app", app, &UUID)).transpose()
    }

    /// The body that `--input` gives, instead of all other flags but those in `beside`.
    pub(crate) fn input(&self, text: &str, beside: &[&str]) -> Result<Body, Failure> {
        const FLAG: &str = "--input";
        self.given.alone(FLAG, beside)?;
        let body = Body::document(&self.intake.json(FLAG, text, JsonType::Object)?);
        if body.holds_secret() {
            intake::warn_of_inline(&self.streams, FLAG, text);
        }
        Ok(body)
    }

    /// A credential that a flag gives.
    pub(crate) fn secret(
        &self,
        flag: &str,
        given: Option<&Secret>,
    ) -> Result<Option<String>, Failure> {
        given.map(|given| self.intake.secret(&self.streams, flag, given)).transpose()
    }

    /// Does the work, or prints the request that would do it when this is a dry run.
    pub(crate) fn unless_dry(
        &self,
        request: &Request,
        work: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        request.check()?;
        if !self.dry_run {
            return work();
        }
        request.refuse_credential()?;
        self.base_url()?;
        self.timeout()?;
        let mut out = self.streams.result()?;
        out.json(&(json::pretty(&request.preview(), 0).collect::<String>() + "\n"))?;
        out.flush()
    }

    /// How long one HTTP exchange may take.
    pub(crate) fn timeout(&self) -> Result<Duration, Failure> {
        let Some(text) = filled("ALTER_TIMEOUT")? else {
            return Ok(Duration::from_secs(DEFAULT_TIMEOUT));
        };
        let seconds = text.parse().ok().filter(|seconds| (1..=MAX_TIMEOUT).contains(seconds));
        let seconds = seconds.ok_or_else(|| {
            Failure::usage("ALTER_TIMEOUT", format!("wants whole seconds from 1 to {MAX_TIMEOUT}"))
        })?;
        Ok(Duration::from_secs(seconds))
    }

    /// Whether to show each HTTP exchange.
    pub(crate) fn debug(&self) -> Result<bool, Failure> {
        Ok(self.globals.debug || switch("ALTER_DEBUG")?)
    }
}

fn origin(flag: &str, given: Option<&str>, name: &str, default: &str) -> Result<Origin, Failure> {
    match (given, filled(name)?) {
        (Some(url), _) => Origin::parse(flag, url),
        (None, Some(url)) => Origin::parse(name, &url),
        (None, None) => Origin::parse(flag, default),
    }
}

/// Refuses what no command takes, also one that has no use for the flag.
fn check_given(globals: &Globals) -> Result<(), Failure> {
    if globals.app.as_ref().is_some_and(String::is_empty) {
        return Err(Failure::usage("--app", "is empty"));
    }
    for (flag, url) in
        [("--base-url", &globals.base_url), ("--dashboard-url", &globals.dashboard_url)]
    {
        url.as_ref().map(|url| Origin::parse(flag, url)).transpose()?;
    }
    Ok(())
}

fn shape(globals: &Globals) -> Result<Shape, Failure> {
    let format = globals.output.as_deref().map(|name| match name {
        "json" => Format::Json,
        "jsonl" => Format::Jsonl,
        "csv" => Format::Csv,
        _ => Format::Table,
    });
    let fields = globals.fields.as_deref().map(|text| check::list("--fields", text)).transpose()?;
    let blank = |name: &String| name.contains(char::is_whitespace);
    if fields.as_ref().is_some_and(|fields| fields.iter().any(blank)) {
        return Err(Failure::usage(
            "--fields",
            "has a blank inside a name: names are separated by commas",
        ));
    }
    Ok(Shape { format, fields })
}
