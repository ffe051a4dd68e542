use crate::Failure;

/// Refuses a slice of the wrong length, by name.
#[inline]
pub(crate) fn check(name: &str, found: usize, expected: usize) -> Result<(), Failure> {
    if found == expected { Ok(()) } else { Err(wrong_length(name, found, expected)) }
}

/// Refuses memory that was allocated for another model.
#[inline]
pub(crate) fn check_work(name: &str, found: usize, expected: usize) -> Result<(), Failure> {
    if found == expected { Ok(()) } else { Err(wrong_work(name, found, expected)) }
}

#[cold]
fn wrong_length(name: &str, found: usize, expected: usize) -> Failure {
    Failure::Fatal(format!("`{name}` has length {found}, the model expects {expected}"))
}

#[cold]
fn wrong_work(name: &str, found: usize, expected: usize) -> Failure {
    Failure::Fatal(format!(
        "`work` was made for another model: its `{name}` has length {found}, this model expects \
         {expected}; take it from `jacobian_work`"
    ))
}
