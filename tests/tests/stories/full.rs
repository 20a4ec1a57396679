//! The relay's disk runs full: a real one, small, under the real program.

use lacre_tests::binaries;
use lacre_tests::device::Device;
use lacre_tests::relay::Host;
use lacre_tests::stage::Stage;
use lacre_tests::world::World;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

const MIB: u64 = 1024 * 1024;

/// A disk of 96 MiB in memory, of which a relay keeps 16 free. Gone with this.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where mounting is not allowed.
    fn mount(at: &Path) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=96m,mode=700", "tmpfs"])
            .arg(at)
            .output();
        mounted
            .is_ok_and(|output| output.status.success())
            .then(|| Self(at.to_owned()))
    }

    /// Fills it until `enough`, or until nothing more goes onto it.
    async fn fill(&self, name: &str, mut enough: impl AsyncFnMut() -> bool) {
        let path = self.0.join(name);
        let mut ballast = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        while !enough().await {
            if ballast.write_all(&[0x5a; 256 * 1024]).is_err() {
                return;
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the relay's process may be a moment behind.
        let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|status| status.success()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_runs_full_recovers_without_a_restart() {
    binaries::lacre();
    let stage = Arc::new(Stage::new(Duration::from_secs(120)));
    let folder = stage.path("relay");
    let Some(disk) = SmallDisk::mount(&folder) else {
        println!("skipped: nothing may be mounted here");
        return;
    };
    let world = World::on(Arc::clone(&stage), Host::process(&folder).await);
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    let before = ana.says(room, "before").await;
    bruno.sees(room, &[before]).await;
    assert!(!status(&folder).contains("almost full"));

    let relay = &world.relay;
    disk.fill("ballast", async || {
        relay.metrics().await.get("lacre_store_free_bytes") < 12 * MIB
    })
    .await;
    let during = ana.say(room, "while it is full").await;
    refused(&ana, relay, 1).await;
    let told = status(&folder);
    assert!(
        told.contains("disk almost full") && told.contains("must stay free"),
        "{told}"
    );
    // Who comes back is let in and finds what there is; who knows the relay only now is not.
    bruno.restart().await;
    bruno.comes_online().await;
    assert_eq!(bruno.texts(room).await, ["before"]);
    assert!(!ana.look(|told| told.has(room, during)));

    // Something else takes the last byte.
    disk.fill("rest", async || false).await;
    assert!(
        File::create(folder.join("one"))
            .and_then(|mut file| file.write_all(&[1; 65536]))
            .is_err()
    );
    let before_that = relay.metrics().await.get("lacre_store_full_refused_total");
    let later = ana.say(room, "while nothing fits").await;
    refused(&ana, relay, before_that + 1).await;
    assert_eq!(bruno.texts(room).await, ["before"]);

    for ballast in ["rest", "one", "ballast"] {
        std::fs::remove_file(folder.join(ballast)).unwrap();
    }
    ana.has_sent(room, during).await;
    ana.has_sent(room, later).await;
    bruno.sees(room, &[during, later]).await;
    let metrics = relay.metrics().await;
    assert_eq!(metrics.get("lacre_store_full"), 0);
    assert!(!status(&folder).contains("almost full"));
    world.check(&mut [&mut ana, &mut bruno]).await;
    ana.close().await;
    bruno.close().await;
    drop(world);
}

/// Waits until the relay has refused so many commands for want of space, and is still there.
async fn refused(person: &Device, relay: &Host, times: u64) {
    let told = async {
        loop {
            let metrics = relay.metrics().await;
            if metrics.get("lacre_store_full_refused_total") >= times {
                assert_eq!(metrics.get("lacre_store_full"), 1);
                return;
            }
        }
    };
    person.within("a refusal for want of space", told).await;
}

/// What `lacre relay status` tells an operator.
fn status(folder: &Path) -> String {
    let output = Command::new(binaries::lacre())
        .args(["relay", "status", "--data"])
        .arg(folder)
        .env("LACRE_LANG", "en")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}
