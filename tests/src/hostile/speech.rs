//! Messages that say something false about themselves.

use super::seat::Seat;
use super::villain::{NOBODYS, Villain, random};
use lacre_engine::content::{Content, Origin, frank, pad};
use lacre_wire::answer::Answer;
use lacre_wire::codec;
use lacre_wire::ids::{AccountId, Hash, RoomId, Seq, SubmitId};
use lacre_wire::request::{Request, Submit};
use lacre_wire::stamp::MessageAad;
use openmls::prelude::tls_codec::Serialize;

/// A message; what is not set is true.
#[derive(Default)]
pub struct Speech {
    /// What it says, if not a text.
    pub content: Option<Content>,
    /// Who the content says it is from.
    pub sender: Option<AccountId>,
    /// Which room the content says it is for.
    pub room: Option<RoomId>,
    /// The tag beside it is another content's.
    pub false_tag: bool,
    /// What the sender says it has seen of the log.
    pub seen: Option<(Seq, Hash)>,
}

impl Villain {
    /// Seals a text.
    pub fn seal(&self, seat: &mut Seat, text: &str, speech: &Speech) -> Vec<u8> {
        let origin = Origin {
            sender: speech.sender.unwrap_or(self.account()),
            room: speech.room.unwrap_or(seat.room),
            channel: None,
            salt: random(),
        };
        let content = speech.content.clone().unwrap_or_else(|| Content::Text {
            markdown: text.to_owned(),
        });
        let encoded = content.build(&origin).unwrap().encode().unwrap();
        let (seen_seq, seen_chain) = speech.seen.unwrap_or((seat.seq, seat.chain));
        let aad = MessageAad {
            tag: match speech.false_tag {
                true => NOBODYS,
                false => frank(&origin.salt, &encoded),
            },
            seen_seq,
            seen_chain,
            channel: None,
        };
        seat.group.set_aad(codec::to_vec(&aad));
        let sealed = seat
            .group
            .create_message(&self.provider, &self.key, &pad(&encoded));
        sealed.unwrap().tls_serialize_detached().unwrap()
    }

    /// Submits sealed bytes, whoever sealed them.
    pub async fn submit(&mut self, room: RoomId, message: &[u8]) -> Answer {
        self.submit_under(room, message, SubmitId(random())).await
    }

    /// As [`Villain::submit`], under a submit id of its choice.
    pub async fn submit_under(
        &mut self,
        room: RoomId,
        message: &[u8],
        submit_id: SubmitId,
    ) -> Answer {
        let prev = self.last.get(&room).copied();
        let submit = Submit {
            room,
            submit_id,
            prev: prev.filter(|prev| *prev != submit_id),
            message: message.to_vec().into(),
        };
        let answer = self.ask(Request::Submit(submit)).await;
        if matches!(answer, Answer::Accepted(_)) {
            self.last.insert(room, submit_id);
        }
        answer
    }
}
