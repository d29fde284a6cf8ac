#!/bin/sh
# Whole commands on dockets of several sizes, beside git's own plumbing for the same commit and beside `git rev-parse`.
#
#   benches/processes.sh [SIZES…]     needs hyperfine and python3; default sizes: 100 1000 10000
#
# Prints the medians in milliseconds and their ratios, which hold also where the machine is busy.
set -eu
cd "$(dirname "$0")/.."
cargo build --release --quiet
docket=${CARGO_TARGET_DIR:-$PWD/target}/release/git-docket
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/plumbing" <<'PLUMBING'
#!/bin/sh
# One new file on the tracking branch, as git's own commands make it.
set -e
export GIT_INDEX_FILE=.git/plumbing-index
tip=$(git rev-parse refs/heads/tracking)
blob=$(git hash-object -w --stdin < "$1/record.md")
rm -f "$GIT_INDEX_FILE"
git read-tree "$tip"
id=$(cat /proc/sys/kernel/random/uuid)
git update-index --add --cacheinfo "100644,$blob,.tracking/work-items/$(echo "$id" | cut -c1-2)/$id.md"
commit=$(git commit-tree -m add -p "$tip" "$(git write-tree)")
git update-ref refs/heads/tracking "$commit" "$tip"
PLUMBING
chmod +x "$work/plumbing"
printf -- '---\nschema: work-item/1\n---\n' > "$work/record.md"

for size in ${*:-100 1000 10000}; do
    repository=$work/$size
    git init -q "$repository"
    git -C "$repository" config user.name Ana
    git -C "$repository" config user.email ana@example.com
    "$docket" -C "$repository" init > /dev/null
    python3 -c "
import json
for number in range($size):
    print(json.dumps({'op': 'create_work_item', 'item_type': 'task', 'title': f'Item {number}', 'labels': ['a', 'b'], 'body': 'Some text about the item. ' * 12}))
" > "$work/lines"
    start=$(date +%s%N)
    "$docket" -C "$repository" batch < "$work/lines" > /dev/null
    echo "$size items: made by batch in $((($(date +%s%N) - start) / 1000000)) ms"
    cp -r "$repository" "$repository-plumbing"
    cp -r "$repository" "$repository-update"
    id=$(git -C "$repository" ls-tree -r --name-only tracking .tracking/work-items | head -n $((size / 2)) | tail -n 1 | sed 's|.*/||; s|\.md||')
    hyperfine -N --style none --warmup 3 --runs 30 --export-json "$work/result" \
        -n 'git rev-parse' "git -C $repository rev-parse tracking" \
        -n add "$docket -C $repository add Hello" \
        -n update "sh -c 'exec $docket -C $repository-update update $id --title \$\$'" \
        -n plumbing "sh -c 'cd $repository-plumbing && exec $work/plumbing $work'" \
        -n 'show ID' "$docket -C $repository show $id" \
        -n 'list (50)' "$docket -C $repository list" \
        -n 'ready (50)' "$docket -C $repository ready" \
        -n 'git docket -V' "$docket -V" > /dev/null 2>&1
    python3 - "$work/result" <<'TABLE'
import json, sys
median = {result["command"]: result["median"] * 1000 for result in json.load(open(sys.argv[1]))["results"]}
for name, value in median.items():
    print(f"  {name:<14}{value:8.1f} ms{value / median['plumbing']:8.2f} x plumbing{value / median['git rev-parse']:8.1f} x git rev-parse")
TABLE
done
