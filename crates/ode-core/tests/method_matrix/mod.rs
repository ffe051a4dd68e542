//! The matrix of methods: a new method is one line here.

use core::fmt::Debug;
use ode_core::{
    Bs3, Dop853, Dp5, Euler, ExplicitRk, Heun, Midpoint, Ralston, Rk4, Ssprk22, Ssprk33, Ssprk43,
    Ssprk104, Tsit5, Vern6, Vern7, Vern8, Vern9,
};

/// A test that is run for many methods.
pub(crate) trait Visitor {
    fn visit<M: ExplicitRk + Copy + Debug + Sync + 'static>(&mut self, method: M, claim: Claim);
}

/// What a method promises, stated independently of its tableau: its order, and the order up to which
/// its interpolant satisfies the order conditions.
pub(crate) type Claim = (u32, u32);

/// Runs a test for every method.
pub(crate) fn every(visitor: &mut impl Visitor) {
    visitor.visit(Euler, (1, 1));
    visitor.visit(Midpoint, (2, 2));
    visitor.visit(Heun, (2, 2));
    visitor.visit(Ralston, (2, 2));
    visitor.visit(Rk4, (4, 3));
    visitor.visit(Ssprk22, (2, 2));
    visitor.visit(Ssprk33, (3, 3));
    visitor.visit(Ssprk43, (3, 3));
    visitor.visit(Ssprk104, (4, 3));
    visitor.visit(Bs3, (3, 3));
    visitor.visit(Dp5, (5, 4));
    visitor.visit(Tsit5, (5, 4));
    visitor.visit(Vern6, (6, 6));
    visitor.visit(Vern7, (7, 6));
    visitor.visit(Dop853, (8, 7));
    visitor.visit(Vern8, (8, 8));
    visitor.visit(Vern9, (9, 9));
}
