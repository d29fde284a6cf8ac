#!/usr/bin/env python3
"""The MCP server over a pipe: what a session pays, how long answers take, how much memory it has.

    benches/mcp.py [BINARY] [ITEMS]     default: target/release/git-docket, 10000

Needs nothing but Python and git. Times are round trips in milliseconds as the client sees them.
"""
import json, os, statistics, subprocess, sys, tempfile, threading, time

BINARY = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "target/release/git-docket")
ITEMS = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000


class Session:
    """One client with a server process of its own."""

    def __init__(self, repository, name="bench", tools=()):
        self.begun = time.perf_counter()
        self.process = subprocess.Popen([BINARY, "mcp", "--repo", repository, *tools],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.asked = 0
        hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": name, "version": "1"}}
        self.instructions = self.ask("initialize", hello)["instructions"]
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def send(self, message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def receive(self):
        self.line = self.process.stdout.readline()
        return json.loads(self.line)

    def ask(self, method, params):
        self.asked += 1
        self.send({"jsonrpc": "2.0", "id": self.asked, "method": method, "params": params})
        return self.receive()["result"]

    def call(self, tool, **arguments):
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})
        assert not result["isError"], result
        return result["structuredContent"]

    def resident(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def percentiles(times):
    times = sorted(time * 1000 for time in times)
    return statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.95))]


def timed(name, count, call, target=None, pause=0):
    times = []
    for number in range(count):
        time.sleep(pause)
        begun = time.perf_counter()
        call(number)
        times.append(time.perf_counter() - begun)
    told(name, times, target)


def told(name, times, target=None):
    p50, p95 = percentiles(times)
    print(f"{name:44} {p50:8.2f} {p95:8.2f}   {f'target {target}' if target else ''}", flush=True)


def git(repository, *arguments):
    subprocess.run(["git", "-C", repository, *arguments], check=True, stdout=subprocess.DEVNULL)


def filled(repository):
    git(".", "init", "-q", repository)
    git(repository, "config", "user.name", "Ana")
    git(repository, "config", "user.email", "ana@example.com")
    docket = [BINARY, "-C", repository]
    subprocess.run([*docket, "init"], check=True, stdout=subprocess.DEVNULL)
    lines = [{"op": "create_vendor", "name": f"Vendor {n}"} for n in range(45)]
    lines += [{"op": "create_work_item", "item_type": "task", "title": f"Item {n} of many", "labels": ["a", f"l{n % 7}"],
               "priority": ["high", "medium", "low"][n % 3], "body": "Some text about the item. " * 12}
              for n in range(ITEMS)]
    batch = "\n".join(json.dumps(line) for line in lines).encode()
    subprocess.run([*docket, "batch"], input=batch, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*docket, "index", "rebuild"], check=True, stdout=subprocess.DEVNULL)


def hierarchy(session):
    """An item with 31 below it on five levels."""
    top = session.call("create_work_item", item_type="task", title="Top")["id"]
    level = [top]
    for depth in range(5):
        below = []
        for parent in level[:2]:
            for number in range(4 if depth else 3):
                made = session.call("create_work_item", item_type="task", title=f"Part {depth}.{number}", parent_id=parent)
                below.append(made["id"])
        level = below
    return top


def many_clients(repository, count, writes):
    sessions = [Session(repository, f"bench-{number}") for number in range(count)]
    times, lock = [], threading.Lock()

    def work(session):
        mine = []
        for number in range(writes):
            begun = time.perf_counter()
            session.call("create_work_item", item_type="task", title=f"Item {number}")
            mine.append(time.perf_counter() - begun)
        with lock:
            times.extend(mine)

    for session in sessions:
        session.call("create_work_item", item_type="task", title="warm")
    begun = time.perf_counter()
    threads = [threading.Thread(target=work, args=[session]) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    for session in sessions:
        session.end()
    told(f"create_work_item, {count} clients at once", times, 60)
    print(f"{'':44} {count * writes / took:8.0f} writes a second")


def work_loop(repository):
    """The bytes of JSON a model reads for one piece of work."""
    session = Session(repository)
    parts = {}
    page = session.call("list_work_items", ready=True, limit=10)
    item = page["items"][0]["id"]
    parts["ready"] = page
    parts["claim"] = session.call("claim_work_item", id=item)
    parts["show"] = session.call("query_work_item", id=item)
    parts["note"] = session.call("add_note", on=item, body="Found the cause.")
    parts["done"] = session.call("update_work_item", id=item, status="completed")
    sizes = {name: len(json.dumps(part, ensure_ascii=False, separators=(",", ":"))) for name, part in parts.items()}
    tools = session.ask("tools/list", {})["tools"]
    print(f"tools/list: {len(tools)} tools, {len(json.dumps(tools, ensure_ascii=False, separators=(',', ':')))} bytes; "
          f"instructions {len(session.instructions)} bytes")
    print("one piece of work:", ", ".join(f"{name} {size}" for name, size in sizes.items()),
          f"= {sum(sizes.values())} bytes")
    session.end()


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as work:
        repository = os.path.join(work, "repository")
        filled(repository)
        work_loop(repository)

        starts = []
        for _ in range(10):
            session = Session(repository)
            session.call("query_vendor_status", name="vendor 7")
            starts.append(time.perf_counter() - session.begun)
            resident = session.resident()
            session.end()
        print(f"{ITEMS} items {'':32}      p50      p95")
        told("start to first answer", starts, 100)

        session = Session(repository)
        top = hierarchy(session)
        session.call("list_work_items", limit=50)
        timed("query_vendor_status", 400, lambda n: session.call("query_vendor_status", name=f"vendor {n % 45}"), 3)
        timed("query_work_item, five levels", 200, lambda n: session.call("query_work_item", id=top), 5)
        timed("list_work_items, 50", 200, lambda n: session.call("list_work_items", limit=50), 10)
        timed("list_work_items ready, 50", 200, lambda n: session.call("list_work_items", ready=True, limit=50), 10)
        timed("create_work_item", 200, lambda n: session.call("create_work_item", item_type="task", title=f"New {n}"), 10)
        ids = [row["id"] for row in session.call("list_work_items", limit=100)["items"]]
        update = lambda n: session.call("update_work_item", id=ids[n % 100], title=f"Item {n} again")
        timed("update_work_item, ten a second", 60, update, 10, pause=0.1)
        timed("update_work_item, on and on", 200, update)
        print(f"memory: {resident:.0f} MB after the first answer, {session.resident():.0f} MB now   target 60")
        session.end()
        many_clients(repository, 8, 40)


main()
