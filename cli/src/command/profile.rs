//! `lacre profile`: several accounts or relays on one machine.

use crate::args::{Base, Profile, ProfileCommand, ProfileRemove};
use crate::failure::{Exit, Failure, Outcome};
use crate::print::{self, Paint};
use crate::text::{self, say};
use crate::{home, profile};
use std::fs::{File, TryLockError};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Runs one of them.
pub(crate) async fn run(arguments: Profile) -> Outcome {
    match arguments.command {
        None => list(&arguments.base),
        Some(ProfileCommand::List(base)) => list(&base),
        Some(ProfileCommand::Add(one)) => {
            let folder = profile::add(&folder(&one.base)?, &one.name)?;
            let told = say!(
                text::lang(),
                "profile-added",
                name = &one.name,
                folder = folder.display().to_string()
            );
            print::out(&Paint::output().good(&told))
        }
        Some(ProfileCommand::Use(one)) => {
            profile::choose(&folder(&one.base)?, &one.name)?;
            let told = say!(text::lang(), "profile-used", name = &one.name);
            print::out(&Paint::output().good(&told))
        }
        Some(ProfileCommand::Remove(arguments)) => remove(&arguments),
    }
}

fn folder(base: &Base) -> Outcome<PathBuf> {
    home::base(base.data.as_deref())
}

fn list(base: &Base) -> Outcome {
    let (lang, base) = (text::lang(), folder(base)?);
    let current = profile::current(&base)?;
    let mut rows = Vec::new();
    for name in profile::all(&base)? {
        let folder = profile::folder(&base, Some(&name))?;
        let relay = match home::find(&folder)? {
            Some(settings) if settings.ready => host(&settings.relay).to_owned(),
            _ => say!(lang, "profile-empty"),
        };
        let mark = match name == current {
            true => say!(lang, "profile-current"),
            false => String::new(),
        };
        rows.push((name, format!("{relay}  {mark}").trim_end().to_owned()));
    }
    print::out(&print::facts(&rows, Paint::output()))
}

/// The part of a relay's address that people know.
fn host(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(_, host)| host)
}

fn remove(arguments: &ProfileRemove) -> Outcome {
    let (lang, base) = (text::lang(), folder(&arguments.base)?);
    if arguments.name == profile::DEFAULT {
        let what = say!(lang, "profile-default");
        return Err(Failure::new("DefaultProfile", what, Exit::Usage));
    }
    let folder = profile::folder(&base, Some(&arguments.name))?;
    unused(&folder)?;
    let settings = home::find(&folder)?;
    if settings.as_ref().is_some_and(|settings| settings.ready) && !arguments.yes {
        confirm(&arguments.name, &folder)?;
    }
    profile::remove(&base, &arguments.name)?;
    // After the folder: a store whose key is gone could not be opened any more.
    if let Some(settings) = settings {
        settings.secret.forget();
    }
    let told = say!(lang, "profile-removed", name = &arguments.name);
    print::out(&Paint::output().good(&told))
}

/// Shows what goes, and asks a person; a script has to say --yes.
fn confirm(name: &str, folder: &Path) -> Outcome {
    let lang = text::lang();
    let folder = folder.display().to_string();
    print::out(&say!(lang, "profile-goes", name = name, folder = folder))?;
    let refused = || {
        Failure::new(
            "NotConfirmed",
            say!(lang, "profile-kept", name = name),
            Exit::Usage,
        )
    };
    if !std::io::stdin().is_terminal() {
        return Err(refused());
    }
    let mut out = std::io::stdout().lock();
    let asked =
        write!(out, "{} ", say!(lang, "profile-sure", name = name)).and_then(|()| out.flush());
    asked
        .map_err(|error| Failure::new("NoOutput", text::failure::no_output(error), Exit::Failed))?;
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.map_err(|error| Failure::new("NoInput", text::failure::no_input(error), Exit::Usage))?;
    match answer.trim() == name {
        true => Ok(()),
        false => Err(refused()),
    }
}

/// The lock file of an open store; see the engine's store.
const LOCK: &str = "store.lock";

/// Fails while a program uses the folder's store.
fn unused(folder: &Path) -> Outcome {
    let Ok(file) = File::options().write(true).open(folder.join(LOCK)) else {
        return Ok(());
    };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            let what = say!(
                text::lang(),
                "profile-open",
                folder = folder.display().to_string()
            );
            Err(Failure::new("StoreInUse", what, Exit::Failed))
        }
        _ => Ok(()),
    }
}
