//! The id of a thing in the portal.

use crate::base::failure::Failure;

const MAX_ID: usize = 200;

/// An id that was checked: not empty, at most 200 characters, nothing unprintable.
#[derive(Clone, Debug)]
pub(crate) struct Id(String);

impl Id {
    /// Checks an id. `what` names the flag or operand.
    pub(crate) fn parse(what: &str, id: &str) -> Result<Self, Failure> {
        let refuse = |why: String| Err(Failure::usage(what, why));
        match id {
            "" => refuse("is empty".into()),
            _ if id.chars().count() > MAX_ID => {
                refuse(format!("is longer than {MAX_ID} characters"))
            }
            _ if id.chars().any(char::is_control) => refuse("has a control character in it".into()),
            _ => Ok(Self(id.to_owned())),
        }
    }

    /// The id as it was given.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}
