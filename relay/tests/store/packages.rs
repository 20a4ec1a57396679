//! Key packages.

use super::world::{DAY, World};
use bytes::Bytes;
use lacre_relay::store::Verdict;
use lacre_relay::store::command::{ClaimKeyPackages, Command, PutKeyPackages};
use lacre_relay::store::read::ReadAccounts;
use lacre_wire::answer::ClaimedAccount;
use lacre_wire::error::ErrorCode;
use lacre_wire::hello::KeyPackageCount;
use lacre_wire::ids::{AccountId, DeviceId};

cases! {
    one_time_packages_are_used_up_then_the_last_resort
    packages_are_counted_by_suite
    old_packages_are_not_handed_out
    a_claim_names_accounts_that_exist
}

fn put(
    w: &World,
    device: DeviceId,
    one_time: &[&'static str],
    last_resort: Option<&'static str>,
) -> Command {
    Command::PutKeyPackages(PutKeyPackages {
        now_ms: w.now,
        device,
        suite: 3,
        one_time: one_time
            .iter()
            .map(|text| Bytes::from_static(text.as_bytes()))
            .collect(),
        last_resort: last_resort.map(|text| Bytes::from_static(text.as_bytes())),
    })
}

async fn claim(w: &World, by: DeviceId, accounts: &[AccountId]) -> Vec<ClaimedAccount> {
    let claim = ClaimKeyPackages {
        now_ms: w.now,
        device: by,
        suite: 3,
        accounts: accounts.to_vec(),
    };
    match w.verdict(Command::ClaimKeyPackages(claim)).await {
        Verdict::KeyPackages(claimed) => claimed,
        other => panic!("{other:?}"),
    }
}

fn texts(claimed: &[ClaimedAccount]) -> Vec<(String, bool)> {
    let packages = claimed.iter().flat_map(|account| &account.packages);
    packages
        .map(|p| {
            (
                String::from_utf8(p.package.to_vec()).unwrap(),
                p.last_resort,
            )
        })
        .collect()
}

async fn one_time_packages_are_used_up_then_the_last_resort(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let (a, b) = (ana.device(0), ben.device(0));
    assert_eq!(
        w.verdict(put(w, a, &["one", "two"], Some("last"))).await,
        Verdict::Done
    );
    // A repetition adds nothing.
    assert_eq!(
        w.verdict(put(w, a, &["one", "two"], Some("last"))).await,
        Verdict::Done
    );
    for expected in [
        ("one", false),
        ("two", false),
        ("last", true),
        ("last", true),
    ] {
        let claimed = claim(w, b, &[ana.account]).await;
        assert_eq!(claimed[0].info.list, ana.signed());
        assert_eq!(texts(&claimed), [(expected.0.to_owned(), expected.1)]);
    }
    w.submit(put(w, a, &[], Some("newer"))).await;
    assert_eq!(
        texts(&claim(w, b, &[ana.account]).await),
        [("newer".to_owned(), true)]
    );
    // One's own device is left out; a device without packages is not named.
    assert!(texts(&claim(w, a, &[ana.account]).await).is_empty());
    assert!(texts(&claim(w, a, &[ben.account]).await).is_empty());
}

async fn packages_are_counted_by_suite(w: &mut World) {
    let ana = w.person(1).await;
    let Command::PutKeyPackages(mut other) = put(w, ana.device(0), &["x"], None) else {
        unreachable!()
    };
    other.suite = 0x4e;
    w.submit(put(w, ana.device(0), &["one", "two"], Some("last")))
        .await;
    w.submit(Command::PutKeyPackages(other)).await;
    let counts = w.store.key_package_counts(ana.device(0)).await.unwrap();
    let count = |suite, left, last_resort| KeyPackageCount {
        suite,
        left,
        last_resort,
    };
    assert_eq!(counts, [count(3, 2, true), count(0x4e, 1, false)]);
    let stranger = super::world::Person::new(9).device(0);
    assert_eq!(
        w.refused(put(w, stranger, &["one"], None)).await,
        ErrorCode::NoSuchDevice
    );
}

async fn old_packages_are_not_handed_out(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    w.submit(put(w, ana.device(0), &["old"], Some("last")))
        .await;
    w.now += 91 * DAY;
    w.submit(put(w, ana.device(0), &["new"], None)).await;
    assert_eq!(
        texts(&claim(w, ben.device(0), &[ana.account]).await),
        [("new".to_owned(), false)]
    );
    assert_eq!(
        texts(&claim(w, ben.device(0), &[ana.account]).await),
        [("last".to_owned(), true)]
    );
    w.housekeep().await;
    assert_eq!(
        w.store.key_package_counts(ana.device(0)).await.unwrap()[0].left,
        0
    );
}

async fn a_claim_names_accounts_that_exist(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    w.submit(put(w, ben.device(0), &["one"], None)).await;
    let nobody = super::world::Person::new(9).account;
    let accounts = vec![ben.account, nobody];
    let bad = ClaimKeyPackages {
        now_ms: w.now,
        device: ana.device(0),
        suite: 3,
        accounts,
    };
    assert_eq!(
        w.refused(Command::ClaimKeyPackages(bad)).await,
        ErrorCode::NoSuchAccount
    );
    // Nothing was used up, and naming somebody twice claims once.
    assert_eq!(
        texts(&claim(w, ana.device(0), &[ben.account, ben.account]).await),
        [("one".to_owned(), false)]
    );
}
