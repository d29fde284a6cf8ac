//! Installing hooks, taking them out again, and leaving those of others alone.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::environment::Environment;

const HOOKS: [&str; 5] = [
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-merge",
    "post-rewrite",
];

fn repository() -> Environment {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one && git docket init && rm -r .git/hooks");
    environment
}

/// Writes a hook file that may be run.
fn hook(environment: &Environment, name: &str, content: impl AsRef<[u8]>) {
    environment.write(&format!(".git/hooks/{name}"), content);
    environment.shell(&format!("chmod 755 .git/hooks/{name}"));
}

/// What is printed, without where the binary under test lies.
fn transcript(environment: &Environment, lines: &[&str]) -> String {
    environment
        .transcript(lines)
        .replace(env!("CARGO_BIN_EXE_git-docket"), "[BINARY]")
}

/// The names, permissions and bytes of all hook files.
fn hooks(environment: &Environment) -> Vec<(String, u32, Vec<u8>)> {
    let Ok(files) = fs::read_dir(environment.path().join(".git/hooks")) else {
        return Vec::new();
    };
    let mut files: Vec<_> = files
        .map(|file| {
            let file = file.expect("an entry");
            let mode = file.metadata().expect("the mode").permissions().mode();
            let bytes = fs::read(file.path()).expect("the file is readable");
            (file.file_name().to_string_lossy().into_owned(), mode, bytes)
        })
        .collect();
    files.sort();
    files
}

fn states(environment: &Environment) -> Vec<String> {
    let status = environment.json("hook status");
    let hooks = status["hooks"].as_array().expect("a list").iter();
    hooks
        .map(|hook| hook["state"].as_str().expect("a state").to_owned())
        .collect()
}

#[test]
fn a_life_of_the_hook_files() {
    let environment = repository();
    insta::assert_snapshot!(transcript(
        &environment,
        &[
            "git docket hook status",
            "git docket hook install",
            "git docket hook install",
            "ls -l .git/hooks | cut -c1-10 | sort -u",
            "cat .git/hooks/commit-msg",
            "cat .git/hooks/post-rewrite",
            "git docket hook status",
            "git docket hook status --json",
            "git config --get-regexp 'hook' ; git status --porcelain",
            "git docket hook uninstall",
            "git docket hook uninstall",
            "ls .git/hooks",
        ]
    ));
}

#[test]
fn the_index_is_there_before_the_first_commit() {
    let environment = repository();
    environment.shell("git docket add One && rm -rf .git/docket");
    assert_eq!(environment.json("index status")["state"], "missing");
    environment.shell("git docket hook install");
    assert_eq!(environment.json("index status")["state"], "current");
}

#[test]
fn every_byte_of_others_stays() {
    let environment = repository();
    let scripts: [&[u8]; 5] = [
        b"#!/bin/sh\necho there",
        b"#!/bin/sh",
        b"#!/bin/bash -e\necho a\r\necho b\r\n",
        b"#!/usr/bin/env bash\n\xff\xfe\0\nexit 0\n",
        b"#!/bin/sh\n",
    ];
    for (name, script) in HOOKS.iter().zip(scripts) {
        hook(&environment, name, script);
    }
    environment.shell("chmod 700 .git/hooks/commit-msg");
    hook(&environment, "pre-push", "#!/bin/sh\nexit 0\n");
    let before = hooks(&environment);
    environment.shell("git docket hook install");
    assert_eq!(states(&environment), ["installed"; 5]);
    let installed = hooks(&environment);
    assert!(
        installed != before && installed.len() == 6,
        "and nothing else is left there"
    );
    for ((_, mode, _), (_, as_before, _)) in installed.iter().zip(&before) {
        assert_eq!(mode, as_before);
    }
    environment.shell("git docket hook install");
    assert_eq!(hooks(&environment), installed);
    environment.shell("sed -i 's/^docket=/docket_old=/' .git/hooks/*");
    assert_eq!(states(&environment), ["outdated"; 5]);
    environment.shell("git docket hook install");
    assert_eq!(hooks(&environment), installed);
    environment.shell("git docket hook uninstall");
    assert_eq!(hooks(&environment), before);
}

#[test]
fn what_others_do_in_their_hooks_goes_on() {
    let environment = repository();
    let id = environment.json("add Cache --branch main")["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    hook(
        &environment,
        "prepare-commit-msg",
        "#!/bin/sh -eu\necho prepared $2 >> ../ran\nexit 0\n",
    );
    hook(
        &environment,
        "commit-msg",
        "#!/bin/sh\nexec sed -i 's/teh/the/' \"$1\"\n",
    );
    hook(
        &environment,
        "post-commit",
        "#!/bin/bash\nset -euo pipefail\necho committed >> ../ran\n",
    );
    hook(
        &environment,
        "post-rewrite",
        "#!/bin/sh\nwhile read old new; do echo \"$1 $new\" >> ../ran; done\n",
    );
    let run = "git commit -q --allow-empty -m 'teh cache' && git commit -q --amend --allow-empty --no-edit";
    let amended = || {
        environment.shell(&format!("rm -f ../ran; {run}"));
        let ran = environment.shell("cat ../ran");
        let head = environment.shell("git rev-parse HEAD");
        assert_eq!(
            ran,
            format!("prepared message\ncommitted\nprepared commit\ncommitted\namend {head}")
        );
        environment.shell("git log -1 --format=%s%n%b").trim().to_owned()
    };
    assert_eq!(amended(), "the cache");
    environment.shell("git docket hook install");
    assert_eq!(amended(), format!("the cache\nWork-Item: {}", &id[..8]));
    assert_eq!(
        environment.json(&format!("show {id}"))["commits"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    // Without the program, on the path and where it was, everything else is as it was.
    let gone = "sed -i \"s|command -v '/.*'|command -v '/nowhere/it'\\\\\\\\''s gone'|\" .git/hooks/*";
    environment.shell(gone);
    let without = "export PATH=/usr/local/bin:/usr/bin:/bin;";
    let commit = environment.run_shell(&format!(
        "{without} command -v git-docket || {{ rm -f ../ran; {run}; }}"
    ));
    assert!(commit.status.success(), "{commit:?}");
    assert_eq!(String::from_utf8_lossy(&commit.stderr), "");
    assert!(environment.shell("cat ../ran").contains("amend "));
    assert_eq!(environment.shell("git log -1 --format=%B").trim(), "the cache");
}

#[test]
fn a_refusal_is_the_only_thing_that_ends_a_hook() {
    let environment = repository();
    environment.shell("git docket hook install && git config docket.hooks.strict true");
    let wrong = "git commit -q --allow-empty -m 'x\n\nWork-Item: nothing'";
    assert!(!environment.run_shell(wrong).status.success());
    // A program that fails in any other way is none of the user's business.
    for code in ["1", "2", "101", "126"] {
        environment.write("../bin/git-docket", format!("#!/bin/sh\nexit {code}\n"));
        let output = environment.run_shell(&format!(
            "chmod +x ../bin/git-docket; PATH=\"$HOME/bin:$PATH\"; {wrong}"
        ));
        assert!(output.status.success(), "{code}");
    }
}

#[test]
fn hooks_that_others_look_after_are_left_alone() {
    let environment = repository();
    hook(&environment, "post-commit", "#!/usr/bin/env python3\n");
    environment.shell("ln -s ../../elsewhere .git/hooks/post-merge && echo 'exit 0' > .git/hooks/commit-msg && printf '#!/bin/sh\\n' > .git/hooks/post-rewrite");
    insta::assert_snapshot!(
        "hooks_of_others",
        transcript(&environment, &["git docket hook install"])
    );
    let managers = [
        (
            "husky",
            "mkdir -p .husky/_ && git config core.hooksPath .husky/_",
            "git config --unset core.hooksPath",
        ),
        ("lefthook", "touch lefthook.yml", "rm lefthook.yml"),
        (
            "pre-commit",
            "touch .pre-commit-config.yaml && printf '#!/usr/bin/env bash\\n# File generated by pre-commit: https://pre-commit.com\\n' > .git/hooks/pre-commit",
            "rm .pre-commit-config.yaml",
        ),
        (
            "core.hooksPath",
            "mkdir ../team && git config --global core.hooksPath ../team",
            "git config --global --unset core.hooksPath",
        ),
    ];
    environment.shell("rm -r .git/hooks && mkdir .git/hooks");
    for (name, begin, end) in managers {
        environment.shell(begin);
        let before = hooks(&environment);
        let transcript = transcript(&environment, &["git docket hook install"]);
        insta::assert_snapshot!(format!("managed_by_{name}"), transcript);
        assert_eq!(states(&environment), ["not_called"; 5], "{name}");
        assert_eq!(hooks(&environment), before, "{name}");
        assert_eq!(
            environment
                .shell("ls ../team .husky/_ 2>/dev/null | grep -v : || true")
                .trim(),
            ""
        );
        // What is printed for a place works there.
        let answer = environment.json("hook install");
        for paste in answer["paste"].as_array().expect("a list") {
            let file = paste["file"].as_str().expect("a file");
            environment.write("../paste", paste["lines"].as_str().expect("lines"));
            environment.shell(&format!("cat ../paste >> '{file}'"));
        }
        assert_eq!(states(&environment), ["called"; 5], "{name}");
        environment.shell(&format!("{end}; rm -rf .git/hooks && mkdir .git/hooks"));
    }
    environment.shell("git config core.hooksPath .git/hooks && git docket hook install");
    assert_eq!(states(&environment), ["installed"; 5], "the usual place is nobody's");
}

#[test]
fn what_is_printed_for_husky_links_commits() {
    let environment = repository();
    let id = environment.json("add Cache --branch main")["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    // What husky does, in short.
    environment.shell("mkdir -p .husky/_ && git config core.hooksPath .husky/_");
    for name in HOOKS {
        environment.write(
            &format!(".husky/_/{name}"),
            "#!/bin/sh\nsh -e \".husky/$(basename \"$0\")\" \"$@\"\n",
        );
        environment.shell(&format!("chmod +x .husky/_/{name}"));
    }
    for paste in environment.json("hook install")["paste"].as_array().expect("a list") {
        environment.write(
            paste["file"].as_str().expect("a file"),
            paste["lines"].as_str().expect("lines"),
        );
    }
    environment.shell("git commit -q --allow-empty -m one && git commit -q --amend --allow-empty -m two");
    let head = environment.shell("git rev-parse HEAD");
    assert_eq!(
        environment.json(&format!("show {id}"))["commits"],
        serde_json::json!([head.trim()])
    );
}

#[test]
fn where_there_is_nothing_to_hook_into() {
    let environment = Environment::without_repository();
    insta::assert_snapshot!(transcript(
        &environment,
        &[
            "git docket hook install",
            "git init -q --bare bare.git",
            "git docket -C bare.git hook install",
            "git docket -C bare.git hook status --json",
            "git init -q .",
            "git docket hook install",
        ]
    ));
}
