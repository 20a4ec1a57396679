//! `/ajuda`, `/help`: the commands, or one of them; and the guide that is made of the same texts.

use super::{Command, Takes, all, find, unknown};
use crate::talk::line::Line;
use crate::talk::problem::Answer;
use crate::text::{Lang, say};

pub(super) const COMMAND: Command = Command {
    id: "help",
    pt: "ajuda",
    en: "help",
    also: &["?"],
    takes: &[Takes::Command],
    run: |session, call| Box::pin(async move { answer(session.lang(), call.rest) }),
};

fn answer(lang: Lang, rest: &str) -> Answer {
    let name = rest.trim_start_matches('/');
    if name.is_empty() {
        return Ok(overview(lang));
    }
    match find(name) {
        Some(command) => Ok(page(lang, command)),
        None => {
            let nearest = match super::parse(&format!("/{name}")) {
                super::Parsed::Unknown { nearest, .. } => nearest,
                _ => None,
            };
            Err(unknown(lang, name, nearest))
        }
    }
}

/// Every command with its line.
fn overview(lang: Lang) -> Vec<Line> {
    let rows = all()
        .iter()
        .map(|command| vec![command.usage(lang), command.about(lang)])
        .collect();
    let title = say!(lang, "help-title");
    let more = say!(lang, "help-more", usage = COMMAND.usage(lang));
    vec![Line::Table { title, rows }, Line::Info(more)]
}

/// One command.
fn page(lang: Lang, command: &Command) -> Vec<Line> {
    let names: Vec<_> = command
        .other_names(lang)
        .iter()
        .map(|name| format!("/{name}"))
        .collect();
    let rows = vec![
        vec![say!(lang, "help-does"), command.about(lang)],
        vec![say!(lang, "help-also"), names.join(", ")],
        vec![say!(lang, "help-note"), command.more(lang)],
    ];
    vec![Line::Table {
        title: command.usage(lang),
        rows,
    }]
}

#[cfg(test)]
/// The guide's tables, as Markdown.
pub(crate) fn guide(lang: Lang) -> String {
    let mut out = format!(
        "| {} | {} | {} |\n|---|---|---|\n",
        say!(lang, "guide-command"),
        say!(lang, "guide-does"),
        say!(lang, "help-also")
    );
    for command in all() {
        let names: Vec<_> = command
            .other_names(lang)
            .iter()
            .map(|name| format!("`/{name}`"))
            .collect();
        out.push_str(&format!(
            "| `{}` | {}. {} | {} |\n",
            command.usage(lang).replace('|', "\\|"),
            command.about(lang),
            command.more(lang),
            names.join(", ")
        ));
    }
    out
}
