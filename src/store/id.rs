//! Names of objects.

use std::fmt;
use std::str::FromStr;

use super::Error;

/// Hexadecimal digits of a [`CommitId::short`] or [`BlobId::short`].
const SHORT: usize = 8;

macro_rules! object_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(super) gix::ObjectId);

        impl $name {
            /// The first eight hexadecimal digits. Not necessarily unique.
            #[must_use]
            pub fn short(&self) -> String {
                self.0.to_hex_with_len(SHORT).to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                gix::ObjectId::from_hex(text.as_bytes())
                    .map(Self)
                    .map_err(|_| Error::InvalidId { text: text.to_owned() })
            }
        }
    };
}

object_id! {
    /// The name of a commit: 40 hexadecimal digits in a SHA-1 repository, 64 in a SHA-256 one.
    ///
    /// Parsing takes the full name in either case; it does not check that there is such a commit.
    CommitId
}

object_id! {
    /// The name of what a tree entry holds: for a file or a symbolic link its content, for a
    /// submodule the commit it stands at, for a directory its tree.
    ///
    /// Parsing takes the full name in either case; it does not check that there is such an object.
    BlobId
}
