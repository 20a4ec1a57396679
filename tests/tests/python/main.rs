//! The Python package as people get it: a wheel, installed into a fresh environment, against a real
//! relay. What it needs of Python it installs itself.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use lacre_tests::relay::Host;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the tools that build the wheel are kept between runs: beside everything else that is built.
fn tools() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let target = here
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").exists());
    target
        .unwrap_or(here.parent().unwrap())
        .join("python-tools")
}

fn sources() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().join("bindings/python")
}

fn run(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Makes a virtual environment; installs Python's part for that where a Debian lacks it.
fn environment(folder: &Path) {
    let make = || {
        Command::new("python3")
            .args(["-m", "venv"])
            .arg(folder)
            .output()
    };
    if make().is_ok_and(|output| output.status.success()) {
        return;
    }
    run(Command::new("apt-get")
        .args(["install", "-y", "--no-install-recommends"])
        .args(["python3", "python3-venv"]));
    run(Command::new("python3").args(["-m", "venv"]).arg(folder));
}

/// The wheel, in the folder of its own that it returns.
fn wheel(folder: &Path) -> PathBuf {
    let tools = tools();
    let maturin = tools.join("bin/maturin");
    if !maturin.exists() {
        environment(&tools);
        run(Command::new(tools.join("bin/pip")).args(["install", "--quiet", "maturin>=1.9,<2"]));
    }
    let wheels = folder.join("wheels");
    let target = tools.parent().unwrap();
    run(Command::new(maturin)
        .args(["build", "--profile", "dev", "--out"])
        .arg(&wheels)
        .arg("--target-dir")
        .arg(target)
        .env("CARGO_TARGET_DIR", target)
        .current_dir(sources()));
    let mut made = std::fs::read_dir(&wheels).unwrap();
    made.next().unwrap().unwrap().path()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_wheel_talks_to_a_relay() {
    let folder = tempfile::tempdir().unwrap();
    let wheel = wheel(folder.path());
    let fresh = folder.path().join("fresh");
    environment(&fresh);
    run(Command::new(fresh.join("bin/pip"))
        .args(["install", "--quiet", "--no-index"])
        .arg(wheel));
    let relay = Host::here(&folder.path().join("relay")).await;
    let mut python = Command::new(fresh.join("bin/python"));
    python
        .args([
            "-X",
            "faulthandler",
            "-m",
            "unittest",
            "--verbose",
            "test_client",
        ])
        .env("LACRE_ADDRESS", relay.address())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(sources().join("tests"));
    tokio::task::spawn_blocking(move || run(&mut python))
        .await
        .unwrap();
}
