//! `alter sdk-passthrough`: what the SDK does, from the command line, with a runtime key.

mod exchange;
mod request;
mod resolve_identity;

use crate::base::environment::filled;
use crate::base::failure::{Failure, Kind};
use crate::base::secret::Secret;
use crate::cli::context::Context;
use crate::protocol::backend::Backend;
use crate::protocol::key::RuntimeKey;
use request::Request;
use resolve_identity::ResolveIdentity;

namespace! {
    /// call a provider, or resolve an identity, with a runtime key
    SdkPassthrough "sdk-passthrough", Context: { Request, ResolveIdentity }
}

/// The runtime key: the flag's, or the environment's.
fn key(context: &Context, flag: Option<&Secret>) -> Result<Option<RuntimeKey>, Failure> {
    if let Some(key) = flag {
        context.streams.warn(
            "a key on the command line is shown by ps and stored in the shell's history: set ALTER_API_KEY instead",
        );
        return RuntimeKey::parse("--api-key", key.expose()).map(Some);
    }
    let key = filled("ALTER_API_KEY")?;
    key.map(|key| RuntimeKey::parse("ALTER_API_KEY", &key)).transpose()
}

/// The portal's runtime side, for that key.
fn backend(context: &Context, key: Option<RuntimeKey>) -> Result<Backend<'_>, Failure> {
    let key = key.ok_or_else(|| {
        Failure::new(Kind::Auth, "no runtime key", "a runtime call is signed with one")
            .fix("set ALTER_API_KEY; alter keys mint makes a key")
    })?;
    let (origin, timeout) = (context.base_url()?, context.timeout()?);
    Backend::new(&context.streams, origin, key, timeout, context.debug()?)
}
