//! Who commits.

use super::{Error, Store};

/// A person as git names them: in commits, and in the reflog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Never empty, without `<`, `>` and line breaks.
    pub name: String,
    /// As the name.
    pub email: String,
}

impl Identity {
    /// Who made the first commit, in every repository: together with the time 0 and the lack of a
    /// signature it is what makes that commit the same everywhere, and so a merge base.
    pub(super) fn of_format() -> Self {
        Self {
            name: "git-docket".to_owned(),
            email: "git-docket@localhost".to_owned(),
        }
    }

    /// As git writes it into objects and the reflog; times before 1970 count as 1970.
    pub(super) fn signature(&self, time: i64) -> gix::actor::Signature {
        gix::actor::Signature {
            name: self.name.as_str().into(),
            email: self.email.as_str().into(),
            time: gix::date::Time::new(time.max(0), 0),
        }
    }
}

impl Store {
    /// Who commits: `GIT_COMMITTER_NAME`, else `committer.name`, else `user.name`; the e-mail
    /// address likewise, and in the end `EMAIL`. As in git, characters that a commit cannot hold
    /// are dropped. Unlike git, nothing is guessed from the host's name.
    ///
    /// # Errors
    ///
    /// [`Error::MissingIdentity`] when nothing is left of one of them.
    pub fn identity(&self) -> Result<Identity, Error> {
        self.person("committer.name", "committer.email")
    }

    /// Who wrote what is committed: as [`Store::identity`], from `GIT_AUTHOR_NAME`, `author.name`
    /// and so on.
    ///
    /// # Errors
    ///
    /// As [`Store::identity`].
    pub fn author(&self) -> Result<Identity, Error> {
        self.person("author.name", "author.email")
    }

    fn person(&self, name: &str, email: &str) -> Result<Identity, Error> {
        let repo = self.repo();
        let config = repo.config_snapshot();
        // gix's own `committer` and `author` ask for the local time as well, and so list the time zones of
        // the system. It is gix that has put the environment into these keys.
        let first = |keys: &[&str]| {
            let value = keys.iter().find_map(|key| config.string(*key));
            value.map(|value| without_crud(&value.to_string()))
        };
        let name = first(&[name, "user.name"]).ok_or(Error::MissingIdentity)?;
        let email = first(&[email, "user.email", "gitoxide.user.emailFallback"]);
        let email = email.ok_or(Error::MissingIdentity)?;
        if name.is_empty() || email.is_empty() {
            return Err(Error::MissingIdentity);
        }
        Ok(Identity { name, email })
    }
}

/// What git makes of a name before it writes it into a commit.
fn without_crud(text: &str) -> String {
    let crud = |c: char| c <= ' ' || matches!(c, '.' | ',' | ':' | ';' | '<' | '>' | '"' | '\\' | '\'');
    text.trim_matches(crud).replace(['\n', '<', '>', '\0'], "")
}
