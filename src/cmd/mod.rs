//! The commands: one file a namespace. A verb says what it checks, sends and shows, and nothing else.

use argh::{ArgsInfo, FromArgs};

use crate::base::failure::Failure;
use crate::cli::context::Context;
use crate::session::Session;

/// Declares a namespace: its verbs, and which of them runs.
macro_rules! namespace {
    ($(#[doc = $about:literal])+ $namespace:ident $name:tt $(note $note:tt)*, $given:ty: { $($verb:ident),+ $(,)? }) => {
        $(#[doc = $about])+
        #[derive(argh::ArgsInfo, argh::FromArgs, Debug)]
        #[argh(subcommand, name = $name $(, note = $note)*)]
        pub(super) struct $namespace {
            #[argh(subcommand)]
            verb: Verb,
        }

        #[derive(argh::ArgsInfo, argh::FromArgs, Debug)]
        #[argh(subcommand)]
        enum Verb {
            $($verb($verb)),+
        }

        impl $namespace {
            /// Runs the verb that was given.
            pub(super) fn run(self, given: &$given) -> Result<(), $crate::base::failure::Failure> {
                match self.verb {
                    $(Verb::$verb(verb) => verb.run(given)),+
                }
            }
        }
    };
}

mod agents;
mod analytics;
mod api;
mod approvals;
mod apps;
mod audit;
mod auth;
mod branding;
mod commands;
mod completion;
mod design;
mod doctor;
mod end_users;
mod grants;
mod identity_providers;
mod init;
mod keys;
mod link;
mod managed_secrets;
mod pats;
mod policy;
pub(crate) mod program;
mod providers;
mod sdk_passthrough;
mod self_update;
mod verify;

/// the command line of the Alter developer portal: apps, keys, agents, secrets, rules, and the audit log
#[derive(ArgsInfo, Debug, FromArgs)]
pub(crate) struct Alter {
    #[argh(subcommand)]
    command: Command,
}

#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand)]
enum Command {
    Auth(auth::Auth),
    Apps(apps::Apps),
    Keys(keys::Keys),
    Agents(agents::Agents),
    Providers(providers::Providers),
    ManagedSecrets(managed_secrets::ManagedSecrets),
    IdentityProviders(identity_providers::IdentityProviders),
    Policy(policy::Policy),
    Audit(audit::Audit),
    Analytics(analytics::Analytics),
    Grants(grants::Grants),
    EndUsers(end_users::EndUsers),
    Branding(branding::Branding),
    Approvals(approvals::Approvals),
    Pats(pats::Pats),
    Link(link::Link),
    Unlink(link::Unlink),
    Init(init::Init),
    Design(design::Design),
    Verify(verify::Verify),
    SdkPassthrough(sdk_passthrough::SdkPassthrough),
    Api(api::Api),
    Completion(completion::Completion),
    Doctor(doctor::Doctor),
    SelfUpdate(self_update::SelfUpdate),
    Commands(commands::Commands),
}

impl Alter {
    /// Runs the command. One that needs no portal is not given one.
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            Command::Auth(auth) => auth.run(&Session::new(context)),
            Command::Apps(apps) => apps.run(&Session::new(context)),
            Command::Keys(keys) => keys.run(&Session::new(context)),
            Command::Agents(agents) => agents.run(&Session::new(context)),
            Command::Providers(providers) => providers.run(&Session::new(context)),
            Command::ManagedSecrets(secrets) => secrets.run(&Session::new(context)),
            Command::IdentityProviders(providers) => providers.run(&Session::new(context)),
            Command::Policy(policy) => policy.run(&Session::new(context)),
            Command::Audit(audit) => audit.run(&Session::new(context)),
            Command::Analytics(analytics) => analytics.run(&Session::new(context)),
            Command::Grants(grants) => grants.run(&Session::new(context)),
            Command::EndUsers(end_users) => end_users.run(&Session::new(context)),
            Command::Branding(branding) => branding.run(&Session::new(context)),
            Command::Approvals(approvals) => approvals.run(&Session::new(context)),
            Command::Pats(pats) => pats.run(&Session::new(context)),
            Command::Link(link) => link.run(context),
            Command::Unlink(unlink) => unlink.run(context),
            Command::Init(init) => init.run(context),
            Command::Design(design) => design.run(&Session::new(context)),
            Command::Verify(verify) => verify.run(&Session::new(context)),
            Command::SdkPassthrough(runtime) => runtime.run(context),
            Command::Api(api) => api.run(&Session::new(context)),
            Command::Completion(completion) => completion.run(context),
            Command::Doctor(doctor) => doctor.run(&Session::new(context)),
            Command::SelfUpdate(update) => update.run(context),
            Command::Commands(commands) => commands.run(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::scopes;
    use crate::cli::argv::{self, Line};
    use crate::cli::tree::{self, Command};

    fn check_notes(path: &str, command: &Command) {
        for note in command.notes {
            let (key, value) = note.split_once(": ").unwrap_or((note, ""));
            let known = match key {
                "scope" => scopes::all().iter().any(|scope| scope == value),
                "page" => tree::page_bounds(command).is_some(),
                "operand" | "either case" => command.flags.iter().any(|flag| flag.long == value),
                "app" => ["selected", "filter", "none"].contains(&value),
                "alias" => !value.is_empty(),
                _ => false,
            };
            assert!(known, "{path}: the note `{note}`");
        }
        for child in &command.commands {
            check_notes(&format!("{path} {}", child.name), &child.command);
        }
    }

    #[test]
    fn notes_are_known_and_mean_something() {
        check_notes("alter", &tree::root::<Alter>());
    }

    #[test]
    fn examples_can_be_read() {
        let root = tree::root::<Alter>();
        for (path, command) in tree::leaves(&root) {
            assert!(!command.examples.is_empty(), "{path:?} has no example");
            for example in command.examples {
                let line = example.rsplit_once("| ").map_or(*example, |(_, line)| line);
                let line = line.split(['>', '<']).next().unwrap_or_default();
                let words: Vec<String> = split(line.trim().trim_start_matches("alter "));
                let (_, read) = argv::read::<Alter>(&words);
                assert!(
                    matches!(read, Ok(Line::Run(_) | Line::Topic(_))),
                    "{example}: {:?}",
                    read.err()
                );
            }
        }
    }

    /// Words as a shell splits them, quotes taken off.
    fn split(line: &str) -> Vec<String> {
        let (mut words, mut quote) = (vec![String::new()], None);
        for c in line.chars() {
            match (c, quote) {
                ('\'' | '"', None) => quote = Some(c),
                (_, Some(open)) if open == c => quote = None,
                (' ', None) => words.push(String::new()),
                _ => words.last_mut().expect("one at least").push(c),
            }
        }
        words
    }
}
