//! Tests that run for every adaptive method of the matrix.

use crate::method_matrix::{Claim, Visitor};
use core::fmt::Debug;
use ode_core::ExplicitRk;

/// Runs a test for every adaptive method.
pub(crate) struct Adaptive<T>(pub(crate) T);

/// A test of one adaptive method.
pub(crate) trait Test {
    fn run<M: ExplicitRk + Copy + Debug>(&self, method: M);
}

impl<T: Test> Visitor for Adaptive<T> {
    fn visit<M: ExplicitRk + Copy + Debug>(&mut self, method: M, _: Claim) {
        if !M::TABLEAU.e.is_empty() {
            self.0.run(method);
        }
    }
}

/// Declares a `#[test]` that runs its body for every adaptive method.
macro_rules! adaptive_test {
    ($name:ident, $struct:ident, |$method:ident| $body:block) => {
        struct $struct;
        impl crate::adaptive::Test for $struct {
            fn run<M: ode_core::ExplicitRk + Copy + core::fmt::Debug>(&self, $method: M) $body
        }
        #[test]
        fn $name() {
            crate::method_matrix::every(&mut crate::adaptive::Adaptive($struct));
        }
    };
}
