//! The list of commands in `git docket -h`, by what they are for. A test holds it against the commands there are.

/// A heading as all others look.
macro_rules! heading {
    ($text:literal) => {
        concat!("\x1b[1m\x1b[4m", $text, ":\x1b[0m\n")
    };
}

/// The help of git-docket itself.
pub(super) const TEMPLATE: &str = concat!(
    "{about-with-newline}\n{usage-heading} {usage}\n\n",
    heading!("Begin"),
    "  init         Start a docket in this repository; harmless where there is one
  guide        Print the few steps of working with a docket
  demo         Make a small repository with believable records to look around in
  import       Bring the records of another tracker or an export along
  migrate      Bring a status file along that was kept by hand\n\n",
    heading!("Look"),
    "  status       The docket on one screen
  list         List work items, newest update first
  ready        List the work items you could go on with now
  search       Find work items by words
  query        List the work items for which a condition holds
  tree         Draw work items as trees
  show         Show one record, whole
  export       Write the docket as JSON, CSV, Markdown, a web page or a calendar\n\n",
    heading!("Work"),
    "  add          Add a work item
  update       Change a work item
  note         Say something about a record
  claim        Claim a work item, or the next one that is ready
  release      Give a claimed work item back
  start        Begin a work item
  done         Complete a work item
  block        Say that a work item cannot go on, and why
  cancel       Give a work item up
  reopen       Make a work item pending again
  priority     Give a work item a priority
  edit         Edit the file of a record in your editor
  delete       Delete a record; restore brings it back
  restore      Bring a deleted record back
  archive      Put away what has been over for long
  unarchive    Take work items out of the archive
  batch        Apply many changes in one commit, or none of them\n\n",
    heading!("Share"),
    "  sync         Fetch what others did, merge it by field, and push
  fetch        Ask the remote what is new, and change nothing here
  push         Push what was done here; refused where others were faster
  conflicts    Show and resolve conflicts: values a merge could not keep
  propose      Make changes on a branch of their own, to be reviewed and landed\n\n",
    heading!("Watch"),
    "  vendor       Keep track of vendors: whose documents are read, and how well
  deployment   Keep track of deployments: what went out and what it touched
  enhancement  Keep track of enhancements: what might be built one day\n\n",
    heading!("Look back"),
    "  log          Tell what changed, field by field, who did it and when
  blame        Tell of each field of a record who gave it its value
  changes      Tell what happened since you last looked, record by record
  diff         Tell how the records differ between two commits
  review       Tell what a proposal means for the records, and what is wrong
  stats        Count work items, what gets done in a week, and how long it takes
  render       Print a report in Markdown, or write it to a file
  undo         Take a commit back\n\n",
    heading!("Look after it"),
    "  validate     Check every record and the rules between them
  doctor       Look for what no single command would notice
  index        Look after the indexes, which make reading fast
  repositories List the repositories in the team's database
  config       Read and change settings, and find out where a value comes from
  hook         Let git's hooks link commits to work items
  mcp          Serve coding agents over the Model Context Protocol
  completions  Print what makes your shell complete `git docket`
  man          Print a manual page, or install them all
  help         Say all about a command\n\n",
    heading!("Options"),
    "{options}{after-help}"
);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::{Command, CommandFactory as _};

    use super::*;
    use crate::cli::App;

    /// How wide the help is printed where nobody says.
    const WIDTH: usize = 100;

    fn visible(command: &Command) -> impl Iterator<Item = &Command> {
        command.get_subcommands().filter(|command| !command.is_hide_set())
    }

    #[test]
    fn the_list_has_every_command_once() {
        let listed: Vec<_> = TEMPLATE
            .lines()
            .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
            .collect();
        let mut app = App::command();
        app.build();
        let there: BTreeSet<_> = visible(&app).map(Command::get_name).collect();
        assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), there);
        assert_eq!(listed.len(), there.len());
        assert!(TEMPLATE.lines().all(|line| line.len() <= 80), "it fits a narrow window");
    }

    /// Each command below, with its help as `-h` prints it but for the options all of them take.
    fn helps(command: &mut Command, found: &mut Vec<(String, String)>) {
        let name = command.get_bin_name().unwrap_or_default().replace(' ', "-");
        let help = command.clone().term_width(WIDTH).render_help().to_string();
        let globals = help.split_once("\n\nGlobal options:\n");
        let help = match globals {
            Some((before, after)) => format!(
                "{before}\n\n{}",
                after.split_once("\n\n").map_or("", |(_, after)| after)
            ),
            None => help.clone(),
        };
        found.push((name, help.trim_end().to_owned() + "\n"));
        for command in command.get_subcommands_mut().filter(|command| !command.is_hide_set()) {
            helps(command, found);
        }
    }

    #[test]
    fn every_command_has_help_with_an_example() {
        let mut app = App::command().disable_help_subcommand(true);
        app.build();
        let mut found = Vec::new();
        helps(&mut app, &mut found);
        assert!(found.len() > 30, "the commands were not found");
        let lacking: Vec<_> = found
            .iter()
            .filter(|(_, help)| !help.contains("\nExample"))
            .map(|(name, _)| name)
            .collect();
        assert!(lacking.is_empty(), "no example: {lacking:?}");
        insta::with_settings!({ snapshot_path => "../../tests/cli/snapshots/help", prepend_module_to_snapshot => false, omit_expression => true }, {
            for (name, help) in found {
                insta::assert_snapshot!(name, help);
            }
        });
    }
}
