//! Domains of the state, and which components are kept.

use crate::erased::{erased, erased_over};
use crate::method::{Method, Visitor, every};
use crate::method_matrix::Claim;
use core::fmt::Debug;
use ode_core::{
    Components, Domain, ErrorKind, Hamiltonian, HamiltonianSystem, OdeProblem, Options,
    PositionVerlet, Save, StepSize, Tsit5, VelocityVerlet, solve,
};
use scalar::{Dual, Lanes, Scalar};
use testset::models::{Lorenz63, LotkaVolterra};

system::system! {
    /// A chain: the first state vanishes fast and feeds the second.
    struct Chain;
    state { fast, slow }
    params { rate }
    rhs(_t) {
        d(fast) = -rate * fast;
        d(slow) = rate * fast - slow;
    }
}

system::system! {
    struct Falling;
    state { height, nothing }
    params {}
    rhs(_t) { d(height) = 0.0 * height - 1.0; d(nothing) = 0.0 * nothing; }
}

fn loose(domain: Domain) -> Options {
    Options { rtol: 1e-2, atol: 1e-4, domain, ..Options::default() }
}

struct StaysAboveZero {
    negative: usize,
}

impl Visitor for StaysAboveZero {
    fn visit(&mut self, method: Method, _: Claim) {
        if !method.is_adaptive() {
            return;
        }
        let chain = erased(Chain, [1.0, 0.0], [100.0], (0.0, 5.0)).unwrap();
        let plain = solve(&chain, method, &loose(Domain::Anywhere)).unwrap();
        self.negative += usize::from(plain.iter().any(|(_, u)| u[0] < 0.0 || u[1] < 0.0));
        let guarded = solve(&chain, method, &loose(Domain::NonNegative)).unwrap();
        assert!(guarded.iter().all(|(_, u)| u[0] >= 0.0 && u[1] >= 0.0), "{method:?}");
        // slow = r / (r - 1) (exp(-t) - exp(-r t))
        for (t, u) in &guarded {
            let exact = 100.0 / 99.0 * ((-t).exp() - (-100.0 * t).exp());
            assert!((u[1] - exact).abs() < 2e-2, "{method:?} at {t}: {u:?}");
            assert!((u[0] - (-100.0 * t).exp()).abs() < 2e-2, "{method:?} at {t}: {u:?}");
        }
        // Tangents pass through, and every lane is guarded by itself.
        type D = Dual<f64, 2>;
        let u0 = vec![D::constant(1.0), D::constant(0.0)];
        let dual = erased_over(Chain, u0, [D::variable(100.0, 0)], (0.0, 1.0)).unwrap();
        let dual = solve(&dual, method, &loose(Domain::NonNegative)).unwrap();
        assert!(dual.iter().all(|(_, u)| u[0].re >= 0.0 && u[1].re >= 0.0), "{method:?}");
        let slope = {
            // d/dr of the formula above at r = 100, t = 1.
            let e = (-1f64).exp();
            -e / (99.0 * 99.0)
        };
        let found = dual.last()[1].eps[0];
        assert!((found - slope).abs() < 1e-3, "{method:?}: {found}, not {slope}");
        let u0 = vec![Lanes([1.0, 0.5, 1e-3, 2.0]), Lanes([0.0; 4])];
        let rates = [Lanes([100.0, 30.0, 1.0, 7.0])];
        let lanes = erased_over(Chain, u0, rates, (0.0, 5.0)).unwrap();
        let lanes = solve(&lanes, method, &loose(Domain::NonNegative)).unwrap();
        let positive = |u: &[Lanes<4>]| u.iter().all(|u| u.0.iter().all(|u| *u >= 0.0));
        assert!(lanes.iter().all(|(_, u)| positive(u)), "{method:?}");
        let single = erased_over(Chain, [1f32, 0.0], [100.0], (0.0, 5.0)).unwrap();
        let single = solve(&single, method, &loose(Domain::NonNegative)).unwrap();
        assert!(single.iter().all(|(_, u)| u[0] >= 0.0 && u[1] >= 0.0), "{method:?}");
    }
}

#[test]
fn states_stay_above_zero_where_plain_solves_do_not() {
    let mut test = StaysAboveZero { negative: 0 };
    every(&mut test);
    assert!(test.negative >= 3, "only {} plain solves went below zero", test.negative);
}

system::system! {
    /// Fast growth to the capacity 1, and something slow beside it.
    struct Filling;
    state { level, clock }
    params {}
    rhs(_t) { d(level) = 100.0 * (1.0 - level); d(clock) = -clock; }
}

struct StaysWithin {
    outside: usize,
}

impl Visitor for StaysWithin {
    fn visit(&mut self, method: Method, _: Claim) {
        if !method.is_adaptive() {
            return;
        }
        let problem = erased(Filling, [0.1, 1.0], [], (0.0, 3.0)).unwrap();
        let plain = solve(&problem, method, &loose(Domain::Anywhere)).unwrap();
        self.outside += usize::from(plain.iter().any(|(_, u)| u[0] > 1.0));
        let domain = Domain::Within(vec![(0.0, 1.0), (f64::NEG_INFINITY, f64::INFINITY)]);
        let kept = solve(&problem, method, &loose(domain)).unwrap();
        assert!(kept.iter().all(|(_, u)| (0.0..=1.0).contains(&u[0])), "{method:?}: {kept}");
        let near = |a: f64, b: f64| (a - b).abs() < 2e-2;
        assert!(near(kept.last()[0], 1.0) && near(kept.last()[1], (-3f64).exp()), "{kept}");
        // A bound that is far away changes nothing.
        let far = solve(&problem, method, &loose(Domain::Within(vec![(-9.0, 9.0); 2]))).unwrap();
        assert_eq!((far.times(), far.states()), (plain.times(), plain.states()));
    }
}

#[test]
fn a_state_is_kept_within_its_bounds() {
    let mut test = StaysWithin { outside: 0 };
    every(&mut test);
    assert!(test.outside >= 3, "only {} plain solves left the bounds", test.outside);
}

struct LeavesItsDomain;

impl Visitor for LeavesItsDomain {
    fn visit(&mut self, method: Method, _: Claim) {
        // Nothing slides along the border, however loose the tolerance: up, down, backwards, single.
        for (tspan, u0, atol) in [((0.0, 2.0), 1.0, 1e-2), ((0.0, -2.0), -1.0, 1e-2)] {
            let options = Options { step: StepSize::Auto, rtol: 1e-2, atol, ..Options::default() };
            let domain = Domain::Within(vec![(-1.1, 1.1); 2]);
            let leaves = Options { domain: domain.clone(), ..options };
            if !method.is_adaptive() {
                continue;
            }
            let long = (tspan.0, 2.0 * tspan.1);
            let problem = erased(Falling, [u0, 0.0], [], long).unwrap();
            let error = solve(&problem, method, &leaves).unwrap_err();
            let ErrorKind::OutsideDomain { t, .. } = *error.kind() else { panic!("{error}") };
            assert!((t.abs() - 2.1).abs() < 2e-2, "{method:?}: {error}");
            let single = erased_over(Falling, [u0 as f32, 0.0], [], long).unwrap();
            let error = solve(&single, method, &leaves).unwrap_err();
            let ErrorKind::OutsideDomain { t, .. } = *error.kind() else { panic!("{error}") };
            assert!((t.abs() - 2.1).abs() < 2e-2, "{method:?}: {error}");
        }
        let problem = erased(Falling, [1.0, 0.0], [], (0.0, 2.0)).unwrap();
        let adaptive = method.is_adaptive();
        let step = if adaptive { StepSize::Auto } else { StepSize::Fixed(0.03) };
        let options = Options { domain: Domain::NonNegative, step, ..Options::default() };
        let error = solve(&problem, method, &options).unwrap_err();
        let ErrorKind::OutsideDomain { t, ref component, low, high } = *error.kind() else {
            panic!("{method:?}: {error}");
        };
        assert_eq!((component.as_str(), low, high), ("height", 0.0, f64::INFINITY));
        let slack = if adaptive { 1e-8 } else { 0.03 };
        assert!((t - 1.0).abs() <= slack, "{method:?}: {error}");
        assert!(error.to_string().contains("`height`"), "{error}");
        assert_eq!(error.partial().times().last(), Some(&t));
        assert!(error.partial().iter().all(|(t, u)| u[0] >= 0.0 && (u[0] - 1.0 + t).abs() < 1e-8));
    }
}

#[test]
fn a_state_that_leaves_its_domain_is_reported() {
    every(&mut LeavesItsDomain);
}

#[test]
fn bad_domains_are_refused() {
    let problem = erased(Chain, [1.0, 0.0], [1.0], (0.0, 1.0)).unwrap();
    let all = (f64::NEG_INFINITY, f64::INFINITY);
    for bad in [(1.0, 0.0), (0.0, 0.0), (f64::NAN, 1.0), (0.0, f64::NAN), (all.1, all.1)] {
        let error = solve(&problem, Tsit5, &loose(Domain::Within(vec![all, bad]))).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Option { name: "domain", .. }), "{error}");
    }
    for n in [0, 1, 3] {
        let error = solve(&problem, Tsit5, &loose(Domain::Within(vec![all; n]))).unwrap_err();
        let kind = ErrorKind::Dimension { what: "domain", expected: 2, found: n };
        assert_eq!(error.kind(), &kind);
    }
    // A start outside is found by the first step.
    let outside = erased(Chain, [-1.0, 0.0], [1.0], (0.0, 1.0)).unwrap();
    let error = solve(&outside, Tsit5, &loose(Domain::NonNegative)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OutsideDomain { t: 0.0, .. }), "{error}");
}

struct Chosen;

impl Visitor for Chosen {
    fn visit(&mut self, method: Method, _: Claim) {
        let p = [10.0, 28.0, 8.0 / 3.0];
        let problem = erased(Lorenz63, [1.0, 1.0, 1.5], p, (0.0, 1.0)).unwrap();
        let adaptive = method.is_adaptive();
        let step = if adaptive { StepSize::Auto } else { StepSize::Fixed(0.01) };
        for save in [Save::Dense, Save::Steps, Save::At(vec![0.0, 0.33, 1.0]), Save::Last] {
            let all = Options { save, step, ..Options::default() };
            let whole = solve(&problem, method, &all).unwrap();
            for chosen in [vec![2], vec![2, 0], vec![1, 1], vec![0, 1, 2], vec![]] {
                let components = Components::Only(chosen.clone());
                let part = solve(&problem, method, &Options { components, ..all.clone() }).unwrap();
                assert_eq!((part.times(), part.stats()), (whole.times(), whole.stats()));
                let pick = |u: &[f64]| chosen.iter().map(|&i| u[i]).collect::<Vec<_>>();
                let names: Vec<_> = chosen.iter().map(|&i| &whole.names()[i]).collect();
                assert!(part.names().iter().eq(names));
                for (a, b) in part.iter().zip(&whole) {
                    assert_eq!((a.0, a.1), (b.0, &pick(b.1)[..]));
                }
                for t in [0.0, 0.123, 0.33, 0.77, 1.0] {
                    assert_eq!(part.at(t), whole.at(t).map(|u| pick(&u)), "{method:?} at {t}");
                    assert_eq!(part.derivative(t), whole.derivative(t).map(|u| pick(&u)));
                }
            }
        }
    }
}

#[test]
fn chosen_components_are_those_of_the_whole_solution() {
    every(&mut Chosen);
}

#[test]
fn components_that_do_not_exist_are_refused() {
    let problem = erased(LotkaVolterra, [1.0; 2], [1.0; 4], (0.0, 1.0)).unwrap();
    for index in [2, usize::MAX] {
        let components = Components::Only(vec![0, index]);
        let options = Options { components, ..Options::default() };
        let error = solve(&problem, Tsit5, &options).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NoSuchComponent { index, states: 2 });
        assert!(error.partial().is_empty());
    }
}

/// A force that vanishes at t = 0.05 and then leads slowly below zero.
struct Slow;

impl Hamiltonian for Slow {
    fn degrees(&self) -> usize {
        1
    }
    fn num_params(&self) -> usize {
        0
    }
    fn kinetic<S: Scalar>(&self, _t: S, p: &[S], _params: &[S]) -> S {
        (p[0] * p[0]).scale(0.5)
    }
    fn potential<S: Scalar>(&self, t: S, q: &[S], _params: &[S]) -> S {
        q[0] * (t - S::from_f64(0.05)).scale(1e-12)
    }
}

#[test]
fn a_derivative_that_a_method_does_not_know_leads_nowhere() {
    // A momentum on its border ends a step 1e-14 below it. Methods that begin with a drift do not
    // know the force there, which must not count as one that leads out.
    let problem = OdeProblem::new(HamiltonianSystem(Slow), [0.0, 0.0], [], (0.0, 1.0)).unwrap();
    let domain = Domain::Within(vec![(f64::NEG_INFINITY, f64::INFINITY), (0.0, f64::INFINITY)]);
    let options = Options { domain, step: StepSize::Fixed(0.1), ..Options::default() };
    let by_kicks = solve(&problem, VelocityVerlet, &options).unwrap();
    let by_drifts = solve(&problem, PositionVerlet, &options).unwrap();
    for solution in [by_kicks, by_drifts] {
        assert!(solution.iter().all(|(_, u)| u[1] >= 0.0));
    }
}
