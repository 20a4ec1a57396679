//! The demonstration, as a newcomer runs it.

use crate::harness::{Person, end, lacre};

#[test]
fn the_demonstration_proves_what_it_says() {
    let root = tempfile::tempdir().unwrap();
    let kept = root.path().join("kept");
    let mut command = lacre(&["demo", "--plain", "--keep"]);
    command.arg(&kept);
    let shown = end(command, "").good();
    assert!(shown.contains("none of them stands on any disk"), "{shown}");
    assert!(
        shown.contains("Who brings the parasol on Sunday?"),
        "{shown}"
    );
    assert!(!shown.contains('\u{1b}'), "{shown}");

    // What it says of the disks is true of the folders it left.
    let bruno = Person {
        folder: kept.join("bruno"),
    };
    let read = bruno.history("Sunday at the beach");
    assert_eq!(read.len(), 24, "{read:?}");
    let clara = Person {
        folder: kept.join("clara"),
    };
    let last = "Now that we are two: the cake has three layers.".to_owned();
    assert!(read.contains(&last));
    assert!(!clara.history("Sunday at the beach").contains(&last));
    let mut again = lacre(&["demo", "--keep"]);
    again.arg(&kept);
    end(again, "").failed(2, "FolderTaken");
}

#[test]
fn the_demonstration_speaks_portuguese() {
    let shown = end(lacre(&["demo", "--lang", "pt"]), "").good();
    assert!(
        shown.contains("Quem leva o guarda-sol no domingo?") && shown.contains("a prova"),
        "{shown}"
    );
}
