//! Which repository, where nobody named one and the server was started outside of any: the client's roots are asked.

#![expect(deprecated, reason = "deprecated in 2026-07-28, and what clients have")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rmcp::RoleServer;
use rmcp::model::{
    CallToolResponse, InputRequest, InputRequests, InputRequiredResult, InputResponses, ListRootsRequest,
    ListRootsResult, ProtocolVersion,
};
use rmcp::service::RequestContext;

use super::pool::Pool;
use super::uri;

/// What the request for the roots is called in an answer, and what comes back under it.
const ROOTS: &str = "roots";

/// Whether a repository is known, or was looked for everywhere.
#[derive(Default)]
pub(super) struct Roots {
    is_settled: AtomicBool,
}

impl Roots {
    /// Nothing is asked: somebody said which repository it is.
    pub(super) fn settled() -> Self {
        Self {
            is_settled: AtomicBool::new(true),
        }
    }

    /// Makes the pool look into the roots of a client where it does not find a repository by itself. An answer is
    /// returned where the client has to be asked first; it repeats the call then.
    pub(super) async fn settle(
        &self,
        pool: &Arc<Pool>,
        responses: Option<&InputResponses>,
        cx: &RequestContext<RoleServer>,
    ) -> Option<CallToolResponse> {
        if self.is_settled.load(Ordering::SeqCst) {
            return None;
        }
        let has_roots = cx.client_capabilities().is_some_and(|client| client.roots.is_some());
        if pool.opens().await || !has_roots {
            self.is_settled.store(true, Ordering::SeqCst);
            return None;
        }
        let is_stateless = cx
            .protocol_version()
            .is_some_and(|v| v.as_str() >= ProtocolVersion::V_2026_07_28.as_str());
        let answered = responses.and_then(|responses| responses.get(ROOTS));
        let roots = match answered {
            Some(value) => serde_json::from_value::<ListRootsResult>(value.clone()).ok(),
            None if is_stateless => {
                let request = InputRequest::ListRoots(ListRootsRequest::default());
                let requests = InputRequests::from([(ROOTS.to_owned(), request)]);
                return Some(InputRequiredResult::from_input_requests(requests).into());
            }
            None => cx.peer.list_roots().await.ok(),
        };
        let roots = roots.map(|listed| listed.roots).unwrap_or_default();
        for root in roots.iter().filter_map(|root| uri::directory(&root.uri)) {
            if pool.moves_to(PathBuf::from(root)).await {
                break;
            }
        }
        self.is_settled.store(true, Ordering::SeqCst);
        None
    }
}
