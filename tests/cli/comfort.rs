//! The guide, and where agents read it; help, manual pages.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::environment::Environment;

fn repository() -> Environment {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one");
    environment
}

#[test]
fn the_guide_is_short() {
    let environment = Environment::without_repository();
    insta::assert_snapshot!(environment.transcript(&["git docket guide"]));
    let guide = environment.shell("git docket guide");
    assert!(guide.len() <= 1024, "{} bytes", guide.len());
    assert_eq!(environment.json("guide")["guide"], guide);
}

#[test]
fn every_command_of_the_guide_works() {
    let environment = repository();
    environment.shell("git docket init && git docket add One");
    let id = environment.json("ready")["items"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    for command in environment
        .shell("git docket guide")
        .split('`')
        .filter(|code| code.starts_with("git docket "))
    {
        let command = command.replace("ID", &id).replace("COMMAND", "list");
        if command != "git docket" && !command.contains(" release ") {
            // Ids of their own: a fixed seed would draw the same one for each.
            environment.shell(&format!("unset DOCKET_SEED; {command}"));
        }
    }
}

#[test]
fn agents_are_told_in_the_files_they_read() {
    let environment = repository();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket init --agents",
        "head -n 3 AGENTS.md; tail -n 1 AGENTS.md",
        "git docket init --agents --json",
        "sed -i 's/claim ID/grab ID/' AGENTS.md && echo mine >> AGENTS.md && git docket init --agents",
        "tail -n 2 AGENTS.md; grep -c grab AGENTS.md",
        "git status --short",
        "git docket init --remove-agents",
        "cat AGENTS.md",
        "git docket init --remove-agents",
        "rm AGENTS.md; git docket init --agents > out && git docket init --remove-agents --json; ls",
        "git docket init --remove-agents",
    ]));
}

#[test]
fn files_that_are_there_are_used() {
    let environment = repository();
    let claude = b"# House rules\r\n\r\nBe kind.";
    environment.write("CLAUDE.md", claude);
    environment.shell("chmod 640 CLAUDE.md && git docket init --agents");
    assert!(!environment.path().join("AGENTS.md").exists());
    let written = fs::read(environment.path().join("CLAUDE.md")).expect("the file is there");
    assert!(written.starts_with(claude) && written.ends_with(b"END git-docket -->\r\n"));
    assert!(
        !String::from_utf8_lossy(&written).replace("\r\n", "").contains('\n'),
        "one kind of line end"
    );
    let mode = fs::metadata(environment.path().join("CLAUDE.md"))
        .expect("the file is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    environment.shell("git docket init --remove-agents");
    assert_eq!(
        fs::read(environment.path().join("CLAUDE.md")).expect("the file is there"),
        claude
    );
}

#[test]
fn one_file_that_refers_to_the_other_is_left_alone() {
    let environment = repository();
    environment.write("CLAUDE.md", "@AGENTS.md\n");
    insta::assert_snapshot!(environment.transcript(&["git docket init --agents", "cat CLAUDE.md"]));
    environment.shell("rm AGENTS.md CLAUDE.md");
    environment.write("AGENTS.md", "# Rules\n");
    symlink("AGENTS.md", environment.path().join("CLAUDE.md")).expect("the link is made");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket -C .git/.. init --agents",
        "grep -c BEGIN CLAUDE.md; readlink CLAUDE.md",
        "git docket init --remove-agents && cat CLAUDE.md",
        "rm AGENTS.md && git docket init --agents && test -L CLAUDE.md && grep -c BEGIN CLAUDE.md",
    ]));
}

#[test]
fn files_that_are_not_understood_are_left_alone() {
    let environment = repository();
    let refused = |files: &str| {
        environment.shell(&format!("rm -rf AGENTS.md CLAUDE.md; {files}"));
        let before = environment.shell("ls -la AGENTS.md CLAUDE.md 2>&1; cat AGENTS.md 2>&1; git config --local -l");
        let transcript = environment.transcript(&["git docket init --agents"]);
        let after = environment.shell("ls -la AGENTS.md CLAUDE.md 2>&1; cat AGENTS.md 2>&1; git config --local -l");
        assert_eq!(before, after, "{files}");
        assert_eq!(environment.shell("git branch --list tracking"), "", "{files}");
        transcript
    };
    let all = [
        "echo '# Rules' > AGENTS.md; echo '<!-- BEGIN git-docket -->' > CLAUDE.md",
        "echo 'evil' > ../outside; ln -s ../outside AGENTS.md",
        "ln -s .git/config AGENTS.md",
        "mkdir AGENTS.md",
        "ln -s nowhere AGENTS.md",
        "printf 'a\\0b' > AGENTS.md",
    ];
    insta::assert_snapshot!(all.map(refused).concat());
    environment.shell("git init -q --bare ../bare.git");
    insta::assert_snapshot!(environment.transcript(&["git docket -C ../bare.git init --agents"]));
}

#[test]
fn a_manual_page_has_what_the_help_has() {
    let environment = Environment::without_repository();
    environment.shell("git docket man --install pages > list && test $(wc -l < list) -gt 30");
    // No warning, on any page.
    insta::assert_snapshot!(environment.transcript(&[
        "for page in pages/*.1; do groff -man -Tutf8 -ww -z $page 2>&1; done",
        "git docket man claim",
        "git docket man claim | cmp - pages/git-docket-claim.1 && git docket man git-docket-claim | cmp - pages/git-docket-claim.1",
        "git docket man | cmp - pages/git-docket.1 && git docket man import-beads | cmp - pages/git-docket-import-beads.1",
        "git docket man --json | head -c 26",
        "git docket man nonsense",
        "git docket man complete",
    ]));
    let page = environment.shell("groff -man -Tutf8 -P-cbu pages/git-docket-update.1");
    for example in environment
        .shell("git docket help update")
        .lines()
        .skip_while(|line| *line != "Examples:")
        .skip(1)
    {
        assert!(page.contains(&format!("\n     {example}\n")), "{example}\n{page}");
    }
}

#[test]
fn manual_pages_are_found() {
    let environment = Environment::without_repository();
    let default = environment.home().join(".local/share/man/man1");
    let installed = environment.json("man --install");
    assert_eq!(installed["directory"].as_str(), default.to_str());
    let files = fs::read_dir(&default).expect("the directory is made").count();
    assert_eq!(installed["files"].as_array().map(Vec::len), Some(files));
    let elsewhere = environment.shell("XDG_DATA_HOME=$HOME/data git docket man --install");
    assert!(elsewhere.contains(" to ") && environment.home().join("data/man/man1/git-docket.1").exists());
    let mode = fs::metadata(default.join("git-docket.1"))
        .expect("the page is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o444, 0o444, "others may read it");
    // Where there is a man that can be asked.
    if environment.run_shell("manpath -q").status.success() {
        assert_eq!(installed["found_by_man"], false);
        environment.shell("mkdir -p ~/.local/bin");
        let told = environment.shell("PATH=$HOME/.local/bin:$PATH git docket man --install");
        assert!(told.ends_with("man finds them: git docket --help\n"), "{told}");
        let page = environment.shell("PATH=$HOME/.local/bin:$PATH MANPAGER=cat git docket --help");
        assert!(page.contains("SYNOPSIS") && page.contains("git docket init"), "{page}");
    }
}

#[test]
fn help_is_there_however_it_is_asked_for() {
    let environment = Environment::without_repository();
    let short = environment.shell("git docket -h");
    assert!(short.contains("\nLook back:\n") && short.lines().count() < 94);
    assert_eq!(
        environment.shell("git docket help").lines().next(),
        short.lines().next()
    );
    let long = environment.shell("git docket help undo");
    assert!(long.contains("is your own last one"), "{long}");
    assert_eq!(environment.shell("git docket undo --help"), long);
    assert!(environment.shell("git-docket --help").contains("are never touched"));
}
