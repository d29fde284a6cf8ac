#!/bin/sh
# The same five commands by git docket and by other trackers, each on so many items of its own, in one run.
#
#   benches/peers.sh [SIZE]     needs hyperfine, jq and python3; default size: 1000
#
# Whoever is not on the PATH is left out, and named. As they were had for the figures in docs/performance.md:
#
#   apt-get install taskwarrior fossil              Taskwarrior 2.6.2, Fossil 2.21
#   npm install backlog.md@1.52.0                   the program itself is in node_modules/backlog.md-linux-x64
#   cargo install balls --version 0.5.13 --locked
#   cargo install radicle-cli --version 0.23.0 --locked
#   make install PREFIX=…                           git-issue, the shell script, in a clone of its repository
#
# An item has a title, 200 letters of text and one of ten labels; 70 of a hundred are open. What has commits makes one
# for each write: Backlog.md is told to. Whole processes, as a person or an agent starts them. Prints medians in
# milliseconds, and how many times what git docket took.
set -eu
cd "$(dirname "$0")/.."
size=${1:-1000}
cargo build --release --quiet
docket=${CARGO_TARGET_DIR:-$PWD/target}/release/git-docket
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work/home" USER=ana TASKRC="$work/taskrc" GIT_CONFIG_NOSYSTEM=1
mkdir "$HOME"
git config --global user.name Ana
git config --global user.email ana@example.com
git config --global init.defaultBranch main

# All items as lines of JSON: title, body, label, whether it is over.
python3 - "$size" > "$work/items" <<'ITEMS'
import json, sys
for number in range(int(sys.argv[1])):
    print(json.dumps({"number": number + 1, "title": f"Item {number + 1} of the vendor",
                      "body": "The extractor of the vendor has a layout. " * 5, "label": f"label{number % 10}",
                      "over": number % 10 >= 7}))
ITEMS

repository() {
    git init -q "$work/$1"
    git -C "$work/$1" commit -q --allow-empty -m start
    cd "$work/$1"
}

# measure NAME ADD LIST LABEL SHOW UPDATE: in the directory where its items are; `-` for what it does not have.
measure() {
    name=$1
    shift
    for what in add list label show update; do
        if [ "$1" != - ]; then
            hyperfine --style none --warmup 2 --runs "${RUNS:-15}" --export-json "$work/result" "$1" >/dev/null 2>"$work/error" || {
                echo "$name: $what failed: $(tail -n 1 "$work/error")" >&2
                exit 1
            }
            jq -r --arg name "$name" --arg what "$what" '"\($name)\t\($what)\t\(.results[0].median * 1000)"' "$work/result" >> "$work/table"
        fi
        shift
    done
}

there() {
    command -v "$1" >/dev/null || {
        echo "left out: $1 is not on the PATH" >&2
        return 1
    }
}

repository docket
"$docket" init >/dev/null
jq -c '{op: "create_work_item", item_type: "task", title, body, labels: [.label], status: (if .over then "completed" else "pending" end)}' \
    "$work/items" | "$docket" batch >/dev/null
id=$("$docket" search '"Item 501 of"' --json | jq -r '.items[0].id')
measure "git docket" "$docket add Hello --label label3" "$docket list --status pending --limit $size" "$docket list --label label3 --limit $size" \
    "$docket show $id" "$docket update $id --title \"Item \$\$\""

if there task; then
    mkdir "$work/task" && cd "$work/task"
    printf 'data.location=%s\nconfirmation=no\n' "$work/task" > "$TASKRC"
    jq -c '{description: .title, tags: [.label], entry: "20250101T000000Z", annotations: [{entry: "20250101T000000Z", description: .body}]}
        + (if .over then {status: "completed", end: "20250102T000000Z"} else {status: "pending"} end)' "$work/items" | task import >/dev/null 2>&1
    measure Taskwarrior "task add Hello +label3" "task list" "task +label3 list" "task 300 info" "task 300 modify \"Item \$\$\""
fi

if there fossil; then
    mkdir "$work/fossil" && cd "$work/fossil"
    fossil init f -A ana >/dev/null
    jq -r '"\(.title)\t\(.body)\t\(.label)\t\(if .over then "Closed" else "Open" end)"' "$work/items" | while IFS="$(printf '\t')" read -r title body label status; do
        fossil ticket add title "$title" comment "$body" subsystem "$label" status "$status" -R f >/dev/null
    done
    id=$(fossil sql -R f "SELECT tkt_uuid FROM ticket WHERE title = 'Item 501 of the vendor'" | tr -d "'")
    measure Fossil "fossil ticket add title Hello comment Text subsystem label3 status Open -R f" "fossil ticket show 1 \"status='Open'\" -R f" \
        "fossil ticket show 1 \"subsystem='label3'\" -R f" "fossil ticket history $id -R f" "fossil ticket set $id title \"Item \$\$\" -R f"
fi

if there bl; then
    repository balls
    bl prime >/dev/null 2>&1
    first=$(bl create "Item 0" --tag label3)
    bl show "$first" --json > "$work/ball"
    jq -c --slurpfile ball "$work/ball" 'select(.over | not) | ($ball[0] | if type == "array" then .[0] else . end)
        + {id: "bl-\(100000 + .number)", title, body, tags: [.label]}' "$work/items" | jq -s . | bl import >/dev/null
    measure balls "bl create Hello --tag label3" "bl list" "bl list --tag label3" "bl show bl-100501" "bl update bl-100501 --title \"Item \$\$\""
fi

if there backlog; then
    repository backlog
    backlog init P --defaults --agent-instructions none >/dev/null 2>&1
    backlog config set autoCommit true >/dev/null
    backlog config set remoteOperations false >/dev/null
    python3 - "$work/items" <<'TASKS'
import json, sys
for line in open(sys.argv[1]):
    item = json.loads(line)
    status = "Done" if item["over"] else "To Do"
    with open(f"backlog/tasks/task-{item['number']} - {item['title'].replace(' ', '-')}.md", "w") as file:
        file.write(f"""---
id: TASK-{item['number']}
title: {item['title']}
status: {status}
assignee: []
created_date: '2025-01-01 00:00'
labels:
  - {item['label']}
dependencies: []
---

## Description

<!-- SECTION:DESCRIPTION:BEGIN -->
{item['body']}
<!-- SECTION:DESCRIPTION:END -->
""")
TASKS
    git add -A && git commit -qm seed
    measure Backlog.md "backlog task create Hello -l label3" "backlog task list -s 'To Do' --plain" "backlog task list -l label3 --plain" \
        "backlog task 501 --plain" "backlog task edit 501 -t \"Item \$\$\""
fi

if there rad; then
    repository rad
    export RAD_HOME="$work/radicle" RAD_PASSPHRASE=""
    rad auth --alias ana >/dev/null 2>&1
    rad init --name n --description d --default-branch main --public --no-confirm --no-seed >/dev/null 2>&1
    jq -r '"\(.title)\t\(.body)\t\(.label)"' "$work/items" | while IFS="$(printf '\t')" read -r title body label; do
        rad issue open --title "$title" --description "$body" --labels "$label" --no-announce -q </dev/null
    done
    # All are open: to close one is a command more for each.
    id=$(rad issue list | sed -n 's/.* \([0-9a-f]\{7\}\) *Item 501 of.*/\1/p')
    measure Radicle "rad issue open --title Hello --description Text --labels label3 --no-announce -q" "rad issue list" - "rad issue show $id" \
        "rad issue edit $id --title \"Item \$\$\" --description Text --no-announce -q"
fi

# The shell script; there is another program of that name.
if there git-issue && git issue help 2>&1 | grep -q 'usage: git issue'; then
    repository issues
    git issue init >/dev/null
    jq -r '"\(.title)\t\(.label)\t\(.over)"' "$work/items" | while IFS="$(printf '\t')" read -r title label over; do
        id=$(git issue new -s "$title" | sed -n 's/Added issue //p')
        git issue tag "$id" "$label" >/dev/null
        if [ "$over" = true ]; then git issue close "$id" >/dev/null; fi
        [ "$title" != "Item 501 of the vendor" ] || echo "$id" > "$work/issue"
    done
    id=$(cat "$work/issue")
    measure "git-issue (shell)" "git issue new -s Hello" "git issue list" "git issue list label3" "git issue show $id" "git issue tag $id \"tag\$\$\""
fi

python3 - "$work/table" "$size" <<'TABLE'
import sys
rows = {}
for line in open(sys.argv[1]):
    name, what, took = line.rstrip("\n").split("\t")
    rows.setdefault(name, {})[what] = float(took)
ours = rows["git docket"]
columns = ["add", "list", "label", "show", "update"]
print(f"{sys.argv[2]} items; medians in ms, and times git docket's")
print("| | " + " | ".join(columns) + " |")
print("|---" * 6 + "|")
for name, took in rows.items():
    cells = [f"{took[c]:.1f} ({took[c] / ours[c]:.1f})" if c in took else "-" for c in columns]
    print(f"| {name} | " + " | ".join(cells) + " |")
TABLE
