//! A condition of a query as SQL.
//!
//! Every part of it is true or false and never null, so that what SQL says of null does not come in: a column that may
//! be null is asked whether it is first.

use super::statement::{Dialect, Statement};
use super::text as words;
use crate::filter::Ready;
use crate::filter::query::{Condition, Fact, Holds, NumberField, Relation, Sought, Span, TextField};
use crate::record::RecordId;
use crate::record::value::Time;

/// Adds that a condition holds of the record at hand, a work item; words of those that lists leave out are looked
/// at where these are wanted.
pub(super) fn push_condition(statement: &mut Statement, condition: &Condition, left_out: bool) {
    match condition {
        Condition::All(parts) => push_joined(statement, parts, (" AND ", "TRUE"), left_out),
        Condition::Any(parts) => push_joined(statement, parts, (" OR ", "FALSE"), left_out),
        Condition::Not(part) => {
            push_condition(statement.push("NOT ("), part, left_out);
            statement.push(")");
        }
        Condition::Fact(fact) => push_fact(statement, fact, left_out),
    }
}

/// The parts with a word between them. In halves: what SQL reads as one chain is as deep as it is long.
fn push_joined(statement: &mut Statement, parts: &[Condition], words: (&str, &str), left_out: bool) {
    let (between, none) = words;
    match parts {
        [] => {
            statement.push(none);
        }
        [one] => push_condition(statement, one, left_out),
        several => {
            let (start, end) = several.split_at(several.len() / 2);
            push_joined(statement.push("("), start, words, left_out);
            push_joined(statement.push(between), end, words, left_out);
            statement.push(")");
        }
    }
}

fn push_fact(statement: &mut Statement, fact: &Fact, left_out: bool) {
    match fact {
        Fact::Text(field, texts) => {
            push_has_text(statement.push("("), *field);
            let texts = texts.iter().map(String::as_str);
            statement.push(" AND ").one_of(text(*field), texts).push(")");
        }
        Fact::Label(labels) => push_in(statement, "label", "label.label", labels),
        Fact::Alias(aliases) => push_in(statement, "alias", "alias.folded", aliases),
        Fact::Record(relation, ids) => push_related(statement, *relation, ids),
        Fact::Number(field, span) => push_number(statement, *field, *span),
        Fact::Commit(digits) => push_commit(statement, digits),
        Fact::Attribute(name, sought) => {
            statement.record_in("attribute", |statement| push_attribute(statement, name, sought));
        }
        Fact::Words(place, terms) => words::push(statement, *place, terms, left_out),
        Fact::There(holds) => push_there(statement, *holds),
        Fact::Ready(ready) => {
            push_free(statement.push("(record.ready AND "), ready);
            statement.push(")");
        }
        Fact::Waiting => {
            statement.push("(record.live AND NOT record.ready AND record.status IN ('pending', 'active'))");
        }
        Fact::Changed { by, since } => push_changed(statement, by.as_deref(), *since),
    }
}

/// That the record at hand has one of these texts in another table.
fn push_in(statement: &mut Statement, table: &str, column: &str, texts: &[String]) {
    statement.record_in(table, |statement| {
        statement.one_of(column, texts.iter().map(String::as_str));
    });
}

/// The column of a text.
fn text(field: TextField) -> &'static str {
    match field {
        TextField::Type => "record.item_type",
        TextField::Status => "record.status",
        TextField::Title => "record.title",
        TextField::Assignee => "record.assignee",
        TextField::Holder(_) => "record.claimed_by",
        TextField::UpdatedBy => "record.updated_by",
        TextField::Branch => "record.branch",
    }
}

/// That a text is there.
fn push_has_text(statement: &mut Statement, field: TextField) {
    statement.push(text(field)).push(" IS NOT NULL");
    if let TextField::Holder(now) = field {
        statement.push(" AND coalesce(record.claimed_until > ");
        statement.bind_time(now).push(", TRUE)");
    }
}

/// A number; times are columns of times.
fn number(dialect: Dialect, field: NumberField) -> String {
    match field {
        NumberField::Priority => "record.priority".to_owned(),
        NumberField::Created => "record.created_at".to_owned(),
        NumberField::Updated => "record.updated_at".to_owned(),
        NumberField::ClaimUntil => "record.claimed_until".to_owned(),
        NumberField::Version => "record.version".to_owned(),
        NumberField::Depth => {
            let above = above(dialect);
            // Where parents go round in a ring, an item is not below itself.
            format!("({above} SELECT count(*) FROM above WHERE above.id <> record.id)")
        }
        NumberField::Progress => {
            "CASE WHEN record.boxes > 0 THEN record.boxes_done * 100 / record.boxes END".to_owned()
        }
        NumberField::Conflicts => {
            let same = dialect.same("beside", "record");
            format!(
                "(SELECT count(*) FROM record AS beside
                    WHERE {same}beside.owner = record.id AND beside.kind = 'conflict' AND NOT beside.gone)"
            )
        }
    }
}

/// The identities of all that the record at hand is below, as `above`; where parents go round, each of them once.
fn above(dialect: Dialect) -> String {
    let same = dialect.same("higher", "record");
    format!(
        "WITH RECURSIVE above (id) AS (
            SELECT record.parent WHERE record.parent IS NOT NULL
            UNION SELECT higher.parent FROM above JOIN record AS higher
                ON {same}higher.id = above.id AND higher.stigid IS NOT NULL WHERE higher.parent IS NOT NULL)"
    )
}

fn push_number(statement: &mut Statement, field: NumberField, span: Span) {
    let number = number(statement.dialect, field);
    let bound = |statement: &mut Statement, value: i64| {
        let parameter = statement.parameter(value);
        match field {
            NumberField::Created | NumberField::Updated | NumberField::ClaimUntil => {
                statement.dialect.instant(&parameter)
            }
            _ => parameter,
        }
    };
    if matches!(
        field,
        NumberField::Priority | NumberField::Depth | NumberField::Conflicts
    ) {
        // They are always there.
        statement.push("(TRUE");
    } else {
        statement.push(format!("({number} IS NOT NULL"));
    }
    let condition = match (span.from, span.to) {
        // So it is worked out once.
        (Some(from), Some(to)) => {
            let (from, last) = (bound(statement, from), bound(statement, to.saturating_sub(1)));
            format!(" AND {number} BETWEEN {from} AND {last}")
        }
        (Some(from), None) => format!(" AND {number} >= {}", bound(statement, from)),
        (None, Some(to)) => format!(" AND {number} < {}", bound(statement, to)),
        (None, None) => String::new(),
    };
    statement.push(condition).push(")");
}

fn push_related(statement: &mut Statement, relation: Relation, ids: &[RecordId]) {
    let ids = ids.iter().map(ToString::to_string);
    let dialect = statement.dialect;
    match relation {
        Relation::Itself => {
            statement.one_of("record.id", ids);
        }
        Relation::Parent => {
            statement.push("(record.parent IS NOT NULL AND ");
            statement.one_of("record.parent", ids).push(")");
        }
        Relation::Ancestor => {
            statement.push(format!(
                "EXISTS ({} SELECT 1 FROM above WHERE above.id <> record.id AND ",
                above(dialect)
            ));
            statement.one_of("above.id", ids).push(")");
        }
        Relation::DependsOn => {
            statement.record_in("edge", |statement| {
                statement.one_of("edge.target", ids);
            });
        }
        Relation::Blocks => {
            let same = dialect.same("edge", "record");
            statement.push(format!(
                "EXISTS (SELECT 1 FROM edge WHERE {same}edge.target = record.id AND "
            ));
            statement.one_of("edge.source", ids).push(")");
        }
    }
}

/// That a commit link on the record at hand counts, and its commit was not rewritten; `digits` restricts which, where
/// there are some.
fn push_commit(statement: &mut Statement, digits: &[String]) {
    let dialect = statement.dialect;
    let using = dialect.using();
    statement.push(format!(
        "EXISTS (SELECT 1 FROM record AS beside JOIN attribute AS linked {using}
            WHERE {}beside.owner = record.id AND NOT beside.gone AND linked.name = 'commit'
            AND NOT EXISTS (SELECT 1 FROM record AS newer JOIN attribute AS replaced {using}
                WHERE {}newer.owner = beside.owner AND NOT newer.gone
                AND replaced.name = 'replaces' AND replaced.text = linked.text)",
        dialect.same("beside", "record"),
        dialect.same("newer", "beside"),
    ));
    for (at, digits) in digits.iter().enumerate() {
        statement.push(if at == 0 { " AND (" } else { " OR " });
        // Digits have nothing that stands for something else.
        statement.push("linked.text LIKE ").bind(format!("{digits}%"));
    }
    statement.push(if digits.is_empty() { ")" } else { "))" });
}

fn push_attribute(statement: &mut Statement, name: &str, sought: &Sought) {
    statement.push("attribute.name = ").bind(name);
    match sought {
        Sought::Anything => {}
        Sought::Texts(texts) => {
            let texts = texts.iter().map(String::as_str);
            statement.push(" AND ").one_of("attribute.text", texts);
        }
        Sought::Text(bound, text) => {
            statement.push(format!(" AND attribute.text {} ", bound.as_str()));
            statement.bind(text.as_str());
        }
        Sought::Equal(number) => {
            statement.push(" AND attribute.number = ").bind(*number);
        }
        Sought::Number(bound, number) => {
            statement.push(format!(" AND attribute.number {} ", bound.as_str()));
            statement.bind(*number);
        }
    }
}

fn push_there(statement: &mut Statement, holds: Holds) {
    let any = |statement: &mut Statement| {
        statement.push("TRUE");
    };
    match holds {
        Holds::Text(field) => push_has_text(statement.push("("), field),
        Holds::Number(field) => return push_number(statement, field, Span { from: None, to: None }),
        Holds::Commit => return push_commit(statement, &[]),
        Holds::Body => {
            statement.push("(").record_in("content", |statement| {
                statement.push("content.body <> ''");
            });
        }
        Holds::Label => {
            statement.push("(").record_in("label", any);
        }
        Holds::Alias => {
            statement.push("(").record_in("alias", any);
        }
        Holds::Record(Relation::Itself) => {
            statement.push("(TRUE");
        }
        // What is below something is below what that is below.
        Holds::Record(Relation::Parent | Relation::Ancestor) => {
            statement.push("(record.parent IS NOT NULL");
        }
        Holds::Record(Relation::DependsOn) => {
            statement.push("(").record_in("edge", any);
        }
        Holds::Record(Relation::Blocks) => {
            let same = statement.dialect.same("edge", "record");
            statement.push(format!(
                "(EXISTS (SELECT 1 FROM edge WHERE {same}edge.target = record.id)"
            ));
        }
    }
    statement.push(")");
}

fn push_changed(statement: &mut Statement, by: Option<&str>, since: Option<Time>) {
    let dialect = statement.dialect;
    statement.push(format!(
        "EXISTS (SELECT 1 FROM change JOIN commits {} WHERE {}change.owner = record.id",
        dialect.numbered(),
        dialect.same("change", "record")
    ));
    if let Some(by) = by {
        statement
            .push(" AND coalesce(commits.client, commits.author) = ")
            .bind(by);
    }
    // A commit without a readable date was made in 1970.
    if let Some(since) = since.filter(|since| *since > Time::EPOCH) {
        statement.push(" AND commits.at >= ").bind_time(since);
    }
    statement.push(")");
}

/// That nobody else holds it.
pub(super) fn push_free(statement: &mut Statement, ready: &Ready) {
    // Where nothing is said of when, nothing can have run out.
    statement.push("(claimed_by IS NULL OR coalesce(claimed_until <= ");
    statement.bind_time(ready.now).push(", FALSE)");
    if let Some(actor) = &ready.actor {
        statement.push(" OR claimed_by = ").bind(actor.as_str());
    }
    statement.push(")");
}
