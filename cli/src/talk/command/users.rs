//! `/usuarios`, `/users`: who is in the room.

use super::Command;
use crate::print::safe;
use crate::talk::line::Line;
use crate::talk::problem::Answer;
use crate::talk::session::Session;
use crate::text::say;
use lacre::{Member, Role};

pub(super) const COMMAND: Command = Command {
    id: "users",
    pt: "usuarios",
    en: "users",
    also: &["usuários", "who"],
    takes: &[],
    run: |session, _| Box::pin(run(session)),
};

async fn run(session: &Session) -> Answer {
    let (lang, room) = (session.lang(), session.here()?);
    let me = session.client().me().account;
    let mut members = room.members();
    members.sort_by(|a, b| (b.role, &a.handle).cmp(&(a.role, &b.handle)));
    let count = members.len();
    let row = |member: &Member| {
        let role = match member.role {
            Role::Owner => say!(lang, "role-owner"),
            Role::Member => say!(lang, "role-member"),
        };
        let you = match member.account == me {
            true => say!(lang, "users-you"),
            false => String::new(),
        };
        vec![format!("@{}", safe(&member.handle)), role, you]
    };
    Ok(vec![Line::Table {
        title: say!(
            lang,
            "users-title",
            room = session.title(&room),
            count = count
        ),
        rows: members.iter().map(row).collect(),
    }])
}
