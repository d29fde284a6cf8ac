// A session of the JavaScript SDK 1.x, which holds every answer against the schema of its tool, errors too.
//
//   session.mjs BINARY REPOSITORY
//   session.mjs http://127.0.0.1:PORT/mcp REPOSITORY
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [target, repository] = process.argv.slice(2);
const client = new Client({ name: "js", version: "1" }, { capabilities: {} });
await client.connect(
  target.startsWith("http")
    ? new StreamableHTTPClientTransport(new URL(target))
    : new StdioClientTransport({ command: target, args: ["mcp", "--repo", repository, "--toolset", "all"], stderr: "inherit" }),
);
const { tools } = await client.listTools(); // loads the schemas of the answers, which it then enforces
assert.ok(tools.length >= 12);

const call = async (name, args = {}) => {
  const answer = await client.callTool({ name, arguments: args });
  assert.ok(!answer.isError, answer.content[0].text);
  assert.deepEqual(JSON.parse(answer.content[0].text), answer.structuredContent);
  return answer.structuredContent;
};
const refused = async (name, args) => {
  const answer = await client.callTool({ name, arguments: args });
  assert.ok(answer.isError);
  return JSON.parse(answer.content[0].text);
};

const item = await call("create_work_item", { item_type: "task", title: "From JavaScript" });
assert.equal(item.created_by, "js");
await call("update_work_item", { id: item.id, version: 1, append_body: "- [ ] a box" });
assert.equal((await refused("update_work_item", { id: item.id, version: 1, title: "x" })).error, "VersionConflictError");
assert.equal((await refused("query_work_item", { id: "ffffffffffff" })).error, "NotFoundError");
assert.equal((await refused("create_work_item", { item_type: "task", title: "" })).error, "ValidationError");
assert.equal((await refused("list_work_items", { cursor: "zz" })).error, "ValidationError");
assert.equal((await refused("query_vendor_status", { name: "nobody" })).error, "NotFoundError");
assert.equal((await refused("record_deployment", { deployed_at: "never", commit_hash: "x" })).error, "ValidationError");

const vendor = `Vendor ${Date.now()}`;
for (const [name, args] of [
  ["query_work_item", { id: item.id }],
  ["query_work_item", { id: item.id, detail: "concise" }],
  ["list_work_items", { ready: true }],
  ["list_work_items", { detail: "full" }],
  ["query_vendor_status", {}],
  ["get_project_configuration", {}],
  ["update_project_configuration", { default_token_budget: 6000 }],
  ["claim_work_item", { id: item.id }],
  ["add_note", { on: item.id, body: "x" }],
  ["list_deployments", {}],
  ...(tools.some((tool) => tool.name === "create_vendor")
    ? [
        ["create_vendor", { name: vendor }],
        ["update_vendor_status", { name: vendor, extractor_version: "2" }],
        ["release_work_item", { id: item.id }],
        ["search_work_items", { text: "javascript" }],
        ["list_changes", {}],
        ["list_log", { limit: 3 }],
        ["get_status", {}],
        ["apply_batch", { lines: [{ op: "create_work_item", item_type: "task", title: "In a batch" }] }],
        ["list_enhancements", {}],
        ["create_enhancement", { title: "Later" }],
        ["delete_record", { id: item.id }],
        ["restore_record", { id: item.id }],
        ["undo_commit", {}],
      ]
    : []),
]) {
  await call(name, args).catch((error) => {
    throw new Error(`${name}: ${error.message}`);
  });
}

const uri = `docket://work-items/${item.id}`;
await client.readResource({ uri });
await client.getPrompt({ name: "hand_over", arguments: { id: item.id } });
// Eight at once, and one that nobody waits for.
const stop = new AbortController();
const abandoned = client.callTool({ name: "add_note", arguments: { on: item.id, body: "y" } }, undefined, { signal: stop.signal });
stop.abort();
await assert.rejects(abandoned);
await Promise.all(Array.from({ length: 8 }, (_, n) => call("add_note", { on: item.id, body: `note ${n}` })));
assert.ok((await call("query_work_item", { id: item.id })).notes.length >= 9);
await client.close();
console.log("ok", target.slice(0, 4));
