//! Which objects of a command are large.

use crate::store::command::{Command, GroupStep, Hashed};
use crate::store::limits::INLINE_WELCOME;
use lacre_wire::limits::MAX_INLINE_BODY;

/// Visits every object of more bytes than `above` that the tables would keep as one: a commit or a
/// Welcome that fits a frame is part of its entry and stays there. Always in the same order.
pub(super) fn large(command: &mut Command, above: usize, mut visit: impl FnMut(&mut Hashed)) {
    let mut look = |object: &mut Hashed, least: usize| {
        if object.size() > above.max(least) {
            visit(object);
        }
    };
    match command {
        Command::PutObject(c) => look(&mut c.object, 0),
        Command::Commit(c) => step(&mut c.step, &mut look),
        Command::OpenGeneration(c) => step(&mut c.step, &mut look),
        Command::CreateRoom(c) => {
            look(&mut c.group_info, 0);
            c.tree.bytes.iter_mut().for_each(|tree| look(tree, 0));
            c.first.iter_mut().for_each(|first| step(first, &mut look));
        }
        _ => {}
    }
}

fn step(step: &mut GroupStep, look: &mut impl FnMut(&mut Hashed, usize)) {
    look(&mut step.body, MAX_INLINE_BODY);
    look(&mut step.group_info, 0);
    step.tree.bytes.iter_mut().for_each(|tree| look(tree, 0));
    for welcome in &mut step.welcomes {
        look(&mut welcome.welcome, INLINE_WELCOME);
    }
}
