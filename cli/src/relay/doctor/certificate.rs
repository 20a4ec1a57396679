//! The certificate for browsers and probes.

use super::super::settings::Settings;
use super::super::status::{Status, expiry};
use crate::print::Check;
use crate::text::doctor as text;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Renewals come a month before the end; when this little is left, they do not work.
const SOON: Duration = Duration::from_secs(14 * 24 * 3600);

/// Whether it can be used, for how long, and for which name; nothing without one.
pub(super) fn check(settings: &Settings, running: Option<&Status>) -> Option<Check> {
    let (chain, key) = settings.certificate.as_ref()?;
    let check = |found: String| Check::good("certificate", text::certificate(), found);
    let host = settings.advertise.as_ref().map(|place| place.host.as_str());
    let name = host.unwrap_or_default();
    let found = match lacre_relay::examine_certificate(chain, key, name) {
        Ok(found) => found,
        Err(error) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            let told = source.unwrap_or_else(|| error.to_string());
            return Some(check(told).bad(text::mend_certificate()));
        }
    };
    let shown = check(expiry(found.expires_ms));
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let left = Duration::from_millis(found.expires_ms).saturating_sub(now.unwrap_or_default());
    Some(match host {
        _ if left.is_zero() => shown.bad(text::renew_certificate()),
        // It is good by now; the relay has not looked again, or cannot read it.
        _ if running.is_some_and(Status::refuses_certificate) => {
            shown.bad(text::mend_certificate())
        }
        _ if left < SOON => shown.warning(text::renew_certificate()),
        Some(host) if !found.fits => shown.warning(text::other_name(host)),
        _ => shown,
    })
}
