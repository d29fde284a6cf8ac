//! The Model Context Protocol: coding agents call the operations as tools.
//!
//! The only place that names rmcp. Parsing of arguments is dumb; a tool turns them into one request, calls one
//! operation and returns the response. Whatever is refused has the code, the details and the hints that it has
//! everywhere.

mod answer;
mod archive;
mod arguments;
mod fit;
mod http;
mod mend;
mod pool;
mod prompts;
mod protocol;
mod resources;
mod roots;
mod server;
mod setup;
mod tool;
mod tools;
mod uri;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use rmcp::ServiceExt as _;
use rmcp::transport::io::stdio_pipes;
use tokio::runtime::{Builder, Runtime};

use crate::ops::{Error, Settings, text};
pub use http::{Http, serve_http};
use pool::Pool;
use server::Server;
pub use setup::{Client, Content, Machine, Setup};
pub use tool::Toolset;

/// How long a write waits for other writers: many clients wait no longer than a minute for an answer.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How long what has begun may take when the client is gone.
const ENDING: Duration = Duration::from_secs(35);

/// What a server is to be.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Tools beside the default ones.
    pub toolsets: Vec<Toolset>,
    /// Only tools that change nothing.
    pub read_only: bool,
    /// Whether the client is asked for its roots where no repository is found: nobody named one.
    pub asks_roots: bool,
}

/// Serves one client over standard input and output, until its end of them closes.
///
/// Nothing but the protocol is written to standard output. What has begun when the client goes is brought to its end.
///
/// # Errors
///
/// `invalid` where what comes in is not the protocol from its first line.
pub fn serve_stdio(settings: Settings, options: &Options) -> Result<(), Error> {
    let pool = Pool::new(settings);
    let server = Server::new(pool.clone(), options);
    let runtime = runtime()?;
    let served = runtime.block_on(async {
        archive::keep(Arc::clone(&pool), options);
        let (input, output) = stdio_pipes();
        match server.serve((mend::Mended::new(input), output)).await {
            Ok(service) => drop(service.waiting().await),
            Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => {}
            Err(error) => {
                let message = format!("the client does not speak the Model Context Protocol: {error}");
                return Err(Error::request(text::shown(&message)));
            }
        }
        Ok(())
    });
    end(runtime, &pool);
    served
}

fn runtime() -> Result<Runtime, Error> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Error::bug(format!("no runtime: {error}")))
}

/// Ends what runs, then closes what is open: the other way round, a context would be closed where blocking is forbidden.
fn end(runtime: Runtime, pool: &Pool) {
    runtime.shutdown_timeout(ENDING);
    pool.close();
}
