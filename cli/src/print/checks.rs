//! What a doctor found: one check a line, and below each that is not good what to do.

use super::{Paint, json_line, out};
use crate::failure::Outcome;
use serde_json::json;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Health {
    /// As it should be.
    Good,
    /// It works, and could be better.
    Warning,
    /// It does not work.
    Bad,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    /// What was looked at: stable, for scripts.
    pub(crate) name: &'static str,
    /// The same for people.
    pub(crate) title: String,
    /// How it ended.
    pub(crate) health: Health,
    /// What was found.
    pub(crate) found: String,
    /// What to do, unless it is good.
    pub(crate) remedy: Option<String>,
}

impl Check {
    /// A check of something that is as it should be.
    pub(crate) fn good(name: &'static str, title: String, found: impl Into<String>) -> Self {
        Self {
            name,
            title,
            health: Health::Good,
            found: found.into(),
            remedy: None,
        }
    }

    /// It works, and could be better.
    pub(crate) fn warning(self, remedy: String) -> Self {
        self.ended(Health::Warning, remedy)
    }

    /// It does not work.
    pub(crate) fn bad(self, remedy: String) -> Self {
        self.ended(Health::Bad, remedy)
    }

    fn ended(self, health: Health, remedy: String) -> Self {
        Self {
            health,
            remedy: Some(remedy),
            ..self
        }
    }
}

/// Prints checks, for people or one JSON object a line. Returns the worst.
pub(crate) fn checks(checks: &[Check], as_json: bool) -> Outcome<Health> {
    let paint = Paint::output();
    let width = checks.iter().map(|check| check.title.chars().count()).max();
    for check in checks {
        if as_json {
            let result = format!("{:?}", check.health).to_lowercase();
            let object = json!({"check": check.name, "result": result, "found": check.found, "remedy": check.remedy});
            json_line(&object)?;
            continue;
        }
        let sign = match check.health {
            Health::Good => paint.good("✓"),
            Health::Warning => paint.strong("!"),
            Health::Bad => paint.bad("✗"),
        };
        let gap = " ".repeat(
            width
                .unwrap_or_default()
                .saturating_sub(check.title.chars().count()),
        );
        out(&format!("{sign} {}{gap}  {}", check.title, check.found))?;
        if let Some(remedy) = &check.remedy {
            out(&format!(
                "  {}  → {remedy}",
                " ".repeat(width.unwrap_or_default())
            ))?;
        }
    }
    Ok(checks
        .iter()
        .map(|check| check.health)
        .max()
        .unwrap_or(Health::Good))
}
