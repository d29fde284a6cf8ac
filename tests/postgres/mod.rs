//! A Postgres server that is there for one test, from the binaries of the system.

use std::path::PathBuf;
use std::process::{Command, Output};

use pgtemp::{PgTempDB, PgTempDBBuilder};

/// What must never be printed.
pub(crate) const PASSWORD: &str = "s3cret-of-the-test";

pub(crate) struct Server {
    server: PgTempDB,
    /// Whether it was stopped and started since, so that nobody else ends it.
    restarted: bool,
}

impl Server {
    pub(crate) fn start() -> Self {
        let builder = PgTempDBBuilder::new().with_bin_path(binaries()).with_password(PASSWORD);
        // The password counts, also for who asks from this machine.
        let builder = builder.with_initdb_arg("auth", "scram-sha-256");
        // Whatever the environment says of languages.
        let builder = builder.with_initdb_arg("encoding", "UTF8");
        let server = Self {
            server: PgTempDB::from_builder(builder.with_config_param("max_connections", "30")),
            restarted: false,
        };
        server.wait_until_ready();
        server
    }

    /// It may still be starting up, and refuse everybody, when the process is there.
    fn wait_until_ready(&self) {
        for _ in 0..3_000 {
            let asked = Command::new(binaries().join("pg_isready"))
                .args(["-q", "-d", &self.url()])
                .status();
            if asked.expect("pg_isready runs").success() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("the server does not come up");
    }

    pub(crate) fn url(&self) -> String {
        // Where many tests run at once, half a second may pass.
        format!("{}?connect_timeout=20", self.server.connection_uri())
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.db_port()
    }

    /// Runs SQL and returns what it gives, a line for each row.
    pub(crate) fn run(&self, sql: &str) -> String {
        let output = Command::new(binaries().join("psql"))
            .args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, &self.url()])
            .output()
            .expect("psql runs");
        assert!(
            output.status.success(),
            "{sql}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }

    /// Ends it as a crash does: nobody is told.
    pub(crate) fn crash(&mut self) {
        self.restarted = true;
        // What a server had not put on its disk is gone after a crash, and would come again; here it is to be there.
        self.run("CHECKPOINT");
        self.control(&["stop", "-m", "immediate"]);
    }

    pub(crate) fn start_again(&mut self) {
        let data = self.server.data_dir();
        let options = format!("-p {} -c unix_socket_directories={}", self.port(), data.display());
        self.control(&["start", "-w", "-o", &options, "-l", "/dev/null"]);
    }

    fn control(&self, arguments: &[&str]) -> Output {
        let control = binaries().join("pg_ctl");
        let data = self.server.data_dir();
        // The server does not run as root.
        let mut command = match rustix::process::getuid().is_root() {
            true => {
                let mut command = Command::new("sudo");
                command.args(["-u", "postgres"]).arg(control);
                command
            }
            false => Command::new(control),
        };
        let output = command.arg("-D").arg(data).args(arguments).current_dir("/").output();
        let output = output.expect("pg_ctl runs");
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.restarted {
            // It may not run; then there is nothing to end.
            let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                self.control(&["stop", "-m", "immediate"]);
            }));
            drop(stopped);
        }
    }
}

/// The directory of the newest server that is installed; distributions keep several, none of them in the path.
fn binaries() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = versions
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists());
    let newest = found.max_by_key(|bin| {
        let version = bin
            .parent()
            .and_then(|version| version.file_name()?.to_str()?.parse::<u32>().ok());
        version.unwrap_or_default()
    });
    let in_path = || {
        #[expect(clippy::disallowed_methods, reason = "the server is the system's")]
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).find(|dir| dir.join("initdb").exists())
    };
    newest.or_else(in_path).expect("PostgreSQL is installed: see tests/run")
}
