//! How a command fails: what happened, what was expected, what to do, and the exit code.
//!
//! Every failure has a stable code. The table of [`crate::explain`] says for each what was expected
//! and what to do, so a failure only has to tell what happened.

use crate::{explain, print, text};
use lacre::ErrorKind;
use std::fmt::Display;
use std::process::ExitCode;

/// What a command returns.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// Exit codes, the same for every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did not work.
    Failed = 1,
    /// The command line was wrong.
    Usage = 2,
    /// The relay could not be reached.
    Unreachable = 3,
    /// Somebody's rules do not allow it.
    Refused = 4,
}

/// A command that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    code: String,
    what: String,
    exit: Exit,
}

impl Failure {
    /// A failure with the code under which [`explain`] knows it.
    pub(crate) fn new(code: &str, what: impl Into<String>, exit: Exit) -> Self {
        Self {
            code: code.to_owned(),
            what: what.into(),
            exit,
        }
    }

    /// A failure of the operating system.
    pub(crate) fn io(code: &str, what: impl Display, error: &dyn std::error::Error) -> Self {
        Self::new(code, format!("{what}: {error}"), Exit::Failed)
    }

    /// The code under which [`explain`] knows it.
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// Whether it has this code.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.code == code
    }

    /// What happened.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    /// Prints it to standard error.
    pub(crate) fn print(&self) {
        if self.code == print::CLOSED {
            return;
        }
        let paint = print::Paint::errors();
        let mut lines = vec![format!(
            "{} {}  {}",
            paint.bad("lacre:"),
            print::safe(&self.what),
            paint.dim(&self.code)
        )];
        if let Some(entry) = explain::find(&self.code) {
            let rows = [
                (text::failure::expected(), entry.expected().to_owned()),
                (text::failure::to_do(), entry.fix().to_owned()),
            ];
            lines.push(print::facts(&rows, paint));
        }
        eprintln!("{}", lines.join("\n"));
    }

    /// The exit code of the process.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self.code.as_str() {
            // Whoever read the output has seen enough.
            print::CLOSED => ExitCode::SUCCESS,
            _ => ExitCode::from(self.exit as u8),
        }
    }
}

impl From<lacre::Error> for Failure {
    fn from(error: lacre::Error) -> Self {
        Self::new(error.code(), error.to_string(), exit(error.kind()))
    }
}

impl From<lacre_relay::RelayError> for Failure {
    fn from(error: lacre_relay::RelayError) -> Self {
        let exit = match error.kind() {
            lacre_relay::RelayErrorKind::Config => Exit::Usage,
            _ => Exit::Failed,
        };
        Self::new(error.code(), error.to_string(), exit)
    }
}

/// What a kind of error means for a script.
pub(crate) fn exit(kind: ErrorKind) -> Exit {
    match kind {
        ErrorKind::Invalid => Exit::Usage,
        ErrorKind::Offline => Exit::Unreachable,
        ErrorKind::Refused | ErrorKind::NotAllowed => Exit::Refused,
        _ => Exit::Failed,
    }
}
