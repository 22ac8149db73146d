//! Headers as a flag gives them: `Name: value`.

use crate::base::failure::Failure;

/// Checks a header; `reserved` knows, in lower case, the names that are not to be given.
pub(crate) fn parse(
    flag: &str,
    header: &str,
    reserved: impl Fn(&str) -> bool,
) -> Result<(String, String), Failure> {
    let refuse = |why| Err(Failure::usage(flag, why));
    let Some((name, value)) = header.split_once(':') else {
        return refuse("wants 'Name: value'");
    };
    let (name, value) = (name.trim(), value.trim());
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty()
        || !name.bytes().all(token)
        || !value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
    {
        return refuse("has a name or value that HTTP does not allow");
    }
    if reserved(&name.to_ascii_lowercase()) {
        return refuse("names a header that alter sets itself");
    }
    Ok((name.to_owned(), value.to_owned()))
}
