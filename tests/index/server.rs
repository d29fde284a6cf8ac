//! A Postgres server that is there for one test, from the binaries of the system.

use std::path::PathBuf;

use pgtemp::{PgTempDB, PgTempDBBuilder};

pub(crate) struct Server(PgTempDB);

impl Server {
    pub(crate) fn start() -> Self {
        let builder = PgTempDBBuilder::new()
            .with_bin_path(binaries())
            .with_password("s3cret-of-the-test");
        Self(PgTempDB::from_builder(
            builder.with_config_param("max_connections", "30"),
        ))
    }

    pub(crate) fn url(&self) -> String {
        self.0.connection_uri()
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
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).find(|dir| dir.join("initdb").exists())
    };
    newest.or_else(in_path).expect("PostgreSQL is installed: see tests/run")
}
