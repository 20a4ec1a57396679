//! The proof: nothing people wrote stands readable on any disk.

use super::Stage;
use super::scan::{self, Needle, SHORTEST, Scan};
use super::story::Story;
use crate::failure::{Exit, Failure, Outcome};
use crate::print;
use crate::text::{demo as text, failure};
use std::path::Path;
use std::time::Instant;

/// Searches, and fails if something is found, or if the search could not find anything.
pub(super) fn show(stage: &Stage, story: &Story) -> Outcome {
    stage.heading(&text::proof())?;
    let written: Vec<Needle> = needles(story.texts.iter().map(String::as_str));
    let people = [&story.ana, &story.bruno, &story.clara];
    let handles: Vec<Needle> = needles(people.iter().map(|person| person.handle));

    let began = Instant::now();
    let control = stage.root.join("control");
    let (planted, seen) =
        scan::control(&control, &written).map_err(|error| unread(&control, &error))?;
    if planted != seen {
        return Err(Failure::new(
            "ScanBlind",
            text::blind(seen, planted),
            Exit::Failed,
        ));
    }
    stage.step(&text::sees(planted), began)?;

    let began = Instant::now();
    let mut scan = Scan::default();
    search(&stage.relay(), &written, &mut scan)?;
    let everything: Vec<Needle> = written.into_iter().chain(handles).collect();
    for person in people {
        search(
            &stage.person(&person.name.to_lowercase()),
            &everything,
            &mut scan,
        )?;
    }
    stage.step(
        &text::searched(everything.len(), scan.files, print::size(scan.bytes)),
        began,
    )?;
    judge(&scan)?;
    print::out(&format!(
        "  {} {}",
        stage.paint.good("✓"),
        text::none_found()
    ))?;
    print::out(&stage.paint.dim(&format!("  {}", text::handles())))
}

/// One text found is enough to fail.
fn judge(scan: &Scan) -> Outcome {
    match scan.found.first() {
        Some((file, words, _)) => Err(Failure::new(
            "PlaintextFound",
            text::found(words, file.display()),
            Exit::Failed,
        )),
        None => Ok(()),
    }
}

/// Texts long enough that they do not stand in random bytes by chance.
fn needles<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Needle> {
    texts
        .filter(|text| text.len() >= SHORTEST)
        .map(Needle::new)
        .collect()
}

fn search(folder: &Path, needles: &[Needle], scan: &mut Scan) -> Outcome {
    scan::folder(folder, needles, scan).map_err(|error| unread(folder, &error))
}

fn unread(folder: &Path, error: &std::io::Error) -> Failure {
    Failure::io("BadFolder", failure::folder_unread(folder.display()), error)
}

#[cfg(test)]
mod tests {
    use super::{Scan, judge, needles, search};

    #[test]
    fn one_readable_text_fails_the_demonstration() {
        let root = tempfile::tempdir().unwrap();
        let texts = needles(["Who brings the parasol?", "short"].into_iter());
        assert_eq!(texts.len(), 1);
        let mut scan = Scan::default();
        std::fs::write(root.path().join("relay.db-wal"), [9; 5000]).unwrap();
        search(root.path(), &texts, &mut scan).unwrap();
        judge(&scan).unwrap();
        let wide: Vec<u8> = "Who brings the parasol?"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        std::fs::write(root.path().join("relay.db"), wide).unwrap();
        search(root.path(), &texts, &mut scan).unwrap();
        assert!(judge(&scan).unwrap_err().is("PlaintextFound"));
    }
}
