//! The chat in a terminal of its own: keys go in, and what a person would see is looked at.

use crate::harness::{Person, Relay};
use crate::process::LIMIT;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Instant;

const ROWS: u16 = 24;
const COLUMNS: u16 = 80;

/// A terminal with the chat in it.
struct Terminal {
    screen: vt100::Parser,
    bytes: Receiver<Vec<u8>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    fn start(person: &Person, arguments: &[&str]) -> Self {
        let size = PtySize {
            rows: ROWS,
            cols: COLUMNS,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_lacre"));
        command.args(arguments);
        command.env_clear();
        for (name, value) in [
            ("TERM", "xterm-256color"),
            ("LANG", "C"),
            ("TZ", "UTC"),
            ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus"),
        ] {
            command.env(name, value);
        }
        command.env("LACRE_HOME", &person.folder);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let (sender, bytes) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            screen: vt100::Parser::new(ROWS.try_into().unwrap(), COLUMNS.try_into().unwrap(), 0),
            bytes,
            keys,
            child,
            _master: pair.master,
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits until the screen shows something.
    #[track_caller]
    fn shows(&mut self, what: &str) -> String {
        self.until(what, |screen| screen.contains(what))
    }

    #[track_caller]
    fn until(&mut self, what: &str, fits: impl Fn(&str) -> bool) -> String {
        let until = Instant::now() + LIMIT;
        loop {
            let shown = self.screen.screen().contents();
            if fits(&shown) {
                return shown;
            }
            let left = until.saturating_duration_since(Instant::now());
            match self.bytes.recv_timeout(left) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(error @ (RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)) => {
                    panic!("no {what} ({error}) on the screen:\n{shown}")
                }
            }
        }
    }

    /// Leaves, and looks at what the terminal is left as.
    #[track_caller]
    fn leave(mut self) {
        self.press("\x03\x03");
        while let Ok(bytes) = self.bytes.recv_timeout(LIMIT) {
            self.screen.process(&bytes);
        }
        assert!(self.child.wait().unwrap().success());
        let screen = self.screen.screen();
        assert!(
            !screen.alternate_screen(),
            "the person's own screen is back"
        );
        assert!(!screen.hide_cursor());
        assert!(!screen.bracketed_paste());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Ended already, as often as not.
        let _ended = self.child.kill();
    }
}

#[test]
fn two_people_talk_on_their_screens() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let ana = Person::create(root.path(), &relay, "ana");
    let bruno = Person::create(root.path(), &relay, "bruno");
    ana.run(&["rooms", "create", "Algebra", "@bruno"]).good();

    let mut left = Terminal::start(&ana, &[]);
    let mut right = Terminal::start(&bruno, &["chat"]);
    left.shows("# Algebra");
    left.shows("connected");
    right.shows("# Algebra");
    right.shows("connected");

    // A text, with what could act on a screen in it.
    left.press("Why is x \x1b[200~neg\x1b]0;evil\x07ative\x1b[201~?\r");
    let shown = right.shows("?");
    assert!(shown.contains("Why is x neg]0;evilative?"), "{shown}");
    left.until("a tick", |screen| screen.contains("✓"));

    // Two lines, answered by selecting the message above.
    right.press("\x1b[1;3A");
    right.shows("answer");
    right.press("rBecause\nit is below\r");
    let shown = left.shows("it is below");
    assert!(shown.contains("┃ ana: Why is x"), "{shown}");
    assert!(shown.contains("Because"), "{shown}");

    // A reaction, an edit.
    left.press("\x1b[1;3A+");
    left.shows("React");
    left.press("\r");
    right.shows("👍 1");
    right.press("\x1b[1;3Ae");
    right.shows("Editing");
    right.press("!\r");
    left.shows("it is below! (edited)");

    left.press("\x0b");
    left.shows("Go to");
    left.press("\x1b");
    left.until("no box", |screen| !screen.contains("Go to"));
    right.leave();

    // What was being written is there after a restart.
    left.press("half a thought");
    left.shows("> half a thought");
    left.leave();
    let mut again = Terminal::start(&ana, &[]);
    again.shows("> half a thought");
    again.leave();
    assert_eq!(ana.history("Algebra").len(), 2);
}

#[test]
fn a_thread_and_a_poll_on_the_screens() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let ana = Person::create(root.path(), &relay, "ana");
    let bruno = Person::create(root.path(), &relay, "bruno");
    ana.run(&["rooms", "create", "Algebra", "@bruno"]).good();
    ana.say("Algebra", "Which room?");

    let mut left = Terminal::start(&ana, &["chat", "--lang", "pt"]);
    let mut right = Terminal::start(&bruno, &["chat"]);
    for screen in [&mut left, &mut right] {
        screen.shows("Which room?");
    }
    left.shows("conectado");
    right.shows("connected");

    // Into the thread by its letter; what is written there is counted in the room.
    right.press("\x1b[1;3At");
    right.shows("Thread of ana");
    right.press("Room 12.\r");
    right.shows("Room 12.");
    left.shows("↳ 1 no tópico");
    // By words of any of its messages; it stays up to date.
    left.press("/topico 12\r");
    let shown = left.shows("Tópico de ana");
    assert!(!shown.contains("criou a sala"), "{shown}");
    left.shows("Room 12.");
    right.press("On the left.\r");
    left.shows("On the left.");
    left.press("Obrigada\r");
    right.shows("Obrigada");
    left.press("\x1b");
    left.shows("# Algebra");
    left.shows("↳ 3 no tópico");
    right.press("/thread\r");
    right.shows("# Algebra");

    // What was not understood is not lost.
    left.press("/enquete Quando? | segunda\r");
    left.shows("não entendi /enquete");
    left.shows("> /enquete Quando? | segunda");
    left.press(" | terça\r");
    right.shows("○ terça");
    right.press("\x1b[1;3A2");
    left.shows("○ terça  1");
    right.shows("● terça  1");
    right.press("\x1b");
    left.press("/ausente\r");
    left.shows("· ausente");
    right.press("\x1bOQ");
    right.until("who is away", |screen| screen.contains("away"));
    right.press("\x1b");
    left.press("x");
    left.until("who is back", |screen| !screen.contains("· ausente"));
    left.leave();
    right.leave();
}
