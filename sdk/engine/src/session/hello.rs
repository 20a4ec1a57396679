//! The first frame of a session.

use crate::engine::Engine;
use crate::error::Result;
use crate::me::{Me, Stage};
use lacre_wire::codec;
use lacre_wire::error::WireError;
use lacre_wire::hello::{Hello, Purpose, VERSION, login_transcript};
use lacre_wire::identity::{Label, SignedInitKey};
use lacre_wire::ids::{Hash, Millis};
use lacre_wire::request::ClientFrame;

impl Engine {
    /// The first frame, bound to this connection by its TLS exporter. Raises the login counter durably.
    ///
    /// # Errors
    /// `Refused` without an account; `Store` if the counter cannot be written.
    pub fn hello(
        &mut self,
        fingerprint: Hash,
        exporter: [u8; 32],
        _now: Millis,
    ) -> Result<ClientFrame> {
        self.me()?;
        let counter = self.atomically(|e| Me::raise_counter(&e.db))?;
        self.hints.begin(counter);
        let client: String = self.options.client.chars().take(64).collect();
        let me = self.me()?;
        let purpose = match (&me.card.stage, &me.card.aik, &me.card.list) {
            (Stage::SigningUp, Some(aik), Some(list)) => Purpose::SignUp {
                aik: *aik,
                list: list.clone(),
                handle: me.card.handle.clone(),
            },
            (Stage::Requesting, ..) => Purpose::RequestDevice {
                init_key: SignedInitKey::sign(
                    &me.secrets.device(),
                    &me.card.account,
                    me.secrets.init_key()?.public,
                )
                .encode()
                .into(),
                name: me.card.name.clone(),
            },
            _ => Purpose::SignIn,
        };
        let hello = Hello {
            versions: vec![VERSION],
            client,
            account: me.card.account,
            device_key: me.card.device_key,
            counter,
            purpose,
        };
        let hello = codec::to_vec(&hello);
        let transcript = login_transcript(
            &hello,
            &fingerprint,
            &exporter,
            &me.card.account,
            &me.device(),
            counter,
        );
        let signature = me.secrets.device().sign(Label::Login, &transcript);
        Ok(ClientFrame::Open {
            hello: hello.into(),
            signature,
        })
    }

    /// The relay refused the login. An account that it never accepted is forgotten, so that another
    /// handle can be tried.
    pub(crate) fn login_refused(&mut self, error: WireError) {
        use lacre_wire::error::ErrorCode as C;
        let unaccepted = self
            .me
            .as_ref()
            .is_some_and(|me| me.card.stage == Stage::SigningUp);
        match error.code {
            // The answer to an earlier sign-up was lost: the account is there, and it is this one.
            C::AccountExists if unaccepted => self.signed_up(),
            C::HandleTaken | C::BadHandle | C::SignUpClosed if unaccepted => {
                let forgotten = self.atomically(|e| Me::erase(&e.db));
                if forgotten.is_ok() {
                    self.me = None;
                }
            }
            _ => {}
        }
    }

    /// The relay has the account.
    pub(crate) fn signed_up(&mut self) {
        let db = self.db.clone();
        let Some(me) = &mut self.me else { return };
        if me.card.stage == Stage::SigningUp {
            me.card.stage = Stage::Ready;
            let saved = me.save(&db);
            if let Err(error) = saved {
                self.report(error);
            }
        }
    }
}
