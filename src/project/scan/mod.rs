//! What a source file does with the SDK: what it imports, which clients it makes, which methods it calls with what.
//! Strings and comments are told from code; nothing is run, and types are guessed from what stands in the file alone.

mod calls;
mod code;
mod imports;
mod names;
mod python;
mod script;
mod token;

pub(crate) use calls::{Call, Calls};
pub(crate) use code::{Arguments, Code};
pub(crate) use imports::{Import, imports};
pub(crate) use names::{Client, Names};
pub(crate) use token::Kind;

/// The languages that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Python,
    /// TypeScript and JavaScript.
    Script,
}

impl Language {
    /// The language of a file name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1 {
            "py" => Some(Self::Python),
            "ts" | "tsx" | "js" | "jsx" | "mjs" | "cjs" | "mts" | "cts" => {
                let made = name.ends_with(".min.js") || name.contains(".d.");
                (!made).then_some(Self::Script)
            }
            _ => None,
        }
    }

    /// The SDK as this language imports it.
    pub(crate) const fn package(self) -> &'static str {
        match self {
            Self::Python => "alter_sdk",
            Self::Script => "@alter-ai/alter-sdk",
        }
    }

    /// The part of the SDK that a module name means: nothing for the whole, `fastapi` for that of it.
    pub(crate) fn sdk_part(self, module: &str) -> Option<&str> {
        let rest = module.strip_prefix(self.package())?;
        let separator = if self == Self::Python { '.' } else { '/' };
        if rest.is_empty() { Some("") } else { rest.strip_prefix(separator) }
    }
}
