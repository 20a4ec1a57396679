//! `lacre relay config show|check`: what a relay would run with, and where it comes from.

use super::{Origin, Row, Settings, Sources};
use crate::args::{RelayConfig, RelayConfigCommand};
use crate::failure::Outcome;
use crate::print::{self, Paint};
use crate::text;
use serde_json::{Value, json};

/// Shows or checks.
pub(crate) fn run(arguments: &RelayConfig, sources: Sources<'_>) -> Outcome {
    let (asked, shows) = match &arguments.command {
        RelayConfigCommand::Show(asked) => (asked, true),
        RelayConfigCommand::Check(asked) => (asked, false),
    };
    let settings = Settings::read(&asked.settings, sources)?;
    if asked.json {
        let fields = settings
            .rows
            .iter()
            .map(|row| (row.key.to_owned(), row.json()));
        return print::json_line(&Value::Object(fields.collect()));
    }
    let paint = Paint::output();
    if shows {
        let width = settings
            .rows
            .iter()
            .map(|row| row.value.chars().count())
            .max();
        let fact = |row: &Row| {
            let gap = width
                .unwrap_or_default()
                .saturating_sub(row.value.chars().count());
            let fact = format!(
                "{}{}  {}",
                row.value,
                " ".repeat(gap),
                paint.dim(&row.origin.to_string())
            );
            (row.key.to_owned(), fact)
        };
        let rows: Vec<_> = settings.rows.iter().map(fact).collect();
        return print::out(&print::facts(&rows, paint));
    }
    print::out(&paint.good(&text::relay::settings_good()))
}

impl Row {
    fn json(&self) -> Value {
        let (origin, place) = match &self.origin {
            Origin::Flag(name) => ("flag", Some(name.clone())),
            Origin::Variable(name) => ("environment", Some(name.clone())),
            Origin::File(..) => ("file", Some(self.origin.to_string())),
            Origin::Usual => ("default", None),
        };
        json!({"value": self.value, "origin": origin, "where": place})
    }
}
