//! Commits that are signed as git config says.

use super::*;

/// Bourne shell that does what git expects of a successful gpg.
pub(super) const FAKE_SIGNATURE: &str = "cat >/dev/null\nprintf '\\n[GNUPG:] SIG_CREATED D\\n' >&2\n\
    printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nfake\\n-----END PGP SIGNATURE-----\\n'\n";

/// Makes a shell script the repository's signing program.
pub(super) fn signer(repo: &Repo, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = repo.beside("signer");
    std::fs::write(&path, format!("#!/bin/sh\n{script}")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    repo.git(&["config", "commit.gpgsign", "true"]);
    repo.git(&["config", "gpg.program", path.to_str().unwrap()]);
}

#[test]
fn with_an_ssh_key() {
    let repo = Repo::new();
    let key = repo.beside("key");
    let keygen = ["-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f"];
    if let Err(error) = run(Command::new("ssh-keygen").args(keygen).arg(&key), b"") {
        assert!(
            error.contains("No such file"),
            "ssh-keygen is there and made no key: {error}"
        );
        return;
    }
    let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    let allowed = repo.beside("allowed");
    std::fs::write(&allowed, format!("ada@example.org {public}")).unwrap();
    for (name, value) in [
        ("gpg.format", "ssh"),
        ("user.signingkey", key.to_str().unwrap()),
        ("commit.gpgsign", "true"),
        ("gpg.ssh.allowedSignersFile", allowed.to_str().unwrap()),
    ] {
        repo.git(&["config", name, value]);
    }
    let (store, _) = repo.init();
    write(&store, &[edit(".tracking/a.md", "a")]).unwrap();
    repo.git(&["verify-commit", "tracking"]);
    repo.git(&["verify-commit", "tracking~1"]);
    assert_eq!(
        repo.git(&["rev-parse", "tracking~2"]),
        FIRST_SHA1,
        "the first commit is never signed"
    );
    repo.fsck();
}

#[test]
fn with_a_program_that_works() {
    let repo = Repo::new();
    signer(&repo, FAKE_SIGNATURE);
    let (store, _) = repo.init();
    write(&store, &[edit(".tracking/a.md", "a")]).unwrap();
    assert!(
        repo.git(&["cat-file", "commit", "tracking"])
            .contains("gpgsig -----BEGIN PGP SIGNATURE-----")
    );
    repo.fsck();
}

#[test]
fn a_program_that_fails_is_quoted_and_nothing_moves() {
    let repo = Repo::new();
    let (_, base) = repo.init();
    signer(&repo, "cat >/dev/null; echo 'no secret key' >&2; exit 2\n");
    let result = write(&repo.open(), &[edit(".tracking/a.md", "a")]);
    assert_error!(result, Error::Signing { message, .. } if message == "no secret key");
    repo.git(&["config", "gpg.program", "/nowhere/gpg"]);
    assert_error!(
        write(&repo.open(), &[edit(".tracking/a.md", "a")]),
        Error::Signing { .. }
    );
    assert_eq!(repo.open().tip().unwrap(), Some(base));
    assert_eq!(
        repo.git(&["fsck", "--full", "--strict"]),
        "",
        "not even objects were written"
    );
}
