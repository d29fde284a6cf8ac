//! What the protocol asks, answered by the operations.

#![expect(deprecated, reason = "what clients before 2026-07-28 ask is deprecated, and asked")]

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, GetPromptRequestParams,
    GetPromptResponse, Implementation, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities,
    ServerConfig, SetLevelRequestParams, SubscribeRequestParams, SubscriptionFilter, Tool as Listed,
    UnsubscribeRequestParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use super::server::Server;
use super::tool::Tool;
use super::watch::Target;
use super::{prompts, resources, watch};

const INSTRUCTIONS: &str = include_str!("instructions.md");

const _: () = assert!(INSTRUCTIONS.len() <= 1024, "every session pays for the instructions");

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
        self.call(request, &cx).await
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
        // The guide and the schemas are of no repository.
        if let Some(read) = resources::read_fixed(&request.uri) {
            return Ok(read.into());
        }
        if let Some(question) = self.settle(request.input_responses.as_ref(), &cx).await {
            return Ok(question.into());
        }
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
        // A client that is asked by answers only completes nothing before its first call.
        drop(self.settle(None, &cx).await);
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
        if let Some(question) = self.settle(request.input_responses.as_ref(), &cx).await {
            return Ok(question.into());
        }
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
        drop(self.settle(None, &cx).await);
        let target = self.watch.target(&request.uri).await;
        self.subscriptions.add(request.uri, target);
        if !self.subscriptions.begin() {
            return Ok(());
        }
        let told = self.tell(cx).await;
        if told.is_err() {
            self.subscriptions.end();
        }
        told
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.subscriptions.remove(&request.uri);
        Ok(())
    }

    async fn on_roots_list_changed(&self, _: NotificationContext<RoleServer>) {
        self.roots_changed().await;
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
            let missing = targets.iter().filter(|(_, target)| *target == Target::Missing);
            let missing = missing.map(|(uri, _)| uri.clone()).collect();
            let found = watch::found(&self.watch, missing).await;
            let about = targets.iter().filter(|(_, target)| heard.is_about(*target));
            let about: Vec<_> = about.chain(&found).map(|(uri, _)| uri.clone()).collect();
            targets.retain(|(uri, _)| !found.iter().any(|(known, _)| known == uri));
            targets.extend(found);
            for uri in about {
                if cx.sink().notify_resource_updated(&uri).await.is_err() {
                    return Ok(());
                }
            }
        }
    }
}
