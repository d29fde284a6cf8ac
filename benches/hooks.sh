#!/bin/sh
# What the hooks add to a commit: without them, with them where there is nothing to link, and with an item claimed, so that
# the message gets its trailer, which is checked, and the commit is linked.
#
#   benches/hooks.sh [ITEMS]     needs hyperfine and python3; default: 10,000 items
#
# Prints the medians in milliseconds.
set -eu
cd "$(dirname "$0")/.."
if [ -z "${DOCKET:-}" ]; then
    cargo build --release --quiet
    DOCKET=${CARGO_TARGET_DIR:-$PWD/target}/release/git-docket
fi
# Hooks find it by its name.
PATH=$(dirname "$DOCKET"):$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

git init -q .
git config user.name Ana
git config user.email ana@example.com
git commit -q --allow-empty -m First
git docket init > made
python3 -c "
import json
for number in range(${1:-10000}):
    print(json.dumps({'op': 'create_work_item', 'item_type': 'task', 'title': f'Item {number}', 'body': 'Some text. ' * 20}))
" | git docket batch > made
# Hooks ask the index as it stands; without one, they read the records.
git docket list > made

measure() {
    hyperfine -N --style none --warmup 3 --runs 50 --export-json result 'git commit -q --allow-empty -m Why' > made
    python3 -c "
import json
print('%-48s %6.1f ms' % ('$1', json.load(open('result'))['results'][0]['median'] * 1000))
"
}

measure 'without hooks'
git docket hook install > made
git commit -q --allow-empty -m Why
measure 'with hooks, nothing to link'
git docket claim > made
measure 'with hooks, one item claimed: trailer and link'
git log -1 --format=%B | grep -q '^Work-Item: ' || { echo 'there is no trailer' >&2; exit 1; }
