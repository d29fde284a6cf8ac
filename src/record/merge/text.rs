//! Texts, merged line by line.

/// Between the lines all texts begin and end with, more than this are not compared: the time grows with the square,
/// and was a second for 3,000 lines of which hardly one was where it had been.
const LINES: usize = 3_000;

/// The three-way merge of texts by line, or `None` where both sides changed the same lines.
///
/// The same for both orders of the sides. There are never conflict markers in the result. Where thousands of lines
/// differ, that counts as an overlap too.
#[must_use]
pub fn merge_lines(base: &str, ours: &str, theirs: &str) -> Option<String> {
    if theirs == base || ours == theirs {
        return Some(ours.to_owned());
    }
    if ours == base {
        return Some(theirs.to_owned());
    }
    // Adding a line to the end changes no line above it, whether or not that one ends in a line feed.
    let complete = [base, ours, theirs].map(|text| match text {
        "" => String::new(),
        text => format!("{text}\n"),
    });
    let lines = complete
        .each_ref()
        .map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let begin = common(lines.each_ref().map(|lines| lines.iter()));
    let end = common(lines.each_ref().map(|lines| lines[begin..].iter().rev()));
    let differing = lines.each_ref().map(|lines| &lines[begin..lines.len() - end]);
    if differing.iter().any(|lines| lines.len() > LINES) {
        return None;
    }
    let [base, ours, theirs] = differing.map(<[&str]>::concat);
    let merged = diffy::merge(&base, &ours, &theirs).ok()?;
    let [_, around, _] = &lines;
    let merged = [around[..begin].concat(), merged, around[around.len() - end..].concat()].concat();
    Some(merged.strip_suffix('\n').unwrap_or(&merged).to_owned())
}

/// How many lines the three have in common, from where they begin.
fn common<'a>([base, ours, theirs]: [impl Iterator<Item = &'a &'a str>; 3]) -> usize {
    let same = |((base, ours), theirs): &((&&str, &&str), &&str)| base == ours && base == theirs;
    base.zip(ours).zip(theirs).take_while(same).count()
}

#[cfg(test)]
mod tests {
    use super::merge_lines;

    #[test]
    fn changes_of_different_lines_are_both_kept() {
        let base = "a\nb\nc\nd";
        assert_eq!(
            merge_lines(base, "A\nb\nc\nd", "a\nb\nc\nd\ne").as_deref(),
            Some("A\nb\nc\nd\ne")
        );
        assert_eq!(merge_lines("a\nb", "A\nb", "a\nb\nc").as_deref(), Some("A\nb\nc"));
        assert_eq!(merge_lines(base, "b\nc\nd", "a\nb\nc").as_deref(), Some("b\nc"));
        assert_eq!(merge_lines("", "a", "a").as_deref(), Some("a"));
    }

    #[test]
    fn an_overlap_is_said() {
        assert_eq!(merge_lines("a\nb", "A\nb", "1\nb"), None);
        assert_eq!(merge_lines("", "a", "b"), None);
    }

    #[test]
    fn long_texts_take_no_longer_than_their_difference() {
        let lines = |salt: usize| (0..100_000).map(move |n| format!("{}\n", n * salt % 1_009));
        let text = |first: &str, last: &str| format!("{first}\nx\n{}x\n{last}", lines(7).collect::<String>());
        assert_eq!(merge_lines(&text("a", "b"), &text("A", "b"), &text("a", "B")), None);
        let near = |first: &str, last: &str| format!("{}{first}\nx\n{last}\n{0}", lines(7).collect::<String>());
        let merged = merge_lines(&near("a", "b"), &near("A", "b"), &near("a", "B"));
        assert_eq!(merged, Some(near("A", "B")));
        let other = |salt| lines(salt).collect::<String>();
        assert_eq!(merge_lines(&other(1), &other(2), &other(3)), None);
    }
}
