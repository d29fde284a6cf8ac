//! Settings that a command was given: `git -c docket.ref=plan docket list`.
//!
//! Git hands them on in one variable, quoted as for a shell. gix reads the files of the config and the variables
//! `GIT_CONFIG_COUNT` and so on by itself, but not this one.

const VARIABLE: &str = "GIT_CONFIG_PARAMETERS";

/// The settings, each as `key=value`, or as a key alone, which is a flag that is on.
#[expect(
    clippy::disallowed_methods,
    reason = "a variable of git's own, as gix reads the others"
)]
pub(super) fn given() -> Vec<String> {
    std::env::var(VARIABLE).map(|text| read(&text)).unwrap_or_default()
}

/// What cannot be read is left out: git itself refuses it where it matters.
fn read(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some((first, after)) = quoted(rest) {
        // Newer versions quote the key and the value each by itself.
        let (setting, after) = match after.strip_prefix('=') {
            Some(value) => match quoted(value) {
                Some((value, after)) => (format!("{first}={value}"), after),
                None => (first, value),
            },
            None => (first, after),
        };
        found.push(setting);
        rest = after.trim_start();
    }
    found
}

/// A word in single quotes, in which a quote or an exclamation mark stands outside of them behind a backslash; and what
/// is behind it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut word = String::new();
    let mut rest = text.strip_prefix('\'')?;
    loop {
        let (part, after) = rest.split_once('\'')?;
        word.push_str(part);
        let escaped = after.strip_prefix('\\').and_then(|after| {
            let mark = after.chars().next().filter(|mark| ['\'', '!'].contains(mark))?;
            Some((mark, after[1..].strip_prefix('\'')?))
        });
        let Some((mark, after)) = escaped else {
            return Some((word, after));
        };
        word.push(mark);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_quoting_are_read() {
        let text = r"'docket.ref'='plan' 'user.name=Ana' 'docket.autosync'= 'docket.verbose' 'a.b'='it'\''s = '\!''";
        let found = read(text);
        let expected = [
            "docket.ref=plan",
            "user.name=Ana",
            "docket.autosync",
            "docket.verbose",
            "a.b=it's = !",
        ];
        assert_eq!(found, expected);
        assert_eq!(read("nonsense"), Vec::<String>::new());
        assert_eq!(read("'a.b'='c"), ["a.b"]);
    }
}
