//! `lacre explain`: cause and fix of an error code.

use crate::args::Explain;
use crate::explain;
use crate::failure::{Exit, Failure, Outcome};
use crate::print::{self, Paint};
use crate::text;

/// Explains one code, or lists all.
pub(crate) fn run(arguments: &Explain) -> Outcome {
    let paint = Paint::output();
    let Some(code) = &arguments.code else {
        let rows: Vec<_> = explain::all()
            .map(|(code, entry)| (code.to_owned(), entry.cause().to_owned()))
            .collect();
        return print::out(&print::facts(&rows, paint));
    };
    let unknown = || {
        Failure::new(
            "UnknownCode",
            text::failure::unknown_code(print::safe(code)),
            Exit::Usage,
        )
    };
    let entry = explain::find(code).ok_or_else(unknown)?;
    let rows = [
        (text::failure::cause(), entry.cause().to_owned()),
        (text::failure::expected(), entry.expected().to_owned()),
        (text::failure::to_do(), entry.fix().to_owned()),
    ];
    print::out(&format!(
        "{}\n{}",
        paint.strong(code),
        print::facts(&rows, paint)
    ))
}
