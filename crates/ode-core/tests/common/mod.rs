//! The matrix of methods: a new method is one line here.

use core::fmt::Debug;
use ode_core::{Dp5, Euler, ExplicitRk, Midpoint, Rk4, Tsit5, Vern7};

/// A test that is run for many methods.
pub(crate) trait Visitor {
    fn visit<M: ExplicitRk + Copy + Debug>(&mut self, method: M, claim: Claim);
}

/// What a method promises, stated independently of its tableau.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    pub(crate) order: u32,
    /// Order up to which the interpolant satisfies the order conditions.
    pub(crate) dense: u32,
}

/// Runs a test for every method.
pub(crate) fn every(visitor: &mut impl Visitor) {
    let claim = |order, dense| Claim { order, dense };
    visitor.visit(Euler, claim(1, 1));
    visitor.visit(Midpoint, claim(2, 2));
    visitor.visit(Rk4, claim(4, 3));
    visitor.visit(Dp5, claim(5, 4));
    visitor.visit(Tsit5, claim(5, 4));
    visitor.visit(Vern7, claim(7, 6));
}
