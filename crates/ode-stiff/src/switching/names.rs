use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The name of a pair of methods. Each pair's is made once and kept for the rest of the program: there
/// are as many as pairs that a program names.
pub(super) fn of_pair(nonstiff: &'static str, stiff: &'static str) -> &'static str {
    static NAMES: Mutex<BTreeMap<(&str, &str), &str>> = Mutex::new(BTreeMap::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    names
        .entry((nonstiff, stiff))
        .or_insert_with(|| format!("{nonstiff}, {stiff} where stiff").leak())
}
