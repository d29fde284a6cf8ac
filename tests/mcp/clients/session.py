"""A session of the official Python client: the tools as an agent uses them.

    session.py BINARY REPOSITORY auto|legacy
    session.py http://127.0.0.1:PORT/mcp REPOSITORY auto|legacy
"""

import asyncio
import json
import subprocess
import sys

from mcp import Client, Implementation, StdioServerParameters, types

target, repository, mode = sys.argv[1:4]
binary = sys.argv[4] if len(sys.argv) > 4 else target
ERA = {"auto": "2026-07-28", "legacy": "2025-11-25"}[mode]
CONTRACT = [
    "create_work_item", "update_work_item", "query_work_item", "list_work_items", "record_deployment",
    "query_vendor_status", "update_vendor_status", "get_project_configuration",
]
updated = []


def command_line(*arguments):
    subprocess.run([binary, "-C", repository, "--actor", "somebody", *arguments], check=True, capture_output=True)


async def on_message(message):
    updated.append(str(getattr(getattr(message, "params", None), "uri", message)))


def server():
    if target.startswith("http"):
        return target
    return StdioServerParameters(command=target, args=["mcp", "--repo", repository, "--toolset", "vendors"])


async def main():
    info = Implementation(name="claude-code", version="9.9")
    async with Client(server(), mode=mode, client_info=info, message_handler=on_message) as client:
        assert client.protocol_version == ERA, client.protocol_version
        assert "claim_work_item" in client.instructions

        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(tools)[:4] == CONTRACT[:4] and set(CONTRACT) <= set(tools), list(tools)
        for tool in tools.values():
            hints = tool.annotations
            assert tool.title and tool.output_schema and tool.input_schema["additionalProperties"] is False
            assert hints.open_world_hint is False and None not in (
                hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint)

        async def call(tool, /, **arguments):
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, result.content[0].text
            assert json.loads(result.content[0].text) == result.structured_content
            return result.structured_content

        async def refused(tool, /, **arguments):
            result = await client.call_tool(tool, arguments)
            assert result.is_error and result.structured_content is None, result
            return json.loads(result.content[0].text)

        made = await call("create_work_item", item_type="task", title="One", idempotency_key=f"k-{mode}")
        assert made["created_by"] == "claude-code" and made["status"] == "active", made
        again = await call("create_work_item", item_type="task", title="One", idempotency_key=f"k-{mode}")
        assert again["id"] == made["id"]
        other = await refused("create_work_item", item_type="task", title="Two", idempotency_key=f"k-{mode}")
        assert other["error"] == "ValidationError", other

        changed = await call("update_work_item", id=made["id"], version=1, add_labels=["a"], priority="high")
        assert changed["version"] == 2, changed
        late = await refused("update_work_item", id=made["id"], version=1, title="Late")
        assert late["error"] == "VersionConflictError" and late["retryable"], late
        assert late["details"]["current_version"] == 2 and late["details"]["fields"], late
        assert "version 2" in late["hint"], late

        wrong = await refused("create_work_item", item_type="tusk", titel="x")
        assert {v["field"] for v in wrong["details"]["violations"]} == {"item_type", "titel", "title"}, wrong
        empty = await refused("create_work_item", item_type="task", title="")
        assert empty["error"] == "ValidationError", empty
        missing = await refused("query_work_item", id="ffffffff0000")
        assert missing["error"] == "NotFoundError" and missing["hint"], missing

        child = await call("create_work_item", item_type="task", title="Two", parent_id=made["id"], status="pending")
        whole = await call("query_work_item", id=made["id"][:8])
        assert whole["children"][0]["id"] == child["id"] and whole["dependencies"] == [], whole
        await call("add_note", on=child["id"], body="hello \u202e there")
        noted = await call("query_work_item", id=child["id"])
        assert noted["notes"][0]["body"] == "hello \\u{202e} there", noted["notes"]
        assert noted["ancestors"][0]["id"] == made["id"]

        seen, cursor = [], None
        while True:
            page = await call("list_work_items", limit=2, cursor=cursor)
            assert all(len(json.dumps(row, ensure_ascii=False).encode()) <= 330 for row in page["items"])
            seen += [row["id"] for row in page["items"]]
            cursor = page["next_cursor"]
            if not page["has_more"]:
                break
        assert len(seen) == len(set(seen)) == page["total_count"], seen
        assert (await refused("list_work_items", cursor="zz"))["error"] == "ValidationError"

        name = f"Vendor {mode} {target[:4]}"
        await call("create_vendor", name=name)
        await call("update_vendor_status", name=name.upper(), status="broken", metadata={"format_support": {"pdf": True}})
        vendor = await call("query_vendor_status", name=name)
        assert vendor["status"] == "broken" and vendor["metadata"]["format_support"]["pdf"] is True, vendor
        gone = await call("record_deployment", deployed_at="2026-11-20T10:00:00Z", commit_hash="a" * 40,
                          metadata={"pr_title": "It"}, affected_vendor_ids=[name], related_work_item_ids=[made["id"]])
        assert gone["vendors"][0]["title"] == name and gone["work_items"][0]["id"] == made["id"], gone
        assert (await call("list_deployments", vendor=name))["total_count"] == 1
        await call("update_project_configuration", active_context_type="research", default_token_budget=5000)
        configured = await call("get_project_configuration")
        assert configured["default_token_budget"] == 5000 and configured["id"] == 1, configured

        claimed = await call("claim_work_item", id=child["id"], seconds=60)
        assert claimed["claim"]["by"] == "claude-code", claimed
        await call("update_work_item", id=child["id"], status="pending", clear=["claim"])
        await call("update_work_item", id=child["id"], status="completed")
        try:
            await client.call_tool("no_such_tool", {})
            raise AssertionError("an unknown tool was called")
        except AssertionError:
            raise
        except Exception as error:
            assert "no_such_tool" in str(error), error

        await resources(client, child["id"], name)
        await prompts(client, child["id"])
    print("ok", ERA, target[:4])


async def resources(client, item, vendor):
    templates = [template.uri_template for template in (await client.list_resource_templates()).resource_templates]
    assert "docket://work-items/{id}" in templates, templates
    read = await client.read_resource(f"docket://work-items/{item}")
    assert json.loads(read.contents[0].text)["id"] == item
    for uri in [str(resource.uri) for resource in (await client.list_resources()).resources]:
        assert (await client.read_resource(uri)).contents[0].text, uri
    await client.read_resource(f"docket://vendors/{vendor.replace(' ', '%20')}")
    try:
        await client.read_resource("docket://work-items/ffffffff0000")
        raise AssertionError("a missing resource was read")
    except AssertionError:
        raise
    except Exception as error:
        assert error.error.code == {"auto": -32602, "legacy": -32002}[mode], error.error

    reference = types.ResourceTemplateReference(type="ref/resource", uri="docket://work-items/{id}")
    completed = await client.complete(reference, {"name": "id", "value": item[:3]})
    assert item[:8] in completed.completion.values, completed

    uri = f"docket://work-items/{item}"
    if mode == "auto":
        async with client.listen(resource_subscriptions=[uri]) as events:
            await asyncio.to_thread(command_line, "note", item, "from another process")
            event = await asyncio.wait_for(anext(aiter(events)), 5)
            assert uri in str(event), event
    else:
        await client.subscribe_resource(uri)
        await asyncio.to_thread(command_line, "note", item, "from another process")
        for _ in range(50):
            if any(uri in message for message in updated):
                break
            await asyncio.sleep(0.1)
        assert any(uri in message for message in updated), updated
        await client.unsubscribe_resource(uri)


async def prompts(client, item):
    names = {prompt.name for prompt in (await client.list_prompts()).prompts}
    assert names == {"start_session", "next_item", "hand_over"}, names
    prompt = await client.get_prompt("hand_over", {"id": item})
    assert "BEGIN DATA" in prompt.messages[0].content.text and item in prompt.messages[0].content.text
    await client.get_prompt("next_item", {})
    await client.get_prompt("start_session", {"goal": "x"})


asyncio.run(main())
