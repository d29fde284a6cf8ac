//! The same server over HTTP, for several clients on one machine, or behind a token for others.
//!
//! A page in somebody's browser can reach a server on this machine: whose name it was called by and which page called
//! are looked at before anything else is.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use super::pool::Pool;
use super::server::Server;
use super::{Options, PATIENCE, archive, end, runtime};
use crate::ops::{Error, Settings};

/// The path the protocol is spoken at.
const PATH: &str = "/mcp";

/// The largest request: the largest record, its quotes doubled, and room for what is around it.
const BODY_BYTES: usize = 4 * 1024 * 1024;

/// How long a session lives in which nothing happens: its client may build something, or think.
const SESSION: Duration = Duration::from_secs(24 * 60 * 60);

/// How long what was answered may take to go out when the server ends.
const ANSWERING: Duration = Duration::from_millis(300);

/// The shortest token that is taken: nobody guesses it.
const TOKEN_CHARS: usize = 16;

/// Where and for whom to serve.
#[derive(Clone, Debug)]
pub struct Http {
    /// The address; port 0 is any that is free.
    pub address: SocketAddr,
    /// What every request must carry; nothing is asked for where there is none.
    pub token: Option<String>,
    /// Names this machine is called by, beside those of the loopback and the address itself.
    pub hosts: Vec<String>,
}

/// Serves any number of clients over HTTP until the process is told to end; `told` gets the URL once it is reachable.
///
/// # Errors
///
/// `denied` where others could reach it and there is no token; `invalid` where the token is too short;
/// `unavailable` where the address cannot be had.
pub fn serve_http(settings: Settings, options: &Options, http: &Http, told: impl FnOnce(&str)) -> Result<(), Error> {
    refuse_open(http)?;
    let pool = Pool::new(settings);
    let server = Server::new(Arc::clone(&pool), options);
    let runtime = runtime()?;
    let served = runtime.block_on(async {
        archive::keep(Arc::clone(&pool), options);
        serve(server, http, told).await
    });
    end(runtime, &pool);
    served
}

fn refuse_open(http: &Http) -> Result<(), Error> {
    match &http.token {
        None if !http.address.ip().is_loopback() => Err(Error::denied(format!(
            "{} can be reached from other machines: give a token of at least {TOKEN_CHARS} characters in \
             DOCKET_HTTP_TOKEN or with --token-file, or serve on 127.0.0.1",
            http.address
        ))),
        Some(token) if token.contains(|c: char| c.is_control() || !c.is_ascii()) => Err(Error::request(
            "the token has characters that no header has: nobody could give it",
        )),
        Some(token) if token.chars().count() < TOKEN_CHARS => Err(Error::request(format!(
            "the token is too short: at least {TOKEN_CHARS} characters"
        ))),
        _ => Ok(()),
    }
}

async fn serve(server: Server, http: &Http, told: impl FnOnce(&str)) -> Result<(), Error> {
    let unavailable = |error: std::io::Error| Error::unavailable(format!("{}: {error}", http.address));
    let listener = tokio::net::TcpListener::bind(http.address).await.map_err(unavailable)?;
    let address = listener.local_addr().map_err(unavailable)?;
    let mut config = StreamableHttpServerConfig::default().with_max_request_body_bytes(BODY_BYTES);
    config.allowed_hosts.extend(http.hosts.iter().cloned());
    if !address.ip().is_loopback() && !address.ip().is_unspecified() {
        config.allowed_hosts.push(address.ip().to_string());
    }
    let ending = config.cancellation_token.clone();
    let mut sessions = LocalSessionManager::default();
    sessions.session_config.keep_alive = Some(SESSION);
    let working = server.clone();
    let service = StreamableHttpService::new(move || Ok(server.for_client()), Arc::new(sessions), config);
    let mut router = Router::new().nest_service(PATH, service).layer(from_fn(require_origin));
    if let Some(token) = &http.token {
        router = router.layer(from_fn_with_state(digest(token), require_token));
    }
    told(&format!("http://{address}{PATH}"));
    let told_to_end = CancellationToken::new();
    let serving = axum::serve(listener, router).with_graceful_shutdown(told_to_end.clone().cancelled_owned());
    let end = async {
        signalled().await;
        // No new connections; what has begun is answered.
        told_to_end.cancel();
        let answered = async {
            working.rests().await;
            tokio::time::sleep(ANSWERING).await;
        };
        // Whoever is told a second time has no patience left.
        tokio::select! {
            _ = tokio::time::timeout(PATIENCE, answered) => {}
            () = signalled() => {}
        }
        // Streams that wait for changes would never end by themselves, nor does half a request.
        ending.cancel();
        tokio::time::sleep(ANSWERING).await;
    };
    tokio::select! {
        served = serving => served.map_err(unavailable),
        () = end => Ok(()),
    }
}

/// Lets a request pass that no page of somebody else's sent: a page says where it is from.
async fn require_origin(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN);
    match origin.is_none_or(|origin| origin.to_str().is_ok_and(is_of_this_machine)) {
        true => next.run(request).await,
        false => (StatusCode::FORBIDDEN, "pages of other origins are not served\n").into_response(),
    }
}

/// Whether an origin is a page of this machine: its scheme, its host and a port, and nothing else.
fn is_of_this_machine(origin: &str) -> bool {
    let rest = ["http://", "https://"]
        .iter()
        .find_map(|scheme| origin.strip_prefix(scheme));
    let hosts = ["localhost", "127.0.0.1", "[::1]"];
    rest.is_some_and(|rest| {
        let port = hosts.iter().find_map(|host| rest.strip_prefix(host));
        port.is_some_and(|port| {
            port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
        })
    })
}

/// Waits until the process is interrupted or terminated.
async fn signalled() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // Without signals there is nothing to wait for; the process is killed.
    drop(tokio::signal::ctrl_c().await);
}

type Token = [u8; 32];

fn digest(token: &str) -> Token {
    Sha256::digest(token.as_bytes()).into()
}

/// Lets a request pass that carries the token.
async fn require_token(State(expected): State<Token>, request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| digest(token.trim()))
    });
    if given.is_some_and(|given| same(&given, &expected)) {
        return next.run(request).await;
    }
    let mut refused = (StatusCode::UNAUTHORIZED, "a token is needed\n").into_response();
    let scheme = HeaderValue::from_static("Bearer realm=\"git-docket\"");
    refused.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
    refused
}

/// Whether two digests are the same; takes as long wherever they differ, and of the tokens themselves tells nothing.
fn same(one: &Token, other: &Token) -> bool {
    one.iter().zip(other).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http(address: &str, token: Option<&str>) -> Http {
        Http {
            address: address.parse().expect("an address"),
            token: token.map(ToOwned::to_owned),
            hosts: Vec::new(),
        }
    }

    #[test]
    fn nobody_else_gets_in_without_a_token() {
        assert!(refuse_open(&http("127.0.0.1:0", None)).is_ok());
        assert!(refuse_open(&http("[::1]:0", None)).is_ok());
        assert!(refuse_open(&http("0.0.0.0:0", None)).is_err());
        assert!(refuse_open(&http("[::]:0", None)).is_err());
        assert!(refuse_open(&http("0.0.0.0:0", Some("short"))).is_err());
        assert!(refuse_open(&http("0.0.0.0:0", Some("a long enough secret"))).is_ok());
        assert!(refuse_open(&http("0.0.0.0:0", Some("a long enough secret\u{e9}"))).is_err());
    }

    #[test]
    fn only_pages_of_this_machine_may_ask() {
        for origin in [
            "http://localhost",
            "https://localhost:3000",
            "http://127.0.0.1:80",
            "http://[::1]:1",
        ] {
            assert!(is_of_this_machine(origin), "{origin}");
        }
        for origin in [
            "http://localhost:80.evil.com",
            "http://localhost.evil.com",
            "http://localhost:abc",
            "null",
            "http://evil.com",
            "ftp://localhost",
            "http://localhost:80/x",
            "",
        ] {
            assert!(!is_of_this_machine(origin), "{origin}");
        }
    }

    #[test]
    fn only_the_token_is_the_token() {
        assert!(same(&digest("a"), &digest("a")));
        assert!(!same(&digest("a"), &digest("b")));
    }
}
