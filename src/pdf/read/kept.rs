//! Objects that have been read, for whoever asks again: fields, changes, listings and signatures all look at the same few.
//!
//! Keeping saves time and nothing else: everybody who asks pays what the object cost, so that [`Limits`](super::Limits) mean
//! the same, and what is damaged is read anew, so that it is noted anew.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::objects::Object;
use super::value::{Id, Value};

/// Bytes of objects kept, as they are written in the file; in memory they take up to some twenty times as much.
const MAX_BYTES: usize = 1 << 20;

pub(super) struct Kept {
    /// By their place, each with its cost in bytes parsed.
    objects: RefCell<BTreeMap<(usize, Id), (Object, usize)>>,
    room: Cell<usize>,
}

impl Default for Kept {
    fn default() -> Self {
        Self { objects: RefCell::default(), room: Cell::new(MAX_BYTES) }
    }
}

impl Kept {
    pub(super) fn get(&self, id: Id, offset: usize) -> Option<(Object, usize)> {
        self.objects.borrow().get(&(offset, id)).cloned()
    }

    /// Keeps an object while there is room, unless it is not the same for all revisions.
    pub(super) fn keep(&self, offset: usize, object: &Object, cost: usize) {
        // Where the data of a stream end is said elsewhere, and may be said otherwise later.
        let refers = object.value.as_dict().is_some_and(|dict| matches!(dict.get("Length"), Some(Value::Ref(_))));
        let is_lasting = object.data.is_none() || !refers;
        if let Some(left) = self.room.get().checked_sub(cost).filter(|_| is_lasting) {
            self.room.set(left);
            self.objects.borrow_mut().insert((offset, object.id), (object.clone(), cost));
        }
    }

    /// Forgets everything: what comes now is read otherwise.
    pub(super) fn clear(&self) {
        self.objects.borrow_mut().clear();
        self.room.set(MAX_BYTES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::read::{Document, Limits};
    use crate::pdf::sample::{append, document};

    #[test]
    fn who_asks_again_pays_again() {
        let bytes = document(1);
        let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
        let costs: Vec<usize> = (0..3)
            .map(|_| {
                let before = document.input.parsed();
                document.latest().object(Id::new(4)).unwrap().unwrap();
                document.input.parsed() - before
            })
            .collect();
        assert!(costs[0] > 0 && costs.iter().all(|cost| *cost == costs[0]), "{costs:?}");
        assert!(document.kept.room.get() < MAX_BYTES, "it was kept");
    }

    #[test]
    fn what_a_later_revision_can_change_is_not_kept() {
        let stream = "<< /Length 8 0 R >>\nstream\nabc\nendstream";
        let bytes = append(&append(&document(1), &[(7, stream), (8, "3")]), &[(8, "4")]);
        for order in [[1, 2], [2, 1]] {
            let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
            let length = |revision| document.as_of(revision).object(Id::new(7)).unwrap().unwrap().data.unwrap().len();
            assert_eq!(order.map(length), order.map(|revision| revision + 2));
        }
    }

    #[test]
    fn damage_is_noted_by_everybody_who_asks() {
        let mut bytes = document(1);
        let end = memchr::memmem::find(&bytes, b"(sample) >>\nendobj").unwrap() + b"(sample) >>\n".len();
        bytes[end..end + b"endobj".len()].fill(b' ');
        let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
        for _ in 0..2 {
            let before = document.input.repairs.noted();
            document.latest().object(Id::new(3)).unwrap().unwrap();
            assert!(document.input.repairs.noted() > before);
        }
    }
}
