//! `lacre history`: messages that are on this device already.

use crate::args::History;
use crate::failure::Outcome;
use crate::print::{self, Paint};
use crate::session::Session;
use crate::text;

/// How many messages one read asks for.
const PAGE: usize = 200;

/// Prints the newest messages, oldest first.
pub(crate) async fn run(arguments: History) -> Outcome {
    let limit = usize::try_from(arguments.limit).unwrap_or(usize::MAX);
    let session = Session::open(&arguments.place).await?;
    session
        .during(async |session| {
            let room = session.find(&arguments.room)?;
            let timeline = room.timeline().await?;
            let mut items = timeline.snapshot();
            while items.len() < limit && timeline.older(PAGE.min(limit - items.len())).await? > 0 {
                items = timeline.snapshot();
            }
            let shown = items.iter().skip(items.len().saturating_sub(limit));
            if arguments.json {
                let name = room.name();
                return shown
                    .map(|item| print::item_json(room.id(), &name, item))
                    .try_for_each(|json| print::json_line(&json));
            }
            if items.is_empty() {
                return print::out(&text::people::no_messages());
            }
            let paint = Paint::output();
            shown
                .map(|item| print::item_line(item, true, paint))
                .try_for_each(|line| print::out(&line))
        })
        .await
}
