//! The first start: two questions, asked again until the relay has let this person in.
//!
//! Only the answer that was wrong is asked for again. Nothing is lost by ending in between: the
//! folder keeps the key it made, and the next start asks the same two questions.

use super::Input;
use crate::args::Place;
use crate::command::account::Beginning;
use crate::failure::{Exit, Failure, Outcome};
use crate::print;
use crate::session::Session;
use crate::text::{self, Lang, say};
use lacre::RelayAddress;
use std::io::Write;

/// Makes an account by asking. The input is opened for it and left to who reads on.
pub(crate) async fn first(place: &Place, input: &mut Option<Input>) -> Outcome<Session> {
    // The key first: a passphrase is read from the terminal too.
    let mut beginning = Beginning::prepare(place)?;
    let mut questions = Questions {
        lang: text::lang(),
        input: input.get_or_insert_with(Input::standard),
    };
    print::out(&say!(questions.lang, "start-hello"))?;
    let (mut relay, mut handle) = (None, None);
    loop {
        let address = match relay.take() {
            Some(address) => address,
            None => questions.relay().await?,
        };
        let name = match handle.take() {
            Some(name) => name,
            None => questions.handle().await?,
        };
        print::out(&say!(questions.lang, "start-wait"))?;
        let opened = beginning
            .open(&address, |options| options.handle(&name))
            .await;
        let failure = match opened {
            Ok(client) => {
                let me = print::safe(&client.me().handle);
                print::out(&say!(questions.lang, "start-done", handle = me))?;
                return Ok(beginning.session(client, place));
            }
            Err(failure) => failure,
        };
        let Some(wrong) = Wrong::of(&failure) else {
            return Err(failure);
        };
        questions.wrong(&failure, &name)?;
        match wrong {
            Wrong::Relay => handle = Some(name),
            Wrong::Handle => relay = Some(address),
        }
    }
}

/// Which answer to ask for again.
enum Wrong {
    Relay,
    Handle,
}

impl Wrong {
    fn of(failure: &Failure) -> Option<Self> {
        const RELAY: [&str; 9] = [
            "Offline",
            "Unreachable",
            "WrongFingerprint",
            "OtherRelay",
            "NoSuchHost",
            "NoProtocol",
            "UnsupportedVersion",
            "SignUpClosed",
            "BadAddress",
        ];
        match RELAY.iter().any(|code| failure.is(code)) {
            true => Some(Self::Relay),
            false if failure.is("HandleTaken") || failure.is("BadHandle") => Some(Self::Handle),
            false => None,
        }
    }
}

struct Questions<'a> {
    lang: Lang,
    input: &'a mut Input,
}

impl Questions<'_> {
    /// The relay's address, as it can be read.
    async fn relay(&mut self) -> Outcome<String> {
        let lang = self.lang;
        loop {
            let answer = self.ask(&say!(lang, "start-relay")).await?;
            let problem = match answer.parse::<RelayAddress>() {
                Ok(_) => return Ok(answer),
                Err(_) if is_invite(&answer) => say!(lang, "start-invite"),
                Err(_) => say!(lang, "start-bad-address"),
            };
            print::out(&problem)?;
        }
    }

    /// A handle, as relays take it.
    async fn handle(&mut self) -> Outcome<String> {
        let lang = self.lang;
        loop {
            let answer = self.ask(&say!(lang, "start-handle")).await?;
            let handle = answer.trim_start_matches('@').to_owned();
            if is_handle(&handle) {
                return Ok(handle);
            }
            print::out(&say!(lang, "start-bad-handle"))?;
        }
    }

    /// Asks until there is an answer.
    async fn ask(&mut self, question: &str) -> Outcome<String> {
        loop {
            if self.input.is_terminal() {
                let mut out = std::io::stdout().lock();
                let asked = write!(out, "{question} ").and_then(|()| out.flush());
                asked.map_err(|error| {
                    Failure::new("NoOutput", text::failure::no_output(error), Exit::Failed)
                })?;
            } else {
                print::out(question)?;
            }
            let ended = || Failure::new("SetUpEnded", say!(self.lang, "start-ended"), Exit::Usage);
            let answer = tokio::select! {
                ended = crate::relay::ended() => { ended?; None }
                answer = self.input.line() => answer,
            };
            let answer = answer.ok_or_else(ended)?;
            let answer = answer.trim();
            if !answer.is_empty() {
                return Ok(answer.to_owned());
            }
        }
    }

    /// Why the relay did not let this person in.
    fn wrong(&self, failure: &Failure, handle: &str) -> Outcome {
        let lang = self.lang;
        let told = if failure.is("HandleTaken") {
            say!(lang, "start-taken", handle = handle)
        } else if failure.is("BadHandle") {
            say!(lang, "start-bad-handle")
        } else if failure.is("SignUpClosed") {
            say!(lang, "start-closed")
        } else if failure.is("WrongFingerprint") || failure.is("OtherRelay") {
            say!(lang, "start-fingerprint")
        } else if failure.is("NoProtocol") || failure.is("UnsupportedVersion") {
            say!(lang, "start-version")
        } else {
            say!(lang, "start-unreachable")
        };
        print::out(&told)
    }
}

/// A link that lets one person in, as relays will give them out.
fn is_invite(answer: &str) -> bool {
    answer.contains("/i/") || answer.starts_with("https://") || answer.starts_with("http://")
}

/// 2 to 32 characters out of `a-z 0-9 _ . -`. The relay has the last word.
fn is_handle(handle: &str) -> bool {
    let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-');
    (2..=32).contains(&handle.len()) && handle.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::{is_handle, is_invite};

    #[test]
    fn handles_and_invites_are_told_apart() {
        assert!(
            ["ana", "a.b-c_9", &"a".repeat(32)]
                .iter()
                .all(|good| is_handle(good))
        );
        assert!(
            ["", "a", "Ana", "ana duarte", "añá", &"a".repeat(33)]
                .iter()
                .all(|bad| !is_handle(bad))
        );
        assert!(is_invite("https://chat.example/i/abc#def") && is_invite("lacre://x@y/i/abc#def"));
        assert!(!is_invite("chat.example") && !is_invite("lacre://abc@chat.example"));
    }
}
