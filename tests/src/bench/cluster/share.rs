//! A share of a processor: a control group that a relay is started in.

use std::path::{Path, PathBuf};

/// How often the kernel gives the share anew, in microseconds.
const PERIOD_US: u32 = 10_000;

/// A control group of this run, for one relay.
pub(super) struct Share(PathBuf);

impl Share {
    /// A group that may use one core's `divisor`-th part. None where groups cannot be made.
    pub(super) fn of_core(divisor: u32, number: usize) -> Option<Self> {
        let quota = PERIOD_US / divisor;
        let name = format!("lacre-bench-{}-{number}", std::process::id());
        let root = Path::new("/sys/fs/cgroup");
        // The second version has one tree, the first one for processors.
        let (folder, settings) = if root.join("cgroup.controllers").exists() {
            let most = format!("{quota} {PERIOD_US}");
            (root.join(name), vec![("cpu.max", most)])
        } else {
            let period = ("cpu.cfs_period_us", PERIOD_US.to_string());
            let quota = ("cpu.cfs_quota_us", quota.to_string());
            (root.join("cpu").join(name), vec![period, quota])
        };
        std::fs::create_dir(&folder).ok()?;
        let group = Self(folder);
        let mut settings = settings.into_iter();
        settings
            .all(|(name, value)| std::fs::write(group.0.join(name), value).is_ok())
            .then_some(group)
    }

    /// Words before a program that put it into the group.
    pub(super) fn launcher(&self) -> Vec<String> {
        let script = format!("echo $$ > {}/cgroup.procs && exec \"$@\"", self.0.display());
        ["sh", "-c", &script, "sh"].map(str::to_owned).to_vec()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        // A process that still ends keeps it; then it stays, empty.
        let _removed = std::fs::remove_dir(&self.0);
    }
}
