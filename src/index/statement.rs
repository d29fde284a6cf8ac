//! SQL that both indexes take, and the few things they say differently.

use std::fmt::Write as _;

use crate::record::value::Time;

/// How an index wants its SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// SQLite, with the records of one repository.
    Sqlite,
    /// Postgres, of one repository: the first value of every statement is its identity.
    Postgres,
    /// Postgres, of all repositories.
    Everywhere,
}

/// A value that is bound to a statement, never written into it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Real(f64),
    /// See [`Dialect::each`].
    Texts(Vec<String>),
    /// Words as [`text`](super::text) looks them up in Postgres, with a sign for the number that the database has given the
    /// repository.
    Lexemes(String),
    Null,
}

/// SQL and the values of its parameters, `$1` and so on.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) dialect: Dialect,
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
    /// Whether a good plan depends on the values, so that none is kept.
    pub(super) varies: bool,
}

impl Dialect {
    /// All rows as one text: JSON arrays of these columns, in this order, with commas between them. A row that comes by
    /// itself wakes the thread that waits for it, which takes longer than to read it.
    pub(super) fn rows(self, columns: &str, order: &str) -> String {
        self.aggregate(&self.array(columns), order)
    }

    /// All of these JSON arrays as one text, in this order, with commas between them.
    pub(super) fn aggregate(self, array: &str, order: &str) -> String {
        let order = match order {
            "" => String::new(),
            order => format!(" ORDER BY {order}"),
        };
        match self {
            Self::Sqlite => format!("group_concat({array}, ','{order})"),
            Self::Postgres | Self::Everywhere => format!("string_agg({array}::text, ','{order})"),
        }
    }

    /// A JSON array of these columns.
    pub(super) fn array(self, columns: &str) -> String {
        match self {
            Self::Sqlite => format!("json_array({columns})"),
            Self::Postgres | Self::Everywhere => format!("json_build_array({columns})"),
        }
    }

    /// A column of JSON as such, within an array.
    pub(super) fn json(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("json({column})"),
            Self::Postgres | Self::Everywhere => column.to_owned(),
        }
    }

    /// That the rows of a table are those of the repository that is asked about, with an AND after it.
    pub(super) fn here(self, table: &str) -> String {
        match self {
            Self::Sqlite | Self::Everywhere => String::new(),
            Self::Postgres => format!("{table}.repository = $1::uuid AND "),
        }
    }

    /// How two tables are joined by the numbers of records.
    pub(super) fn using(self) -> &'static str {
        match self {
            Self::Sqlite => "USING (record)",
            Self::Postgres | Self::Everywhere => "USING (repository, record)",
        }
    }

    /// How two tables are joined by the numbers of commits.
    pub(super) fn numbered(self) -> &'static str {
        match self {
            Self::Sqlite => "USING (number)",
            Self::Postgres | Self::Everywhere => "USING (repository, number)",
        }
    }

    /// That the rows of two tables are of the same repository, with an AND after it.
    pub(super) fn same(self, one: &str, other: &str) -> String {
        match self {
            Self::Sqlite => String::new(),
            Self::Postgres | Self::Everywhere => format!("{one}.repository = {other}.repository AND "),
        }
    }

    /// What tells a record from all others, as columns of a table.
    pub(super) fn key(self, table: &str) -> String {
        match self {
            Self::Sqlite => format!("{table}.record"),
            Self::Postgres | Self::Everywhere => format!("{table}.repository, {table}.record"),
        }
    }

    /// A column that holds a time, in milliseconds since 1970.
    pub(super) fn milliseconds(self, column: &str) -> String {
        match self {
            Self::Sqlite => column.to_owned(),
            Self::Postgres | Self::Everywhere => format!("(extract(epoch FROM {column}) * 1000)::bigint"),
        }
    }

    /// A parameter that is bound to milliseconds since 1970, as a time to compare columns with.
    pub(super) fn instant(self, parameter: &str) -> String {
        match self {
            Self::Sqlite => parameter.to_owned(),
            Self::Postgres | Self::Everywhere => {
                format!("(timestamptz 'epoch' + {parameter} * interval '1 millisecond')")
            }
        }
    }

    /// The texts of a bound list, as a query of one column.
    pub(super) fn each(self, parameter: &str) -> String {
        match self {
            Self::Sqlite => format!("SELECT value FROM json_each({parameter})"),
            Self::Postgres | Self::Everywhere => format!("SELECT unnest({parameter}::text[])"),
        }
    }

    /// That a text is one of a bound list.
    pub(super) fn among(self, column: &str, parameter: &str) -> String {
        match self {
            Self::Sqlite => format!("{column} IN ({})", self.each(parameter)),
            Self::Postgres | Self::Everywhere => format!("{column} = ANY ({parameter}::text[])"),
        }
    }

    /// Where a text begins within another, counted from 1; 0 where it does not stand there.
    pub(super) fn position(self, within: &str, text: &str) -> String {
        match self {
            Self::Sqlite => format!("instr({within}, {text})"),
            Self::Postgres | Self::Everywhere => format!("strpos({within}, {text})"),
        }
    }
}

impl Statement {
    pub(super) fn new(dialect: Dialect, sql: impl Into<String>) -> Self {
        Self {
            dialect,
            sql: sql.into(),
            // Everywhere too, so that parameters have the same numbers.
            values: vec![Value::Null],
            varies: false,
        }
    }

    /// With the values of its parameters from `$2` on.
    pub(super) fn with(dialect: Dialect, sql: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        let mut statement = Self::new(dialect, sql);
        statement.values.extend(values);
        statement
    }

    /// Adds SQL.
    pub(super) fn push(&mut self, sql: impl AsRef<str>) -> &mut Self {
        self.sql.push_str(sql.as_ref());
        self
    }

    /// Adds a parameter and binds a value to it.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        let parameter = self.parameter(value);
        self.push(parameter)
    }

    /// Binds a value to a new parameter, which is returned.
    pub(super) fn parameter(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Adds a time to compare a column with.
    pub(super) fn bind_time(&mut self, time: Time) -> &mut Self {
        let parameter = self.parameter(time.as_milliseconds());
        self.push(self.dialect.instant(&parameter))
    }

    /// Adds that a column holds one of these words.
    pub(super) fn one_of<V: Into<Value>>(&mut self, column: &str, values: impl IntoIterator<Item = V>) -> &mut Self {
        let parameters: Vec<_> = values.into_iter().map(|value| self.parameter(value)).collect();
        // It does not fail: it is written to a string.
        let _written = write!(self.sql, "{column} IN ({})", parameters.join(", "));
        self
    }

    /// Adds that the record at hand has rows in another table for which what `condition` adds holds. Who reads the
    /// other table under another name says so: `label`, or `label AS other`.
    pub(super) fn record_in(&mut self, table: &str, condition: impl FnOnce(&mut Self)) -> &mut Self {
        let dialect = self.dialect;
        let name = table.rsplit(' ').next().unwrap_or(table);
        match dialect {
            Dialect::Everywhere => self.push(format!("({}) IN (SELECT {}", dialect.key("record"), dialect.key(name))),
            _ => self.push(format!("record.record IN (SELECT {name}.record")),
        };
        self.push(format!(" FROM {table} WHERE {}", dialect.here(name)));
        condition(self);
        self.push(")")
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl From<Vec<String>> for Value {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}

impl<V: Into<Self>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
