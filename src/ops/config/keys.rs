//! The settings there are: where each is kept, what it means, what it may be.

/// Where a setting is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In `.tracking/config.toml`: all clones agree on it.
    Docket,
    /// In git config, under this key: each clone has its own.
    Clone(&'static str),
}

/// What the value of a setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number.
    Number,
    /// True or false, as git config has it.
    Flag,
    /// How long ago something was, such as `365d`.
    Age,
    /// Texts; typed with commas between them.
    List,
    /// A work item that is a session.
    Session,
    /// A branch or a full ref.
    Reference,
    /// A file below the work tree, or anywhere where the path is absolute.
    File,
    /// A remote of this clone.
    Remote,
    /// The URL of a database; shown without its password.
    Database,
    /// A UUID.
    Identity,
    /// Nothing that can be set here.
    Fixed,
}

/// A setting.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) place: Place,
    pub(super) shape: Shape,
    pub(super) default: Option<&'static str>,
    pub(super) meaning: &'static str,
}

impl Key {
    /// The setting of this name; `docket.` may be left out.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        let same = |key: &&Self| key.name == name || key.name.strip_prefix("docket.") == Some(name);
        KEYS.iter().find(same)
    }
}

/// What a record of a type must have.
const fn required(name: &'static str) -> Key {
    Key {
        name,
        place: Place::Docket,
        shape: Shape::List,
        default: None,
        meaning: "fields that a record of this type must have; a review asks",
    }
}

/// All settings, in the order in which they are listed.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "repository",
        place: Place::Docket,
        shape: Shape::Fixed,
        default: None,
        meaning: "the identity of the docket, the same in all clones",
    },
    Key {
        name: "active_context_type",
        place: Place::Docket,
        shape: Shape::Word(&["feature", "maintenance", "research"]),
        default: Some("feature"),
        meaning: "what the team is at",
    },
    Key {
        name: "default_token_budget",
        place: Place::Docket,
        shape: Shape::Number,
        default: Some("200000"),
        meaning: "how many tokens a session has where nothing else is said, 1000 to 1000000",
    },
    Key {
        name: "policy.vendor_editors",
        place: Place::Docket,
        shape: Shape::List,
        default: None,
        meaning: "who may change vendors, by name or e-mail address; a review asks",
    },
    required("policy.required.project"),
    required("policy.required.session"),
    required("policy.required.task"),
    required("policy.required.research"),
    required("policy.required.vendor"),
    required("policy.required.enhancement"),
    required("policy.required.deployment"),
    Key {
        name: "archive.older_than",
        place: Place::Docket,
        shape: Shape::Age,
        default: Some("365d"),
        meaning: "for how long a work item that is over must not have changed before `archive` puts it away",
    },
    Key {
        name: "current_session_id",
        place: Place::Clone("docket.currentSessionId"),
        shape: Shape::Session,
        default: None,
        meaning: "the session that is worked in here",
    },
    Key {
        name: "docket.ref",
        place: Place::Clone("docket.ref"),
        shape: Shape::Reference,
        default: Some("refs/heads/tracking"),
        meaning: "the branch that holds the records",
    },
    Key {
        name: "docket.durability",
        place: Place::Clone("docket.durability"),
        shape: Shape::Word(&["full", "fast"]),
        default: Some("full"),
        meaning: "full: a change is on the disk before it is acknowledged; fast: the system may take its time",
    },
    Key {
        name: "docket.render",
        place: Place::Clone("docket.render"),
        shape: Shape::File,
        default: None,
        meaning: "the file that project_status is rendered to after each change made here",
    },
    Key {
        name: "docket.remote",
        place: Place::Clone("docket.remote"),
        shape: Shape::Remote,
        default: Some("origin"),
        meaning: "the remote the docket is shared through; without it origin, else the only one",
    },
    Key {
        name: "docket.autosync",
        place: Place::Clone("docket.autosync"),
        shape: Shape::Flag,
        default: Some("false"),
        meaning: "whether the docket is synced by itself after each change made here, when it has become quiet",
    },
    Key {
        name: "docket.databaseUrl",
        place: Place::Clone("docket.databaseUrl"),
        shape: Shape::Database,
        default: None,
        meaning: "the Postgres database that holds an index for a team, such as postgres://db.example.com/docket",
    },
    Key {
        name: "docket.repository",
        place: Place::Clone("docket.repository"),
        shape: Shape::Identity,
        default: None,
        meaning: "the identity of this repository in the database: for a fork that is to be one of its own",
    },
    Key {
        name: "docket.autoarchive",
        place: Place::Clone("docket.autoarchive"),
        shape: Shape::Flag,
        default: Some("false"),
        meaning: "whether a server of `git docket mcp` archives once a day what has been over for long",
    },
    Key {
        name: "docket.hooks.strict",
        place: Place::Clone("docket.hooks.strict"),
        shape: Shape::Flag,
        default: Some("false"),
        meaning: "whether a commit is refused whose trailers name no work item",
    },
    Key {
        name: "docket.allowRewind",
        place: Place::Clone("docket.allowRewind"),
        shape: Shape::Flag,
        default: Some("false"),
        meaning: "on a server with our hooks: whether a push may rewind or delete the branch that holds the records",
    },
];

#[cfg(test)]
mod tests {
    use super::{KEYS, Key};
    use crate::record::config::{OLDER_THAN, TYPES};

    #[test]
    fn the_age_that_is_told_is_the_one_that_counts() {
        let told = Key::named("archive.older_than").and_then(|key| key.default);
        assert_eq!(told, Some(OLDER_THAN.to_string().as_str()));
    }

    #[test]
    fn what_can_be_required_can_be_set() {
        let keys = KEYS.iter().filter_map(|key| key.name.strip_prefix("policy.required."));
        assert!(keys.eq(TYPES.iter().map(|(name, _)| *name)));
    }
}
