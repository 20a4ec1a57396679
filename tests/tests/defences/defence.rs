//! A defence, and what is left when it is removed.

/// Code without which somebody comes to harm.
pub(crate) struct Defence {
    pub(crate) name: &'static str,
    /// What removes it; together, where one stands behind another.
    pub(crate) edits: &'static [Edit],
    /// The tests that fail without it, as the test runner names them.
    pub(crate) attacks: &'static [&'static str],
}

/// One place of it.
pub(crate) struct Edit {
    /// From the root of the workspace.
    pub(crate) file: &'static str,
    /// What stands there, once in the file.
    pub(crate) stands: &'static str,
    /// What would stand there without the defence.
    pub(crate) without: &'static str,
}
