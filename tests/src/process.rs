//! What the kernel knows of a process: its open descriptors, its memory, the time it has used.

use std::fs;
use std::time::Duration;

/// Kernel ticks a second in `/proc/<pid>/stat`; 100 on every Linux this runs on (`USER_HZ`).
const TICKS: u64 = 100;

/// Open descriptors, sockets included, by what they point to.
pub fn descriptors(pid: u32) -> Vec<String> {
    let folder = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let links = folder.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    let mut links: Vec<_> = links
        .map(|link| link.to_string_lossy().into_owned())
        .collect();
    links.sort();
    links
}

/// Processor time used so far, in user mode and in the kernel. Exact to 10 ms.
pub fn cpu_time(pid: u32) -> Duration {
    let [user, kernel, ..] = used(pid);
    user + kernel
}

/// Processor time in user mode and in the kernel, then that of the children it has waited for.
fn used(pid: u32) -> [Duration; 4] {
    let fields = stat(pid).unwrap();
    [11, 12, 13, 14].map(|field: usize| {
        let ticks: u64 = fields[field].parse().unwrap();
        Duration::from_millis(ticks * 1000 / TICKS)
    })
}

/// The fields of `/proc/<pid>/stat` behind the program's name, which is in parentheses and may hold
/// anything; none of a process that has ended.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}

/// As [`cpu_time`], with that of all processes it has started and of those it has outlived.
pub fn family_cpu_time(pid: u32) -> Duration {
    let children = children(pid).into_iter().map(cpu_time);
    children.chain(used(pid)).sum()
}

/// The processes that this one has started.
pub fn children(pid: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap();
    let pids = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    // One that has just ended is nobody's.
    let parent = |pid: u32| -> Option<u32> { stat(pid)?.get(1)?.parse().ok() };
    pids.filter(|child| parent(*child) == Some(pid)).collect()
}

/// Processor time used by everything on this machine so far, over all cores; what a host took away
/// counts as used.
pub fn machine_time() -> Duration {
    let text = fs::read_to_string("/proc/stat").unwrap();
    let numbers = text.lines().next().unwrap().split_whitespace().skip(1);
    let numbers: Vec<u64> = numbers.map(|number| number.parse().unwrap()).collect();
    // user, nice, system, (idle, iowait,) irq, softirq, steal.
    let ticks: u64 = [0, 1, 2, 5, 6, 7].iter().map(|field| numbers[*field]).sum();
    Duration::from_millis(ticks * 1000 / TICKS)
}

/// Processor time of the calling thread, to the nanosecond.
pub fn thread_cpu_time() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split_whitespace().next().unwrap().parse().unwrap())
}

/// Memory in use, in bytes: resident pages that belong to the process alone.
pub fn resident(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))
        .unwrap();
    line.trim()
        .trim_end_matches(" kB")
        .trim()
        .parse::<u64>()
        .unwrap()
        * 1024
}
