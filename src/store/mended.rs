//! Commits that git's own checks would refuse, as far as they say something.

/// A commit of which author or committer cannot be read, or whose headers are in another order, with what can be read of
/// it in the form that a commit has. What is not there is empty, a date that is none is that of 1970. None where it has
/// no tree.
///
/// Anybody who may push can bring such a commit; it is no reason to withhold what it holds, or what came before.
pub(super) fn mended(commit: &[u8]) -> Option<Vec<u8>> {
    let end = commit.windows(2).position(|two| two == b"\n\n");
    let (headers, message) = commit.split_at(end.map_or(commit.len(), |end| end + 1));
    let headers: Vec<_> = headers.split(|byte| *byte == b'\n').collect();
    let named = |name: &'static [u8]| headers.iter().filter_map(move |line| line.strip_prefix(name));
    let is_id = |value: &&[u8]| matches!(value.len(), 40 | 64) && value.iter().all(u8::is_ascii_hexdigit);
    let mut out = [b"tree ", named(b"tree ").find(is_id)?].concat();
    for parent in named(b"parent ").filter(is_id) {
        out.extend_from_slice(b"\nparent ");
        out.extend_from_slice(parent);
    }
    for who in [b"author ".as_slice(), b"committer "] {
        let line = headers
            .iter()
            .find_map(|line| line.strip_prefix(who))
            .unwrap_or_default();
        out.push(b'\n');
        out.extend_from_slice(who);
        out.extend(signature(line));
    }
    out.push(b'\n');
    out.extend_from_slice(if message.is_empty() { b"\n" } else { message });
    Some(out)
}

/// `NAME <ADDRESS> SECONDS +0000`
fn signature(line: &[u8]) -> Vec<u8> {
    let mut parts = line.splitn(3, |byte| matches!(byte, b'<' | b'>'));
    let mut next = || parts.next().unwrap_or_default().trim_ascii();
    let (name, address, date) = (next(), next(), next());
    let seconds: Vec<_> = date.iter().copied().take_while(u8::is_ascii_digit).collect();
    let seconds: &[u8] = if (1..=10).contains(&seconds.len()) {
        &seconds
    } else {
        b"0"
    };
    [name, b" <", address, b"> ", seconds, b" +0000"].concat()
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn what_can_be_read_of_a_commit_is_kept() {
        let (tree, parent) = ("1".repeat(40), "2".repeat(40));
        for (author, told) in [
            ("author nobody", "nobody <> 0 +0000"),
            ("author A <a@b 17", "A <a@b 17> 0 +0000"),
            ("author A <a@b> 1760112000 nowhere", "A <a@b> 1760112000 +0000"),
            ("author A <a@b> 99999999999999999999 +0000", "A <a@b> 0 +0000"),
            ("committer twice", " <> 0 +0000"),
        ] {
            let commit =
                format!("tree {tree}\nmergetag x\n y\n{author}\ncommitter C\nparent {parent}\nparent x\n\nWhy\n\nmore");
            let whole = String::from_utf8(mended(commit.as_bytes()).expect("it has a tree")).expect("text");
            let committer = if author.starts_with("committer") { "twice" } else { "C" };
            let expected =
                format!("tree {tree}\nparent {parent}\nauthor {told}\ncommitter {committer} <> 0 +0000\n\nWhy\n\nmore");
            assert_eq!(whole, expected);
        }
        assert_eq!(mended(b"parent x\n\nno tree"), None);
        assert!(
            mended(format!("tree {tree}").as_bytes())
                .expect("a tree")
                .ends_with(b"+0000\n\n")
        );
    }
}
