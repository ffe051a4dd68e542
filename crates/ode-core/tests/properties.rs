//! Laws that hold for any input: shifts of time, split spans, permuted and scaled states, reversal.

use ode_core::{OdeProblem, Options, Save, Solution, Stats, Tsit5, Vern7, solve};
use proptest::prelude::*;
use system::{Scalar, System};

/// A ring of `n` coupled, damped states, each with a rate of its own; a ring has no first state.
#[derive(Clone, Copy, Debug)]
struct Ring {
    n: usize,
}

impl System for Ring {
    fn dim(&self) -> usize {
        self.n
    }
    fn num_params(&self) -> usize {
        self.n
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        let n = self.n;
        for i in 0..n {
            let (left, right) = (u[(i + n - 1) % n], u[(i + 1) % n]);
            du[i] = p[i] * (right - left) - u[i].tanh();
        }
    }
}

/// A linear system with a dense matrix.
#[derive(Clone, Copy, Debug)]
struct Linear;

impl System for Linear {
    fn dim(&self) -> usize {
        3
    }
    fn num_params(&self) -> usize {
        9
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        for i in 0..3 {
            du[i] = S::dot(&p[3 * i..3 * i + 3], u);
        }
    }
}

const RTOL: f64 = 1e-9;

/// Two solves of the same problem differ by less than this times the growth of errors. In 20 000 cases
/// the largest ratio was 7e-10, with differences up to 1e-6 where errors grow by 1e5.
const SAME: f64 = 1e-8;

fn options() -> Options {
    Options { rtol: RTOL, atol: 1e-12, ..Options::default() }
}

fn run(system: impl System, u0: &[f64], p: &[f64], tspan: (f64, f64)) -> Solution {
    let problem = OdeProblem::new(system, u0.to_vec(), p.to_vec(), tspan).unwrap();
    solve(&problem, Vern7, &options()).unwrap()
}

fn distance(u: &[f64], v: &[f64]) -> f64 {
    assert_eq!(u.len(), v.len());
    u.iter().zip(v).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// How much a small error at the start can grow until the end, at least 1: two solves within the
/// tolerance differ by that much more.
fn growth(system: impl System + Copy, u0: &[f64], p: &[f64], tspan: (f64, f64)) -> f64 {
    const SHIFT: f64 = 1e-6;
    let end = run(system, u0, p, tspan);
    (0..u0.len())
        .map(|i| {
            let mut shifted = u0.to_vec();
            shifted[i] += SHIFT;
            distance(run(system, &shifted, p, tspan).last(), end.last()) / SHIFT
        })
        .fold(1.0, f64::max)
}

fn states(n: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-2.0..2.0, n)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_autonomous_system_does_not_know_the_time(
        (u0, p) in (states(5), states(5)),
        shift in -1000.0..1000.0,
        end in 0.1..5.0,
    ) {
        let system = Ring { n: 5 };
        let (here, there) =
            (run(system, &u0, &p, (0.0, end)), run(system, &u0, &p, (shift, shift + end)));
        let growth = growth(system, &u0, &p, (0.0, end));
        prop_assert!(distance(here.last(), there.last()) < SAME * growth);
        let Stats { accepted, .. } = there.stats();
        prop_assert!(accepted.abs_diff(here.stats().accepted) <= 1);
    }

    /// Times that are powers of two are shifted without rounding: the same bits.
    #[test]
    fn an_exact_shift_in_equal_steps_gives_the_same_bits(
        (u0, p) in (states(4), states(4)),
        shift in -64i32..64,
    ) {
        let system = Ring { n: 4 };
        let step = ode_core::StepSize::Fixed(0.0625);
        let options = Options { step, save: Save::Steps, ..options() };
        let run = |t0: f64| {
            let problem = OdeProblem::new(system, u0.clone(), p.clone(), (t0, t0 + 2.0)).unwrap();
            solve(&problem, Tsit5, &options).unwrap()
        };
        let (here, there) = (run(0.0), run(f64::from(shift)));
        prop_assert_eq!(here.len(), 33);
        prop_assert!(here.iter().zip(there.iter()).all(|((_, u), (_, v))| u == v));
    }

    #[test]
    fn a_split_span_is_the_whole_span(
        (u0, p) in (states(5), states(5)),
        end in 0.5..5.0,
        part in 0.05..0.95,
    ) {
        let system = Ring { n: 5 };
        let middle = part * end;
        let whole = run(system, &u0, &p, (0.0, end));
        let first = run(system, &u0, &p, (0.0, middle));
        let early = growth(system, &u0, &p, (0.0, middle));
        prop_assert!(distance(first.last(), &whole.at(middle).unwrap()) < SAME * early);
        let second = run(system, first.last(), &p, (middle, end));
        let growth = growth(system, &u0, &p, (0.0, end));
        prop_assert!(distance(second.last(), whole.last()) < SAME * growth);
    }

    #[test]
    fn permuted_components_give_the_permuted_solution(
        (u0, p) in (states(6), states(6)),
        start in 1usize..6,
    ) {
        let plain = run(Ring { n: 6 }, &u0, &p, (0.0, 2.0));
        let moved = |x: &[f64]| {
            let mut y = x.to_vec();
            y.rotate_right(start);
            y
        };
        let permuted = run(Ring { n: 6 }, &moved(&u0), &moved(&p), (0.0, 2.0));
        // Only the order of the sum in the norm differs; the step sizes follow within rounding.
        prop_assert!(permuted.len().abs_diff(plain.len()) <= 1);
        prop_assert!(distance(&moved(plain.last()), permuted.last()) < 1e-9);
    }

    /// With the absolute tolerance scaled alike; exactly so for powers of two.
    #[test]
    fn a_linear_problem_scales(
        (u0, p) in (states(3), states(9)),
        exponent in -20i32..20,
    ) {
        let factor = 2f64.powi(exponent);
        let scaled: Vec<f64> = u0.iter().map(|u| factor * u).collect();
        let solution = run(Linear, &u0, &p, (0.0, 2.0));
        let problem = OdeProblem::new(Linear, scaled, p, (0.0, 2.0)).unwrap();
        let options = Options { atol: factor * 1e-12, ..options() };
        let large = solve(&problem, Vern7, &options).unwrap();
        prop_assert_eq!(large.stats(), solution.stats());
        for ((t, u), (s, v)) in solution.iter().zip(large.iter()) {
            prop_assert_eq!(t, s);
            prop_assert!(u.iter().zip(v).all(|(u, v)| factor * u == *v));
        }
    }

    #[test]
    fn the_way_back_leads_to_the_start((u0, p) in (states(3), states(9)), end in -2.0..2.0f64) {
        prop_assume!(end.abs() > 1e-6);
        let forth = run(Linear, &u0, &p, (0.0, end));
        let back = run(Linear, forth.last(), &p, (end, 0.0));
        // Errors grow at most as the largest sum of a row allows, each way.
        let sum = |row: &[f64]| row.iter().map(|a| a.abs()).sum::<f64>();
        let rate = p.chunks(3).map(sum).fold(0.0, f64::max);
        let size = 1.0 + u0.iter().chain(forth.last()).fold(0.0, |m: f64, u| m.max(u.abs()));
        let bound = 100.0 * RTOL * size * (2.0 * rate * end.abs()).exp();
        prop_assert!(distance(back.last(), &u0) < bound);
    }

    /// `u(-t)` solves `u' = -f(u)`: running backwards is running the opposite system, bit by bit.
    #[test]
    fn backwards_is_the_opposite_system((u0, p) in (states(3), states(9)), end in 0.1..2.0f64) {
        let opposite: Vec<f64> = p.iter().map(|p| -p).collect();
        let backwards = run(Linear, &u0, &p, (0.0, -end));
        let forwards = run(Linear, &u0, &opposite, (0.0, end));
        prop_assert_eq!(backwards.stats(), forwards.stats());
        for ((t, u), (s, v)) in backwards.iter().zip(forwards.iter()) {
            prop_assert_eq!(t, -s);
            prop_assert_eq!(u, v);
        }
    }
}
