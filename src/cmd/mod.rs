//! The commands: one file a namespace. A verb says what it checks, sends and shows, and nothing else.

use argh::{ArgsInfo, FromArgs};

use crate::context::Context;
use crate::failure::Failure;
use crate::session::Session;

/// Declares a namespace: its verbs, and which of them runs.
macro_rules! namespace {
    ($(#[doc = $about:literal])+ $namespace:ident $name:literal $(note $note:literal)*, $given:ty: { $($verb:ident),+ $(,)? }) => {
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
            pub(super) fn run(self, given: &$given) -> Result<(), $crate::failure::Failure> {
                match self.verb {
                    $(Verb::$verb(verb) => verb.run(given)),+
                }
            }
        }
    };
}

mod api;
mod apps;
mod audit;
mod auth;
mod commands;
mod completion;
mod design;
mod doctor;
mod init;
mod keys;
mod link;
mod pats;
mod verify;

/// the command line of the Alter developer portal: apps, their keys, and the audit log
#[derive(ArgsInfo, Debug, FromArgs)]
pub struct Alter {
    #[argh(subcommand)]
    command: Command,
}

#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand)]
enum Command {
    Auth(auth::Auth),
    Apps(apps::Apps),
    Keys(keys::Keys),
    Audit(audit::Audit),
    Pats(pats::Pats),
    Link(link::Link),
    Unlink(link::Unlink),
    Init(init::Init),
    Design(design::Design),
    Verify(verify::Verify),
    Api(api::Api),
    Completion(completion::Completion),
    Doctor(doctor::Doctor),
    Commands(commands::Commands),
}

impl Alter {
    /// Runs the command. One that needs no portal is not given one.
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            Command::Auth(auth) => auth.run(&Session::new(context)),
            Command::Apps(apps) => apps.run(&Session::new(context)),
            Command::Keys(keys) => keys.run(&Session::new(context)),
            Command::Audit(audit) => audit.run(&Session::new(context)),
            Command::Pats(pats) => pats.run(&Session::new(context)),
            Command::Link(link) => link.run(context),
            Command::Unlink(unlink) => unlink.run(context),
            Command::Init(init) => init.run(context),
            Command::Design(design) => design.run(&Session::new(context)),
            Command::Verify(verify) => verify.run(&Session::new(context)),
            Command::Api(api) => api.run(&Session::new(context)),
            Command::Completion(completion) => completion.run(context),
            Command::Doctor(doctor) => doctor.run(&Session::new(context)),
            Command::Commands(commands) => commands.run(context),
        }
    }
}
