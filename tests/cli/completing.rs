//! Completion, in the shells themselves.

use std::process::Stdio;

use crate::environment::Environment;

/// A docket whose records do their worst.
fn docket() -> Environment {
    let environment = Environment::new();
    environment.fixture("beads.jsonl", "issues.jsonl");
    environment.shell("git docket init && git docket import beads issues.jsonl && rm issues.jsonl");
    let mut add = environment.command("git-docket");
    add.args([
        "add",
        "Evil $(touch pwned) `touch pwned`; \"q\" 'q' : {x,y} %s \\n",
        "--status",
        "active",
    ]);
    add.args(["--label", "$(touch pwned)", "--label", "a b", "--label", "area:ui"]);
    add.args(["--assignee", "Bo; touch pwned"]).env("DOCKET_SEED", "evil");
    assert!(add.output().expect("it runs").status.success());
    environment
}

/// The short id of the evil one.
fn evil(environment: &Environment) -> String {
    let list = environment.json("list --label area:ui");
    list["items"][0]["id"].as_str().expect("an id")[..8].to_owned()
}

fn asked(environment: &Environment, shell: &str, words: &[&str]) -> String {
    let mut command = environment.command("git-docket");
    let output = command
        .args(["complete", "--shell", shell, "--", "git-docket"])
        .args(words);
    let output = output.output().expect("it runs");
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{words:?}: {output:?}"
    );
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn each_argument_takes_what_there_is() {
    let environment = docket();
    let id = evil(&environment);
    let values = |words: &[&str]| -> Vec<String> {
        let lines = asked(&environment, "fish", words);
        lines
            .lines()
            .map(|line| line.split('\t').next().unwrap_or(line).to_owned())
            .collect()
    };
    assert!(values(&["show", ""]).contains(&id));
    assert_eq!(values(&["show", &id[..6]]), [id.as_str()]);
    assert_eq!(
        values(&["done", "tea-1."]),
        ["tea-1.2", "tea-1.1"],
        "those updated last first"
    );
    assert_eq!(values(&["list", "--parent", "tea-1.2"]), ["tea-1.2"]);
    assert_eq!(
        values(&["update", &id, "--link", "relates-to=tea-1.1"]),
        ["relates-to=tea-1.1"]
    );
    assert_eq!(
        values(&["add", "x", "--depends-on", "tea-1.1,tea-1.2"]),
        ["tea-1.1,tea-1.2"]
    );
    assert_eq!(values(&["update", &id, "--status", "bl"]), ["blocked"]);
    assert_eq!(values(&["list", "--status", "pending,a"]), ["pending,active"]);
    assert_eq!(values(&["add", "--type=re"]), ["--type=research"]);
    assert_eq!(values(&["priority", &id, ""]), ["high", "medium", "low"]);
    assert_eq!(values(&["list", "--label", "a"]), ["a b", "area:ui"]);
    assert_eq!(values(&["list", "--assignee", "Bo"]), ["Bo; touch pwned"]);
    assert_eq!(values(&["completions", ""]), ["bash", "zsh", "fish"]);
    assert_eq!(values(&["import", "be"]), ["beads"]);
    environment.shell("mkdir other && touch otherwise");
    assert_eq!(values(&["import", "git-bug", "oth"]), ["other/"]);
    assert_eq!(values(&["render", "de"]), ["deployment", "dependency_graph"]);
    assert!(values(&["comp"]).contains(&"completions".to_owned()));
    assert!(!values(&[""]).contains(&"complete".to_owned()), "it is hidden");
    assert!(values(&["restore", &id[..6]]).is_empty(), "it is not deleted");
    environment.shell(&format!("git docket delete {id}"));
    assert_eq!(values(&["restore", &id[..6]]), [id.as_str()]);
    assert!(values(&["show", &id[..6]]).is_empty());
}

#[test]
fn nothing_is_said_where_nothing_is_known() {
    let environment = Environment::without_repository();
    environment.shell("git init -q ../empty && git init -q ../broken && echo x > ../broken/.git/refs/heads/tracking");
    for before in [
        &[][..],
        &["-C", "../empty"],
        &["-C", "../nowhere"],
        &["-C", "../broken"],
        &["--ref", "bad name"],
    ] {
        assert_eq!(
            asked(&environment, "bash", &[before, &["show", "3"]].concat()),
            "",
            "{before:?}"
        );
        assert_eq!(
            asked(&environment, "bash", &[before, &["list", "--status", "a"]].concat()),
            "active \n",
            "{before:?}"
        );
    }
    assert_eq!(asked(&environment, "bash", &[]), "");
    assert_eq!(asked(&environment, "bash", &["nonsense", "--nonsense", "x", "3"]), "");
    // A key that is pressed starts no docket.
    environment.shell("git init -q ../one && cd ../one && git commit -q --allow-empty -m one && git docket init && git clone -q . ../clone");
    assert_eq!(asked(&environment, "fish", &["-C", "../clone", "show", "3"]), "");
    assert_eq!(environment.shell("git -C ../clone branch --list tracking"), "");
}

/// Completes a line in bash, by the function that is registered for its first word.
fn bash(environment: &Environment, sourced: &str, line: &str, words: &str) -> Vec<String> {
    let script = format!(
        "{sourced}
        source <(git docket completions bash)
        COMP_LINE=$1 COMP_POINT=${{#1}} COMP_TYPE=9 COMP_WORDS=({words})
        COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        registered=$(complete -p \"${{COMP_WORDS[0]}}\")
        [[ $registered =~ -F\\ ([^ ]+) ]] && \"${{BASH_REMATCH[1]}}\" 2>/dev/null
        ((${{#COMPREPLY[@]}} == 0)) || printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let mut command = environment.command("bash");
    let output = command
        .args(["--norc", "-c", &script, "bash", line])
        .output()
        .expect("bash runs");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(ToOwned::to_owned).collect()
}

#[test]
fn bash_completes() {
    let environment = docket();
    let id = evil(&environment);
    let prefix = &id[..6];
    let gits = "source /usr/share/bash-completion/completions/git";
    for (sourced, program) in [
        ("", "git-docket"),
        ("", "git docket"),
        (gits, "git docket"),
        (gits, "git-docket"),
    ] {
        let line = |rest: &str, words: &str| {
            bash(
                &environment,
                sourced,
                &format!("{program} {rest}"),
                &format!("{program} {words}"),
            )
        };
        assert_eq!(
            line(&format!("show {prefix}"), &format!("show {prefix}")),
            [format!("{id} ")]
        );
        assert_eq!(line("list --status=bl", "list --status = bl"), ["blocked "]);
        assert_eq!(line("list --label area:", "list --label area :"), ["ui "]);
        assert_eq!(line("list --label $", "list --label '$'"), ["\\$\\(touch\\ pwned\\) "]);
        assert_eq!(
            line("list --assignee Bo", "list --assignee Bo"),
            ["Bo\\;\\ touch\\ pwned "]
        );
        let all = line("show ", "show ''");
        assert!(
            all.iter()
                .any(|line| line.starts_with(&format!("{id}  (Evil $(touch pwned) "))),
            "{all:?}"
        );
        assert!(
            all.iter().any(|line| line.starts_with("tea-1.2")) && all.iter().all(|line| !line.contains('\u{1b}')),
            "{all:?}"
        );
    }
    let elsewhere = environment.home().display().to_string();
    for (sourced, program) in [("", "git-docket"), ("", "git"), (gits, "git")] {
        let (before, after) = if program == "git" {
            (" -C project", " docket")
        } else {
            ("", " -C project")
        };
        let words = format!("{program}{before}{after} show {prefix}");
        let found = bash(&environment, &format!("cd '{elsewhere}'\n{sourced}"), &words, &words);
        assert_eq!(found, [format!("{id} ")], "{words}");
    }
    assert!(
        bash(&environment, gits, "git chec", "git chec").contains(&"checkout ".to_owned()),
        "git's own goes on"
    );
    assert!(!environment.path().join("pwned").exists());
}

#[test]
fn fish_completes() {
    let environment = docket();
    let id = evil(&environment);
    let complete = |line: &str| {
        let mut command = environment.command("fish");
        let script = format!("git docket completions fish | source; complete -C {}", quoted(line));
        let output = command.args(["-c", &script]).output().expect("fish runs");
        String::from_utf8(output.stdout).expect("text")
    };
    for program in ["git docket", "git-docket", "git -C . docket"] {
        let found = complete(&format!("{program} show {}", &id[..6]));
        assert!(
            found.starts_with(&format!("{id}\tEvil $(touch pwned) ")) && found.lines().count() == 1,
            "{found:?}"
        );
        assert_eq!(complete(&format!("{program} list --status=bl")), "--status=blocked\n");
        assert_eq!(complete(&format!("{program} list --label a")), "a b\narea:ui\n");
    }
    assert_eq!(complete("git docket list --label \"a "), "a b\n");
    assert!(complete("git chec").contains("checkout"), "git's own goes on");
    assert!(!environment.path().join("pwned").exists());
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Types a line into an interactive zsh and presses the key; tells what the line is then.
const ZSH: &str = r#"
zmodload zsh/zpty
zpty -b z 'zsh -f -i'
wait_for() {
    local out all=
    repeat 2000; do
        if zpty -r -t z out 2>/dev/null; then all+=$out; else sleep 0.01; fi
        [[ $all == *$1* ]] && break
    done
    print -r -- "$all"
}
zpty -w z 'PS1=; autoload -Uz compinit && compinit -u -D; source <(git docket completions zsh); LISTMAX=1000
_say() { print -r -- "LINE<$BUFFER>END" }; zle -N _say; bindkey "^O" _say; print REA"DY"'
wait_for READY >/dev/null
zpty -w -n z "$1"$'\t\C-o'
wait_for '>END'
zpty -d z
"#;

#[test]
fn zsh_completes() {
    let environment = docket();
    let id = evil(&environment);
    let prefix = &id[..6];
    let press = |line: &str| {
        let mut command = environment.command("zsh");
        command
            .args(["-f", "-c", ZSH, "zsh", line])
            .env("TERM", "dumb")
            .stderr(Stdio::null());
        let text = String::from_utf8_lossy(&command.output().expect("zsh runs").stdout).into_owned();
        let line = text.rsplit_once("LINE<").and_then(|(_, line)| line.split_once(">END"));
        (line.map(|(line, _)| line.to_owned()).unwrap_or_default(), text)
    };
    for program in ["git docket", "git-docket", "git -C . docket", "git-docket -C ."] {
        assert_eq!(
            press(&format!("{program} show {prefix}")).0,
            format!("{program} show {id} ")
        );
    }
    assert_eq!(
        press("git docket list --status=bl").0,
        "git docket list --status=blocked "
    );
    assert_eq!(
        press("git docket list --label \\$").0,
        "git docket list --label \\$\\(touch\\ pwned\\) "
    );
    assert_eq!(
        press("git docket list --label area:").0,
        "git docket list --label area:ui "
    );
    let (line, screen) = press("git docket show ");
    assert_eq!(line, "git docket show ");
    assert!(screen.contains(&format!("{id}  -- Evil $(touch pwned) ")), "{screen:?}");
    assert!(!environment.path().join("pwned").exists());
}

#[test]
fn the_scripts_are_as_their_shells_want_them() {
    let environment = Environment::without_repository();
    for shell in ["bash", "zsh", "fish"] {
        environment.shell(&format!("git docket completions {shell} > script && {shell} -n script"));
        assert_eq!(
            environment.json(&format!("completions {shell}"))["script"],
            environment.shell("cat script")
        );
    }
}
