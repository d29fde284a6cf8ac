//! Keys and tokens that somebody may have pasted into a record, told by the forms their issuers give them.
//!
//! Whoever can read the repository can read them, and they stay in its history. What is looked for are forms that
//! hardly anything else has: a record that explains what a token looks like is not to be warned of.

/// What a token begins with, how it goes on, and what it opens.
struct Form {
    start: &'static str,
    /// Which characters follow, and how many at least.
    rest: fn(char) -> bool,
    least: usize,
    /// Whether these are all that may follow.
    exact: bool,
    what: &'static str,
}

const fn form(start: &'static str, rest: fn(char) -> bool, least: usize, what: &'static str) -> Form {
    Form {
        start,
        rest,
        least,
        exact: false,
        what,
    }
}

const fn exact(start: &'static str, rest: fn(char) -> bool, number: usize, what: &'static str) -> Form {
    Form {
        exact: true,
        ..form(start, rest, number, what)
    }
}

const FORMS: &[Form] = &[
    exact("AKIA", is_capital, 16, "an access key of AWS"),
    exact("ASIA", is_capital, 16, "an access key of AWS"),
    exact("AIza", is_wordy, 35, "an API key of Google"),
    form("ghp_", is_plain, 36, "a token of GitHub"),
    form("gho_", is_plain, 36, "a token of GitHub"),
    form("ghu_", is_plain, 36, "a token of GitHub"),
    form("ghs_", is_plain, 36, "a token of GitHub"),
    form("ghr_", is_plain, 36, "a token of GitHub"),
    form("github_pat_", is_wordy, 60, "a token of GitHub"),
    form("glpat-", is_wordy, 20, "a token of GitLab"),
    form("xoxb-", is_wordy, 20, "a token of Slack"),
    form("xoxp-", is_wordy, 20, "a token of Slack"),
    form("xapp-", is_wordy, 20, "a token of Slack"),
    form("sk_live_", is_plain, 20, "a secret key of Stripe"),
    form("rk_live_", is_plain, 20, "a secret key of Stripe"),
    form("sk-ant-", is_wordy, 40, "an API key of Anthropic"),
    form("sk-proj-", is_wordy, 40, "an API key of OpenAI"),
    form("npm_", is_plain, 36, "a token of npm"),
    form("pypi-AgEI", is_wordy, 50, "a token of PyPI"),
    form("hf_", is_plain, 34, "a token of Hugging Face"),
    form("dop_v1_", is_plain, 64, "a token of DigitalOcean"),
    form("eyJhbGciOi", is_dotted, 60, "a signed token (JWT)"),
];

/// What stands around the name of a kind of key, above the key itself.
const BLOCK: (&str, &str) = ("-----BEGIN ", "PRIVATE KEY-----");

/// A key of so few different characters is one that somebody made up to show what one looks like.
const DIFFERENT: usize = 8;

fn is_capital(c: char) -> bool {
    c.is_ascii_uppercase() || c.is_ascii_digit()
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

fn is_wordy(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

fn is_dotted(c: char) -> bool {
    is_wordy(c) || c == '.'
}

/// Keys and tokens in a text: the line each is on, counted from 1, and what it is. Of several on a line, the first.
pub(super) fn secrets(text: &str) -> impl Iterator<Item = (u32, &'static str)> + '_ {
    let lines = (1..).zip(text.lines());
    lines.filter_map(|(number, line)| Some((number, secret_in(line)?)))
}

fn secret_in(line: &str) -> Option<&'static str> {
    if let Some((_, named)) = line.split_once(BLOCK.0)
        && named.contains(BLOCK.1)
    {
        return Some("a private key");
    }
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        // Not within a longer word.
        if c.is_ascii_alphabetic() && !is_wordy(before) {
            let rest = &line[at..];
            if let Some(form) = FORMS.iter().find(|form| form.is_at(rest)) {
                return Some(form.what);
            }
        }
        before = c;
    }
    None
}

impl Form {
    fn is_at(&self, text: &str) -> bool {
        let Some(rest) = text.strip_prefix(self.start) else {
            return false;
        };
        let key = &rest[..rest.find(|c| !(self.rest)(c)).unwrap_or(rest.len())];
        let different: std::collections::BTreeSet<u8> = key.bytes().collect();
        let long_enough = match self.exact {
            true => key.len() == self.least,
            false => key.len() >= self.least,
        };
        long_enough && different.len() >= DIFFERENT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together here, so that whoever looks for keys in this repository finds none.
    fn key(start: &str, length: usize) -> String {
        let rest = "A1B2C3D4E5F6G7H8J9K0L1M2N3P4Q5R6S7T8U9V0W1X2Y3Z4".chars().cycle();
        start.chars().chain(rest.take(length)).collect()
    }

    #[test]
    fn keys_are_found_on_their_lines() {
        let text = format!("It fails\nwith `{}` set\n\n{}", key("ghp_", 36), key("AKIA", 16));
        let found: Vec<_> = secrets(&text).collect();
        assert_eq!(found, [(2, "a token of GitHub"), (4, "an access key of AWS")]);
        let block = format!("-----BEGIN {} PRIVATE KEY-----", "OPENSSH");
        assert_eq!(secrets(&block).next(), Some((1, "a private key")));
        for form in FORMS {
            let found = secret_in(&format!("(\"{}\")", key(form.start, form.least)));
            assert_eq!(found, Some(form.what), "{}", form.start);
        }
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            "ghp_ begins a token",
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "AKIAIOSFODNN7",
            "a -----BEGIN CERTIFICATE-----",
            "3f9a2c1b-0f43-4b7e-9d2b-1f6b7a0a9c55",
            "npm_config_registry and hf_hub_offline",
        ] {
            assert_eq!(secret_in(text), None, "{text}");
        }
        assert_eq!(secret_in(&format!("x{}", key("ghp_", 36))), None);
        assert_eq!(secret_in(&key("AKIA", 17)), None);
    }
}
