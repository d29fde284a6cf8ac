//! What the protocol asks, answered by the operations.

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ErrorCode, Implementation, JsonObject, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool as Listed,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;

use super::pool::Pool;
use super::tool::{Tool, Toolset};
use super::tools::MAX_BYTES;
use super::{answer, arguments, fit};
use crate::ops::{Context, Error};
use crate::record::value::Actor;

/// Who asks where a client does not say its name.
const UNKNOWN: &str = "unknown";

/// How the records of a page are cut at first: an answer goes out twice, as an object and as its text.
const PAGE_BYTES: usize = 24_000;

/// The smallest page that is tried.
const LEAST_BYTES: usize = 400;

const INSTRUCTIONS: &str = include_str!("instructions.md");

const _: () = assert!(INSTRUCTIONS.len() <= 1024, "every session pays for the instructions");

/// Answers for one repository, any number of clients. Cheap to clone.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) pool: Arc<Pool>,
    tools: Arc<[&'static Tool]>,
    read_only: bool,
}

impl Server {
    /// A server with these toolsets beside the default one; `read_only`, without any tool that writes.
    pub(super) fn new(pool: Arc<Pool>, toolsets: &[Toolset], read_only: bool) -> Self {
        let wanted = |tool: &&Tool| tool.toolset == Toolset::Default || toolsets.contains(&tool.toolset);
        let tools = Tool::all().filter(wanted).filter(|tool| !(read_only && tool.writes()));
        Self {
            pool,
            tools: tools.collect(),
            read_only,
        }
    }

    fn find(&self, name: &str) -> Option<&'static Tool> {
        self.tools.iter().copied().find(|tool| tool.name == name)
    }

    /// A tool that there is, but not here: what to say of it.
    fn refused(&self, name: &str) -> Option<Error> {
        let tool = Tool::all().find(|tool| tool.name == name)?;
        if self.read_only && tool.writes() {
            return Some(Error::denied(
                "this server only reads; start it without --read-only to write",
            ));
        }
        let (toolset, _) = Toolset::ALL.iter().find(|(_, toolset)| *toolset == tool.toolset)?;
        Some(Error::denied(format!(
            "{name} is there when the server is started with --toolset {toolset}"
        )))
    }
}

/// Runs a tool, with smaller pages until one fits.
fn run(tool: &Tool, context: &Context, mut arguments: JsonObject) -> Result<Value, Error> {
    let is_paged = tool.arguments.iter().any(|argument| argument.name == "cursor");
    let mut bytes = PAGE_BYTES;
    loop {
        if is_paged {
            arguments.insert(MAX_BYTES.to_owned(), bytes.into());
        }
        let value = (tool.run)(context, arguments.clone())?;
        let records = value.get("items").and_then(Value::as_array).map_or(0, Vec::len);
        if !is_paged || records < 2 || bytes < LEAST_BYTES || !fit::is_too_large(&value) {
            return Ok(value);
        }
        bytes /= 2;
    }
}

/// The name of the client, which is what it says of itself.
pub(super) fn client(cx: &RequestContext<RoleServer>) -> String {
    let name = cx.client_info().map(|client| client.name);
    name.filter(|name| Actor::new(name.as_str()).is_ok())
        .unwrap_or_else(|| UNKNOWN.to_owned())
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        let server = Implementation::new("git-docket", env!("CARGO_PKG_VERSION")).with_title("git docket");
        ServerConfig::new(capabilities)
            .with_server_info(server)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(
            self.tools.iter().map(|tool| tool.listed()).collect(),
        ))
    }

    fn get_tool(&self, name: &str) -> Option<Listed> {
        self.find(name).map(Tool::listed)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = self.find(&request.name) else {
            return match self.refused(&request.name) {
                Some(error) => Ok(answer::failure(&request.name, &error).into()),
                None => {
                    let message = format!("tool not found: {}", super::text::shown(&request.name));
                    Err(ErrorData::new(ErrorCode::INVALID_PARAMS, message, None))
                }
            };
        };
        let arguments = match arguments::check(tool.name, tool.arguments, request.arguments) {
            Ok(arguments) => arguments,
            Err(error) => return Ok(answer::failure(tool.name, &error).into()),
        };
        let cancelled = cx.ct.clone();
        let work = move |context: &Context| {
            // It may have waited for its turn.
            if cancelled.is_cancelled() {
                return Err(Error::request("the call was cancelled before it began"));
            }
            run(tool, context, arguments)
        };
        let result = match self.pool.run(Some(client(&cx)), work).await {
            Ok(value) => answer::success(value),
            Err(error) => answer::failure(tool.name, &error),
        };
        Ok(result.into())
    }
}
