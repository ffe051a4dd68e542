//! Additive Runge–Kutta methods for split right-hand sides: implicit in one part, explicit in the other.

mod ark324;
mod ark436;
mod ark548;
mod method;
mod step;
mod tableau;

pub use ark324::Ark324;
pub use ark436::Ark436;
pub use ark548::Ark548;
pub use method::Ark;
use method::ark;
pub use step::ArkCache;
pub use tableau::ArkTableau;
