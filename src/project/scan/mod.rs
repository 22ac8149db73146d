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
pub(crate) use names::{Client, Names, Shared, Value};
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
        if self == Self::Python {
            let rest = module.strip_prefix(self.package())?;
            return if rest.is_empty() { Some("") } else { rest.strip_prefix('.') };
        }
        // `npm:@alter-ai/alter-sdk@0.29/express`, `https://esm.sh/v135/@alter-ai/alter-sdk@0.29/express?bundle`
        let from_registry =
            ["npm:", "https://", "http://"].iter().any(|way| module.starts_with(way));
        let begin = if from_registry { module.find(self.package())? } else { 0 };
        let is_whole = begin == 0 || module[..begin].ends_with([':', '/', '*']);
        let mut rest = module[begin..].strip_prefix(self.package()).filter(|_| is_whole)?;
        if from_registry {
            rest = rest.split(['?', '#']).next().unwrap_or_default();
            let version =
                rest.strip_prefix('@').map(|rest| rest.find('/').unwrap_or(rest.len()) + 1);
            rest = rest[version.unwrap_or(0)..].trim_end_matches("/+esm");
        }
        if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
    }
}
