//! `git docket man`: manual pages, from the same definition as the help.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use serde_json::json;

use super::output::Output;
use super::text::counted;
use super::{App, Outcome, environment};
use crate::ops::{Error, Settings};

/// What all pages belong to.
const MANUAL: &str = "git-docket Manual";

/// Print a manual page, or install them all
///
/// `git docket --help` is git's way to ask for the page git-docket; once the pages are installed,
/// git finds it, and so does `man git-docket-list` for each command.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket man list | man -l -
  git docket man --install                    then: git docket --help
  git docket man --install ~/.local/share/man/man1")]
pub(super) struct Arguments {
    /// The command the page is about, such as list or import-beads [default: git docket itself]
    #[arg(value_name = "PAGE", conflicts_with = "install")]
    page: Option<String>,

    /// Write all pages to DIR [default: man/man1 in $XDG_DATA_HOME, else in ~/.local/share]
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    #[expect(
        clippy::option_option,
        reason = "given without a value, it means the default directory"
    )]
    install: Option<Option<PathBuf>>,
}

/// A page: the name of its file without the section, and its source.
struct Page {
    name: String,
    source: String,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let pages = pages();
    if let Some(dir) = &arguments.install {
        return install(&pages, dir.as_deref(), settings, output);
    }
    let asked = arguments.page.as_deref().unwrap_or_default();
    let name = match asked
        .strip_prefix("git-docket")
        .unwrap_or(asked)
        .trim_start_matches('-')
    {
        "" => "git-docket".to_owned(),
        command => format!("git-docket-{command}"),
    };
    let page = pages.iter().find(|page| page.name == name);
    let page = page.ok_or_else(|| Error::request(format!("there is no manual page {name}")))?;
    if output.is_json() {
        output.print_json(&json!({ "page": page.name, "source": page.source }))?;
    } else {
        output.print(&page.source)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn install(pages: &[Page], dir: Option<&Path>, settings: &Settings, output: &Output) -> Outcome {
    let dir = match dir {
        Some(dir) => settings.path(dir),
        None => environment::data_dir()
            .ok_or_else(|| Error::request("there is no home directory; say where: git docket man --install DIR"))?
            .join("man/man1"),
    };
    let dir = std::path::absolute(&dir).unwrap_or(dir);
    let mut files = Vec::new();
    for page in pages {
        let file = format!("{}.1", page.name);
        write(&dir, &file, &page.source)
            .map_err(|error| Error::unwritten(dir.join(&file).display(), error.kind(), error))?;
        files.push(file);
    }
    let found = is_found(&dir);
    if output.is_json() {
        output.print_json(&json!({ "directory": dir, "files": files, "found_by_man": found }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text: String = files.iter().map(|file| format!("{file}\n")).collect();
    let shown = dir.display();
    text.push_str(&format!("Wrote {} to {shown}\n", counted(files.len(), "manual page")));
    let above = dir.parent().unwrap_or(&dir).display();
    text.push_str(&match found {
        Some(true) => "man finds them: git docket --help\n".to_owned(),
        Some(false) => format!("man does not look there; set MANPATH={above}: with the colon at its end\n"),
        None => {
            format!("Whether man looks there is not known; where not, set MANPATH={above}: with the colon at its end\n")
        }
    });
    output.print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a file in one step: `man` may be reading the old one.
fn write(dir: &Path, file: &str, source: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    fs::create_dir_all(dir)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    let builder = {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666))
    };
    let mut page = builder.prefix(".git-docket-").tempfile_in(dir)?;
    page.write_all(source.as_bytes())?;
    page.persist(dir.join(file)).map(drop).map_err(|error| error.error)
}

/// Whether `man` looks in a directory of pages; nothing where it does not say where it looks.
fn is_found(dir: &Path) -> Option<bool> {
    let same = |one: &Path, other: &Path| one == other || one.canonicalize().ok() == other.canonicalize().ok();
    let paths = environment::man_path()?;
    let above = dir.parent()?;
    Some(dir.ends_with("man1") && paths.iter().any(|path| path.is_absolute() && same(path, above)))
}

/// The pages of all commands, the first that of git-docket itself.
fn pages() -> Vec<Page> {
    // What `help` says, the pages say.
    let mut app = App::command().disable_help_subcommand(true);
    app.build();
    let mut pages = Vec::new();
    add_pages(&app, "git", &mut pages);
    pages
}

fn add_pages(command: &Command, above: &str, pages: &mut Vec<Page>) {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    pages.push(Page {
        name: name.to_owned(),
        source: source(command, name, above),
    });
    for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        add_pages(command, name, pages);
    }
}

/// The source of a page, which refers to that of the command above. The same for the same version, whenever it is printed.
fn source(command: &Command, name: &str, above: &str) -> String {
    let mut command = command.clone();
    let mut head = Roff::new();
    let version = format!("git-docket {}", env!("CARGO_PKG_VERSION"));
    // No date: two quotes are an argument that is empty.
    head.control("TH", [name, "1", "\"\"", version.as_str(), MANUAL]);
    head.control("SH", ["NAME"]);
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    head.text([roman(format!("{name} - {about}"))]);
    head.control("SH", ["SYNOPSIS"]);
    let bin = command.get_bin_name().unwrap_or(name).to_owned();
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    head.text([
        bold(bin.as_str()),
        roman(usage.strip_prefix(bin.as_str()).unwrap_or(usage)),
    ]);
    let mut tail = Roff::new();
    examples(&mut tail, &command);
    tail.control("SH", ["SEE ALSO"]);
    tail.text([bold(above), roman("(1)")]);

    let man = Man::new(command.clone());
    let mut middle = Vec::new();
    let mut rendered = man.render_description_section(&mut middle);
    rendered = rendered.and_then(|()| man.render_options_section(&mut middle));
    if command.get_subcommands().any(|command| !command.is_hide_set()) {
        rendered = rendered.and_then(|()| man.render_subcommands_section(&mut middle));
    }
    debug_assert!(rendered.is_ok(), "nothing fails that is written to memory");
    let middle = String::from_utf8_lossy(&middle);
    let source = [head.render().as_str(), &middle, tail.to_roff().as_str()].concat();
    source.chars().map(spelled).collect()
}

/// A character as every roff takes it: those it would make something prettier of, and those of no code page, by name.
fn spelled(c: char) -> String {
    match c {
        '`' => "\\(ga".to_owned(),
        '^' => "\\(ha".to_owned(),
        '~' => "\\(ti".to_owned(),
        c if c.is_ascii() => c.to_string(),
        c => format!("\\[u{:04X}]", u32::from(c)),
    }
}

/// The examples of the help, with their layout; what is not indented there is a paragraph.
fn examples(roff: &mut Roff, command: &Command) {
    let Some(help) = command.get_after_help() else { return };
    let help = help.to_string();
    let mut lines = help.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "Example:" || line == "Examples:" {
            roff.control("SH", ["EXAMPLES"]);
        } else if let Some(example) = line.strip_prefix("  ") {
            roff.control("PP", []);
            roff.control("nf", []);
            roff.text([roman(example)]);
            while let Some(example) = lines.next_if(|line| line.starts_with("  ")) {
                roff.text([roman(&example[2..])]);
            }
            roff.control("fi", []);
        } else if line.is_empty() {
            roff.control("PP", []);
        } else {
            roff.text([roman(line)]);
        }
    }
}
