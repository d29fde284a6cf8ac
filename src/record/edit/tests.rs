//! One example for each rule; `tests/edit.rs` holds them against anything.

use super::*;
use crate::record::Fields;

const TOP: &str = "schema: work-item/1\nid: 3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\nitem_type: task\n";
const END: &str = "created_at: 2025-10-10T15:00:00Z\ncreated_by: ann\n";
const A: &str = "5b21c0de-77aa-4c1e-8d0f-1f2e3d4c5b6a";
const B: &str = "6c32d1ef-88bb-4d2f-9e10-2a3f4e5d6c7b";
const C: &str = "7d43e2f0-99cc-4e30-af21-3b405f6e7d8c";

/// A work item with these lines in its frontmatter.
fn file(lines: &str) -> String {
    format!("---\n{TOP}title: T\nstatus: active\n{lines}{END}---\n\nbody\n")
}

/// The same, of lines that stand in for others.
fn read(text: &str) -> Record {
    parse(text.as_bytes(), None)
        .unwrap_or_else(|violations| panic!("{violations:?}\n{text}"))
        .record
}

/// Edits a file with `old` lines so that it reads as one with `wanted` ones.
fn edited(old: &str, wanted: &str) -> Result<String, EditError> {
    let edited = edit(file(old).as_bytes(), &read(&file(wanted)), &[])?;
    Ok(String::from_utf8(edited).expect("text"))
}

#[track_caller]
fn check(old: &str, wanted: &str, new: &str) {
    assert_eq!(edited(old, wanted).expect("is edited"), file(new));
}

#[test]
fn a_comment_behind_a_scalar_stays() {
    check(
        "# above\npriority:   high # why\n",
        "priority: low\n",
        "# above\npriority:   low # why\n",
    );
    check(
        "assignee: 'ann'\t# she\n",
        "assignee: \"no\"\n",
        "assignee: \"no\"\t# she\n",
    );
    check("x: # none\n", "x: 1\n", "x: 1 # none\n");
    check("x: ~ # none\n", "x: a\n", "x: a # none\n");
    check("x:\n  # below\n  old # c\n", "x: new\n", "x:\n  # below\n  new # c\n");
}

#[test]
fn scalars_of_several_lines_are_replaced_whole() {
    for old in ["\"a\n  b\"", "a\n  b", "'a\n\n  b'"] {
        check(&format!("x: {old} # c\n"), "x: one\n", "x: one # c\n");
    }
    for indicator in ["|", ">-", "|2-"] {
        check(
            &format!("x: {indicator} # c\n  a\n\n  # text\n\n# z\nz: 1\n"),
            "x: one\nz: 1\n",
            "x: one # c\n\n# z\nz: 1\n",
        );
    }
    check("x: |+\n  a\n\nz: 1\n", "x: one\nz: 1\n", "x: one\nz: 1\n");
}

#[test]
fn a_text_becomes_a_block_behind_whose_indicator_the_comment_stays() {
    check("x: one # c\n", "x: |-\n  a\n  b\n", "x: |- # c\n  a\n  b\n");
    check("x: >\n  a\n  b\n\n", "x: |-\n  a\n  b\n", "x: |-\n  a\n  b\n\n");
    // The comment below would become part of the text.
    check("x: one\n  # deep\n", "x: |-\n  a\n  b\n", "x: \"a\\nb\"\n  # deep\n");
}

#[test]
fn a_value_of_another_form_keeps_the_comment_of_its_key() {
    check("x: one # c\n", "x:\n  a: 1\n", "x: # c\n  a: 1\n");
    check("x: # c\n  a: 1\n  # d\n  b: 2 # e\n", "x: one\n", "x: one # c\n# d\n");
    check("x: [a,\n  b] # c\n", "x: [a, c]\n", "x: [a, c] # c\n");
    check("x: # c\n  - a\n", "x: {a: 1}\n", "x: # c\n  a: 1\n");
    check("x:\n  - a\ny: 1\n", "x: []\ny: 1\n", "x: []\ny: 1\n");
}

#[test]
fn lists_in_brackets_stay_there() {
    check(
        "labels: [ 'a',b, c ] # why\n",
        "labels: [c, a, d]\n",
        "labels: [ c, 'a', d ] # why\n",
    );
    check("labels: [] # none\n", "labels: [a]\n", "labels: [a] # none\n");
    check(
        "depends_on: [] # none\n",
        &format!("depends_on: [{A}]\n"),
        &format!("depends_on: [{A}] # none\n"),
    );
    check("labels: [a] # why\n", "", "");
    let lost = edited("labels: [\n  a, # why\n  b\n]\n", "labels: [a]\n");
    assert_eq!(
        lost.expect_err("a comment inside").to_string(),
        "`labels` cannot be edited in place without losing a comment"
    );
    check("labels: [\n  a,\n  'b#c'\n]\n", "labels: [a]\n", "labels: [a]\n");
}

#[test]
fn lists_of_lines_change_by_item() {
    let old = format!("depends_on: # all\n  # first\n  - {A} # a\n\n  # second\n  - \"{B}\" # b\n");
    let with = |items: &[&str]| format!("depends_on: [{}]\n", items.join(", "));
    check(&old, &with(&[A, B, C]), &format!("{old}  - {C}\n"));
    check(
        &old,
        &with(&[A]),
        &format!("depends_on: # all\n  # first\n  - {A} # a\n\n  # second\n"),
    );
    check(
        &old,
        &with(&[C, A, B]),
        &old.replace("  # first\n", &format!("  - {C}\n  # first\n")),
    );
    check(
        &old,
        &with(&[B, A]),
        &format!("depends_on: # all\n  - \"{B}\" # b\n  # first\n  - {A} # a\n\n  # second\n"),
    );
    check(&old, "", "# first\n\n# second\n");
    check(
        &format!("depends_on:\n- {A}\n"),
        &with(&[A, B]),
        &format!("depends_on:\n- {A}\n- {B}\n"),
    );
    check(
        "x:\n  -\n  - - a\n    - b\n  -\n    c: 1\n",
        "x: [null, {c: 1}, d]\n",
        "x:\n  -\n  -\n    c: 1\n  - d\n",
    );
}

#[test]
fn mappings_change_by_key() {
    check(
        "metadata:\n    # left\n    estimated_hours: 2 # guess\n    x: 1\n",
        "metadata: {estimated_hours: 3, actual_hours: 4}\n",
        "metadata:\n    # left\n    estimated_hours: 3 # guess\n    actual_hours: 4\n",
    );
    check(
        "metadata: {estimated_hours: 2.50,'x':  1} # c\n",
        "metadata: {estimated_hours: 2.5, x: 2, new: z}\n",
        "metadata: {estimated_hours: 2.50, 'x': 2, new: z} # c\n",
    );
    let long = "a".repeat(90);
    check(
        "metadata: {x: 1} # c\n",
        &format!("metadata: {{x: 1, q: {long}}}\n"),
        &format!("metadata: # c\n  x: 1\n  q: {long}\n"),
    );
    let claim = "claim: {by: ann, at: 2025-10-10T15:00:00Z}";
    check(
        &format!("{claim} # c\n"),
        &format!("{}\n", claim.replace("ann", "bob")),
        &format!("{} # c\n", claim.replace("ann", "bob")),
    );
    check(&format!("links:\n  blocks: [{A}] # c\n"), "", "");
    check("metadata: {}\n", "metadata:\n  x: 1\n", "metadata: {x: 1}\n");
}

#[test]
fn a_new_key_stands_in_canonical_order_above_the_comments_of_the_next() {
    check(
        "# about labels\nlabels: [a]\n\n# apart\n\n# mine\nmine: 1\n",
        "depends_on: []\npriority: high\nlabels: [a]\nassignee: ann\nmine: 1\n",
        "priority: high\n# about labels\nlabels: [a]\n\n# apart\n\n# mine\nmine: 1\nassignee: ann\n",
    );
    let old = format!("---\n{TOP}title: T\nstatus: active\n{END}# the end\n---\n");
    let wanted = read(&old.replace("# the end\n", "x: {a: \"no\"}\n"));
    let new = old.replace("# the end\n", "# the end\nx:\n  a: \"no\"\n");
    assert_eq!(edit(old.as_bytes(), &wanted, &[]), Ok(new.into_bytes()));
}

#[test]
fn a_default_is_spelled_out_where_its_key_stands_unless_cleared() {
    check("priority: high # why\n", "", "priority: medium # why\n");
    check("", "priority: medium\n", "");
    for old in ["priority: high # why\n", "priority: medium\n", "labels: []\n"] {
        let cleared = edit(
            file(old).as_bytes(),
            &read(&file("")),
            &["priority", "labels", "schema", "pr_number"],
        );
        assert_eq!(cleared, Ok(file("").into_bytes()), "{old}");
    }
}

#[test]
fn line_ends_and_the_byte_order_mark_stay() {
    let crlf = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let old = crlf(&file("# c\npriority: high # why\nz: |\n  a\n  b\n"));
    let wanted = crlf(&file("priority: low\nlabels: [a]\nx:\n  - a\n  - b\nz: |\n  b\n  c\n"));
    let new = crlf(&file(
        "# c\npriority: low # why\nx: [a, b]\nz: |\n  b\n  c\nlabels: [a]\n",
    ));
    assert_eq!(edit(old.as_bytes(), &read(&wanted), &[]), Ok(new.into_bytes()));
}

#[test]
fn a_body_is_replaced_as_a_whole() {
    let head = file("").replace("\nbody\n", "");
    for (old, body, new) in [
        ("", "x", "\nx\n"),
        ("\nx\n", "x\n\ny", "\nx\n\ny\n"),
        ("x", "x\ny", "\nx\ny\n"),
        ("\nx\n", "\nx\n", "\n\nx\n\n"),
        ("\nx\n", "", ""),
        ("\n", "", "\n"),
    ] {
        let wanted = Record::new(read(&head).fields, body);
        let edited = edit(format!("{head}{old}").as_bytes(), &wanted, &[]);
        assert_eq!(edited, Ok(format!("{head}{new}").into_bytes()), "{old:?}");
    }
    let open = head.trim_end();
    let wanted = Record::new(read(&head).fields, "x");
    assert_eq!(
        edit(open.as_bytes(), &wanted, &[]),
        Ok(format!("{head}\nx\n").into_bytes())
    );
}

#[test]
fn what_cannot_be_edited_is_refused_with_its_field() {
    for (old, wanted, message) in [
        (
            "? x\n: 1\n",
            "x: 2\n",
            "`x` cannot be edited in place: its key does not begin its line",
        ),
        (
            "x:\n  ? a\n  : 1\n",
            "x: {a: 2}\n",
            "`x.a` cannot be edited in place: its key does not begin its line",
        ),
    ] {
        assert_eq!(edited(old, wanted).expect_err(old).to_string(), message);
    }
    let braces = format!(
        "---\n{{ {} }}\n---\n",
        format!("{TOP}title: T\nstatus: active\n{END}")
            .trim_end()
            .replace('\n', ",\n  ")
    );
    let wanted = read(&braces.replace("title: T", "title: U"));
    let refused = edit(braces.as_bytes(), &wanted, &[]).expect_err("braces").to_string();
    assert_eq!(
        refused,
        "`title` cannot be edited in place: the frontmatter is written in braces"
    );
    assert_eq!(
        edit(braces.as_bytes(), &read(&braces), &[]),
        Ok(braces.clone().into_bytes())
    );

    let newer = file("").replace("work-item/1", "work-item/2");
    assert_eq!(
        edit(newer.as_bytes(), &read(&file("")), &[]),
        Err(EditError::NewerSchema("work-item/2".into()))
    );
    assert!(matches!(
        edit(b"---\n", &read(&file("")), &[]),
        Err(EditError::Invalid(_))
    ));
    let mut invalid = read(&file(""));
    if let Fields::WorkItem(item) = &mut invalid.fields {
        item.parent_id = Some(item.id);
    }
    let refused = edit(file("").as_bytes(), &invalid, &[])
        .expect_err("its own parent")
        .to_string();
    assert_eq!(
        refused,
        "`parent_id` cannot be edited in place: the file would not read as wanted (a record cannot be its own parent)"
    );
}
