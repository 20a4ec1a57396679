//! Help: short, grouped, in the language of the process.

use crate::args::Arguments;
use crate::print::Paint;
use crate::text::{Lang, help as table, lang, pick};
use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command, CommandFactory};

/// The groups of the first page, in order.
const GROUPS: [(&str, &str, &[&str]); 3] = [
    ("Try it", "Experimente", &["demo"]),
    (
        "Talk",
        "Converse",
        &[
            "chat", "send", "listen", "history", "search", "rooms", "account", "profile", "doctor",
            "explain",
        ],
    ),
    ("Run a relay", "Opere um relay", &["relay"]),
];

/// The command line with its help in the language of the process, and a grouped first page.
pub(crate) fn translated(command: Command) -> Command {
    let mut command = translate(command);
    command.build();
    command.override_help(StyledStr::from(overview()))
}

/// The first page.
pub(crate) fn overview() -> String {
    let command = translate(Arguments::command());
    let paint = Paint::output();
    let about = |command: &Command| {
        command
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    let mut page = format!(
        "{}\n\n{} lacre {}\n",
        about(&command),
        pick("Usage:", "Uso:"),
        pick("<COMMAND>", "<COMANDO>")
    );
    for (en, pt, names) in GROUPS {
        page.push_str(&format!("\n{}\n", paint.strong(pick(en, pt))));
        for name in names {
            let Some(subcommand) = command.find_subcommand(name) else {
                continue;
            };
            let below: Vec<_> = subcommand
                .get_subcommands()
                .map(Command::get_name)
                .collect();
            let below = if below.is_empty() {
                String::new()
            } else {
                format!(" [{}]", below.join(", "))
            };
            page.push_str(&format!(
                "  {name:<9}{}{}\n",
                about(subcommand),
                paint.dim(&below)
            ));
        }
    }
    page.push('\n');
    page.push_str(pick(
        "`lacre <COMMAND> --help` says more; --lang en or pt chooses the language.",
        "`lacre <COMANDO> --help` diz mais; --lang en ou pt escolhe o idioma.",
    ));
    page
}

/// Puts the Portuguese help in place of the English.
fn translate(command: Command) -> Command {
    let text = |text: Option<&StyledStr>| {
        text.map(ToString::to_string)
            .and_then(|text| table::translate(&text))
    };
    let (about, long) = (text(command.get_about()), text(command.get_long_about()));
    let mut command = framed(command)
        .mut_args(|argument| {
            let (help, long) = (text(argument.get_help()), text(argument.get_long_help()));
            let argument = help
                .into_iter()
                .fold(argument, |argument, help| argument.help(help));
            long.into_iter()
                .fold(argument, |argument, help| argument.long_help(help))
        })
        .mut_subcommands(translate);
    command = about
        .into_iter()
        .fold(command, |command, about| command.about(about));
    long.into_iter()
        .fold(command, |command, about| command.long_about(about))
}

/// Puts the Portuguese words of every page's frame in place of clap's English ones.
fn framed(command: Command) -> Command {
    if lang() == Lang::En {
        return command;
    }
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::Help)
        .help("Mostra a ajuda");
    command
        .help_template("{about-with-newline}\nUso: {usage}\n\n{all-args}{after-help}")
        .subcommand_help_heading("Comandos")
        .subcommand_value_name("COMANDO")
        .disable_help_flag(true)
        .arg(help)
        .mut_args(|argument| {
            let heading = if argument.is_positional() {
                "Argumentos"
            } else {
                "Opções"
            };
            argument.help_heading(heading)
        })
}

#[cfg(test)]
mod tests {
    use super::{GROUPS, table};
    use crate::args::Arguments;
    use clap::{Command, CommandFactory};

    fn texts(command: &Command, out: &mut Vec<String>) {
        let about = [command.get_about(), command.get_long_about()]
            .into_iter()
            .flatten()
            .map(ToString::to_string);
        out.extend(about);
        for argument in command.get_arguments() {
            let help = [argument.get_help(), argument.get_long_help()]
                .into_iter()
                .flatten()
                .map(ToString::to_string);
            out.extend(help);
            for value in argument.get_possible_values() {
                out.extend(value.get_help().map(ToString::to_string));
            }
        }
        command
            .get_subcommands()
            .for_each(|command| texts(command, out));
    }

    #[test]
    fn every_help_text_has_a_portuguese_one() {
        let mut all = Vec::new();
        texts(&Arguments::command(), &mut all);
        let missing: Vec<_> = all
            .into_iter()
            .filter(|text| table::portuguese(text).is_none())
            .collect();
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn every_command_is_on_the_first_page() {
        let command = Arguments::command();
        let shown: Vec<_> = GROUPS.iter().flat_map(|group| group.2).copied().collect();
        let there: Vec<_> = command.get_subcommands().map(Command::get_name).collect();
        assert!(there.iter().all(|name| shown.contains(name)), "{there:?}");
        assert_eq!(there.len(), shown.len());
    }
}
