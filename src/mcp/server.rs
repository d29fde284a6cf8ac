//! What the protocol asks, answered by the operations.

#![expect(deprecated, reason = "what clients before 2026-07-28 ask is deprecated, and asked")]

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, ErrorCode, GetPromptRequestParams,
    GetPromptResponse, Implementation, JsonObject, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse,
    ResourceUpdatedNotificationParam, ServerCapabilities, ServerConfig, SetLevelRequestParams, SubscribeRequestParams,
    SubscriptionFilter, Tool as Listed, UnsubscribeRequestParams,
};
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;

use super::pool::Pool;
use super::roots::Roots;
use super::tool::{Tool, Toolset};
use super::tools::MAX_BYTES;
use super::watch::{self, Subscriptions, Watch};
use super::{Options, answer, arguments, fit, prompts, resources};
use crate::ops::{self, Context, Error, ErrorKind};
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
    pool: Arc<Pool>,
    tools: Arc<[&'static Tool]>,
    read_only: bool,
    roots: Arc<Roots>,
    watch: Arc<Watch>,
    subscriptions: Arc<Subscriptions>,
}

impl Server {
    /// A server with these toolsets beside the default one, or without any tool that writes.
    pub(super) fn new(pool: Arc<Pool>, options: &Options) -> Self {
        let wanted = |tool: &&Tool| tool.toolset == Toolset::Default || options.toolsets.contains(&tool.toolset);
        let tools = Tool::all()
            .filter(wanted)
            .filter(|tool| !(options.read_only && tool.writes()));
        Self {
            tools: tools.collect(),
            read_only: options.read_only,
            roots: Arc::new(match options.asks_roots {
                true => Roots::default(),
                false => Roots::settled(),
            }),
            watch: Watch::new(Arc::clone(&pool)),
            subscriptions: Arc::default(),
            pool,
        }
    }

    /// The same for another client.
    pub(super) fn for_client(&self) -> Self {
        Self {
            subscriptions: Arc::default(),
            ..self.clone()
        }
    }

    /// Runs an operation for who asks. What went wrong is a protocol error, since there is no answer to put it into.
    async fn ask<T: Send + 'static>(
        &self,
        cx: &RequestContext<RoleServer>,
        work: impl FnOnce(&Context) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, ErrorData> {
        let done = self.pool.run(Some(client(cx)), work).await;
        done.map_err(|error| resources::refused(&error))
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
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_prompts()
            .enable_completions()
            .build();
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
                    let message = format!("tool not found: {}", ops::text::shown(&request.name));
                    Err(ErrorData::new(ErrorCode::INVALID_PARAMS, message, None))
                }
            };
        };
        let arguments = match arguments::check(tool.name, tool.arguments, request.arguments) {
            Ok(arguments) => arguments,
            Err(error) => return Ok(answer::failure(tool.name, &error).into()),
        };
        if let Some(question) = self
            .roots
            .settle(&self.pool, request.input_responses.as_ref(), &cx)
            .await
        {
            return Ok(question);
        }
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
            // A bug, or a broken repository: nothing the agent can do about its call.
            Err(error) if matches!(error.kind(), ErrorKind::Internal | ErrorKind::Corrupt) => {
                return Err(resources::refused(&error));
            }
            Err(error) => answer::failure(tool.name, &error),
        };
        Ok(result.into())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(resources::list())
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(resources::templates())
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let read = self
            .ask(&cx, move |context| resources::read(context, &request.uri))
            .await?;
        Ok(read.into())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        self.ask(&cx, move |context| {
            resources::complete(context, &request.r#ref, &request.argument)
        })
        .await
    }

    /// Some clients set the level of logs whoever serves them. None are sent: an answer has all there is to say.
    async fn set_level(&self, _: SetLevelRequestParams, _: RequestContext<RoleServer>) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(prompts::list())
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let prompt = self
            .ask(&cx, move |context| prompts::get(context, &request.name, &arguments))
            .await?;
        Ok(prompt.into())
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let target = self.watch.target(&request.uri).await;
        self.subscriptions.add(request.uri, target);
        if !self.subscriptions.begin() {
            return Ok(());
        }
        let listening = self.watch.listen().await;
        let mut changes = listening.map_err(|error| resources::refused(&error))?;
        let subscriptions = Arc::clone(&self.subscriptions);
        tokio::spawn(async move {
            loop {
                // Whoever has gone is noticed too where nothing happens.
                let heard = tokio::time::timeout(watch::PATIENCE, watch::next(&mut changes)).await;
                let heard = match heard {
                    Err(_) if cx.peer.is_transport_closed() => return,
                    Err(_) => continue,
                    Ok(None) => return,
                    Ok(Some(heard)) => heard,
                };
                for uri in subscriptions.about(&heard) {
                    let told = cx
                        .peer
                        .notify_resource_updated(ResourceUpdatedNotificationParam::new(uri));
                    if told.await.is_err() {
                        return;
                    }
                }
            }
        });
        Ok(())
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.subscriptions.remove(&request.uri);
        Ok(())
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }

    async fn listen(&self, cx: SubscriptionContext) -> Result<(), ErrorData> {
        let listening = self.watch.listen().await;
        let mut changes = listening.map_err(|error| resources::refused(&error))?;
        let mut targets = Vec::new();
        for uri in cx.accepted().resource_subscriptions.iter().flatten() {
            targets.push((uri.clone(), self.watch.target(uri).await));
        }
        loop {
            let heard = tokio::select! {
                () = cx.cancelled() => return Ok(()),
                heard = watch::next(&mut changes) => heard,
            };
            let Some(heard) = heard else { return Ok(()) };
            for (uri, _) in targets.iter().filter(|(_, target)| heard.is_about(*target)) {
                if cx.sink().notify_resource_updated(uri).await.is_err() {
                    return Ok(());
                }
            }
        }
    }
}
