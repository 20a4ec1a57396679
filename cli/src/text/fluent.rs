//! The texts of the chat: Project Fluent files, one a language, built into the program.
//!
//! Sentences with counts and names differ in more than words between languages, so each language
//! says for itself how a sentence is built. `say!` names a text by its id; a test reads every use
//! and both files, and fails when an id or a variable is missing, differs or is not used.

use super::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

pub(crate) use fluent_bundle::FluentValue as Value;

const ENGLISH: &str = concat!(
    include_str!("../../texts/en.ftl"),
    include_str!("../../texts/screen.en.ftl")
);
const PORTUGUESE: &str = concat!(
    include_str!("../../texts/pt.ftl"),
    include_str!("../../texts/screen.pt.ftl")
);

static EN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle("en", ENGLISH));
static PT: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle("pt", PORTUGUESE));

/// A text of `texts/en.ftl` and `texts/pt.ftl` with its variables:
/// `say!(lang, "chat-joined", who = name)`. An attribute is named as `id.attribute`.
macro_rules! say {
    ($lang:expr, $id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::text::fluent::text(
            $lang,
            $id,
            &[$((stringify!($name), $crate::text::fluent::Value::from($value))),*],
        )
    };
}
pub(crate) use say;

/// A text by its id, `message` or `message.attribute`. The id itself if there is none: a test
/// keeps that from happening.
pub(crate) fn text(lang: Lang, id: &str, values: &[(&'static str, Value<'_>)]) -> String {
    let bundle = match lang {
        Lang::En => &*EN,
        Lang::Pt => &*PT,
    };
    let (name, attribute) = match id.split_once('.') {
        Some((name, attribute)) => (name, Some(attribute)),
        None => (id, None),
    };
    let pattern = bundle
        .get_message(name)
        .and_then(|message| match attribute {
            None => message.value(),
            Some(attribute) => message.get_attribute(attribute).map(|found| found.value()),
        });
    let Some(pattern) = pattern else {
        return id.to_owned();
    };
    let mut arguments = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        arguments.set(*name, value.clone());
    }
    // What could not be resolved stays visible as its variable's name.
    let mut unresolved = Vec::new();
    bundle
        .format_pattern(pattern, Some(&arguments), &mut unresolved)
        .into_owned()
}

fn bundle(locale: &str, source: &str) -> FluentBundle<FluentResource> {
    let locale: LanguageIdentifier = locale.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Isolation marks would be shown as boxes by terminals, and lines are piped.
    bundle.set_use_isolating(false);
    let resource = match FluentResource::try_new(source.to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    // An id that comes twice keeps its first text; a test keeps that from happening.
    let _twice = bundle.add_resource(resource);
    bundle
}

#[cfg(test)]
mod tests;
