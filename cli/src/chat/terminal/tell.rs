//! Telling of a message outside the screen: a bell, and a notification where the terminal shows
//! them (OSC 777, or OSC 9 where that is the one that is known).

use crate::chat::msg::News;
use std::io::{Write, stdout};
use std::time::{Duration, Instant};

/// At most one in this time: what comes in at once is told once.
const PAUSE: Duration = Duration::from_secs(1);

/// Characters of a notification.
const LENGTH: usize = 200;

/// Tells.
#[derive(Debug, Default)]
pub(crate) struct Teller {
    last: Option<Instant>,
}

impl Teller {
    /// Tells of a message.
    pub(crate) fn tell(&mut self, news: &News) -> std::io::Result<()> {
        let now = Instant::now();
        if self.last.is_some_and(|last| now - last < PAUSE) {
            return Ok(());
        }
        self.last = Some(now);
        let term = std::env::var("TERM").unwrap_or_default();
        let program = std::env::var("TERM_PROGRAM").unwrap_or_default();
        let mut out = stdout();
        out.write_all(sequence(news, &term, &program).as_bytes())?;
        out.flush()
    }
}

/// What is written. The texts hold no controls; what ends a field is taken out of them too.
fn sequence(news: &News, term: &str, program: &str) -> String {
    let field = |text: &str| -> String {
        let text = text.chars().filter(|c| *c != ';' && !c.is_control());
        text.take(LENGTH).collect()
    };
    let (who, text) = (field(&news.who), field(&news.text));
    match (term, program) {
        ("linux" | "dumb", _) => "\x07".to_owned(),
        (_, "iTerm.app") => format!("\x1b]9;{who}: {text}\x1b\\\x07"),
        _ => format!("\x1b]777;notify;{who};{text}\x1b\\\x07"),
    }
}

#[cfg(test)]
mod tests {
    use super::sequence;
    use crate::chat::msg::News;
    use lacre::RoomId;

    #[test]
    fn a_message_cannot_end_the_notification() {
        let news = News {
            room: RoomId([1; 16]),
            who: "ana;x".to_owned(),
            text: "a\x1b]52;c;aGk=\x07b".to_owned(),
        };
        assert_eq!(
            sequence(&news, "xterm", ""),
            "\x1b]777;notify;anax;a]52caGk=b\x1b\\\x07"
        );
        assert_eq!(
            sequence(&news, "xterm", "iTerm.app"),
            "\x1b]9;anax: a]52caGk=b\x1b\\\x07"
        );
        assert_eq!(sequence(&news, "linux", ""), "\x07");
    }
}
