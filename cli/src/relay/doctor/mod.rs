//! `lacre relay doctor`: looks at everything a relay stands on, and changes none of it.

mod certificate;
mod disk;
mod network;
mod system;

use super::run::notice;
use super::settings::{Settings, Sources};
use super::status;
use crate::args::RelayDoctor;
use crate::failure::{Exit, Failure, Outcome};
use crate::print::{Check, Health, checks};
use crate::text::doctor as text;

/// Looks at all of it; fails if something does not work.
pub(crate) async fn run(arguments: &RelayDoctor, sources: Sources<'_>) -> Outcome {
    let settings = Settings::read(&arguments.settings, sources)?;
    let running = match notice(&settings.folder).exists() {
        true => status::ask(&settings.folder).await.ok(),
        false => None,
    };
    let mut found = vec![Check::good(
        "settings",
        text::settings(),
        settings.folder.display().to_string(),
    )];
    found.push(match &running {
        Some(status) if status.full => {
            Check::good("relay", text::relay(), status.health.clone()).bad(text::make_room())
        }
        Some(status) => Check::good("relay", text::relay(), text::runs(&status.health)),
        None => Check::good("relay", text::relay(), text::does_not_run()),
    });
    found.push(disk::folder(&settings));
    found.push(disk::keys(&settings));
    found.push(disk::store(&settings));
    found.extend(disk::objects(&settings).await);
    found.push(disk::room(&settings));
    found.push(network::port(&settings, running.is_some()));
    found.push(network::address(&settings).await);
    found.extend(certificate::check(&settings, running.as_ref()));
    found.push(network::status_page(&settings));
    found.push(system::clock(&settings));
    found.extend(system::buffers());
    found.extend(system::descriptors());
    match checks(&found, arguments.json)? {
        Health::Bad => Err(Failure::new("relay-unwell", text::unwell(), Exit::Failed)),
        _ => Ok(()),
    }
}
