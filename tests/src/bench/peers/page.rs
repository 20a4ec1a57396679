//! The page of benches: the figures as JSON, a plot, and the table in its text between two marks.

use super::{NAMES, Round, Rounds, median};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;

/// The table stands between these two.
const MARKS: [&str; 2] = [
    "<!-- figures: written by the bench -->\n",
    "<!-- end of figures -->",
];

/// Width of the longest bar, in units of the picture.
const LONGEST: f64 = 420.0;

/// What a run has measured.
pub(super) struct Page<'a> {
    /// The peers' own words.
    pub(super) versions: Vec<String>,
    /// The run's own fsync.
    pub(super) fsync: Value,
    /// Receivers of the fan-out.
    pub(super) receivers: usize,
    /// One to one.
    pub(super) pairs: &'a Rounds,
    /// One to many.
    pub(super) fan_out: &'a Rounds,
}

impl Page<'_> {
    /// Writes the three files.
    pub(super) fn write(&self, folder: &Path) {
        std::fs::write(folder.join("peers.json"), format!("{:#}\n", self.json())).unwrap();
        std::fs::write(folder.join("peers.svg"), self.plot()).unwrap();
        let path = folder.join("README.md");
        let text = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(MARKS[0]).unwrap();
        let (_, after) = rest.split_once(MARKS[1]).unwrap();
        let page = [before, MARKS[0], &self.table(), MARKS[1], after].concat();
        std::fs::write(&path, page).unwrap();
        println!("written to {}", folder.display());
    }

    fn scenes(&self) -> [(String, &Rounds); 2] {
        [
            (
                "one to one, 16 senders: messages accepted a second".to_owned(),
                self.pairs,
            ),
            (
                format!("one to {}: deliveries a second", self.receivers),
                self.fan_out,
            ),
        ]
    }

    fn json(&self) -> Value {
        let scenes = self.scenes().map(|(name, rounds)| {
            let servers: Vec<_> = NAMES.iter().zip(rounds).map(|(name, rounds)| {
                json!({
                    "server": name,
                    "rate_per_second": rounds.iter().map(|round| round.rate.round()).collect::<Vec<_>>(),
                    "server_cpu_us": rounds.iter().map(|round| (round.cpu_us * 10.0).round() / 10.0).collect::<Vec<_>>(),
                })
            }).collect();
            json!({"scene": name, "servers": servers})
        });
        json!({"peers": self.versions, "fsync": self.fsync, "message_bytes": crate::bench::load::SIZE, "scenes": scenes})
    }

    fn table(&self) -> String {
        let mut text = String::new();
        for (name, rounds) in self.scenes() {
            write!(text, "\n| {name} | median | lowest to highest round | server CPU each |\n|---|---|---|---|\n").unwrap();
            for (name, rounds) in NAMES.iter().zip(rounds) {
                let (low, high) = range(rounds);
                let (rate, cpu) = (
                    median(rounds, |round| round.rate),
                    median(rounds, |round| round.cpu_us),
                );
                writeln!(
                    text,
                    "| {name} | {rate:.0} | {low:.0} to {high:.0} | {cpu:.1} µs |"
                )
                .unwrap();
            }
        }
        let fsync = |name: &str| self.fsync[name].as_f64().unwrap_or_default();
        let (median, p99) = (fsync("median_ms"), fsync("p99_ms"));
        writeln!(text, "\nAn fsync of 4 KiB took {median:.2} ms in this run (99th percentile {p99:.2} ms). Peers: {}.\n", self.versions.join("; ")).unwrap();
        text
    }

    /// A bar for each server, a line across it from the lowest to the highest round.
    fn plot(&self) -> String {
        let mut bars = String::new();
        let mut y = 0.0;
        for (name, rounds) in self.scenes() {
            y += 34.0;
            writeln!(
                bars,
                r#"<text x="16" y="{y}" font-weight="bold">{name}</text>"#
            )
            .unwrap();
            let most = rounds
                .iter()
                .map(|rounds| range(rounds).1)
                .fold(1.0, f64::max);
            for (name, rounds) in NAMES.iter().zip(rounds) {
                y += 26.0;
                let (low, high) = range(rounds);
                let rate = median(rounds, |round| round.rate);
                let x = |value: f64| 270.0 + value / most * LONGEST;
                let colour = if name.contains("Lacre") {
                    "#b3322b"
                } else {
                    "#8a8f98"
                };
                writeln!(
                    bars,
                    r#"<text x="258" y="{y}" text-anchor="end">{name}</text>"#
                )
                .unwrap();
                writeln!(
                    bars,
                    r#"<rect x="270" y="{:.1}" width="{:.1}" height="16" fill="{colour}"/>"#,
                    y - 13.0,
                    x(rate) - 270.0
                )
                .unwrap();
                writeln!(
                    bars,
                    r##"<path d="M{:.1} {:.1}H{:.1}" stroke="#222" stroke-width="1.5"/>"##,
                    x(low),
                    y - 5.0,
                    x(high)
                )
                .unwrap();
                writeln!(
                    bars,
                    r#"<text x="{:.1}" y="{y}">{}</text>"#,
                    x(high.max(rate)) + 8.0,
                    thousands(rate)
                )
                .unwrap();
            }
        }
        let height = y + 24.0;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 800 {height}\" font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"800\" height=\"{height}\" fill=\"#fff\"/>\n{bars}</svg>\n"
        )
    }
}

fn range(rounds: &[Round]) -> (f64, f64) {
    let rates = rounds.iter().map(|round| round.rate);
    (
        rates.clone().fold(f64::MAX, f64::min),
        rates.fold(0.0, f64::max),
    )
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
