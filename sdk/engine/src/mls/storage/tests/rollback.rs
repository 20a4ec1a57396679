//! What was rolled back never happened: the same bytes can be processed again.

use openmls_traits::OpenMlsProvider;

use super::device::{Pair, SUITES, agree};

#[test]
fn a_rolled_back_message_decrypts_again() {
    for suite in SUITES {
        let mut pair = Pair::new(suite);
        let (messages, _) = pair
            .ana
            .run(|| ["one", "two"].map(|text| pair.ana.say(&mut pair.anas, text)));
        let storage = pair.ben.provider.storage();

        pair.ben.run(|| {
            assert_eq!(pair.ben.hear(&mut pair.bens, &messages[0]), "one");
            let mark = storage.mark();
            assert_eq!(pair.ben.hear(&mut pair.bens, &messages[1]), "two");
            let touched = storage.rollback_to(mark).unwrap();
            assert_eq!(touched, [pair.id.clone()].into());

            assert_eq!(
                pair.ben.try_hear(&mut pair.bens, &messages[1]),
                None,
                "the cached group is ahead of the storage, which is why it must be dropped"
            );
            // That attempt did not write; the group is loaded as it was at the mark.
            let mut bens = pair.ben.load(&pair.id);
            assert_eq!(pair.ben.hear(&mut bens, &messages[1]), "two");
            assert_eq!(pair.ben.try_hear(&mut bens, &messages[0]), None);
        });
    }
}

#[test]
fn a_rolled_back_commit_can_be_followed_again() {
    for suite in SUITES {
        let mut pair = Pair::new(suite);
        let (commit, _) = pair.ana.run(|| pair.ana.renew(&mut pair.anas));
        let storage = pair.ben.provider.storage();
        pair.ben.run(|| {
            let mark = storage.mark();
            pair.ben.follow(&mut pair.bens, &commit);
            storage.rollback_to(mark).unwrap();
        });
        pair.ben.restart();
        let mut bens = pair.ben.load(&pair.id);
        assert_eq!(bens.epoch().as_u64(), 1);
        pair.ben.run(|| pair.ben.follow(&mut bens, &commit));
        pair.ana
            .run(|| pair.anas.merge_pending_commit(&pair.ana.provider).unwrap());
        assert!(agree(&bens, &pair.anas));
    }
}

#[test]
fn a_lost_transaction_takes_flushed_rows_back() {
    let mut pair = Pair::new(SUITES[0]);
    let (message, _) = pair.ana.run(|| pair.ana.say(&mut pair.anas, "hello"));
    let storage = pair.ben.provider.storage();

    pair.ben.sql("BEGIN IMMEDIATE");
    pair.ben.hear(&mut pair.bens, &message);
    assert_eq!(storage.flush().unwrap().rows, 1);
    pair.ben.sql("ROLLBACK");
    let touched = storage.discard();
    assert!(
        touched.contains(&pair.id),
        "flushed, and still to be dropped"
    );

    let mut bens = pair.ben.load(&pair.id);
    let (heard, _) = pair.ben.run(|| pair.ben.hear(&mut bens, &message));
    assert_eq!(heard, "hello");
    assert!(storage.discard().is_empty(), "committed means settled");
}

#[test]
fn a_mark_before_a_flush_still_holds() {
    let mut pair = Pair::new(SUITES[1]);
    let (messages, _) = pair
        .ana
        .run(|| ["one", "two", "three"].map(|text| pair.ana.say(&mut pair.anas, text)));
    let storage = pair.ben.provider.storage();

    pair.ben.sql("BEGIN IMMEDIATE");
    pair.ben.hear(&mut pair.bens, &messages[0]);
    pair.ben.sql("SAVEPOINT entry");
    let mark = storage.mark();
    pair.ben.hear(&mut pair.bens, &messages[1]);
    storage.flush().unwrap();
    pair.ben.hear(&mut pair.bens, &messages[2]);
    storage.rollback_to(mark).unwrap();
    pair.ben.sql("ROLLBACK TO entry; RELEASE entry");
    storage.flush().unwrap();
    pair.ben.sql("COMMIT");
    storage.committed().unwrap();

    pair.ben.restart();
    let mut bens = pair.ben.load(&pair.id);
    assert_eq!(
        pair.ben.try_hear(&mut bens, &messages[0]),
        None,
        "written before the mark"
    );
    assert_eq!(pair.ben.hear(&mut bens, &messages[1]), "two");
    assert_eq!(pair.ben.hear(&mut bens, &messages[2]), "three");
}
