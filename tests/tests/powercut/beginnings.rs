//! The first moments of a store: its file is new, its name perhaps not durable, its tables half made.
//! Whenever the power fails, the next start works, and what was promised by then is there.

use crate::moments;
use lacre_powercut::{Recording, install, position};
use lacre_relay::Relay;
use lacre_tests::light::Light;
use lacre_tests::puppet::{Puppet, open_engine};
use lacre_tests::relay::Host;
use lacre_tests::seed::Seed;
use lacre_tests::stage::Stage;
use lacre_tests::wire::Caller;
use lacre_wire::relay::RelayAddress;
use std::net::Ipv4Addr;
use std::time::Duration;

fn caller(address: &RelayAddress) -> Caller {
    Caller::new(address, Ipv4Addr::LOCALHOST.into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_starts_after_a_power_cut_in_its_first_moments() {
    install();
    let mut seed = Seed::fresh();
    println!("{seed}");
    let stage = Stage::new(Duration::from_secs(120));
    let folder = stage.path("relay");
    std::fs::create_dir_all(&folder).unwrap();
    let recording = Recording::of(&folder).unwrap();
    let from = position();
    let mut relay = Host::here(&folder).await;
    let address: RelayAddress = relay.address().parse().unwrap();
    let mut people = Vec::new();
    for number in 0..5 {
        let mut light = Light::new(&format!("light-{number}"));
        light.sign_up(&caller(&address)).await;
        people.push((light, position()));
    }
    let until = position();
    for moment in moments(&mut seed, from, until) {
        let image = stage.path(&format!("image-{moment}"));
        std::fs::create_dir_all(&image).unwrap();
        recording
            .image(moment, &image, |limit| seed.below(limit))
            .unwrap();
        let local = (Ipv4Addr::LOCALHOST, 0).into();
        let relay = Relay::builder().data_dir(&image).listen(local);
        let relay = relay.drain(Duration::ZERO).start().await.unwrap();
        let address = relay.address();
        for (light, promised) in &mut people {
            if *promised <= moment {
                // Panics when nobody knows the account.
                stage
                    .within("signing in", light.sign_in(&caller(&address)))
                    .await;
            }
        }
        relay.shutdown().await;
    }
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_opens_after_a_power_cut_in_its_first_moments() {
    install();
    let mut seed = Seed::fresh();
    println!("{seed}");
    let stage = Stage::new(Duration::from_secs(120));
    let mut relay = Host::here(&stage.path("relay")).await;
    let address: RelayAddress = relay.address().parse().unwrap();
    let folder = stage.path("actor");
    std::fs::create_dir_all(&folder).unwrap();
    let recording = Recording::of(&folder).unwrap();
    let from = position();
    let puppet = Puppet::sign_up(&caller(&address), &folder, "actor").await;
    let until = position();
    let account = puppet.account();
    for moment in moments(&mut seed, from, until) {
        let image = stage.path(&format!("image-{moment}"));
        std::fs::create_dir_all(&image).unwrap();
        recording
            .image(moment, &image, |limit| seed.below(limit))
            .unwrap();
        // Panics when the store does not open.
        let engine = open_engine(&image, "actor");
        let found = engine.profile().map(|profile| profile.account);
        if moment == until {
            assert_eq!(found, Some(account));
        }
        assert!(found.is_none_or(|found| found == account));
    }
    drop(puppet);
    relay.stop().await;
}
