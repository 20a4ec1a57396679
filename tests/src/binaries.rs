//! The programs that stories start as processes of their own, so that they can be killed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder of the profile this program was built with: `target/debug`, for example.
fn profile_folder() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let folder = here.parent().unwrap();
    if folder.ends_with("deps") {
        folder.parent().unwrap().to_owned()
    } else {
        folder.to_owned()
    }
}

/// A binary of this crate. Cargo builds it before any test of the crate.
pub fn own(name: &str) -> PathBuf {
    let path = profile_folder().join(name);
    assert!(
        path.exists(),
        "{} is not built; build the crate lacre-tests with its binaries",
        path.display()
    );
    path
}

/// The binary `lacre`, as operators run it; brought up to date once per process. `LACRE_BINARY`
/// names another one.
pub fn lacre() -> &'static Path {
    static LACRE: OnceLock<PathBuf> = OnceLock::new();
    LACRE.get_or_init(|| match std::env::var_os("LACRE_BINARY") {
        Some(path) => path.into(),
        None => build(),
    })
}

fn build() -> PathBuf {
    let folder = profile_folder();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into()));
    cargo.args([
        "build",
        "--quiet",
        "--package",
        "lacre-cli",
        "--bin",
        "lacre",
    ]);
    cargo
        .arg("--manifest-path")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml"));
    cargo.arg("--target-dir").arg(folder.parent().unwrap());
    match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") => {}
        Some(profile) => drop(cargo.args(["--profile", profile])),
        None => panic!("{} is not a folder of a profile", folder.display()),
    }
    let status = cargo.status().unwrap();
    assert!(
        status.success(),
        "cargo could not build the binary lacre: {status}"
    );
    own("lacre")
}
