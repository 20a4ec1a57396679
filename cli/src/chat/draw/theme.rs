//! Colours. Only those of the terminal's own palette, and never a background, so that light and
//! dark terminals both work; without colours, bold, dim and reversed say the same.

use lacre::AccountId;
use ratatui::style::{Color, Modifier, Style};

/// Names are told apart by these; yellow and white would vanish on light paper, blue on dark.
const NAMES: [Color; 6] = [
    Color::Cyan,
    Color::Magenta,
    Color::Green,
    Color::Red,
    Color::LightBlue,
    Color::LightMagenta,
];

/// How things look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Theme {
    colour: bool,
}

impl Theme {
    /// With or without colours.
    pub(crate) fn new(colour: bool) -> Self {
        Self { colour }
    }

    fn in_colour(self, colour: Color) -> Style {
        match self.colour {
            true => Style::new().fg(colour),
            false => Style::new(),
        }
    }

    /// Lines between parts.
    pub(crate) fn line(self) -> Style {
        self.dim()
    }

    /// What stands back.
    pub(crate) fn dim(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// What stands out.
    pub(crate) fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What is chosen.
    pub(crate) fn chosen(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// What calls: mentions, the line of new messages.
    pub(crate) fn call(self) -> Style {
        self.in_colour(Color::Red).add_modifier(Modifier::BOLD)
    }

    /// What is well.
    pub(crate) fn good(self) -> Style {
        self.in_colour(Color::Green)
    }

    /// What went wrong.
    pub(crate) fn bad(self) -> Style {
        self.in_colour(Color::Red).add_modifier(Modifier::BOLD)
    }

    /// What can be acted on.
    pub(crate) fn accent(self) -> Style {
        self.in_colour(Color::Cyan)
    }

    /// A person's name: always in the same colour.
    pub(crate) fn name(self, account: AccountId) -> Style {
        let sum: usize = account.0.iter().map(|byte| usize::from(*byte)).sum();
        let colour = NAMES.get(sum % NAMES.len()).copied().unwrap_or_default();
        self.in_colour(colour).add_modifier(Modifier::BOLD)
    }
}
