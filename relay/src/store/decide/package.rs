//! Key packages: kept for those who want to add a device that is not online.

use super::{Decision, Verdicted, refuse};
use crate::store::command::{ClaimKeyPackages, PutKeyPackages};
use crate::store::effect::Effect;
use crate::store::limits::{CLAIM_ACCOUNTS, KEY_PACKAGES};
use crate::store::outcome::{Outcome, Verdict};
use crate::store::record::DeviceState;
use crate::store::view::{Claim, View};
use lacre_wire::answer::{AccountInfo, ClaimedAccount, ClaimedPackage};
use lacre_wire::error::ErrorCode;
use lacre_wire::hash::sha256;
use lacre_wire::limits::{MAX_INLINE_BODY, MAX_KEY_PACKAGES};
use std::collections::BTreeSet;

pub(super) fn put(view: &View, c: &PutKeyPackages) -> Verdicted<Decision> {
    if !view
        .devices
        .get(&c.device)
        .is_some_and(|row| row.state == DeviceState::Listed)
    {
        return refuse(
            ErrorCode::NoSuchDevice,
            format!("device {} is not in its account's device list", c.device),
        );
    }
    if c.one_time.len() > MAX_KEY_PACKAGES {
        return refuse(
            ErrorCode::TooLarge,
            format!("at most {MAX_KEY_PACKAGES} key packages at once"),
        );
    }
    if c.one_time
        .iter()
        .chain(&c.last_resort)
        .any(|package| package.len() > MAX_INLINE_BODY)
    {
        return refuse(
            ErrorCode::TooLarge,
            format!("a key package has at most {MAX_INLINE_BODY} bytes"),
        );
    }
    let (device, suite, now_ms) = (c.device, c.suite, c.now_ms);
    let mut seen: BTreeSet<_> = view.packages_held.clone();
    let mut effects = Vec::new();
    for package in &c.one_time {
        let hash = sha256(&[package]);
        if seen.insert(hash) {
            let package = package.clone();
            effects.push(Effect::AddPackage {
                device,
                suite,
                hash,
                last_resort: false,
                package,
                now_ms,
            });
        }
    }
    let left = usize::try_from(view.packages_left).unwrap_or(usize::MAX);
    if left.saturating_add(effects.len()) > KEY_PACKAGES {
        return refuse(
            ErrorCode::RateLimited,
            format!(
                "{left} key packages of this suite are here already; at most {KEY_PACKAGES} are kept"
            ),
        );
    }
    if let Some(package) = &c.last_resort {
        let hash = sha256(&[package]);
        if seen.contains(&hash) {
            return refuse(
                ErrorCode::BadIdentity,
                "the last-resort package is also a one-time package",
            );
        }
        effects.push(Effect::DropLastResort(device, suite));
        let package = package.clone();
        effects.push(Effect::AddPackage {
            device,
            suite,
            hash,
            last_resort: true,
            package,
            now_ms,
        });
    }
    Ok(Decision::done(effects))
}

pub(super) fn claim(view: &View, c: &ClaimKeyPackages) -> Verdicted<Decision> {
    if c.accounts.len() > CLAIM_ACCOUNTS {
        return refuse(
            ErrorCode::TooLarge,
            format!("at most {CLAIM_ACCOUNTS} accounts at once"),
        );
    }
    if let Some(account) = view.missing_account {
        return refuse(ErrorCode::NoSuchAccount, format!("no account {account}"));
    }
    let mut effects = Vec::new();
    let mut claimed = Vec::new();
    for Claim {
        account,
        row,
        packages,
    } in &view.claims
    {
        let used = packages.iter().filter(|(_, package)| !package.last_resort);
        effects.extend(
            used.map(|(device, package)| Effect::DropPackage(*device, c.suite, package.hash)),
        );
        let packages = packages.iter().map(|(device, package)| ClaimedPackage {
            device: *device,
            package: package.package.to_vec().into(),
            last_resort: package.last_resort,
        });
        let info = AccountInfo {
            account: *account,
            handle: row.handle.clone(),
            aik: row.aik,
            list: row.list.clone(),
        };
        claimed.push(ClaimedAccount {
            info,
            packages: packages.collect(),
        });
    }
    Ok(Decision {
        outcome: Outcome::quiet(Verdict::KeyPackages(claimed)),
        effects,
    })
}
