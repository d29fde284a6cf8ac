//! How two texts differ, line by line.

use diffy::{DiffOptions, Line};

/// Between the lines both texts begin and end with, more than this are not compared one by one:
/// the time grows with the square.
const LINES: usize = 3_000;

/// How many lines one text has that the other has not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCount {
    /// Lines only the second has.
    pub added: usize,
    /// Lines only the first has.
    pub removed: usize,
}

/// Counts the lines that make one text of the other. Where thousands differ, all between the first
/// and the last of them count.
#[must_use]
pub fn count_lines(before: &str, after: &str) -> LineCount {
    let (begin, end, old, new) = differing(before, after);
    let (old, new) = (&old[begin..old.len() - end], &new[begin..new.len() - end]);
    if old.is_empty() || new.is_empty() || old.len().max(new.len()) > LINES {
        return LineCount {
            added: new.len(),
            removed: old.len(),
        };
    }
    let (old, new) = (complete(old), complete(new));
    let patch = diffy::create_patch(&old, &new);
    let lines = || patch.hunks().iter().flat_map(|hunk| hunk.lines());
    LineCount {
        added: lines().filter(|line| matches!(line, Line::Insert(_))).count(),
        removed: lines().filter(|line| matches!(line, Line::Delete(_))).count(),
    }
}

/// The difference in the usual form, with three lines around each change and without file names:
/// `@@ -1,3 +1,4 @@`, then lines that begin with ` `, `-` or `+`. Empty where there is none. Where
/// thousands of lines differ it is not told which of them stayed.
#[must_use]
pub fn unified(before: &str, after: &str) -> String {
    let (begin, end, old, new) = differing(before, after);
    if begin == old.len() && begin == new.len() {
        return String::new();
    }
    if old.len().max(new.len()) - begin - end > LINES {
        let header = format!("@@ -1,{} +1,{} @@\n", old.len(), new.len());
        let side = |sign: char, lines: &[&str]| lines.iter().map(|line| format!("{sign}{line}\n")).collect::<String>();
        return header + &side('-', &old) + &side('+', &new);
    }
    let (old, new) = (complete(&old), complete(&new));
    let mut options = DiffOptions::new();
    options.set_context_len(3);
    let patch = options.create_patch(&old, &new).to_string();
    patch.lines().skip(2).map(|line| format!("{line}\n")).collect()
}

/// How many lines both texts begin and end with, and all the lines of each.
fn differing<'t>(before: &'t str, after: &'t str) -> (usize, usize, Vec<&'t str>, Vec<&'t str>) {
    let (old, new): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let begin = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = old[begin..].iter().rev().zip(new[begin..].iter().rev());
    let end = rest.take_while(|(old, new)| old == new).count();
    (begin, end, old, new)
}

/// The lines, each with its line feed, so that none differs from another one by that alone.
fn complete(lines: &[&str]) -> String {
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted() {
        let count = |before, after| {
            let count = count_lines(before, after);
            (count.added, count.removed)
        };
        assert_eq!(count("", "a\nb"), (2, 0));
        assert_eq!(count("a\nb\nc", "a\nB\nc\nd"), (2, 1));
        assert_eq!(
            count("a\nb", "a\nb\nc"),
            (1, 0),
            "a last line without line feed stays the same"
        );
        assert_eq!(count("a", "a"), (0, 0));
        let many = |word| (0..10_000).map(|n| format!("{word} {n}\n")).collect::<String>();
        assert_eq!(count(&many("a"), &many("b")), (10_000, 10_000));
    }

    #[test]
    fn the_difference_has_the_usual_form() {
        assert_eq!(
            unified("a\nb\nc", "a\nB\nc\nd"),
            "@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n"
        );
        assert_eq!(unified("", "a"), "@@ -0,0 +1 @@\n+a\n");
        assert_eq!(unified("a", "a"), "");
    }
}
