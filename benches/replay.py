#!/usr/bin/env python3
"""Replays the history of another tracker from eight clones at once, and counts what is there in the end.

    benches/replay.py REPOSITORY [COMMITS] [CLONES]

Reads a repository that keeps a file of beads: each commit is what its author did to issues, compared with the commit
before it. Commits are played in their order, sixty-four at a time, dealt out to the clones; what is about an issue that
is new among these stays with whoever made it, everything else is done by clones that know nothing of each other. Every
clone syncs after each tenth change through one bare repository, and all before the next sixty-four.

Each change is a commit that was acknowledged. In the end each value that nobody who knew of it has replaced must be in
the record, or in a conflict on it; every commit must be reached, every clone hold the same tree, and every record be
valid. Exits with 1 where that is not so. DOCKET names the program, else it is built.
"""

import collections, concurrent.futures, json, os, pathlib, subprocess, sys, tempfile, time

source, limit, clones = sys.argv[1], int((sys.argv[2:3] or ["400"])[0]), int((sys.argv[3:4] or ["8"])[0])
FILES = [".beads/issues.jsonl", ".beads/beads.jsonl"]
TOGETHER, BETWEEN_SYNCS = 64, 10
STATUS = {"open": "pending", "in_progress": "active", "blocked": "blocked", "closed": "completed"}
PRIORITY = ["high", "high", "medium", "low", "low"]
TEXTS = ["description", "design", "acceptance_criteria", "notes"]
root = pathlib.Path(__file__).resolve().parent.parent
docket = os.environ.get("DOCKET")
if docket is None:
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=root, check=True)
    docket = os.path.join(os.environ.get("CARGO_TARGET_DIR", root / "target"), "release", "git-docket")
work = tempfile.TemporaryDirectory()
syncs, races, gave_up, refused, writes = [], 0, 0, collections.Counter(), []


def run(*command, **options):
    done = subprocess.run(command, cwd=work.name, capture_output=True, text=True, **options)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def history():
    """What each commit did: pairs of an issue before and after, of which one may be missing."""
    log = run("git", "-C", os.path.abspath(source), "log", "--reverse", "--no-merges", "--format=%H", "--", *FILES)
    for commit in log.split()[:limit]:
        patch = subprocess.run(
            ["git", "-C", source, "show", "--format=", "-U0", "--no-renames", commit, "--", *FILES],
            capture_output=True, text=True, errors="replace").stdout
        before, after = {}, {}
        for line in patch.splitlines():
            try:
                issue = json.loads(line[1:]) if line[:2] in ("-{", "+{") else {}
            except ValueError:
                continue
            if "id" in issue:
                (before if line[0] == "-" else after)[issue["id"]] = issue
        yield [(before.get(id), after.get(id)) for id in dict.fromkeys([*before, *after])]


def fields(issue):
    """An issue in the fields of a work item."""
    return {
        "title": " ".join((issue.get("title") or issue["id"]).split())[:200],
        "body": "\n\n".join(issue[text].strip() for text in TEXTS if isinstance(issue.get(text), str) and issue[text].strip())[:20000],
        "status": STATUS.get(issue.get("status"), "pending"),
        "priority": PRIORITY[min(max(int(issue.get("priority") or 0), 0), 4)],
        "assignee": issue.get("assignee") or None,
        "labels": sorted({label for label in issue.get("labels") or [] if isinstance(label, str)}),
    }


def asked(key, old, new):
    """The lines that make of one what the other is: of what is new, and of what differs."""
    was, is_ = fields(old) if old else {}, fields(new)
    if not old:
        first = {"op": "create_work_item", "item_type": "task", **{name: is_[name] for name in ("title", "body", "priority", "labels")}}
        yield {**first, **({"assignee": is_["assignee"]} if is_["assignee"] else {})}, ["title", "body", "priority", "labels", "assignee"]
        was = {**is_, "status": "pending"}
    changed = [name for name in is_ if was.get(name) != is_[name] and name != "labels"]
    update = {"op": "update_work_item", "id": key}
    for name in changed:
        update.update({"clear": ["assignee"]} if name == "assignee" and not is_[name] else {name: is_[name]})
    if "completed" == update.get("status"):
        update["force"] = True
    added, removed = set(is_["labels"]) - set(was.get("labels") or []), set(was.get("labels") or []) - set(is_["labels"])
    update.update({"add_labels": sorted(added)} if added else {}, **({"remove_labels": sorted(removed)} if removed else {}))
    if changed or added or removed:
        yield update, [*changed, *(["labels"] if added or removed else [])]


def sync(clone):
    global races, gave_up
    start = time.perf_counter()
    while True:
        done = subprocess.run([docket, "-C", clone, "--json", "sync"], cwd=work.name, capture_output=True, text=True)
        if done.returncode == 0:
            break
        if not json.loads(done.stderr)["retryable"]:
            raise SystemExit(f"{clone}: {done.stderr}")
        gave_up += 1
    syncs.append(time.perf_counter() - start)
    races += json.loads(done.stdout)["races"]


def play(clone, changes):
    """One commit a line, a sync after every tenth."""
    done = 0
    for issue, old, new in changes:
        for line, names in asked(ids.get(issue), old, new):
            if line["op"] == "update_work_item":
                if issue not in ids:
                    continue
                line["id"] = ids[issue]
                here = json.loads(run(docket, "-C", clone, "--json", "show", line["id"]))
                line["version"] = here["version"]
                # To ask for what is there already writes nothing.
                names = [name for name in names if name == "labels" or here.get(name) != line.get(name)]
            answer = subprocess.run([docket, "-C", clone, "--json", "batch"], cwd=work.name, capture_output=True, text=True, input=json.dumps(line))
            if answer.returncode:
                # What the record holds by now may not allow it: nothing was written, and nothing acknowledged.
                refused[json.loads(answer.stderr)["message"][:60]] += 1
                continue
            answer = json.loads(answer.stdout)
            ids.setdefault(issue, answer["ids"][0])
            writes.append((answer["revision"], issue, names, line))
            done += 1
            if done % BETWEEN_SYNCS == 0:
                sync(clone)
    sync(clone)


def settle():
    for _ in range(2):
        for name in everyone:
            sync(name)


def contains(text, value):
    """Whether a conflict holds a value: as JSON, or line by line."""
    return json.dumps(value)[1:-1] in text or value in text or all(line.strip() in text for line in str(value).splitlines())


def missing():
    """Values nobody who knew of them has replaced, that are nowhere."""
    made, shown, lost = collections.defaultdict(list), {}, []
    for revision, issue, names, line in writes:
        for name in set(names) - {"labels"}:
            made[issue, name].append((revision, line.get(name)))
    for (issue, name), written in made.items():
        if issue not in shown:
            shown[issue] = json.loads(run(docket, "-C", everyone[0], "--json", "show", ids[issue]))
        here, conflicts = shown[issue].get(name), "\n".join(disputes[ids[issue]])
        for revision, value in written:
            if value is None or any(is_ancestor(revision, other) for other, _ in written if other != revision):
                continue
            kept = here == value or (name == "body" and contains(here, value))
            if not kept and not contains(conflicts, value):
                lost.append((issue, name, value, here))
    return lost


def is_ancestor(one, other):
    known = ancestors.get((one, other))
    if known is None:
        known = subprocess.run(["git", "-C", everyone[0], "merge-base", "--is-ancestor", one, other], cwd=work.name).returncode == 0
        ancestors[one, other] = known
    return known


everyone = [f"clone-{number}" for number in range(clones)]
run("git", "init", "-q", "--bare", "hub.git")
for name in everyone:
    run("git", "clone", "-q", "hub.git", name)
    run("git", "-C", name, "config", "user.name", name)
    run("git", "-C", name, "config", "user.email", f"{name}@example.com")
run(docket, "-C", everyone[0], "init")
settle()

ids, ancestors, commits, issues = {}, {}, 0, list(history())
start = time.perf_counter()
for at in range(0, len(issues), TOGETHER):
    dealt, owners = [[] for _ in everyone], {}
    for number, changes in enumerate(issues[at:at + TOGETHER]):
        commits += 1
        for old, new in changes:
            if not new:
                continue
            clone = number % clones
            if new["id"] not in ids:
                clone = owners.setdefault(new["id"], clone)
            # What is known of an issue that is new here is all of it.
            first = new["id"] not in ids and not any(new["id"] == issue for issue, *_ in dealt[clone])
            dealt[clone].append((new["id"], None if first else old or new, new))
    with concurrent.futures.ThreadPoolExecutor(clones) as pool:
        list(pool.map(play, everyone, dealt))
    settle()
took = time.perf_counter() - start

disputes = collections.defaultdict(list)
listed = subprocess.run(["git", "-C", everyone[0], "grep", "-e", "", "tracking", "--", ".tracking/conflicts"], cwd=work.name, capture_output=True, text=True)
for line in listed.stdout.splitlines():
    path, text = line.split(":", 2)[1:]
    disputes[path.split("/")[-2]].append(text)
trees = {run("git", "-C", name, "rev-parse", "tracking^{tree}") for name in everyone}
reachable = set(run("git", "-C", everyone[0], "rev-list", "tracking").split())
unreached = [revision for revision, *_ in writes if revision not in reachable]
lost = missing()
valid = json.loads(run(docket, "-C", everyone[0], "--json", "validate"))
conflicts = json.loads(run(docket, "-C", everyone[0], "--json", "conflicts"))["total_count"]
syncs.sort()
print(f"{commits} commits about {len(ids)} issues: {len(writes)} changes from {clones} clones at once in {took:.1f} s ({len(writes) / took:.0f} a second), {sum(refused.values())} refused")
print(f"{len(syncs)} syncs: median {syncs[len(syncs) // 2] * 1000:.0f} ms, 95 of a hundred {syncs[int(len(syncs) * 0.95)] * 1000:.0f} ms, {races} pushes came too late and were merged, {gave_up} times one gave up and began again")
print(f"{conflicts} conflicts recorded, {valid['errors']} errors, {len(unreached)} commits not reached, {len(lost)} values missing, {len(trees)} tree")
for message, count in refused.most_common(5):
    print(f"  refused {count} times: {message}")
for issue in lost[:10]:
    print("  missing:", *issue)
sys.exit(bool(lost or unreached or len(trees) > 1 or valid["errors"]))
