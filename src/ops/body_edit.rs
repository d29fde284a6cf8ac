//! New bodies of records: replaced where the caller has read the old one, else only added to.

use super::Error;
use super::expect::Expects;

/// The body a request makes of the `old` one.
///
/// # Errors
///
/// Where a body that is not empty would be replaced by somebody who does not say what was read.
pub(super) fn new_body(
    request: &impl Expects,
    old: &str,
    new: Option<&str>,
    append: Option<&str>,
) -> Result<String, Error> {
    let mut body = match new {
        Some(new) if !old.is_empty() && new != old && !request.expects() => {
            let message = "replacing a body that is not empty needs the version or revision that was read; \
                           appending to it needs neither";
            return Err(Error::request(message).hint(request.show_hint()));
        }
        Some(new) => new.to_owned(),
        None => old.to_owned(),
    };
    if let Some(more) = append {
        // The line ends of the file stay the person's choice.
        let eol = if body.contains("\r\n") { "\r\n" } else { "\n" };
        if !body.is_empty() {
            body.push_str(eol);
            body.push_str(eol);
        }
        body.push_str(&more.replace("\r\n", "\n").replace('\n', eol));
    }
    Ok(body)
}
