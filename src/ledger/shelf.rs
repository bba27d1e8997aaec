//! A shelf of the Book: rows by key, known-absent keys, changes, and an undo log.

use foldhash::{HashMap, HashMapExt};
use std::collections::BTreeSet;
use std::hash::Hash;

/// Rows of one kind. A key is unknown (never looked up), known to be absent, or present.
#[derive(Clone, Debug)]
pub struct Shelf<K, V> {
    rows: HashMap<K, Option<V>>,
    changed: BTreeSet<K>,
    undo: Vec<(K, Option<Option<V>>, bool)>,
    /// Changes are final at once, and not listed.
    settled: bool,
}

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Shelf { rows: HashMap::new(), changed: BTreeSet::new(), undo: Vec::new(), settled: false }
    }
}

impl<K: Clone + Eq + Hash + Ord, V: Clone> Shelf<K, V> {
    pub fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key).and_then(Option::as_ref)
    }

    /// Whether this key has been looked up in the store.
    pub fn knows(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    /// Adds the store's result; never overwrites.
    pub fn load(&mut self, key: K, row: Option<V>) {
        self.rows.entry(key).or_insert(row);
    }

    /// Changes or adds a row, so that it will be saved and can be undone.
    pub fn put(&mut self, key: K, row: V) {
        if self.settled {
            self.rows.insert(key, Some(row));
            return;
        }
        let was_changed = !self.changed.insert(key.clone());
        let before = self.rows.insert(key.clone(), Some(row));
        self.undo.push((key, before, was_changed));
    }

    pub fn mark(&self) -> usize {
        self.undo.len()
    }

    /// Undoes every change since the mark.
    pub fn roll_back(&mut self, mark: usize) {
        while self.undo.len() > mark {
            let Some((key, before, was_changed)) = self.undo.pop() else { return };
            if !was_changed {
                self.changed.remove(&key);
            }
            match before {
                Some(row) => self.rows.insert(key, row),
                None => self.rows.remove(&key),
            };
        }
    }

    /// Makes every change final: none can be undone, and none is listed as changed.
    pub fn settle(&mut self) {
        self.undo.clear();
        self.changed.clear();
        self.settled = true;
    }

    /// Drops a row as if it had never been looked up. Only final rows can be dropped.
    pub fn let_go(&mut self, key: &K) -> Option<V> {
        if self.settled { self.rows.remove(key).flatten() } else { None }
    }

    /// The changed rows, in the order of their keys.
    pub fn changed(&self) -> impl Iterator<Item = (&K, &V)> {
        self.changed.iter().filter_map(|key| self.get(key).map(|row| (key, row)))
    }

    /// All rows that are present.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter().filter_map(|(key, row)| row.as_ref().map(|row| (key, row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rolling_back_leaves_nothing_of_what_came_after_the_mark() {
        let mut shelf = Shelf::default();
        shelf.load("a", Some(1));
        shelf.load("b", None);
        shelf.put("a", 2);
        let mark = shelf.mark();
        shelf.put("a", 3);
        shelf.put("b", 4);
        shelf.put("c", 5);
        shelf.roll_back(mark);
        assert_eq!((shelf.get(&"a"), shelf.get(&"b"), shelf.get(&"c")), (Some(&2), None, None));
        assert!(shelf.knows(&"b") && !shelf.knows(&"c"));
        assert_eq!(shelf.changed().collect::<Vec<_>>(), vec![(&"a", &2)]);
    }

    #[test]
    fn what_is_settled_cannot_be_undone_and_may_be_let_go_of() {
        let mut shelf = Shelf::default();
        shelf.put("a", 1);
        assert_eq!(shelf.let_go(&"a"), None);
        shelf.settle();
        let mark = shelf.mark();
        shelf.put("a", 2);
        shelf.roll_back(mark);
        assert_eq!((shelf.get(&"a"), shelf.changed().count()), (Some(&2), 0));
        assert_eq!((shelf.let_go(&"a"), shelf.knows(&"a")), (Some(2), false));
    }

    #[test]
    fn loading_never_overwrites_a_change() {
        let mut shelf = Shelf::default();
        shelf.put("a", 2);
        shelf.load("a", Some(1));
        assert_eq!(shelf.get(&"a"), Some(&2));
    }
}
