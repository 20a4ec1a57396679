//! A relay that is stopped for a moment with a thousand devices on it: each is told over which time
//! to come back, all do, and nobody finds a closed door.

use lacre_tests::light::Light;
use lacre_tests::relay::Host;
use lacre_tests::seed::Seed;
use lacre_tests::stage::Stage;
use lacre_tests::wire::{Caller, PER_ADDRESS, Session};
use lacre_wire::error::ErrorCode;
use lacre_wire::push::ServerFrame;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Devices.
const DEVICES: usize = 1000;

/// How many sign up at the same time: this is about coming back.
const AT_ONCE: usize = 32;

/// Comings are counted in steps of this.
const STEP: Duration = Duration::from_millis(250);

/// What one device heard when the relay went.
struct Goodbye {
    spread: Duration,
    light: Light,
    caller: Caller,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_devices_come_back_spread_over_time() {
    lacre_tests::binaries::lacre();
    let mut seed = Seed::fresh();
    println!("{seed}");
    let stage = Stage::new(Duration::from_secs(300));
    let mut relay = Host::process(&stage.path("relay")).await;
    let present = stage.within("everybody signs up", sign_up(&relay)).await;
    assert_eq!(relay.metrics().await.get("lacre_sessions"), DEVICES as u64);

    // Everybody listens; SIGTERM; everybody is told.
    let mut leaving = JoinSet::new();
    for (light, caller, session) in present {
        leaving.spawn(async move {
            let spread = hear_goodbye(session).await;
            Goodbye {
                spread,
                light,
                caller,
            }
        });
    }
    let began = Instant::now();
    stage.within("the relay ends", relay.stop()).await;
    println!("the relay ended in {:?}", began.elapsed());
    let told = stage.within("everybody is told", leaving.join_all()).await;
    assert_eq!(told.len(), DEVICES);
    // Two milliseconds a session, and at least two seconds.
    let spread = Duration::from_millis(2 * DEVICES as u64);
    assert!(told.iter().all(|goodbye| goodbye.spread == spread));

    relay.start().await;
    let began = Instant::now();
    let mut returning = JoinSet::new();
    for Goodbye {
        spread,
        mut light,
        caller,
    } in told
    {
        let wait = seed.time(spread);
        returning.spawn(async move {
            tokio::time::sleep_until((began + wait).into()).await;
            let (session, ready) = light.sign_in(&caller).await;
            (began.elapsed(), session, ready)
        });
    }
    let back = stage
        .within("everybody comes back", returning.join_all())
        .await;
    let metrics = relay.metrics().await;
    assert_eq!(metrics.get("lacre_logins_total"), DEVICES as u64);
    assert_eq!(metrics.get("lacre_sessions"), DEVICES as u64);
    assert_eq!(metrics.get("lacre_handshakes_refused_total"), 0);
    let text = metrics.text();
    assert!(!text.contains("lacre_refused_total{"), "{text}");
    let mut steps = vec![0usize; 8];
    for (at, ..) in &back {
        let step = usize::try_from(at.as_millis() / STEP.as_millis()).unwrap();
        if steps.len() <= step {
            steps.resize(step + 1, 0);
        }
        steps[step] += 1;
    }
    println!("logins in each {STEP:?}: {steps:?}");
    let most = steps.iter().max().unwrap();
    assert!(*most < DEVICES / 3, "a herd: {steps:?}");
    // Whoever comes back is told what to do when this relay goes without a word.
    assert!(
        back.iter()
            .all(|(.., ready)| ready.reconnect_spread_ms >= 2000)
    );
    drop(back);
    relay.kill().await;
}

async fn sign_up(relay: &Host) -> Vec<(Light, Caller, Session)> {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut coming = JoinSet::new();
    for first in (0..DEVICES).step_by(PER_ADDRESS) {
        let caller = Caller::numbered(relay.address(), 0, first);
        for number in first..(first + PER_ADDRESS).min(DEVICES) {
            let (caller, turns) = (caller.clone(), Arc::clone(&turns));
            coming.spawn(async move {
                let _turn = turns.acquire().await.unwrap();
                let mut light = Light::new(&format!("light-{number}"));
                let (session, _) = light.sign_up(&caller).await;
                (light, caller, session)
            });
        }
    }
    coming.join_all().await
}

/// Listens until the relay has said over how long to come back, and has ended the session.
async fn hear_goodbye(mut session: Session) -> Duration {
    let mut spread = None;
    loop {
        match session.listener.next().await {
            Some(ServerFrame::GoAway { spread_ms }) => {
                spread = Some(Duration::from_millis(spread_ms));
            }
            Some(ServerFrame::Closing(error)) => {
                assert_eq!(error.code, ErrorCode::GoingAway);
                return spread.unwrap();
            }
            Some(_) => {}
            None => panic!("the relay ended a session without a word"),
        }
    }
}
