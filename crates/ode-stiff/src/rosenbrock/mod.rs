//! Rosenbrock methods: linearly implicit, no iteration. One step function, one file per method.

mod abreast;
mod method;
mod rodas4;
mod rodas4p;
mod rodas5p;
mod ros3p;
mod rosenbrock23;
mod step;
mod tableau;

pub use method::Rosenbrock;
use method::rosenbrock;
pub use rodas4::Rodas4;
pub use rodas4p::Rodas4P;
pub use rodas5p::Rodas5P;
pub use ros3p::Ros3P;
pub use rosenbrock23::Rosenbrock23;
pub use step::RosenbrockCache;
pub use tableau::RosenbrockTableau;
