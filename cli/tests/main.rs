//! The `lacre` command as people run it: real processes, a real relay, folders that go afterwards.
//!
//! Nothing here sleeps: a test waits for the lines that processes print, and fails with everything
//! they printed when a line does not come in time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

#[path = "cli/accounts.rs"]
mod accounts;
#[cfg(unix)]
#[path = "cli/backups.rs"]
mod backups;
#[cfg(unix)]
#[path = "cli/certificates.rs"]
mod certificates;
#[path = "cli/chat.rs"]
mod chat;
#[path = "cli/commands.rs"]
mod commands;
#[path = "cli/demo.rs"]
mod demo;
#[path = "cli/devices.rs"]
mod devices;
#[path = "cli/everyday.rs"]
mod everyday;
#[path = "cli/faults.rs"]
mod faults;
#[path = "cli/harness.rs"]
mod harness;
#[path = "cli/keys.rs"]
mod keys;
#[cfg(unix)]
#[path = "cli/logs.rs"]
mod logs;
#[cfg(unix)]
#[path = "cli/moving.rs"]
mod moving;
#[path = "cli/operators.rs"]
mod operators;
#[path = "cli/output.rs"]
mod output;
#[cfg(unix)]
#[path = "../../relay/tests/support/packages.rs"]
mod packages;
#[cfg(unix)]
#[path = "../../relay/tests/support/postgres.rs"]
mod postgres;
#[path = "cli/process.rs"]
mod process;
#[path = "cli/profiles.rs"]
mod profiles;
#[path = "cli/rooms.rs"]
mod rooms;
#[path = "cli/rotation.rs"]
mod rotation;
#[cfg(unix)]
#[path = "cli/screen.rs"]
mod screen;
#[path = "cli/search.rs"]
mod search;
#[path = "cli/settings.rs"]
mod settings;
#[path = "cli/talk.rs"]
mod talk;
