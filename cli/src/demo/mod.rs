//! `lacre demo`: three people, one relay, and what it stored of them.
//!
//! Nothing is played: a relay with a store on disk, three clients with stores of their own, real
//! sockets between them. In the end every file is searched for what the people wrote.

mod columns;
mod envelopes;
mod person;
mod proof;
mod scan;
mod story;

use crate::args::Demo;
use crate::failure::{Exit, Failure, Outcome};
use crate::print::{self, Paint};
use crate::{home, text};
use lacre_relay::Relay;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Instant;
use story::Story;

/// Where relay and people live, and how it is shown.
pub(crate) struct Stage {
    root: PathBuf,
    paint: Paint,
    width: Option<usize>,
}

impl Stage {
    /// The relay's data folder.
    fn relay(&self) -> PathBuf {
        self.root.join("relay")
    }

    /// The data folder of a person.
    fn person(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// One step that went well, and how long it took.
    fn step(&self, fact: &str, since: Instant) -> Outcome {
        let time = format!("{} ms", since.elapsed().as_millis());
        print::out(&format!(
            "  {} {fact}  {}",
            self.paint.good("✓"),
            self.paint.dim(&time)
        ))
    }

    /// A heading.
    fn heading(&self, text: &str) -> Outcome {
        print::out(&format!("\n{}", self.paint.strong(text)))
    }
}

/// Plays it through.
pub(crate) async fn run(arguments: Demo) -> Outcome {
    let start = Instant::now();
    let folder = Folder::make(arguments.keep.as_deref())?;
    let stage = Stage {
        root: folder.path().to_owned(),
        paint: if arguments.plain {
            Paint::plain()
        } else {
            Paint::output()
        },
        width: if arguments.plain {
            None
        } else {
            columns::terminal_width()
        },
    };
    print::out(&format!(
        "{} · {}",
        stage
            .paint
            .strong(concat!("lacre ", env!("CARGO_PKG_VERSION"))),
        text::demo::title()
    ))?;

    let began = Instant::now();
    let relay = Relay::builder()
        .data_dir(stage.relay())
        .listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .start()
        .await?;
    stage.step(&text::demo::relay_started(relay.local_addr()), began)?;
    let told = tell(&stage, &relay).await;
    relay.shutdown().await;
    told?;

    print::out("")?;
    print::out(&text::demo::done(start.elapsed().as_secs()))?;
    match arguments.keep {
        Some(_) => print::out(&text::demo::kept(stage.root.display())),
        None => print::out(&text::demo::try_it()),
    }
}

async fn tell(stage: &Stage, relay: &Relay) -> Outcome {
    let mut story = Story::begin(stage, &relay.address().to_string()).await?;
    let told = async {
        story.play(stage).await?;
        columns::show(stage, &story).await?;
        // Everything is still open: write-ahead logs and all are searched as they are.
        proof::show(stage, &story)
    }
    .await;
    story.end().await;
    told
}

/// The folder of it all: gone at the end, or kept.
enum Folder {
    Temporary(tempfile::TempDir),
    Kept(PathBuf),
}

impl Folder {
    fn make(keep: Option<&Path>) -> Outcome<Self> {
        let Some(keep) = keep else {
            let made = tempfile::Builder::new().prefix("lacre-demo-").tempdir();
            let failed = |error| {
                Failure::io(
                    "BadFolder",
                    text::failure::folder_unmade(std::env::temp_dir().display()),
                    &error,
                )
            };
            return made.map(Self::Temporary).map_err(failed);
        };
        let keep = home::absolute(keep)?;
        if keep.exists() {
            return Err(Failure::new(
                "FolderTaken",
                text::failure::folder_taken(keep.display()),
                Exit::Usage,
            ));
        }
        home::make(&keep)?;
        Ok(Self::Kept(keep))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }
}
