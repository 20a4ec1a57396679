//! Processes, and waiting for their lines.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Generous: a busy machine and a debug build.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// A command that no setting of the machine reaches.
pub(crate) fn lacre(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lacre"));
    for variable in [
        "LACRE_HOME",
        "LACRE_RELAY",
        "LACRE_LANG",
        "LACRE_PASSPHRASE",
        "LACRE_LOG",
        "LC_ALL",
        "LC_MESSAGES",
        "NO_COLOR",
    ] {
        command.env_remove(variable);
    }
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("LACRE_RELAY_") {
            command.env_remove(variable);
        }
    }
    // No keyring: what a test does must not reach the one of whoever runs it.
    command
        .env("LANG", "C")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    command.args(arguments);
    command
}

/// What an ended command left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// The standard output of a command that went well.
    #[track_caller]
    pub(crate) fn good(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    /// Checks exit code and error code.
    #[track_caller]
    pub(crate) fn failed(self, code: i32, error: &str) -> String {
        assert_eq!(self.code, code, "{self:?}");
        let first = self.err.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("lacre: ") && first.ends_with(error),
            "{self:?}"
        );
        self.err
    }

    /// Checks that the command line was refused before anything was done.
    #[track_caller]
    pub(crate) fn failed_usage(self) {
        assert_eq!(self.code, 2, "{self:?}");
        assert!(self.err.starts_with("error: "), "{self:?}");
    }

    /// The lines of output as JSON.
    #[track_caller]
    pub(crate) fn json(self) -> Vec<Value> {
        self.good()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// Runs a command to its end.
pub(crate) fn end(mut command: Command, input: &str) -> Ended {
    let shown = format!("{command:?}");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that reads nothing has closed its input.
    let _closed = child.stdin.take().unwrap().write_all(input.as_bytes());
    let out = read(child.stdout.take().unwrap());
    let err = read(child.stderr.take().unwrap());
    // Its outputs close when it ends.
    match (out.recv_timeout(LIMIT), err.recv_timeout(LIMIT)) {
        (Ok(out), Ok(err)) => Ended {
            code: child.wait().unwrap().code().unwrap_or(-1),
            out,
            err,
        },
        _ => {
            child.kill().unwrap();
            panic!("{shown} did not end: {:?} {:?}", out.recv(), err.recv())
        }
    }
}

fn read(mut stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let _read = stream.read_to_string(&mut text);
        let _nobody = sender.send(text);
    });
    receiver
}

/// A process that goes on, and the lines it has printed.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
    err: Option<Receiver<String>>,
    shown: String,
}

impl Running {
    pub(crate) fn start(command: Command) -> Self {
        Self::reading(command, Stdio::null())
    }

    /// A process that reads what is typed.
    pub(crate) fn typing(command: Command) -> (Self, ChildStdin) {
        let mut running = Self::reading(command, Stdio::piped());
        let input = running.child.stdin.take().unwrap();
        (running, input)
    }

    fn reading(mut command: Command, input: Stdio) -> Self {
        let shown = format!("{command:?}");
        let mut child = command
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (out, err) = (
            child.stdout.take().unwrap(),
            read(child.stderr.take().unwrap()),
        );
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            lines,
            seen: Vec::new(),
            err: Some(err),
            shown,
        }
    }

    /// Waits for a line, skipping others.
    #[track_caller]
    pub(crate) fn line<T>(&mut self, what: &str, fits: impl Fn(&str) -> Option<T>) -> T {
        let until = Instant::now() + LIMIT;
        loop {
            match self
                .lines
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                Ok(line) => {
                    let found = fits(&line);
                    self.seen.push(line);
                    if let Some(found) = found {
                        return found;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    panic!("no {what} from {} in {:#?}", self.shown, self.seen)
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let err = self.err.take().and_then(|err| err.recv_timeout(LIMIT).ok());
                    panic!(
                        "{} ended without {what}: {:#?} {err:?}",
                        self.shown, self.seen
                    )
                }
            }
        }
    }

    /// Waits for a JSON line.
    #[track_caller]
    pub(crate) fn event(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.line(what, |line| {
            let event: Value = serde_json::from_str(line).unwrap();
            fits(&event).then_some(event)
        })
    }

    /// Waits until a listener is connected.
    #[track_caller]
    pub(crate) fn online(&mut self) {
        self.event("connection", |event| {
            event["type"] == "connection" && event["state"] == "online"
        });
    }

    /// Waits for a message of somebody else.
    #[track_caller]
    pub(crate) fn message(&mut self, text: &str) -> Value {
        self.event(text, |event| {
            event["type"] == "message" && event["text"] == text
        })
    }

    /// Every line printed so far that was waited for or skipped.
    pub(crate) fn seen(&self) -> &[String] {
        &self.seen
    }

    /// kill -9, and every line that was printed before.
    pub(crate) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let mut seen = std::mem::take(&mut self.seen);
        seen.extend(self.lines.iter());
        seen
    }

    /// SIGTERM, then waits for the end; exit code and all lines.
    #[cfg(unix)]
    pub(crate) fn terminate(self) -> (i32, Vec<String>) {
        let done = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(done.success());
        self.ended()
    }

    /// Waits for the end; exit code and all lines.
    pub(crate) fn ended(mut self) -> (i32, Vec<String>) {
        let until = Instant::now() + LIMIT;
        let mut seen = std::mem::take(&mut self.seen);
        // Its output closes when it ends.
        loop {
            match self
                .lines
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                Ok(line) => seen.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("{} did not end: {seen:#?}", self.shown),
            }
        }
        (self.child.wait().unwrap().code().unwrap_or(-1), seen)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Ended already, as often as not.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
