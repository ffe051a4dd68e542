//! Symplectic methods: one file per method, one step for all of them.

mod gradient;
mod hamiltonian;
mod kahan_li;
mod mcate4;
mod mcate5;
mod method;
mod position_verlet;
mod ruth3;
mod separable;
mod splitting;
mod step;
mod symplectic_euler;
mod taylor;
mod velocity_verlet;
mod yoshida6;

pub use hamiltonian::{Hamiltonian, HamiltonianSystem};
pub use kahan_li::{KahanLi6, KahanLi8};
pub use mcate4::McAte4;
pub use mcate5::McAte5;
pub use method::Symplectic;
pub use position_verlet::PositionVerlet;
pub use ruth3::Ruth3;
pub use separable::Separable;
pub use splitting::Splitting;
pub use step::SymplecticCache;
pub use symplectic_euler::SymplecticEuler;
pub use velocity_verlet::VelocityVerlet;
pub use yoshida6::Yoshida6;
