//! The names of resources.

use crate::record::Kind;

const SCHEME: &str = "docket://";

/// What a resource is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    /// A work item, a vendor or a deployment, by any of its names.
    Record(Kind, String),
    /// The docket on one screen.
    Status,
    /// How to work with it from a command line.
    Guide,
    /// The schema of a kind of records, or of the answers of a tool, by its name.
    Schema(String),
}

/// The kinds that are resources, by the first part of their names.
pub(super) const KINDS: &[(&str, Kind)] = &[
    ("work-items", Kind::WorkItem),
    ("vendors", Kind::Vendor),
    ("deployments", Kind::Deployment),
];

/// What a URI names; none where it names nothing that there could be.
pub(super) fn read(uri: &str) -> Option<Resource> {
    let rest = uri.strip_prefix(SCHEME)?;
    match rest {
        "status" => return Some(Resource::Status),
        "guide" => return Some(Resource::Guide),
        _ => {}
    }
    let (part, name) = rest.split_once('/')?;
    if part == "schema" {
        return Some(Resource::Schema(name.to_owned()));
    }
    let (_, kind) = KINDS.iter().find(|(known, _)| *known == part)?;
    let name = decoded(name).filter(|name| !name.is_empty())?;
    Some(Resource::Record(*kind, name))
}

/// The URI of one of the parts below a collection, or of something single.
pub(super) fn write(path: &str) -> String {
    format!("{SCHEME}{path}")
}

/// A directory a `file://` URI names; none where it names none on this machine.
pub(super) fn directory(uri: &str) -> Option<String> {
    let path = uri.strip_prefix("file://")?;
    let path = path.strip_prefix("localhost").unwrap_or(path);
    decoded(path)
        .filter(|path| path.starts_with('/'))
        .map(|path| match path.as_bytes() {
            // file:///C:/dir
            [b'/', letter, b':', ..] if letter.is_ascii_alphabetic() => path[1..].to_owned(),
            _ => path,
        })
}

/// Text with `%20` and the like as what they mean.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_out_of_uris() {
        let name = "Gehälter & Co / 100 %".to_owned();
        let uri = write("vendors/Geh%C3%A4lter%20&%20Co%20%2F%20100%20%25");
        assert_eq!(read(&uri), Some(Resource::Record(Kind::Vendor, name)));
        assert_eq!(
            read("docket://schema/work-item"),
            Some(Resource::Schema("work-item".to_owned()))
        );
        assert_eq!(read("docket://status"), Some(Resource::Status));
        for none in [
            "docket://vendors/",
            "docket://vendors/%f",
            "docket://vendors/%ff",
            "docket://x/y",
            "file:///etc",
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn roots_are_directories() {
        assert_eq!(directory("file:///srv/a%20b"), Some("/srv/a b".to_owned()));
        assert_eq!(directory("file:///C:/src"), Some("C:/src".to_owned()));
        assert_eq!(directory("https://example.org/"), None);
    }
}
