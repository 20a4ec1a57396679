//! `lacre account devices`: list them, ask to become one, let one in.

use super::account;
use crate::args::{Devices, DevicesApprove, DevicesCommand, DevicesList, DevicesRequest};
use crate::failure::Outcome;
use crate::print::{self, Paint};
use crate::session::{Session, closed, is_final};
use crate::text;
use lacre::{DeviceInfo, Event};
use serde_json::{Value, json};

/// Runs one of them.
pub(crate) async fn run(devices: Devices) -> Outcome {
    match devices.command {
        None => list(devices.list).await,
        Some(DevicesCommand::List(arguments)) => list(arguments).await,
        Some(DevicesCommand::Request(arguments)) => request(arguments).await,
        Some(DevicesCommand::Approve(arguments)) => approve(arguments).await,
    }
}

async fn list(arguments: DevicesList) -> Outcome {
    let session = Session::open(&arguments.place).await?;
    session
        .during(async |session| {
            let devices = session.client.devices().await?;
            if arguments.json {
                return print::json_line(&Value::Array(devices.iter().map(as_json).collect()));
            }
            let note = |device: &DeviceInfo| match (device.current, device.pending) {
                (true, _) => text::people::this_device(),
                (false, true) => text::people::not_approved(),
                (false, false) => String::new(),
            };
            let rows: Vec<_> = devices
                .iter()
                .map(|device| {
                    (
                        device.device.to_string(),
                        format!("{}  {}", print::safe(&device.name), note(device)),
                    )
                })
                .collect();
            print::out(&print::facts(&rows, Paint::output()))
        })
        .await
}

fn as_json(device: &DeviceInfo) -> Value {
    json!({ "device": device.device.to_string(), "name": device.name, "this": device.current, "pending": device.pending })
}

/// Asks, shows what to do on another device, and waits for it. Ctrl-C loses nothing: the same
/// command waits on.
async fn request(arguments: DevicesRequest) -> Outcome {
    let place = &arguments.place;
    let start = |options: lacre::Options| options.link_to(arguments.account, &arguments.name);
    let session = match Session::open(place).await {
        Ok(session) if session.client.me().account == arguments.account => session,
        Ok(session) => {
            return session
                .during(async |_| {
                    account::begin(place, &arguments.relay, start)
                        .await
                        .map(drop)
                })
                .await;
        }
        Err(failure) if failure.is("NoAccount") => {
            account::begin(place, &arguments.relay, start).await?
        }
        Err(failure) => return Err(failure),
    };
    session
        .during(async |session| {
            if !session.client.me().approved {
                print::out(&text::people::approve_there(session.client.me().device))?;
            }
            while !session.client.me().approved {
                match session.next().await {
                    Some(Event::Error(error)) if is_final(&error) => return Err(error.into()),
                    Some(_) => {}
                    None => return Err(closed()),
                }
            }
            print::out(&Paint::output().good(&text::people::device_in()))
        })
        .await
}

/// Approves a device that asks, waiting for its request to arrive.
async fn approve(arguments: DevicesApprove) -> Outcome {
    let session = Session::open(&arguments.place).await?;
    session
        .during(async |session| {
            let (client, device) = (session.client.clone(), arguments.device);
            session.online().await?;
            let mut events = client.events();
            session
                .patiently(async {
                    loop {
                        match client.approve(device).await {
                            // The request may still be on its way from the inbox.
                            Err(error) if error.kind() == lacre::ErrorKind::NotFound => loop {
                                match events.next().await {
                                    Some(Event::ApprovalRequested(request))
                                        if request.device() == device =>
                                    {
                                        break;
                                    }
                                    Some(_) => {}
                                    None => return Err(error),
                                }
                            },
                            done => return done,
                        }
                    }
                })
                .await?;
            print::out(&Paint::output().good(&text::people::device_approved(device)))
        })
        .await
}
