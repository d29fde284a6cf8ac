//! Which repository, where nobody named one and the server was started outside of any: the client's roots are asked.

#![expect(deprecated, reason = "deprecated in 2026-07-28, and what clients have")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{
    InputRequest, InputRequests, InputRequiredResult, InputResponses, ListRootsRequest, ListRootsResult,
    ProtocolVersion,
};
use rmcp::service::RequestContext;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::pool::Pool;
use super::uri;

/// What the request for the roots is called in an answer, and what comes back under it.
const ROOTS: &str = "roots";

/// How long a client may take to tell its roots; without them the call says that there is no repository.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether a repository is known, and how it became known.
pub(super) struct Roots {
    state: Mutex<State>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// None is known; each call looks for it, since it may be made or opened meanwhile.
    Unknown,
    /// Somebody named it, or it is where the server was started: the roots do not matter.
    Settled,
    /// It is one of the roots.
    OfRoots,
    /// It was one of the roots, and these are others now.
    Changed,
    /// The client said it had roots, and told none: it is not asked again until it says that they changed.
    Silent,
}

impl Roots {
    /// Looks for a repository, or asks nothing where somebody said which one it is.
    pub(super) fn new(asks: bool) -> Self {
        let state = match asks {
            true => State::Unknown,
            false => State::Settled,
        };
        Self {
            state: Mutex::new(state),
        }
    }

    /// The client has other roots now.
    pub(super) async fn changed(&self) {
        let mut state = self.state.lock().await;
        *state = match *state {
            State::OfRoots => State::Changed,
            State::Silent => State::Unknown,
            other => other,
        };
    }

    /// Makes the pool look into the roots of a client where it does not find a repository by itself. A question is
    /// returned where the client has to be asked by an answer; it repeats the call then.
    pub(super) async fn settle(
        &self,
        pool: &Arc<Pool>,
        responses: Option<&InputResponses>,
        cx: &RequestContext<RoleServer>,
    ) -> Option<InputRequiredResult> {
        // One asks, whoever comes meanwhile waits for what it finds.
        let mut state = self.state.lock().await;
        match *state {
            State::Settled | State::OfRoots => return None,
            State::Unknown | State::Silent if pool.opens().await => {
                *state = State::Settled;
                return None;
            }
            State::Silent => return None,
            State::Unknown | State::Changed => {}
        }
        let has_roots = cx.client_capabilities().is_some_and(|client| client.roots.is_some());
        if !has_roots {
            return None;
        }
        let is_stateless = cx
            .protocol_version()
            .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str());
        let listed = match responses.and_then(|responses| responses.get(ROOTS)) {
            Some(value) => serde_json::from_value::<ListRootsResult>(value.clone()).ok(),
            None if is_stateless => {
                let request = InputRequest::ListRoots(ListRootsRequest::default());
                let requests = InputRequests::from([(ROOTS.to_owned(), request)]);
                return Some(InputRequiredResult::from_input_requests(requests));
            }
            None => match timeout(PATIENCE, cx.peer.list_roots()).await {
                Ok(listed) => listed.ok(),
                Err(_) => {
                    *state = State::Silent;
                    return None;
                }
            },
        };
        let roots = listed.map(|listed| listed.roots).unwrap_or_default();
        let dirs = roots.iter().filter_map(|root| uri::directory(&root.uri));
        *state = match pool.moves_to_one_of(dirs.map(PathBuf::from)).await {
            true => State::OfRoots,
            false => State::Unknown,
        };
        None
    }
}
