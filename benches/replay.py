#!/usr/bin/env python3
"""Replays the records of another tracker from eight clones at once, and counts what is there in the end.

    benches/replay.py ISSUES.jsonl [ISSUES] [CLONES]

Reads a file of beads. Each issue is created in one clone and then changed, closed and commented on from two others that
know nothing of each other; every clone syncs again and again through one bare repository. Exits with 1 where anything is
lost, the clones differ, or a record is not valid. DOCKET names the program, else it is built.
"""

import concurrent.futures, json, os, pathlib, random, subprocess, sys, tempfile, time

source, limit, clones = sys.argv[1], int((sys.argv[2:3] or ["400"])[0]), int((sys.argv[3:4] or ["8"])[0])
root = pathlib.Path(__file__).resolve().parent.parent
docket = os.environ.get("DOCKET")
if docket is None:
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=root, check=True)
    docket = os.path.join(os.environ.get("CARGO_TARGET_DIR", root / "target"), "release", "git-docket")
issues = [json.loads(line) for line in open(source)][:limit]
work = tempfile.TemporaryDirectory()
syncs, commits, lost_races = [], 0, 0


def run(*command, **options):
    done = subprocess.run(command, cwd=work.name, capture_output=True, text=True, **options)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def sync(clone):
    global lost_races
    start = time.perf_counter()
    answer = json.loads(run(docket, "-C", clone, "--json", "sync"))
    syncs.append(time.perf_counter() - start)
    lost_races += answer["races"]


def play(clone, lines):
    """One commit a line, a sync after every tenth."""
    global commits
    ids = []
    for number, line in enumerate(lines):
        ids.append(json.loads(run(docket, "-C", clone, "--json", "batch", input=json.dumps(line)))["ids"][0])
        commits += 1
        if number % 10 == 9:
            sync(clone)
    sync(clone)
    return ids


def at_once(work_of):
    with concurrent.futures.ThreadPoolExecutor(clones) as pool:
        return list(pool.map(play, names, work_of))


names = [f"clone-{number}" for number in range(clones)]
run("git", "init", "-q", "--bare", "hub.git")
for name in names:
    run("git", "clone", "-q", "hub.git", name)
    run("git", "-C", name, "config", "user.name", name)
    run("git", "-C", name, "config", "user.email", f"{name}@example.com")
run(docket, "-C", names[0], "init")
for name in names:
    sync(name)

start = time.perf_counter()
title = lambda issue: issue["title"][:200].strip() or issue["id"]
slices = [issues[number::clones] for number in range(clones)]
made = at_once([[{"op": "create_work_item", "item_type": "task", "title": title(issue), "body": issue.get("description", "")[:5000]} for issue in part] for part in slices])
ids = {issue["id"]: id for part, found in zip(slices, made) for issue, id in zip(part, found)}
for name in names:
    sync(name)

rng = random.Random(8)
changes, notes = [[] for _ in names], []
for issue in issues:
    one, two = rng.sample(range(clones), 2)
    status = {"closed": "completed", "in_progress": "active", "blocked": "blocked"}.get(issue.get("status"), "active")
    update = {"op": "update_work_item", "id": ids[issue["id"]]}
    changes[one] += [{**update, "status": status}, {**update, "add_labels": ["one"], "title": f"{title(issue)[:180]} (one)"}]
    changes[two] += [{**update, "priority": "high"}, {**update, "add_labels": ["two"], "title": f"{title(issue)[:180]} (two)"}]
    notes.append(f"note on {issue['id']}")
    changes[two].append({"op": "add_note", "on": ids[issue["id"]], "body": notes[-1]})
at_once(changes)
for _ in range(2):
    for name in names:
        sync(name)
took = time.perf_counter() - start

held = run("git", "-C", names[0], "grep", "-h", "-e", "", "tracking")
trees = {run("git", "-C", name, "rev-parse", "tracking^{tree}") for name in names}
missing = [note for note in notes if note not in held]
for issue in issues:
    text = run(docket, "-C", names[0], "--json", "show", ids[issue["id"]]) if rng.random() < 0.1 else None
    if text and not {"one", "two"} <= set(json.loads(text)["labels"]):
        missing.append(issue["id"])
    missing += [f"{title(issue)} ({side})" for side in ("one", "two") if f"({side})" not in held]
reachable = int(run("git", "-C", names[0], "rev-list", "--count", "--no-merges", "tracking"))
valid = json.loads(run(docket, "-C", names[0], "--json", "validate"))
conflicts = json.loads(run(docket, "-C", names[0], "--json", "conflicts"))["total_count"]
syncs.sort()
print(f"{len(issues)} issues, {commits} commits from {clones} clones at once in {took:.1f} s ({commits / took:.0f} a second)")
print(f"{len(syncs)} syncs: median {syncs[len(syncs) // 2] * 1000:.0f} ms, 95 of a hundred {syncs[int(len(syncs) * 0.95)] * 1000:.0f} ms, {lost_races} pushes came too late and were merged")
print(f"{reachable} commits reached, {conflicts} conflicts recorded, {valid['errors']} errors, {len(missing)} values missing, {len(trees)} tree")
sys.exit(bool(missing or len(trees) > 1 or valid["errors"] or reachable < commits))
