//! Linear systems as stiff solvers meet them: the same pattern thousands of times, small sizes that
//! must cost nanoseconds, large ones that must not be analysed twice.

mod error;
mod field;
mod lu;

pub use error::{Error, ErrorKind};
pub use faer::c64;
pub use field::{Field, Number};
pub use lu::dense::DenseLu;
pub use lu::small::SmallLu;
