//! Servers of others that tests run: those of this machine, or the distribution's packages, which are
//! installed where that may be done. Services that a package would start by itself do not start.

#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// Installs what stands behind it. Another package manager at work is waited for.
const INSTALL: &str = "
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\\nexit 101\\n' > $policy && chmod 755 $policy
    trap 'rm -f $policy' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
wait='-o DPkg::Lock::Timeout=600'
apt-get $wait update -q; apt-get $wait install -y -q --no-install-recommends \"$@\"";

/// Where a program is.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&folders).collect();
    folders.extend(["/usr/sbin", "/sbin"].map(PathBuf::from));
    folders
        .into_iter()
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// A program, out of a package if it is not there yet. Panics with what to do.
pub(crate) fn program(name: &str, packages: &[&str]) -> PathBuf {
    if let Some(found) = find(name) {
        return found;
    }
    let said = install(packages);
    find(name).unwrap_or_else(|| {
        panic!("these tests run {name} and found none: {said:?}");
    })
}

/// Installs packages, one call after the other. The error says what to do by hand.
pub(crate) fn install(packages: &[&str]) -> Result<(), String> {
    static ONE: Mutex<()> = Mutex::new(());
    let _alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let done = Command::new("sh")
        .args(["-c", INSTALL, "install"])
        .args(packages)
        .stdin(Stdio::null())
        .output();
    match done {
        Ok(output) if output.status.success() => Ok(()),
        other => Err(format!(
            "apt-get update && apt-get install {} ({other:?})",
            packages.join(" ")
        )),
    }
}
