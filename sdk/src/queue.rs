//! A bounded queue with one reader, which forgets the oldest and says so.
//!
//! The writer is the engine thread and must never wait for an application.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// How much a reader may lag behind.
pub(crate) const CAPACITY: usize = 4096;

/// Locks, also after a panic elsewhere: what these locks guard is whole at every step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a reader gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Popped<T> {
    /// The next item.
    Item(T),
    /// So many items before the next one were forgotten.
    Missed(u64),
}

pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
}

struct State<T> {
    items: VecDeque<T>,
    missed: u64,
    closed: bool,
    reader: Option<Waker>,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                items: VecDeque::new(),
                missed: 0,
                closed: false,
                reader: None,
            }),
        }
    }

    /// Appends; a full queue forgets its oldest item.
    pub(crate) fn push(&self, item: T) {
        let mut state = lock(&self.state);
        if state.items.len() >= CAPACITY {
            state.items.pop_front();
            state.missed += 1;
        }
        state.items.push_back(item);
        wake(state);
    }

    /// Wakes the reader, because something beside the queue has changed.
    pub(crate) fn wake(&self) {
        wake(lock(&self.state));
    }

    /// No more items will come; those that are there can still be read.
    pub(crate) fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        wake(state);
    }

    /// The next item, without waiting.
    pub(crate) fn try_pop(&self) -> Option<Popped<T>> {
        pop(&mut lock(&self.state))
    }

    /// The next item; `None` once the queue is closed and empty. Serves one reader at a time: the
    /// last that polled is woken.
    pub(crate) fn poll_pop(&self, context: &mut Context<'_>) -> Poll<Option<Popped<T>>> {
        let mut state = lock(&self.state);
        match pop(&mut state) {
            Some(popped) => Poll::Ready(Some(popped)),
            None if state.closed => Poll::Ready(None),
            None => {
                state.reader = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

fn pop<T>(state: &mut State<T>) -> Option<Popped<T>> {
    match std::mem::take(&mut state.missed) {
        0 => state.items.pop_front().map(Popped::Item),
        missed => Some(Popped::Missed(missed)),
    }
}

/// Wakes the reader after the lock is released, so that it does not run into it.
fn wake<T>(mut state: MutexGuard<'_, State<T>>) {
    let reader = state.reader.take();
    drop(state);
    if let Some(reader) = reader {
        reader.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_forgets_the_oldest_and_says_how_many() {
        let queue = Queue::new();
        (0..CAPACITY + 3).for_each(|n| queue.push(n));
        assert_eq!(queue.try_pop(), Some(Popped::Missed(3)));
        assert_eq!(queue.try_pop(), Some(Popped::Item(3)));
    }

    #[test]
    fn a_closed_queue_is_read_to_its_end() {
        let queue = Queue::new();
        queue.push(1);
        queue.close();
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(
            queue.poll_pop(&mut context),
            Poll::Ready(Some(Popped::Item(1)))
        );
        assert_eq!(queue.poll_pop(&mut context), Poll::Ready(None));
    }
}
