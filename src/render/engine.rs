//! Running a template: which one a name means, what it may do, what is said when it cannot.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};
use serde::{Deserialize, Serialize};

use super::{Error, filters, sandbox};

/// The reports there are, with what each is for.
pub const REPORTS: &[(&str, &str)] = &[
    (
        "project_status",
        "vendors, open work items, deployments, enhancements, warnings",
    ),
    ("work_item", "one work item with what is around it"),
    ("vendor", "one vendor and its deployments"),
    ("deployment", "one deployment with what it touched and carried"),
    ("changelog", "deployments and finished work between two moments"),
    ("board", "work items in a column for each status"),
    ("standup", "what changed in a day, by who did it"),
    ("dependency_graph", "what waits for what, as a drawing"),
];

/// The templates of this source; each is also a file, to be read and copied.
const BUILT_IN: &[(&str, &str)] = &[
    ("project_status", include_str!("../../templates/project_status.j2")),
    ("work_item", include_str!("../../templates/work_item.j2")),
    ("vendor", include_str!("../../templates/vendor.j2")),
    ("deployment", include_str!("../../templates/deployment.j2")),
    ("deployment_lines", include_str!("../../templates/deployment_lines.j2")),
    ("vendor_line", include_str!("../../templates/vendor_line.j2")),
    ("notes", include_str!("../../templates/notes.j2")),
    ("changelog", include_str!("../../templates/changelog.j2")),
    ("board", include_str!("../../templates/board.j2")),
    ("standup", include_str!("../../templates/standup.j2")),
    ("dependency_graph", include_str!("../../templates/dependency_graph.j2")),
    (
        "dependency_graph_dot",
        include_str!("../../templates/dependency_graph_dot.j2"),
    ),
];

/// Steps a template may take: a report of 10,000 items takes a million.
const FUEL: u64 = 20_000_000;

/// How deep templates, macros and loops may call each other.
const DEPTH: usize = 64;

/// How large a report may become.
const OUTPUT_BYTES: usize = 16 << 20;

/// Filters that make a large text of a small number, before anything is written.
const UNBOUNDED: &[&str] = &["indent", "format", "pprint"];

/// A template that a team has written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Template {
    /// What it is called: a report's name, which it then replaces, or a new one.
    pub name: String,
    /// Where it is.
    pub path: String,
    /// Its text.
    pub source: String,
}

/// All templates: ours, and a team's own, which win. None is looked at before it is used, so a broken one stands in
/// nobody's way.
pub struct Templates {
    environment: Environment<'static>,
    own: BTreeMap<String, Template>,
}

/// What a template sees.
#[derive(Serialize)]
struct Seen<'v, V> {
    #[serde(flatten)]
    view: &'v V,
    revision: &'v str,
}

impl Templates {
    /// Ours and these.
    #[must_use]
    pub fn with(own: Vec<Template>) -> Self {
        let own: BTreeMap<String, Template> = own.into_iter().map(|own| (own.name.clone(), own)).collect();
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_debug(true);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(DEPTH);
        environment.set_keep_trailing_newline(true);
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown"));
        environment.set_formatter(filters::format);
        for name in UNBOUNDED {
            environment.remove_filter(name);
        }
        environment.remove_global("debug");
        filters::add(&mut environment);
        let sources: BTreeMap<String, String> =
            own.values().map(|own| (own.name.clone(), own.source.clone())).collect();
        environment.set_loader(move |name| {
            let name = bare(name);
            let own = sources.get(name).cloned();
            Ok(own.or_else(|| built_in(name).map(ToOwned::to_owned)))
        });
        Self { environment, own }
    }

    /// Those of a team, in the order of their names.
    pub fn own(&self) -> impl Iterator<Item = &Template> {
        self.own.values()
    }

    /// Whether there is a template of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.own.contains_key(name) || built_in(name).is_some()
    }

    /// The report a template makes of a view that was read at a revision. Where a team has templates of its own, it is
    /// made in a process of its own, which `program` starts: steps can be counted here, but not the memory that one
    /// step takes. Our own need neither process nor program.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the template, with the line; nothing of the report is there then.
    pub fn render(
        &self,
        name: &str,
        view: &impl Serialize,
        revision: &str,
        program: Option<&Path>,
    ) -> Result<String, Error> {
        let seen = Seen { view, revision };
        if self.own.is_empty() {
            return self.render_here(name, &seen);
        }
        let own: Vec<&Template> = self.own.values().collect();
        sandbox::render(program, &own, name, &seen).map_err(|reason| Error {
            template: self.path(name),
            line: None,
            source_line: None,
            reason,
        })?
    }

    /// The same in this process, of all a template sees.
    pub(super) fn render_here(&self, name: &str, seen: &impl Serialize) -> Result<String, Error> {
        let mut report = Report::default();
        let template = self.environment.get_template(name);
        let rendered = template.and_then(|template| template.render_captured_to(seen, &mut report).map(drop));
        match rendered {
            Ok(()) => String::from_utf8(report.0).map_err(|_| self.error(name, &too_large())),
            Err(error) => Err(self.error(name, &error)),
        }
    }

    fn error(&self, asked: &str, error: &minijinja::Error) -> Error {
        // An error in an included template has the error in the template itself for its cause.
        let mut error = error;
        while let Some(inner) = std::error::Error::source(error).and_then(|inner| inner.downcast_ref()) {
            error = inner;
        }
        let name = bare(error.name().unwrap_or(asked));
        let source = self.own.get(name).map(|own| own.source.as_str()).or(built_in(name));
        let source_line = error
            .line()
            .and_then(|line| source?.lines().nth(line.checked_sub(1)?))
            .map(ToOwned::to_owned);
        Error {
            template: self.path(name),
            line: error.line(),
            source_line,
            reason: reason(error, source),
        }
    }

    /// Where a template is.
    fn path(&self, name: &str) -> String {
        match self.own.get(name) {
            Some(own) => own.path.clone(),
            None => format!("templates/{name}.j2"),
        }
    }
}

/// What went wrong, with the expression where only it says more.
fn reason(error: &minijinja::Error, source: Option<&str>) -> String {
    let named = || {
        let (source, range) = (source?, error.range()?);
        // Of `item.titel` only `.titel` is blamed.
        let before = source.get(..range.start)?;
        let start = before.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']'));
        Some(source.get(start.len()..range.end)?.trim().to_owned())
    };
    match (error.kind(), error.detail()) {
        (ErrorKind::UndefinedError, _) => match named() {
            Some(expression) => format!("there is no `{expression}`"),
            None => "a name that does not exist".to_owned(),
        },
        (ErrorKind::OutOfFuel, _) => "it takes more steps than a report may".to_owned(),
        (ErrorKind::WriteFailure, _) => format!("the report is larger than {} MiB", OUTPUT_BYTES >> 20),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    }
}

fn too_large() -> minijinja::Error {
    minijinja::Error::from(ErrorKind::WriteFailure)
}

fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, source)| *source)
}

/// The name without the ending of its file.
fn bare(name: &str) -> &str {
    name.strip_suffix(".j2").unwrap_or(name)
}

/// A report that does not grow without end.
#[derive(Default)]
struct Report(Vec<u8>);

impl Write for Report {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_BYTES {
            return Err(io::Error::other("the report is too large"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rendered(source: &str) -> Result<String, Error> {
        let own = Template {
            name: "own".to_owned(),
            path: ".tracking/templates/own.j2".to_owned(),
            source: source.to_owned(),
        };
        let seen = json!({ "title": "*a*", "none": null, "revision": "1a2b" });
        Templates::with(vec![own]).render_here("own", &seen)
    }

    #[test]
    fn text_is_escaped_and_null_is_nothing() {
        assert_eq!(
            rendered("{{ title }}{{ none }} {{ 3 }} {{ revision }} {{ title|e }}\n"),
            Ok("\\*a\\* 3 1a2b \\*a\\*\n".to_owned())
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (source, error) in [
            ("a\n{{ titel }}\n", "line 2: there is no `titel`, in `{{ titel }}`"),
            (
                "{% for x in %}",
                "line 1: syntax error: unexpected end of block, in `{% for x in %}`",
            ),
            (
                "{{ title.x.y }}",
                "line 1: there is no `title.x.y`, in `{{ title.x.y }}`",
            ),
            (
                "{% include '../../etc/passwd' %}",
                "line 1: template not found: tried to include non-existing template \"../../etc/passwd\", in `{% include '../../etc/passwd' %}`",
            ),
            (
                "{{ title|indent(99) }}",
                "line 1: unknown filter: filter indent is unknown, in `{{ title|indent(99) }}`",
            ),
        ] {
            let found = rendered(source).expect_err(source).to_string();
            assert_eq!(found, format!(".tracking/templates/own.j2, {error}"));
        }
    }

    #[test]
    fn nothing_goes_on_for_ever() {
        let steps = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
        let error = rendered(steps).expect_err("it takes too long");
        assert_eq!(error.reason, "it takes more steps than a report may");
        let deep = "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}";
        assert!(rendered(deep).is_err());
        assert!(rendered("{% include 'own.j2' %}").is_err());
        let large = "{{ ('x' * 9000000)|safe }}{{ ('x' * 9000000)|safe }}";
        let error = rendered(large).expect_err("it is too large");
        assert_eq!(error.reason, "the report is larger than 16 MiB");
    }
}
