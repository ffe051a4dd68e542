//! What each algorithm is expected to cost, in plain solves of the same problem.

use super::GradientAlgorithm::{self, Discrete, Forward, Gauss};

/// A problem as the choice sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) states: usize,
    pub(super) parameters: usize,
    pub(super) steps: usize,
    /// An implicit method is needed.
    pub(super) stiff: bool,
    pub(super) mass: bool,
}

/// Tangents that forward sensitivities carry in one solve.
const CHUNK: usize = 8;

/// Solves that one of them with its tangents is worth. Explicit: an operation on a number with eight tangents is about nine, which
/// vector instructions do in the time of four or five; and steps follow the tangents too (measured on Lotka–Volterra: 5 by `Tsit5`,
/// 8 by `Vern7`).
const FORWARD: f64 = 6.0;

/// Implicit: the same for evaluations, and more with each state, because Jacobian and factors are those of dual numbers, up to
/// where these are all that counts (measured on the 20 species of pollution: 15).
const FORWARD_IMPLICIT: f64 = 6.0;
const FORWARD_BY_STATE: f64 = 0.5;
const FORWARD_MOST: f64 = 20.0;

/// The pass forward with one tangent (2), stages again with what the products need (1), products (1.5 to 2 evaluations each), the
/// loss on its tape (measured: 6.5 to 8 on Lotka–Volterra, 6 on a network of 82 weights).
const DISCRETE: f64 = 6.5;

/// The pass forward with interpolants, the pass backward, whose evaluations are products with the transposed Jacobian at an
/// interpolated state, and as many products again for the integral by the parameters. Where the model costs little, interpolation
/// is what it takes (measured: 14 to 19 on Lotka–Volterra, 15 on the network).
const GAUSS: f64 = 15.0;

/// Implicit methods take fewer evaluations, and the adjoint is linear (measured: 9 on pollution).
const GAUSS_IMPLICIT: f64 = 9.0;

/// Computing steps again, where they do not fit into the memory.
const AGAIN: f64 = 1.3;

/// Numbers that are kept of a step, for each state: the state; the coefficients of the interpolant.
const KEPT_DISCRETE: usize = 1;
const KEPT_GAUSS: usize = 7;

impl Size {
    fn inputs(&self) -> usize {
        self.states + self.parameters
    }

    /// The algorithms that can be asked, the cheapest first, in solves.
    pub(super) fn costs(&self, budget: usize) -> Vec<(GradientAlgorithm, f64)> {
        let all = [Forward, Discrete, Gauss].into_iter();
        let mut costs: Vec<_> =
            all.filter_map(|algorithm| Some((algorithm, self.cost(algorithm, budget)?))).collect();
        // Of two that cost the same, the first one: it is the one with the fewest approximations.
        costs.sort_by(|a, b| a.1.total_cmp(&b.1));
        costs
    }

    fn cost(&self, algorithm: GradientAlgorithm, budget: usize) -> Option<f64> {
        let again = if self.bytes(algorithm) > budget { AGAIN } else { 0.0 };
        let implicit = self.stiff || self.mass;
        match algorithm {
            Forward => {
                let chunks = self.inputs().div_ceil(CHUNK).max(1) as f64;
                let more = FORWARD_IMPLICIT + FORWARD_BY_STATE * self.states as f64;
                Some(chunks * if implicit { more.min(FORWARD_MOST) } else { FORWARD })
            }
            // Asked of explicit methods only.
            Discrete => (!implicit).then_some(DISCRETE + again),
            Gauss if implicit => Some(GAUSS_IMPLICIT + again),
            Gauss => Some(GAUSS + again),
        }
    }

    /// Bytes that the pass backward needs.
    pub(super) fn bytes(&self, algorithm: GradientAlgorithm) -> usize {
        let numbers = match algorithm {
            Forward => return 0,
            Discrete => KEPT_DISCRETE,
            Gauss => KEPT_GAUSS,
        };
        // And the times of the step.
        let step = (numbers * self.states + 5) * size_of::<f64>();
        self.steps.saturating_mul(step)
    }

    /// Parts of the solution, of which one fits.
    pub(super) fn segments(&self, budget: usize) -> usize {
        self.bytes(Gauss).div_ceil(budget.max(1)).clamp(1, self.steps.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(states: usize, parameters: usize, stiff: bool, mass: bool) -> GradientAlgorithm {
        Size { states, parameters, steps: 100, stiff, mass }.costs(usize::MAX)[0].0
    }

    #[test]
    fn few_inputs_go_forward_and_many_backward() {
        assert_eq!(first(2, 4, false, false), Forward);
        assert_eq!(first(2, 400, false, false), Discrete);
        assert_eq!(first(3, 3, true, false), Forward);
        assert_eq!(first(20, 25, true, false), Gauss);
        assert_eq!(first(6, 60, false, true), Gauss);
    }

    #[test]
    fn what_does_not_fit_costs_more() {
        let size =
            Size { states: 100, parameters: 1000, steps: 1_000_000, stiff: false, mass: false };
        let all = size.costs(usize::MAX);
        let some = size.costs(1 << 20);
        assert_eq!((all[0].0, some[0].0), (Discrete, Discrete));
        assert!(some[0].1 > all[0].1);
        assert!(size.segments(1 << 20) > 1000 && size.segments(usize::MAX) == 1);
    }
}
