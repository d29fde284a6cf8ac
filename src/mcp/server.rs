//! One repository for any number of clients: which tools there are, and who is told what.

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ErrorCode, InputRequiredResult, InputResponses, JsonObject,
    ResourceUpdatedNotificationParam,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::Value;

use super::pool::{Pool, Turn};
use super::roots::Roots;
use super::tool::{Tool, Toolset};
use super::tools::{self, MAX_BYTES};
use super::watch::{self, Subscriptions, Watch};
use super::{Options, answer, arguments, fit, resources};
use crate::ops::{self, Context, Error, ErrorKind};
use crate::record::value::Actor;

/// Who asks where a client does not say its name.
const UNKNOWN: &str = "unknown";

/// The argument that says where a body goes on.
const BODY_OFFSET: &str = "body_offset";

/// How the records of a page are cut at first: an answer goes out twice, as an object and as its text.
const PAGE_BYTES: usize = 24_000;

/// How many characters of the name of a tool that is not there are told.
const NAME: usize = 100;

/// The name of a client that an HTTP client gives which gives none.
const NO_NAME: &str = "rmcp";

/// The smallest page that is tried.
const LEAST_BYTES: usize = 400;

/// Answers for one repository, any number of clients. Cheap to clone.
#[derive(Clone)]
pub(super) struct Server {
    pool: Arc<Pool>,
    pub(super) tools: Arc<[&'static Tool]>,
    read_only: bool,
    roots: Arc<Roots>,
    pub(super) watch: Arc<Watch>,
    pub(super) subscriptions: Arc<Subscriptions>,
}

impl Server {
    /// A server with these toolsets beside the default one, or without any tool that writes.
    pub(super) fn new(pool: Arc<Pool>, options: &Options) -> Self {
        let wanted = |tool: &&Tool| tool.toolset == Toolset::Default || options.toolsets.contains(&tool.toolset);
        let tools = tools::all()
            .filter(wanted)
            .filter(|tool| !(options.read_only && tool.writes()));
        Self {
            tools: tools.collect(),
            read_only: options.read_only,
            roots: Arc::new(Roots::new(options.asks_roots)),
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

    /// Calls a tool.
    pub(super) async fn call(
        &self,
        request: CallToolRequestParams,
        cx: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = self.find(&request.name) else {
            return match self.refused(&request.name) {
                Some(error) => Ok(answer::failure(&request.name, &error).into()),
                None => {
                    let name: String = request.name.chars().take(NAME).collect();
                    let message = format!("tool not found: {}", ops::text::shown(&name));
                    Err(ErrorData::new(ErrorCode::INVALID_PARAMS, message, None))
                }
            };
        };
        let arguments = match arguments::check(tool.name, tool.arguments, request.arguments) {
            Ok(arguments) => arguments,
            Err(error) => return Ok(answer::failure(tool.name, &error).into()),
        };
        if let Some(question) = self.settle(request.input_responses.as_ref(), cx).await {
            return Ok(question.into());
        }
        let turn = Turn::of(tool.writes(), client(cx), cx);
        let work = move |context: &Context| run(tool, context, arguments);
        let result = match self.pool.run_as(turn, work).await {
            Ok(value) => answer::success(value),
            // A bug, or a broken repository: nothing the agent can do about its call.
            Err(error) if matches!(error.kind(), ErrorKind::Internal | ErrorKind::Corrupt) => {
                return Err(resources::refused(&error));
            }
            Err(error) => answer::failure(tool.name, &error),
        };
        Ok(result.into())
    }

    /// Finds out which repository is meant, where nobody said so; what is returned is asked of the client.
    pub(super) async fn settle(
        &self,
        responses: Option<&InputResponses>,
        cx: &RequestContext<RoleServer>,
    ) -> Option<InputRequiredResult> {
        self.roots.settle(&self.pool, responses, cx).await
    }

    /// Waits until nothing is worked on.
    pub(super) async fn rests(&self) {
        self.pool.rests().await;
    }

    /// The client has other roots now.
    pub(super) async fn roots_changed(&self) {
        self.roots.changed().await;
    }

    /// Tells the client of changes of what it subscribed to, as long as it is there.
    pub(super) async fn tell(&self, cx: RequestContext<RoleServer>) -> Result<(), ErrorData> {
        let listening = self.watch.listen().await;
        let mut changes = listening.map_err(|error| resources::refused(&error))?;
        let subscriptions = Arc::clone(&self.subscriptions);
        let watching = Arc::clone(&self.watch);
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
                let mut about = subscriptions.about(&heard);
                for (uri, target) in watch::found(&watching, subscriptions.missing()).await {
                    subscriptions.add(uri.clone(), target);
                    about.push(uri);
                }
                for uri in about {
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

    /// Runs an operation for who asks. What went wrong is a protocol error, since there is no answer to put it into.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        cx: &RequestContext<RoleServer>,
        work: impl FnOnce(&Context) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, ErrorData> {
        let done = self.pool.run(Some(client(cx)), work).await;
        done.map_err(|error| resources::refused(&error))
    }

    pub(super) fn find(&self, name: &str) -> Option<&'static Tool> {
        self.tools.iter().copied().find(|tool| tool.name == name)
    }

    /// A tool that there is, but not here: what to say of it.
    fn refused(&self, name: &str) -> Option<Error> {
        let tool = tools::all().find(|tool| tool.name == name)?;
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

/// Runs a tool, and makes what it answers fit.
fn run(tool: &Tool, context: &Context, arguments: JsonObject) -> Result<Value, Error> {
    let takes = tool.arguments.iter().any(|argument| argument.name == BODY_OFFSET);
    let offset = arguments::number(&arguments, BODY_OFFSET).filter(|_| takes);
    let offset = offset.unwrap_or_default();
    let mut value = paged(tool, context, arguments)?;
    fit::skip_body(&mut value, offset)?;
    Ok(answer::fitted(value, offset))
}

/// Runs a tool, with smaller pages until one fits.
fn paged(tool: &Tool, context: &Context, mut arguments: JsonObject) -> Result<Value, Error> {
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
fn client(cx: &RequestContext<RoleServer>) -> String {
    let name = cx.client_info().map(|client| client.name);
    name.filter(|name| name != NO_NAME && Actor::new(name.as_str()).is_ok())
        .unwrap_or_else(|| UNKNOWN.to_owned())
}
