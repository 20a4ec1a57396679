//! Results beside what was promised.

use super::Scale;
use super::probe::Probe;
use serde_json::{Value, json};
use std::time::Duration;

/// What a number must be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// At least so much.
    AtLeast(f64),
    /// At most so much.
    AtMost(f64),
    /// Nothing was promised; shown for orientation.
    None,
}

/// One result.
struct Row {
    name: String,
    value: f64,
    unit: &'static str,
    must: Goal,
    stretch: Goal,
}

/// All results of a run.
pub(crate) struct Table {
    scale: Scale,
    rows: Vec<Row>,
    probe: Value,
}

impl Goal {
    fn met(self, value: f64) -> Option<bool> {
        match self {
            Self::AtLeast(least) => Some(value >= least),
            Self::AtMost(most) => Some(value <= most),
            Self::None => None,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtLeast(least) => format!("≥ {}", number(least)),
            Self::AtMost(most) => format!("≤ {}", number(most)),
            Self::None => String::new(),
        }
    }

    fn json(self) -> Value {
        match self {
            Self::AtLeast(least) => json!({"at_least": least}),
            Self::AtMost(most) => json!({"at_most": most}),
            Self::None => Value::Null,
        }
    }
}

impl Table {
    /// An empty table.
    pub(crate) fn new(scale: Scale) -> Self {
        Self {
            scale,
            rows: Vec::new(),
            probe: Value::Null,
        }
    }

    /// The run's own fsync.
    pub(crate) fn probe(&mut self, probe: &Probe) {
        self.probe = json!({"median_ms": millis(probe.median), "p99_ms": millis(probe.p99), "count": probe.count});
    }

    /// What [`Table::probe`] was told.
    pub(crate) fn fsync(&self) -> Value {
        self.probe.clone()
    }

    /// Adds a result and prints it.
    pub(crate) fn add(
        &mut self,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
        must: Goal,
        stretch: Goal,
    ) {
        let row = Row {
            name: name.into(),
            value,
            unit,
            must,
            stretch,
        };
        println!("{}", row.line());
        self.rows.push(row);
    }

    /// Adds a number nothing was promised for.
    pub(crate) fn note(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.add(name, value, unit, Goal::None, Goal::None);
    }

    /// Adds the percentiles of some times, with goals for the median and the 99th.
    pub(crate) fn times(
        &mut self,
        name: &str,
        times: &mut [Duration],
        p50: [Goal; 2],
        p99: [Goal; 2],
    ) {
        times.sort();
        self.add(
            format!("{name}, p50"),
            millis(percentile(times, 50.0)),
            "ms",
            p50[0],
            p50[1],
        );
        self.add(
            format!("{name}, p99"),
            millis(percentile(times, 99.0)),
            "ms",
            p99[0],
            p99[1],
        );
        // One in a thousand is something only among thousands.
        if times.len() >= 5000 {
            self.note(
                format!("{name}, p99.9"),
                millis(percentile(times, 99.9)),
                "ms",
            );
        }
    }

    /// The whole table.
    pub(crate) fn print(&self) {
        println!(
            "\n{:<52} {:>14} {:>22} {:>18}",
            "what", "measured", "must", "stretch"
        );
        for row in &self.rows {
            println!("{}", row.line());
        }
        if self.scale.quick {
            println!("A quick run: it shows that everything works, not how fast it is.");
        }
    }

    /// The whole table for programs.
    pub(crate) fn json(&self) -> String {
        let rows = self.rows.iter().map(|row| {
            json!({
                "name": row.name, "value": row.value, "unit": row.unit,
                "must": row.must.json(), "stretch": row.stretch.json(), "met": row.must.met(row.value),
            })
        });
        let rows: Vec<_> = rows.collect();
        format!(
            "{:#}\n",
            json!({"quick": self.scale.quick, "fsync": self.probe, "results": rows})
        )
    }
}

impl Row {
    fn line(&self) -> String {
        let sign = match (self.must.met(self.value), self.stretch.met(self.value)) {
            (Some(false), _) => "✗",
            (Some(true), Some(true)) => "★",
            (Some(true), _) => "✓",
            (None, _) => " ",
        };
        let measured = format!("{} {}", number(self.value), self.unit);
        format!(
            "{:<52} {measured:>14} {:>20} {sign} {:>18}",
            self.name,
            self.must.text(),
            self.stretch.text()
        )
    }
}

/// Three digits are enough.
fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Milliseconds.
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The value that so many in a hundred do not exceed; the times are sorted.
pub(crate) fn percentile(times: &[Duration], percent: f64) -> Duration {
    let last = times.len().saturating_sub(1);
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "an index into at most millions"
    )]
    let index = (last as f64 * percent / 100.0).round() as usize;
    times.get(index).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let times: Vec<_> = (1..=101).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 50.0), Duration::from_millis(51));
        assert_eq!(percentile(&times, 99.0), Duration::from_millis(100));
        assert_eq!(percentile(&[], 50.0), Duration::ZERO);
    }

    #[test]
    fn goals_are_compared_the_right_way_round() {
        assert_eq!(Goal::AtLeast(2.0).met(1.0), Some(false));
        assert_eq!(Goal::AtMost(2.0).met(1.0), Some(true));
        assert_eq!(Goal::None.met(1.0), None);
    }
}
