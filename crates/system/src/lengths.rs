use crate::Failure;

/// Refuses a slice of the wrong length, by name.
pub(crate) fn check(name: &str, found: usize, expected: usize) -> Result<(), Failure> {
    if found == expected {
        return Ok(());
    }
    let message = format!("`{name}` has length {found}, the model expects {expected}");
    Err(Failure::Fatal(message))
}

/// Refuses memory that was allocated for another model.
pub(crate) fn check_work(name: &str, found: usize, expected: usize) -> Result<(), Failure> {
    if found == expected {
        return Ok(());
    }
    let message = format!(
        "`work` was made for another model: its `{name}` has length {found}, this model expects \
         {expected}; take it from `jacobian_work`"
    );
    Err(Failure::Fatal(message))
}
