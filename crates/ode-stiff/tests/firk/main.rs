//! Fully implicit Runge–Kutta methods: Radau IIA and Gauss–Legendre.

mod dae;
mod gauss;
mod house;
mod large;
mod radau;
