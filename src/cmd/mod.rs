//! The commands: one file a namespace. A verb says what it checks, sends and shows, and nothing else.

use argh::{ArgsInfo, FromArgs};

use crate::base::failure::Failure;
use crate::cli::context::Context;
use crate::cli::tree::{Declaration, Declared};
use crate::session::Session;

/// Declares a namespace: its verbs, and which of them runs.
macro_rules! namespace {
    ($(#[doc = $about:literal])+ $namespace:ident $name:tt $(alias $alias:literal)?, $given:ty: { $($verb:ident),+ $(,)? }) => {
        $(#[doc = $about])+
        #[derive(argh::ArgsInfo, argh::FromArgs, Debug)]
        #[argh(subcommand, name = $name)]
        pub(super) struct $namespace {
            #[argh(subcommand)]
            verb: Verbs,
        }

        #[derive(argh::ArgsInfo, argh::FromArgs, Debug)]
        #[argh(subcommand)]
        enum Verbs {
            $($verb($verb)),+
        }

        impl $crate::cli::tree::Declared for $namespace {
            fn declared() -> $crate::cli::tree::Declaration {
                $crate::cli::tree::Declaration {
                    $(alias: Some($alias),)?
                    verbs: vec![$(<$verb as $crate::cli::tree::Declared>::declared()),+],
                    ..$crate::cli::tree::Declaration::default()
                }
            }
        }

        impl $namespace {
            /// Runs the verb that was given.
            pub(super) fn run(self, given: &$given) -> Result<(), $crate::base::failure::Failure> {
                match self.verb {
                    $(Verbs::$verb(verb) => verb.run(given)),+
                }
            }
        }
    };
}

mod agents;
mod analytics;
mod api;
mod app_file;
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

/// the command line of the Alter developer portal
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
    Plan(app_file::Plan),
    Apply(app_file::Apply),
    Export(app_file::Export),
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

impl Declared for Alter {
    fn declared() -> Declaration {
        let verbs = vec![
            auth::Auth::declared(),
            apps::Apps::declared(),
            keys::Keys::declared(),
            agents::Agents::declared(),
            providers::Providers::declared(),
            managed_secrets::ManagedSecrets::declared(),
            identity_providers::IdentityProviders::declared(),
            policy::Policy::declared(),
            audit::Audit::declared(),
            analytics::Analytics::declared(),
            grants::Grants::declared(),
            end_users::EndUsers::declared(),
            branding::Branding::declared(),
            approvals::Approvals::declared(),
            pats::Pats::declared(),
            app_file::Plan::declared(),
            app_file::Apply::declared(),
            app_file::Export::declared(),
            link::Link::declared(),
            link::Unlink::declared(),
            init::Init::declared(),
            design::Design::declared(),
            verify::Verify::declared(),
            sdk_passthrough::SdkPassthrough::declared(),
            api::Api::declared(),
            completion::Completion::declared(),
            doctor::Doctor::declared(),
            self_update::SelfUpdate::declared(),
            commands::Commands::declared(),
        ];
        Declaration { verbs, ..Declaration::default() }
    }
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
            Command::Plan(plan) => plan.run(&Session::new(context)),
            Command::Apply(apply) => apply.run(&Session::new(context)),
            Command::Export(export) => export.run(&Session::new(context)),
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
    use crate::api::operation::{Answer, Operation};
    use crate::cli::argv::{self, Line};
    use crate::cli::tree;

    /// The commands that need no portal, or more of it than one operation.
    const OF_NO_OPERATION: &[&str] = &[
        "auth login",
        "auth list",
        "auth logout",
        "plan",
        "apply",
        "export",
        "link",
        "unlink",
        "init",
        "design validate",
        "verify",
        "sdk-passthrough request",
        "sdk-passthrough resolve-identity",
        "api",
        "completion print",
        "completion install",
        "doctor",
        "self-update",
        "commands",
        "help",
    ];

    /// Written by hand from the specification: verb, method, path, scope and paging.
    const GOLDEN: &str = include_str!("../../tests/golden/operations.tsv");

    /// Compares what a verb declares with its line of the golden file.
    fn check_verb(verb: &str, operation: &Operation, golden: &[&str]) {
        let [_, method, path, scope, paging] = golden[..] else { panic!("{golden:?}") };
        let plain = |path: &str| {
            let part =
                |part: &str| if part.starts_with('{') { "{}".into() } else { part.to_owned() };
            path.split('/').map(part).collect::<Vec<_>>()
        };
        assert_eq!(operation.method.name(), method, "{verb}: method");
        assert_eq!(plain(operation.path), plain(path), "{verb}: path");
        assert_eq!(operation.scope().unwrap_or("-"), scope, "{verb}: scope");
        let limits = operation.limits.map(|limits| format!("{} {}", limits.most, limits.default));
        let paging = paging.split_once(' ').map(|(_, limits)| limits.to_owned());
        assert_eq!(limits, paging, "{verb}: paging");
    }

    #[test]
    fn every_verb_is_of_an_operation() {
        let golden: Vec<Vec<&str>> =
            GOLDEN.lines().skip(1).map(|line| line.split('\t').collect()).collect();
        let root = tree::root::<Alter>();
        let mut verbs = Vec::new();
        for (path, command) in tree::leaves(&root) {
            let verb = path.join(" ");
            let declared = &command.declared;
            let line = golden.iter().find(|line| line[0] == verb);
            match (declared.operation, line) {
                (Some(operation), Some(line)) => check_verb(&verb, operation, line),
                (None, None) if OF_NO_OPERATION.contains(&verb.as_str()) => {}
                (Some(_), None) => panic!("`{verb}` has no line in tests/golden/operations.tsv"),
                (None, _) => panic!("`{verb}` has no operation"),
            }
            let rows = declared.operation.is_some_and(|of| !matches!(of.answer, Answer::Object(_)));
            assert!(!rows || declared.table.is_some(), "`{verb}` has no table for its rows");
            for flag in declared.either_case.iter().copied().chain(declared.operand) {
                let known = command.flags.iter().any(|known| known.long == flag);
                assert!(known, "`{verb}` has no flag {flag}");
            }
            verbs.push(verb);
        }
        for line in &golden {
            assert!(verbs.iter().any(|verb| verb == line[0]), "there is no verb `{}`", line[0]);
        }
    }

    #[test]
    fn examples_can_be_read() {
        let root = tree::root::<Alter>();
        for (path, command) in tree::leaves(&root) {
            assert!(!command.examples.is_empty(), "{path:?} has no example");
            for example in tree::examples(command) {
                let line = example.rsplit_once("| ").map_or(&*example, |(_, line)| line);
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
