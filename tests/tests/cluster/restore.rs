//! The database is lost and an older backup takes its place, under all relays: everybody recovers.

use crate::scene::{Cast, Scene};
use crate::tally::Tally;
use lacre_tests::binaries;
use lacre_tests::device::Device;
use lacre_tests::journal::Told;
use lacre_tests::seed::Seed;
use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

/// Runs `lacre relay …` on the database, as an operator does.
async fn lacre(words: &[&str], store: &str, folder: &Path) {
    let done = tokio::process::Command::new(binaries::lacre())
        .arg("relay")
        .args(words)
        .env("LACRE_RELAY_STORE", store)
        .env("LACRE_RELAY_DATA", folder)
        .output();
    let done = done.await.unwrap();
    assert!(done.status.success(), "{words:?}: {done:?}");
}

/// Waits until a person's rooms take messages again. Each has lost something, so each stops, until its
/// owner has opened the next generation.
async fn goes_on(person: &Device, cast: &Cast) {
    let rooms = match person.name() {
        "dora" => &[cast.all][..],
        _ => &[cast.all, cast.some],
    };
    let stopped = |told: &Told| rooms.iter().all(|room| told.stopped.contains_key(room));
    person.until("the end of its rooms' logs", stopped).await;
    let go_on = async {
        while rooms
            .iter()
            .any(|room| person.room(*room).stopped().is_some())
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    person.within("its rooms go on", go_on).await;
}

/// Everybody has said a last word, and has everybody's.
async fn all_is_said(cast: &Cast, word: &str) {
    let mut last = Vec::new();
    for person in &cast.people {
        let text = format!("{} {word}", person.name());
        last.push(person.say(cast.all, &text).await);
        if person.name() != "dora" {
            let text = format!("{} {word}, to some", person.name());
            let said = person.say(cast.some, &text).await;
            for other in &cast.people[..3] {
                other.sees(cast.some, &[said]).await;
            }
        }
    }
    for person in &cast.people {
        person.sees(cast.all, &last).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_backup_takes_the_place_of_the_database() {
    let sum = Tally::default();
    for mut seed in Seed::as_many("LACRE_CLUSTER_SEEDS", 1) {
        println!("old backup: {seed}");
        let mut scene = Scene::enter(&mut seed).await;
        recovers(&mut scene, &mut seed).await;
        println!("old backup: {}", scene.tally);
        sum.take(&scene.tally);
    }
    println!("old backup, in all: {sum}");
}

async fn recovers(scene: &mut Scene, seed: &mut Seed) {
    let (store, folder) = (scene.store(), scene.nodes[0].host.folder().to_owned());
    let backup = scene.stage.path("backup");
    let mut moments = seed.fork();
    let backing_up = async {
        tokio::time::sleep(moments.time(Duration::from_millis(800))).await;
        let to = ["backup", "--to", backup.to_str().unwrap()];
        lacre(&to, &store, &folder).await;
        // What is said from here on is lost to the relays.
        tokio::time::sleep(moments.time(Duration::from_millis(1500))).await;
    };
    let both = [scene.cast.all, scene.cast.some];
    scene.cast.talk_during(backing_up, seed, &scene.tally).await;
    all_is_said(&scene.cast, "before").await;
    let before = shown(&scene.cast.people[0], &scene.cast).await;
    for node in &mut scene.nodes {
        node.host.stop().await;
    }
    let from = ["restore", "--from", backup.to_str().unwrap(), "--replace"];
    lacre(&from, &store, &folder).await;
    scene.tally.add("restores", 1);
    for node in &mut scene.nodes {
        node.host.start().await;
    }
    for person in &scene.cast.people {
        goes_on(person, &scene.cast).await;
    }
    all_is_said(&scene.cast, "after").await;
    for person in &scene.cast.people[..3] {
        for room in both {
            assert_eq!(person.room(room).stopped(), None, "{}", person.name());
        }
    }
    // Who was there for what was lost still has all of it, once, and before everything new; and what
    // is new stands in one order for everybody.
    for (index, person) in scene.cast.people.iter().enumerate() {
        let after = shown(person, &scene.cast).await;
        for (before, after) in before
            .iter()
            .zip(&after)
            .take(if index < 3 { 2 } else { 1 })
        {
            let (lost, new) = after.split_at(before.len());
            let set = |texts: &[String]| texts.iter().cloned().collect::<HashSet<_>>();
            assert_eq!(set(before), set(lost), "{}", person.name());
            assert_eq!(set(after).len(), after.len(), "something is shown twice");
            assert!(new.len() >= 3, "{new:?}");
        }
        let first = shown(&scene.cast.people[0], &scene.cast).await;
        assert_eq!(after[0][before[0].len()..], first[0][before[0].len()..]);
    }
}

/// The texts of both rooms, as somebody shows them; Dora is in one.
async fn shown(person: &Device, cast: &Cast) -> [Vec<String>; 2] {
    let some = match person.name() {
        "dora" => Vec::new(),
        _ => person.texts(cast.some).await,
    };
    [person.texts(cast.all).await, some]
}
