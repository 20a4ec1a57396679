//! `lacre relay run`: a relay without configuration.

use super::ended;
use super::settings::{DEFAULT_PORT, Settings, Sources};
use crate::args::{Durability, RelayRun, SignUp};
use crate::failure::{Failure, Outcome};
use crate::print::{self, Paint};
use crate::{home, text};
use lacre_relay::Relay;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file in the data folder that says where the status page is.
const NOTICE: &str = "relay.http";

/// The relay's data folder: as asked for, or the user's. Absolute.
pub(super) fn folder(asked: Option<&Path>) -> Outcome<PathBuf> {
    match asked {
        Some(folder) => home::absolute(folder),
        None => home::user_folder("lacre-relay"),
    }
}

/// Where the status page's address is written.
pub(super) fn notice(folder: &Path) -> PathBuf {
    folder.join(NOTICE)
}

/// Runs until Ctrl-C or SIGTERM.
pub(crate) async fn run(arguments: RelayRun, sources: Sources<'_>) -> Outcome {
    let settings = Settings::read(&arguments.settings, sources)?;
    let folder = &settings.folder;
    home::make(folder)?;
    let sign_up = match settings.sign_up {
        SignUp::Open => lacre_relay::SignUp::Open,
        SignUp::Closed => lacre_relay::SignUp::Closed,
    };
    let tail_bytes = usize::try_from(settings.tail_memory * 1024 * 1024).unwrap_or(usize::MAX);
    let mut builder = Relay::builder()
        .data_dir(folder)
        .key_file(&settings.key_file)
        .listen(settings.listen)
        .sign_up(sign_up)
        .durability(settings.durability.into())
        .websocket(settings.websocket)
        .drain(Duration::from_secs(settings.drain))
        .tail_bytes(tail_bytes)
        .objects(settings.objects.0.clone())
        .http(Some(settings.http));
    if let Some(address) = settings.store.address() {
        builder = builder.store(address);
    }
    if let Some(address) = settings.listen_tcp {
        builder = builder.listen_tcp(address);
    }
    if let Some(proxies) = &settings.trusted_proxy {
        builder = builder.trusted_proxies(proxies.0.iter().copied());
    }
    if let Some((chain, key)) = &settings.certificate {
        builder = builder.certificate(chain, key);
    }
    if let Some(nats) = &settings.nats {
        builder = builder.nats(&nats.0);
    }
    if let Some(advertise) = &settings.advertise {
        let listened = Some(settings.listen.port()).filter(|port| *port != 0);
        let port = advertise.port.or(listened).unwrap_or(DEFAULT_PORT);
        builder = builder.advertise(&advertise.host, port);
    }
    let relay = builder.start().await?;
    announce(&settings, &relay)?;

    ended().await?;
    print::out(&text::relay::draining())?;
    // First, so that nobody takes a stopped relay for a silent one.
    let _gone_already = std::fs::remove_file(notice(folder));
    relay.shutdown().await;
    print::out(&text::relay::ended())
}

/// Says what runs, and leaves a notice for `lacre relay status`.
fn announce(settings: &Settings, relay: &Relay) -> Outcome {
    let folder = &settings.folder;
    let sign_up = match settings.sign_up {
        SignUp::Open => text::relay::open(),
        SignUp::Closed => text::relay::closed(),
    };
    let mut rows = vec![
        (text::relay::address(), relay.address().to_string()),
        (
            text::relay::listening(),
            format!("udp {}", relay.local_addr()),
        ),
    ];
    if let Some(tcp) = relay.tcp_addr() {
        rows.push((text::relay::websocket(), format!("tcp {tcp}")));
    }
    if let Some(http) = relay.http_addr() {
        let path = notice(folder);
        home::replace(&path, format!("{http}\n").as_bytes()).map_err(|error| {
            Failure::io(
                "StatusNotWritten",
                text::failure::status_unwritable(path.display()),
                &error,
            )
        })?;
        rows.push((text::relay::status(), format!("http://{http}/metrics")));
    }
    let paint = Paint::output();
    let title = format!(
        "{} · {} {} · {} {} · {} {sign_up}",
        paint.strong(concat!("lacre ", env!("CARGO_PKG_VERSION"))),
        text::relay::data(),
        folder.display(),
        text::relay::store(),
        settings.store,
        text::relay::sign_up(),
    );
    print::out(&title)?;
    print::out(&print::facts(&rows, paint))?;
    if settings.durability == Durability::Normal {
        print::out(&format!("  {}", text::relay::not_durable()))?;
    }
    print::out(&format!("  {}", paint.dim(&text::relay::hand_out())))
}
