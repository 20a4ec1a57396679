//! Crash points: images of the files at every step of a batch, as a killed process leaves them.
//!
//! Each image must open, hold everything that was answered `Accepted` before it was taken, and show
//! every log without a gap.

use super::world::{World, keys, options};
use lacre_relay::store::command::Command;
use lacre_relay::store::faults::{Fate, Faults, Step};
use lacre_relay::store::read::{ReadLogs, ReadRooms};
use lacre_relay::store::{Durability, Store, StoreOptions, Verdict};
use lacre_wire::answer::Accepted;
use lacre_wire::ids::{LogId, RoomId};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// The files at one step, and how much had been answered by then.
struct Image {
    path: PathBuf,
    step: Step,
    answered: usize,
}

#[derive(Default)]
struct Camera {
    answered: Mutex<Vec<(LogId, Accepted)>>,
    images: Mutex<Vec<Image>>,
    steps: AtomicUsize,
}

impl Camera {
    /// Takes an image of every step that ends a batch, and of some writes.
    fn shoot(&self, dir: &Path, step: Step) {
        let number = self.steps.fetch_add(1, Ordering::SeqCst);
        if step == Step::Write && !number.is_multiple_of(13) {
            return;
        }
        // First what was answered, then the files: an answer in between is no claim.
        let answered = self.answered.lock().unwrap().len();
        let path = dir.join(format!("image-{number}.db"));
        for suffix in ["", "-wal"] {
            let from = dir.join(format!("relay.db{suffix}"));
            if from.exists() {
                std::fs::copy(&from, format!("{}{suffix}", path.display())).unwrap();
            }
        }
        self.images.lock().unwrap().push(Image {
            path,
            step,
            answered,
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_store_holds_what_it_accepted() {
    let dir = tempfile::tempdir().unwrap();
    let camera = Arc::new(Camera::default());
    let (shooting, folder) = (Arc::clone(&camera), dir.path().to_path_buf());
    let faults = Faults::new(move |step| {
        shooting.shoot(&folder, step);
        Fate::Continue
    });
    let store = Store::open(
        &dir.path().join("relay.db"),
        keys(),
        &StoreOptions {
            faults,
            ..options()
        },
    )
    .unwrap();
    work(store, &camera).await;

    let images = std::mem::take(&mut *camera.images.lock().unwrap());
    let answered = camera.answered.lock().unwrap().clone();
    assert!(images.len() > 50 && answered.len() > 100);
    for step in [Step::Write, Step::BeforeCommit, Step::AfterCommit] {
        assert!(
            images
                .iter()
                .any(|image| image.step == step && image.answered > 0)
        );
    }
    let quick = StoreOptions {
        durability: Durability::PageCache,
        readers: 1,
        ..options()
    };
    let first = images.iter().position(|image| image.answered > 0).unwrap();
    for image in &images[first..] {
        let w = World::of(Store::open(&image.path, keys(), &quick).unwrap(), None);
        for (log, accepted) in &answered[..image.answered] {
            let chain = w.store.chain_at(*log, accepted.seq).await.unwrap();
            assert_eq!(
                chain,
                Some(accepted.chain),
                "an accepted entry is missing at {:?}",
                image.step
            );
        }
        // Whoever is told that a room is there finds it under its name, and a name stands for a room.
        let listed = w.store.listed_rooms(None, 10).await.unwrap();
        for (log, _) in &answered[..image.answered] {
            let room = log.room().unwrap();
            assert!(listed.iter().any(|listed| listed.room == room));
        }
        for log in answered
            .iter()
            .map(|(log, _)| *log)
            .collect::<std::collections::BTreeSet<_>>()
        {
            // Checks the chain and that there is no gap.
            if w.store.head(log).await.unwrap().is_some() {
                w.log(log).await;
            }
        }
    }
}

/// Three rooms in parallel: messages, commits, Welcomes.
async fn work(store: Store, camera: &Arc<Camera>) {
    let w = World::of(store.clone(), None);
    let people = [w.person(1).await, w.person(2).await, w.person(3).await];
    let mut tasks = Vec::new();
    for number in 0..3u8 {
        let by = people[usize::from(number)].member(0);
        let guest = people[usize::from(number + 1) % 3].member(0);
        let (store, camera, founder) = (
            store.clone(),
            Arc::clone(camera),
            people[usize::from(number)].clone(),
        );
        tasks.push(tokio::spawn(async move {
            let mut w = World::of(store, None);
            let mut create = w.create(RoomId([number; 16]), &[&founder]);
            create.summary.listed = Some(format!("name {number}"));
            let room = create.room;
            w.accept(Command::CreateRoom(Box::new(create))).await;
            let mut prev = None;
            for n in 0..60 {
                let command = if n % 10 == 9 {
                    let (adds, removes) = if n % 20 == 9 {
                        (vec![guest], vec![])
                    } else {
                        (vec![], vec![guest])
                    };
                    let mut commit = w.commit(room, by, &adds, &removes).await;
                    commit.step.summary.listed = Some(format!("name {number}"));
                    Command::Commit(Box::new(commit))
                } else {
                    let message = w.message(room, by, prev, &format!("message {n}")).await;
                    prev = Some(message.submit_id);
                    Command::Append(message)
                };
                match w.verdict(command).await {
                    Verdict::Accepted(accepted) => camera
                        .answered
                        .lock()
                        .unwrap()
                        .push((LogId::Room(room), accepted)),
                    other => panic!("{other:?}"),
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}
