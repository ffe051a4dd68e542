//! Every order condition of the symplectic methods, by bi-coloured rooted trees (Hairer, Lubich &
//! Wanner, III.2, VI.3): of a separable system, colours alternate along the edges.

mod hamiltonians;
mod trees;

use hamiltonians::{Solves, Visitor, every};
use ode_core::{Splitting, Symplectic};
use std::fmt::Debug;
use trees::{Tree, trees};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Colour {
    /// A force: a function of the positions, whose children are velocities.
    Force,
    /// A velocity: a function of the momenta, whose children are forces.
    Velocity,
}

impl Colour {
    fn other(self) -> Self {
        match self {
            Self::Force => Self::Velocity,
            Self::Velocity => Self::Force,
        }
    }

    fn weights(self, splitting: &Splitting) -> &'static [f64] {
        match self {
            Self::Force => splitting.kicks,
            Self::Velocity => splitting.drifts,
        }
    }
}

/// The elementary weights `Φᵢ` of each stage, the root having this colour.
fn elementary(tree: &Tree, colour: Colour, splitting: &Splitting) -> Vec<f64> {
    let mut phi = vec![1.0; splitting.stages()];
    let weights = colour.other().weights(splitting);
    for child in &tree.0 {
        let inner = elementary(child, colour.other(), splitting);
        let mut sum = 0.0;
        for i in 0..phi.len() {
            // Kick i sees the drifts before it, drift i the kicks up to i.
            if colour == Colour::Force {
                phi[i] *= sum;
            }
            sum += weights[i] * inner[i];
            if colour == Colour::Velocity {
                phi[i] *= sum;
            }
        }
    }
    phi
}

/// Whether the elementary differential can be nonzero where velocities are linear in the
/// momenta.
fn is_nystrom(tree: &Tree, colour: Colour) -> bool {
    (colour == Colour::Force || tree.0.len() <= 1)
        && tree.0.iter().all(|child| is_nystrom(child, colour.other()))
}

/// The largest defect of the conditions of one order, and how many there are.
fn worst(splitting: &Splitting, order: usize, nystrom: bool) -> (f64, usize) {
    let (mut worst, mut count) = (0f64, 0);
    for tree in trees(order) {
        for colour in [Colour::Force, Colour::Velocity] {
            if nystrom && !is_nystrom(&tree, colour) {
                continue;
            }
            let phi = elementary(&tree, colour, splitting);
            let weights = colour.weights(splitting);
            let sum: f64 = weights.iter().zip(phi).map(|(w, p)| w * p).sum();
            worst = worst.max((sum - 1.0 / tree.gamma()).abs());
            count += 1;
        }
    }
    (worst, count)
}

struct Conditions;

impl Visitor for Conditions {
    fn visit<M: Solves + Copy + Debug>(&mut self, _: M, order: u32) {
        let splitting = M::SPLITTING;
        assert_eq!(splitting.order, order, "{}", M::NAME);
        for n in 1..=order as usize {
            let (defect, _) = worst(&splitting, n, splitting.nystrom);
            assert!(defect < 1e-14, "{} order {n}: off by {defect:e}", M::NAME);
        }
        let beyond = worst(&splitting, order as usize + 1, splitting.nystrom).0;
        assert!(beyond > 1e-5, "{} has a higher order than {order}: {beyond:e}", M::NAME);
        // What a Nyström method leaves out does matter.
        for n in 1..=order as usize {
            let defect = worst(&splitting, n, false).0;
            assert_eq!(defect > 1e-14, splitting.nystrom && n > 3, "{} order {n}", M::NAME);
        }
    }
}

#[test]
fn methods_satisfy_every_condition_up_to_their_order() {
    every(&mut Conditions);
}

#[test]
fn there_are_as_many_conditions_as_trees() {
    let splitting = ode_core::KahanLi8::SPLITTING;
    let counts: Vec<_> = (1..=8).map(|order| worst(&splitting, order, false).1).collect();
    assert_eq!(counts, [1, 1, 2, 4, 9, 20, 48, 115].map(|trees| 2 * trees));
}

struct Symmetry;

impl Visitor for Symmetry {
    fn visit<M: Solves + Copy + Debug>(&mut self, _: M, order: u32) {
        assert_eq!(M::SPLITTING.is_symmetric(), order.is_multiple_of(2) && !M::SPLITTING.nystrom);
    }
}

/// Methods of even order for general kinetic energies are the symmetric ones.
#[test]
fn the_symmetric_ones_read_the_same_backwards() {
    every(&mut Symmetry);
}
