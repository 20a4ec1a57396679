//! `lacre doctor`: what works between this account and its relay, and what to do where it does not.
//!
//! The checks stand in the order in which one needs them. A check that cannot be made because one
//! before it failed is left out. One way to the relay is enough: that the other is closed is then a
//! warning.

use crate::args::{Doctor, Place};
use crate::explain;
use crate::failure::{Exit, Failure, Outcome};
use crate::home::{self, Settings};
use crate::print::{self, Check, Health};
use crate::session;
use crate::text::reach as text;
use lacre::{Client, Event, Path, Presence, Probe};
use std::time::Duration;

/// How far two clocks may be apart: beyond, times of messages mislead people.
const CLOCKS_APART_MS: u64 = 120_000;

/// Runs all checks; fails if one cannot talk.
pub(crate) async fn run(arguments: Doctor) -> Outcome {
    let checks = examine(&arguments.place).await;
    match print::checks(&checks, arguments.json)? {
        Health::Bad => Err(Failure::new("DoctorFound", text::found(), Exit::Failed)),
        _ => Ok(()),
    }
}

/// A check that something failed, with what the table of errors says to do.
fn failed(check: Check, health: Health, failure: &Failure) -> Check {
    let found = format!("{}  {}", print::safe(failure.what()), failure.code());
    let remedy = explain::find(failure.code()).map(|entry| entry.fix().to_owned());
    Check {
        health,
        found,
        remedy,
        ..check
    }
}

fn check(name: &'static str, title: String) -> Check {
    Check::good(name, title, "")
}

async fn examine(place: &Place) -> Vec<Check> {
    let data = check("data", text::data());
    let (settings, client, data) = match open(place).await {
        Ok((settings, client)) => {
            let found = text::unlocked();
            (Some(settings), Some(client), Check { found, ..data })
        }
        Err((settings, failure)) => (settings, None, failed(data, Health::Bad, &failure)),
    };
    let mut checks = vec![data];
    let mut no_udp = None;
    if let Some(settings) = &settings {
        // The client may know a newer identity of the relay than its address of long ago.
        let known = client.as_ref().map(Client::address);
        match lacre::probe(known.as_ref().unwrap_or(&settings.relay)).await {
            Ok(probe) => {
                checks.extend(network(&probe));
                no_udp = probe.quic.err();
            }
            Err(error) => {
                let name = check("name", text::name());
                checks.push(failed(name, Health::Bad, &error.into()));
            }
        }
    }
    if let Some(client) = client {
        checks.extend(account(&client, place.patience(), no_udp).await);
        client.close().await;
    }
    checks
}

/// Folder, key and store. A store that is signed in opens without a network.
async fn open(place: &Place) -> Result<(Settings, Client), (Option<Settings>, Failure)> {
    let folder = home::folder(place).map_err(|failure| (None, failure))?;
    let settings = home::read(&folder).map_err(|failure| (None, failure))?;
    let client = async {
        let key = settings.secret.find(place, &folder)?;
        let options = session::options(folder.clone(), &settings.relay, key);
        Ok(Client::open(options.presence(Presence::Invisible)).await?)
    };
    match client.await {
        Ok(client) => Ok((settings, client)),
        Err(failure) => Err((Some(settings), failure)),
    }
}

/// Name, both ways, and who answers.
fn network(probe: &Probe) -> Vec<Check> {
    let name = check("name", text::name());
    let name = match &probe.addresses {
        Ok(addresses) => Check {
            found: addresses.join(" "),
            ..name
        },
        Err(error) => return vec![failed(name, Health::Bad, &error.clone().into())],
    };
    let any = probe.quic.is_ok() || probe.websocket.is_ok();
    let way = |way: Check, took: &lacre::Result<Duration>| match took {
        Ok(took) => Check {
            found: text::answers(took.as_millis()),
            ..way
        },
        Err(error) => {
            let health = if any { Health::Warning } else { Health::Bad };
            failed(way, health, &error.clone().into())
        }
    };
    let mut checks = vec![
        name,
        way(check("udp", text::udp()), &probe.quic),
        way(check("tcp", text::tcp()), &probe.websocket),
    ];
    let fingerprint = check("fingerprint", text::fingerprint());
    let imposter = [&probe.quic, &probe.websocket]
        .into_iter()
        .filter_map(|way| way.as_ref().err())
        .find(|error| matches!(error.code(), "WrongFingerprint" | "BadIdentity"));
    match imposter {
        Some(error) => checks.push(failed(fingerprint, Health::Bad, &error.clone().into())),
        None if any => checks.push(Check {
            found: text::matches(),
            ..fingerprint
        }),
        None => {}
    }
    checks
}

/// Login, clock, and which way is taken.
async fn account(client: &Client, patience: Duration, no_udp: Option<lacre::Error>) -> Vec<Check> {
    let login = check("login", text::login());
    if let Err(failure) = log_in(client, patience).await {
        return vec![failed(login, Health::Bad, &failure)];
    }
    let found = text::logged_in(client.me().handle);
    let mut checks = vec![Check { found, ..login }];
    if let Ok(Some(ahead)) = client.clock_ahead().await {
        let found = text::ahead(ahead);
        let clock = check("clock", text::clock());
        checks.push(if ahead.unsigned_abs() <= CLOCKS_APART_MS {
            Check { found, ..clock }
        } else {
            let apart = Failure::new("ClockWrong", found, Exit::Failed);
            failed(clock, Health::Bad, &apart)
        });
    }
    let found = match (client.path(), no_udp) {
        (Some(Path::Quic), _) => text::quic(),
        (Some(_), Some(error)) => text::websocket_because(error.code()),
        (Some(_), None) => text::websocket_remembered(),
        (None, _) => return checks,
    };
    let path = check("path", text::path());
    checks.push(Check { found, ..path });
    checks
}

/// Waits for the session; what went wrong last is why there is none.
async fn log_in(client: &Client, patience: Duration) -> Outcome {
    let mut events = client.events();
    let mut failure = Failure::new("Unreachable", text::no_login(), Exit::Unreachable);
    let waiting = async {
        loop {
            tokio::select! {
                biased;
                online = client.online() => return online.map_err(Failure::from),
                event = events.next() => match event {
                    Some(Event::Error(error)) => failure = error.into(),
                    Some(_) => {}
                    None => return Err(Failure::new("Closed", text::no_login(), Exit::Failed)),
                }
            }
        }
    };
    match tokio::time::timeout(patience, waiting).await {
        Ok(online) => online,
        Err(_) => Err(failure),
    }
}
