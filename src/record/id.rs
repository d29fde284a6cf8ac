//! The identity of records: random, time-ordered, or derived from a name so that two people who
//! import the same thing, or retry the same request, meet.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use super::Kind;
use super::field::{Field, text_of};
use super::value::{Element, Same, Time};
use super::violation::Report;
use super::yaml::{Node, Print, quoted};

mod commit;

pub use commit::{CommitHash, NotACommit};

/// The identity of a record: a UUID, in lower case with hyphens wherever it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct RecordId(Uuid);

/// A text that is not the identity of a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a UUID in lower case with hyphens")]
pub struct NotAnId(String);

/// How many digits a short name has at least.
pub const SHORT: usize = 8;

/// How many digits tell one record from thousands of others for good, in practice.
const BRIEF: usize = 12;

/// How many characters an identity has.
pub(crate) const LONG: usize = 36;

impl RecordId {
    /// Before all others.
    pub(crate) const MIN: Self = Self(Uuid::nil());

    /// How it is written, as a regular expression.
    pub(crate) const PATTERN: &str = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

    /// A random identity (UUIDv4) from 16 random bytes.
    #[must_use]
    pub fn random(bytes: [u8; 16]) -> Self {
        Self(Builder::from_random_bytes(bytes).into_uuid())
    }

    /// A time-ordered identity (UUIDv7) from a time and 10 random bytes.
    #[must_use]
    pub fn timed(time: Time, bytes: [u8; 10]) -> Self {
        // Times are after 1970, so nothing is lost.
        let milliseconds = time.as_milliseconds().unsigned_abs();
        Self(Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid())
    }

    /// Another time-ordered identity of the same time, after this one: its random bits, taken as a number, are larger by
    /// `step` and one.
    #[must_use]
    pub fn following(self, step: u32) -> Self {
        const LOW: u128 = (1 << 62) - 1;
        const HIGH: u128 = 0xfff << 64;
        let bits = self.0.as_u128();
        // The bits of the variant stand between the two parts.
        let random = ((bits & HIGH) >> 2 | bits & LOW) + u128::from(step) + 1;
        Self(Uuid::from_u128(
            bits & !(HIGH | LOW) | random << 2 & HIGH | random & LOW,
        ))
    }

    /// Before every identity of this time or later, and after every earlier one.
    #[must_use]
    pub fn earliest(time: Time) -> Self {
        Self::timed(time, [0; 10])
    }

    /// The identity of an imported record: of `kind`, known to `system` as `original`.
    #[must_use]
    pub fn imported(kind: Kind, system: &str, original: &str) -> Self {
        Self::named(&[kind.as_str(), system, original])
    }

    /// The identity of a record created with an idempotency key.
    #[must_use]
    pub fn keyed(kind: Kind, key: &str) -> Self {
        Self::named(&["key", kind.as_str(), key])
    }

    /// The identity of a record of a time created with an idempotency key: the random bits are the key's.
    #[must_use]
    pub fn keyed_at(time: Time, kind: Kind, key: &str) -> Self {
        let digest = Sha256::digest(["key", kind.as_str(), key].join("\0"));
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&digest[..10]);
        Self::timed(time, bytes)
    }

    /// The identity of a vendor of that name, as normalised by [`super::vendor::normalised_name`].
    ///
    /// `attempt` counts from 1; it is larger where vendors since renamed hold the earlier identities.
    #[must_use]
    pub fn vendor(normalised_name: &str, attempt: usize) -> Self {
        match attempt {
            0 | 1 => Self::named(&["vendor", normalised_name]),
            n => Self::named(&["vendor", &format!("{normalised_name}#{n}")]),
        }
    }

    /// The identity of an imported comment: UUIDv7 of its time, the random bits from where it came from.
    #[must_use]
    pub fn imported_comment(time: Time, system: &str, original: &str, comment: &str) -> Self {
        let digest = Sha256::digest(format!("{system}\0{original}\0{comment}"));
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&digest[..10]);
        Self::timed(time, bytes)
    }

    /// The identity of an imported record whose identity begins with its time.
    #[must_use]
    pub fn imported_at(time: Time, kind: Kind, system: &str, original: &str) -> Self {
        let digest = Sha256::digest([kind.as_str(), system, original].join("\0"));
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&digest[..10]);
        Self::timed(time, bytes)
    }

    /// What a recorded conflict is on where the record at `path` has no identity of its own.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        Self::named(&["path", path])
    }

    /// UUIDv5 in our namespace of the parts, joined by NUL.
    fn named(parts: &[&str]) -> Self {
        Self(Uuid::new_v5(&Self::namespace(), parts.join("\0").as_bytes()))
    }

    /// UUIDv5 of `urn:git-docket` in the namespace of URLs.
    fn namespace() -> Uuid {
        Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:git-docket")
    }

    /// The version of the UUID: 4 random, 5 named, 7 time-ordered.
    #[must_use]
    pub fn version(self) -> usize {
        self.0.get_version_num()
    }

    /// Whether it was drawn at random: nobody has had it before.
    #[must_use]
    pub fn is_random(self) -> bool {
        self.version() == 4
    }

    /// The first two hex digits, which name the directory of most records.
    #[must_use]
    pub fn shard(self) -> String {
        format!("{:02x}", self.0.as_bytes()[0])
    }

    /// The time inside of a time-ordered identity.
    #[must_use]
    pub fn time(self) -> Option<Time> {
        let timestamp = self.0.get_timestamp().filter(|_| self.version() == 7)?;
        let (seconds, nanoseconds) = timestamp.to_unix();
        Time::from_milliseconds(i64::try_from(seconds).ok()? * 1000 + i64::from(nanoseconds / 1_000_000))
    }

    /// The name people use: the first 8 digits, or the last 8 of a time-ordered one, whose first are the time.
    #[must_use]
    pub fn short(self) -> String {
        let digits = self.0.simple().to_string();
        match self.version() {
            7 => digits[digits.len() - SHORT..].to_owned(),
            _ => digits[..SHORT].to_owned(),
        }
    }

    /// The same with these digits for its short name; none where they are no such name.
    #[must_use]
    pub fn with_short(self, short: &str) -> Option<Self> {
        if short.len() != SHORT {
            return None;
        }
        let mut digits = self.0.simple().to_string();
        let at = match self.version() {
            7 => digits.len() - SHORT,
            _ => 0,
        };
        digits.replace_range(at..at + SHORT, short);
        uuid::Uuid::try_parse(&digits).ok()?.to_string().parse().ok()
    }

    /// Twice as sure: the first 12 digits, or the last 12 of a time-ordered one.
    #[must_use]
    pub fn brief(self) -> String {
        let digits = self.0.simple().to_string();
        match self.version() {
            7 => digits[digits.len() - BRIEF..].to_owned(),
            _ => digits[..BRIEF].to_owned(),
        }
    }

    /// Whether `text` begins this identity, with hyphens where the UUID has them or without any.
    #[must_use]
    pub fn begins_with(self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        self.0.to_string().starts_with(&text) || self.0.simple().to_string().starts_with(&text)
    }

    /// Whether `text` begins or ends this identity, with hyphens where the UUID has them or without any.
    #[must_use]
    pub fn matches(self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        let (hyphenated, simple) = (self.0.to_string(), self.0.simple().to_string());
        [hyphenated, simple]
            .iter()
            .any(|id| id.starts_with(&text) || id.ends_with(&text))
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}

impl FromStr for RecordId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let id = Uuid::try_parse(text).ok().map(Self);
        // The parser takes braces, URNs and capitals too; a record has one name.
        id.filter(|id| id.to_string() == text)
            .ok_or_else(|| NotAnId(quoted(text)))
    }
}

impl<'de> serde::Deserialize<'de> for RecordId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Field for RecordId {
    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        match text_of(node, report)?.parse() {
            Ok(id) => Some(id),
            Err(error) => {
                report.error(node.line, format!("{error}"));
                None
            }
        }
    }

    fn print(&self) -> Option<Print> {
        Some(Print::Text(self.to_string()))
    }
}

impl Same for RecordId {
    fn same_as(&self) -> String {
        self.to_string()
    }
}

impl Element for RecordId {
    const BLOCK: bool = true;
}

impl JsonSchema for RecordId {
    fn schema_name() -> Cow<'static, str> {
        "RecordId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "uuid", "pattern": Self::PATTERN })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_part_of_the_format() {
        assert_eq!(
            RecordId::namespace().to_string(),
            "32580f4f-d403-5d2a-a51a-a782b3b1bd4a"
        );
        let imported = RecordId::imported(Kind::WorkItem, "beads", "bd-kwro");
        assert_eq!(imported.to_string(), "2dd96729-e476-5a0a-9d0b-870fe9caedb9");
        assert_eq!(
            RecordId::vendor("adp vendor", 1).to_string(),
            "80a1f635-e1a4-5caa-ad24-70ccc2ac03aa"
        );
        assert_eq!(
            RecordId::keyed(Kind::WorkItem, "k1").to_string(),
            "bb73145a-daee-5ebe-a7a4-24ee3a47fce4"
        );
    }

    #[test]
    fn time_ordered_ids_carry_their_time() {
        let time: Time = "2025-10-10T18:00:00.123Z".parse().expect("a time");
        let id = RecordId::timed(time, [7; 10]);
        assert_eq!((id.version(), id.time()), (7, Some(time)));
        assert_eq!(id.short(), id.to_string()[28..]);
    }

    #[test]
    fn ids_of_one_time_can_be_in_order() {
        let time: Time = "2025-10-10T18:00:00.123Z".parse().expect("a time");
        for bytes in [[0; 10], [7; 10], [0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]] {
            let id = RecordId::timed(time, bytes);
            for next in [id.following(0), id.following(u32::MAX)] {
                assert!(id < next, "{id} {next}");
                assert_eq!((next.version(), next.time()), (7, Some(time)));
                assert_eq!(next.0.get_variant(), id.0.get_variant());
            }
        }
    }

    #[test]
    fn a_record_has_one_spelling() {
        let id = "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60";
        assert!(id.parse::<RecordId>().is_ok());
        for other in [
            &id.to_uppercase(),
            &id.replace('-', ""),
            &format!("{{{id}}}"),
            &format!("urn:uuid:{id}"),
            "",
            "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a6\u{200b}0",
        ] {
            assert!(other.parse::<RecordId>().is_err(), "{other}");
        }
    }

    #[test]
    fn prefixes_and_suffixes_match() {
        let id: RecordId = "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60".parse().expect("an id");
        for text in [
            "3f9a2c1b",
            "3F9A",
            "3f9a2c1b-52",
            "3f9a2c1b52",
            "5e1f7a60",
            "9b0e-0c8f5e1f7a60",
        ] {
            assert!(id.matches(text), "{text}");
        }
        assert!(!id.matches("3f9a-2c1b") && !id.matches("52a1"));
    }
}
