//! Somebody who would like a client to trust another relay: by naming a next identity that the present
//! one has not signed.

use lacre_tests::hostile::victim::{Twist, Victim};
use lacre_tests::world::World;
use lacre_wire::codec;
use lacre_wire::identity::{Label, SigningKey};
use lacre_wire::ids::Hash;
use lacre_wire::push::ServerFrame;
use lacre_wire::relay::{RelayAddress, RelayStatement, SignedRelayStatement, fingerprint};

/// What stands in the place of the relay's statement.
type Forgery = fn(&SignedRelayStatement, &SigningKey) -> SignedRelayStatement;

/// The relay's statement with another next identity: under the signature that was there.
fn slipped_in(signed: &SignedRelayStatement, mallory: &SigningKey) -> SignedRelayStatement {
    let statement = RelayStatement {
        next: Some(fingerprint(&mallory.public())),
        ..signed.read().unwrap()
    };
    SignedRelayStatement {
        statement: codec::to_vec(&statement).into(),
        signature: signed.signature,
    }
}

/// The same, signed by that identity itself.
fn signed_by_the_next(signed: &SignedRelayStatement, mallory: &SigningKey) -> SignedRelayStatement {
    let slipped = slipped_in(signed, mallory);
    SignedRelayStatement {
        signature: mallory.sign(Label::RelayKeys, &slipped.statement),
        ..slipped
    }
}

/// A statement of Mallory's own, which names itself as the relay.
fn of_another_relay(signed: &SignedRelayStatement, mallory: &SigningKey) -> SignedRelayStatement {
    let statement = RelayStatement {
        identity: mallory.public(),
        ..signed.read().unwrap()
    };
    let statement = codec::to_vec(&statement);
    SignedRelayStatement {
        signature: mallory.sign(Label::RelayKeys, &statement),
        statement: statement.into(),
    }
}

fn twist(forgery: Forgery) -> Twist {
    let mallory = SigningKey::from_seed(&[66; 32]);
    Box::new(move |frame| match frame {
        ServerFrame::Ready(mut ready) => {
            ready.statement = forgery(&ready.statement, &mallory);
            vec![ServerFrame::Ready(ready)]
        }
        other => vec![other],
    })
}

/// Each forgery ends the session, and the client trusts whom it trusted before. Then it goes on with
/// the honest relay.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_next_identity_that_the_present_one_has_not_signed_is_refused() {
    let world = World::start().await;
    let address: RelayAddress = world.relay.address().parse().unwrap();
    let caller = world.caller();
    let mut vera = Victim::sign_up(world.stage(), &caller, "vera").await;
    let trusted: Vec<Hash> = address.fingerprints.clone();
    assert_eq!(vera.engine.pins().unwrap(), trusted);
    for forgery in [slipped_in as Forgery, signed_by_the_next, of_another_relay] {
        vera.twist = Some(twist(forgery));
        vera.calls_again(&caller).await;
        let why = vera.gives_up().await;
        assert!(why.contains("cannot be trusted"), "{why}");
        assert!(vera.complained("BadRelayStatement"));
        assert_eq!(vera.engine.pins().unwrap(), trusted);
        vera.twist = None;
        vera.reconnect(&caller).await;
        vera.events.clear();
    }
    let mallory = fingerprint(&SigningKey::from_seed(&[66; 32]).public());
    assert!(!vera.engine.pins().unwrap().contains(&mallory));
}
