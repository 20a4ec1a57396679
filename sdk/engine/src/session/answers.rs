//! Answers: each goes back to what asked.

use super::people::unexpected;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::event::{Connection, Event};
use crate::live::Asked;
use crate::me::Me;
use lacre_wire::answer::Answer;
use lacre_wire::ids::Millis;

impl Engine {
    pub(crate) fn on_answer(&mut self, id: u32, answer: Answer, now: Millis) {
        let Some(asked) = self.live.asked.remove(&id) else {
            self.relay_broke_protocol("an answer to nothing that was asked");
            return;
        };
        if let Err(error) = self.answered(asked, answer, now) {
            self.report(error);
        }
    }

    fn answered(&mut self, asked: Asked, answer: Answer, now: Millis) -> Result<()> {
        match asked {
            Asked::Open => match answer {
                Answer::Opened(logs) => logs.into_iter().try_for_each(|log| self.on_opened(log)),
                other => refused(other),
            },
            Asked::Submit { room, row } => self.on_submitted(room, row, answer, now),
            Asked::Turn { room } => self.on_turn(room, answer, now),
            Asked::Release | Asked::BadCommit => done(answer),
            Asked::PutKeyPackages { first } => {
                if first {
                    self.live.first_packages = self.live.first_packages.saturating_sub(1);
                    if self.live.first_packages == 0 {
                        self.tell(Event::Connection(Connection::Online));
                        self.announce_device()?;
                    }
                }
                done(answer)
            }
            Asked::Commit { room, hash } => self.on_committed(room, hash, answer, now),
            Asked::Propose { room, change } => self.on_proposed(room, change, answer, now),
            Asked::Create { room, change } => self.on_created(room, change, answer),
            Asked::Claim { change, accounts } => self.on_claimed(change, &accounts, answer),
            Asked::LookupFor { id, handle } => self.on_lookup(id, &handle, answer),
            Asked::LookupAccount(account) => self.on_account(account, answer),
            Asked::PutDeviceList { change, device } => {
                self.on_list_published(change, device, answer)
            }
            Asked::SendToDevice { change } => self.on_granted(change, answer),
            Asked::Announce => match answer {
                Answer::Ok => Me::announced(&self.db),
                other => refused(other),
            },
            Asked::Join { room, change } => self.on_join(room, change, answer, now),
            Asked::GroupInfo { room, change } => self.on_group_info(room, change, answer),
            Asked::Generation { room, change } => self.on_generation(room, change, answer, now),
            Asked::Rejoin { room, change } => self.on_rejoin_info(room, change, answer, now),
            Asked::Focus => self.on_focused(answer, now),
            Asked::Ping { id } => {
                self.on_pong(id, answer);
                Ok(())
            }
            Asked::List { id, .. } => {
                self.on_list(id, answer);
                Ok(())
            }
        }
    }
}

fn done(answer: Answer) -> Result<()> {
    match answer {
        Answer::Ok => Ok(()),
        other => refused(other),
    }
}

fn refused(answer: Answer) -> Result<()> {
    match answer {
        Answer::Failed(error) => Err(Error::from(error)),
        _ => Err(unexpected()),
    }
}
