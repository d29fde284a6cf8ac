#!/bin/sh
# What sharing a docket costs: one commit through a bare repository beside plain `git push` and `git fetch`, and a merge
# of records that both sides changed.
#
#   benches/sharing.sh [ITEMS] [CHANGED]     needs python3; 10,000 items, of which 1,000 are changed on both sides
#
# Prints the medians in milliseconds and their ratio, which holds also where the machine is busy.
set -eu
cd "$(dirname "$0")/.."
if [ -z "${DOCKET:-}" ]; then
    cargo build --release --quiet
    DOCKET=${CARGO_TARGET_DIR:-$PWD/target}/release/git-docket
fi
export DOCKET
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
exec python3 - "${1:-10000}" "${2:-1000}" <<'PYTHON'
import json, os, statistics, subprocess, sys, time

items, changed = int(sys.argv[1]), int(sys.argv[2])
docket = os.environ["DOCKET"]
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def run(*command, **options):
    subprocess.run(command, check=True, **{**quiet, **options})


def timed(*command):
    start = time.perf_counter()
    run(*command)
    return (time.perf_counter() - start) * 1000


def batch(clone, lines):
    text = "".join(json.dumps(line) + "\n" for line in lines)
    run(docket, "-C", clone, "batch", input=text.encode())


run("git", "init", "-q", "--bare", "hub.git")
for clone in ("ana", "ben"):
    run("git", "clone", "-q", "hub.git", clone)
    run("git", "-C", clone, "config", "user.name", clone)
    run("git", "-C", clone, "config", "user.email", f"{clone}@example.com")
run(docket, "-C", "ana", "init")
batch("ana", [{"op": "create_work_item", "item_type": "task", "title": f"Item {n}", "labels": ["a"], "body": "Text. " * 40} for n in range(items)])
for clone in ("ana", "ben"):
    run(docket, "-C", clone, "sync")

ours, plain = [], []
for number in range(25):
    run(docket, "-C", "ana", "add", f"One more {number}")
    ours.append(timed(docket, "-C", "ana", "sync") + timed(docket, "-C", "ben", "sync"))
    run(docket, "-C", "ana", "add", f"And another {number}")
    plain.append(
        timed("git", "-C", "ana", "push", "-q", "origin", "tracking")
        + timed("git", "-C", "ben", "fetch", "-q", "origin", "tracking:tracking")
    )
ours, plain = statistics.median(ours), statistics.median(plain)
print(f"one commit, there and back: sync {ours:.1f} ms, git push and git fetch {plain:.1f} ms: {ours / plain:.2f} times")

names = subprocess.run(["git", "-C", "ana", "ls-tree", "-r", "--name-only", "tracking", ".tracking/work-items"], check=True, capture_output=True, text=True).stdout.split()
ids = [name.split("/")[-1][:-3] for name in names[:changed]]
for clone, fields in (("ana", {"priority": "high", "add_labels": ["ana"]}), ("ben", {"status": "active", "add_labels": ["ben"]})):
    batch(clone, [{"op": "update_work_item", "id": id, **fields, **({"title": f"{clone} {n}"} if n % 10 == 0 else {})} for n, id in enumerate(ids)])
run(docket, "-C", "ana", "sync")
print(f"{changed} records of {items} changed on both sides, a tenth of them in the same field: sync {timed(docket, '-C', 'ben', 'sync'):.0f} ms")
PYTHON
