//! The matrix of methods: a new method is one line here.

use core::fmt::Debug;
use ode_core::{Bs3, Dp5, Euler, ExplicitRk, Midpoint, Rk4, Tsit5, Vern7};

/// A test that is run for many methods.
pub(crate) trait Visitor {
    fn visit<M: ExplicitRk + Copy + Debug>(&mut self, method: M, claim: Claim);
}

/// What a method promises, stated independently of its tableau: its order, and the order up to which
/// its interpolant satisfies the order conditions.
pub(crate) type Claim = (u32, u32);

/// Runs a test for every method.
pub(crate) fn every(visitor: &mut impl Visitor) {
    visitor.visit(Euler, (1, 1));
    visitor.visit(Midpoint, (2, 2));
    visitor.visit(Rk4, (4, 3));
    visitor.visit(Bs3, (3, 3));
    visitor.visit(Dp5, (5, 4));
    visitor.visit(Tsit5, (5, 4));
    visitor.visit(Vern7, (7, 6));
}
