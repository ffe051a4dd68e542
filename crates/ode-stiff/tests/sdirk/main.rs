//! Singly diagonally implicit Runge–Kutta methods, and the additive ones made of them.

mod behaviour;
mod dae;
mod imex;
mod orders;
mod tableaus;
mod testset;
