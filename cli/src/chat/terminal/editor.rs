//! Writing a long text in the person's own editor.

use std::io::{Read, Seek, SeekFrom, Write};
use std::process::Command;

/// Opens the editor of `VISUAL` or `EDITOR` on a text; returns what it was saved as, without the
/// line ends that editors add. The file is readable by its owner alone, in memory where the system
/// offers that, and goes when the editor is closed.
pub(crate) fn edit(text: &str) -> std::io::Result<String> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("lacre-").suffix(".md");
    let mut file = match std::env::var_os("XDG_RUNTIME_DIR") {
        Some(folder) => builder
            .tempfile_in(folder)
            .or_else(|_| builder.tempfile())?,
        None => builder.tempfile()?,
    };
    file.write_all(text.as_bytes())?;
    file.flush()?;
    let wanted = ["VISUAL", "EDITOR"]
        .into_iter()
        .find_map(|name| {
            std::env::var(name)
                .ok()
                .filter(|value| !value.trim().is_empty())
        })
        .unwrap_or_else(|| if cfg!(windows) { "notepad" } else { "vi" }.to_owned());
    // As shells do: `code --wait` is a program and an argument.
    let mut words = wanted.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let status = Command::new(program)
        .args(words)
        .arg(file.path())
        .status()?;
    if !status.success() {
        return Err(std::io::Error::other(format!("{program}: {status}")));
    }
    // Editors that save by renaming leave another file at the path.
    let mut saved = String::new();
    match std::fs::read_to_string(file.path()) {
        Ok(text) => saved = text,
        Err(_) => {
            file.seek(SeekFrom::Start(0))?;
            file.read_to_string(&mut saved)?;
        }
    }
    saved.truncate(saved.trim_end_matches(['\n', '\r']).len());
    Ok(saved)
}
