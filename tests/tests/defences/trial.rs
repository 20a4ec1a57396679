//! The attacks against code without a defence.

use crate::copy::Copy;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// After that the attacks are killed. One that waits for what does not come has failed.
const LIMIT: Duration = Duration::from_secs(300);
/// Between two looks at a process.
const GLANCE: Duration = Duration::from_millis(100);

/// How the attacks ended.
pub(crate) enum Verdict {
    /// Without the defence there is nothing to run, and why.
    Nothing(String),
    /// The tests with what became of them.
    Ended(Vec<(&'static str, End)>),
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum End {
    Failed,
    /// The defence is not what makes it pass.
    Passed,
    /// It was killed, or the whole process died.
    Unended,
}

impl Verdict {
    /// Whether every test failed, as it should.
    pub(crate) fn is_shown(&self) -> bool {
        match self {
            Self::Nothing(_) => false,
            Self::Ended(tests) => tests.iter().all(|(_, end)| *end != End::Passed),
        }
    }

    /// How many tests failed.
    pub(crate) fn failed(&self) -> usize {
        match self {
            Self::Nothing(_) => 0,
            Self::Ended(tests) => tests.iter().filter(|(_, end)| *end != End::Passed).count(),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tests = match self {
            Self::Nothing(why) => return write!(f, "DOES NOT RUN: {why}"),
            Self::Ended(tests) => tests,
        };
        for (number, (name, end)) in tests.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            let end = match end {
                End::Failed => "failed",
                End::Passed => "DID NOT FAIL",
                End::Unended => "failed, did not end",
            };
            write!(f, "{comma}{name} {end}")?;
        }
        Ok(())
    }
}

/// Compiles the copy as it stands and runs the tests named.
pub(crate) fn hold(copy: &Copy, attacks: &[&'static str]) -> Verdict {
    let compiled = run(copy, &["--no-run"], None);
    if compiled != Some(true) {
        let said = fs::read_to_string(copy.output()).unwrap();
        let error = said.lines().find(|line| line.starts_with("error"));
        return Verdict::Nothing(error.unwrap_or("cargo does not say why").to_owned());
    }
    let arguments = [&["--", "--exact"], attacks].concat();
    run(copy, &arguments, Some(LIMIT));
    let said = fs::read_to_string(copy.output()).unwrap();
    let running = format!("\nrunning {} test", attacks.len());
    if !said.contains(&running) {
        return Verdict::Nothing("the attacks were not run".to_owned());
    }
    let end = |attack: &&'static str| {
        let is = |end: &str| said.contains(&format!("test {attack} ... {end}\n"));
        let end = match (is("ok"), is("FAILED")) {
            (true, _) => End::Passed,
            (_, true) => End::Failed,
            _ => End::Unended,
        };
        (*attack, end)
    };
    Verdict::Ended(attacks.iter().map(end).collect())
}

/// `cargo test` of the attacks in the copy. Whether it went well; nothing if it was killed.
fn run(copy: &Copy, arguments: &[&str], limit: Option<Duration>) -> Option<bool> {
    let output = File::create(copy.output()).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .args(["test", "-p", "lacre-tests", "--test", "attacks", "--locked"])
        .args(arguments)
        .current_dir(copy.root())
        .env("CARGO_TARGET_DIR", target)
        // Else what is compiled here would take the place of what the workspace compiled there.
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .stdout(output.try_clone().unwrap())
        .stderr(output)
        .process_group(0);
    // What cargo told this test about itself is not true of the copy.
    let own = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars().filter(|(name, _)| own(name)) {
        command.env_remove(name);
    }
    let (began, mut child) = (Instant::now(), command.spawn().unwrap());
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status.success());
        }
        if limit.is_some_and(|limit| began.elapsed() > limit) {
            let group = format!("-{}", child.id());
            let told = Command::new("kill").args(["-KILL", "--", &group]).status();
            assert!(told.unwrap().success(), "{group} was not killed");
            child.wait().unwrap();
            return None;
        }
        thread::sleep(GLANCE);
    }
}
