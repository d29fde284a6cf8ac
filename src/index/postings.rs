//! Which live items have a word: their numbers as a set, in the form a database keeps it in.
//!
//! Of words that many have, a database reads two such sets in the time in which it looks at ten rows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use roaring::RoaringBitmap;

use super::Error;

/// The text of a set.
pub(super) fn written(records: &RoaringBitmap) -> Result<String, Error> {
    let mut bytes = Vec::with_capacity(records.serialized_size());
    let written = records.serialize_into(&mut bytes);
    written.map_err(|error| Error::Unusable(error.to_string()))?;
    Ok(STANDARD_NO_PAD.encode(bytes))
}

/// The set of a text.
///
/// # Errors
///
/// [`Error::Unusable`] where it is none.
pub(super) fn read(text: &str) -> Result<RoaringBitmap, Error> {
    let unusable = |error: &dyn std::fmt::Display| Error::Unusable(format!("the records of a word: {error}"));
    let bytes = STANDARD_NO_PAD.decode(text).map_err(|error| unusable(&error))?;
    RoaringBitmap::deserialize_from(bytes.as_slice()).map_err(|error| unusable(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_what_was_written() {
        for records in [RoaringBitmap::new(), [7].into(), (3..200_000).step_by(3).collect()] {
            let text = written(&records).expect("a text");
            assert_eq!(read(&text).ok(), Some(records));
            assert!(read(&text[..text.len() - 2]).is_err());
        }
        assert!(read("*").is_err());
    }
}
