//! Split problems: additive methods, and every other method on the sum.

use allocation_counter::measure;
use ode_core::{Integrator, OdeProblem, Options, Progress, Save, Tsit5, solve};
use ode_stiff::{Ark324, Ark436, Ark548, KenCarp4, Kvaerno5, Rodas5P};
use scalar::{Dual, Scalar};
use system::{Mass, Split, SplitError, System, WithMass};

const CELLS: usize = 40;

/// Diffusion of a line of cells with fixed ends, `p[0] / dx²` times the second difference.
#[derive(Clone, Copy)]
struct Diffusion;

impl System for Diffusion {
    fn dim(&self) -> usize {
        CELLS
    }
    fn num_params(&self) -> usize {
        2
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        let scale = p[0].scale(((CELLS + 1) * (CELLS + 1)) as f64);
        for i in 0..CELLS {
            let left = if i == 0 { S::zero() } else { u[i - 1] };
            let right = if i + 1 == CELLS { S::zero() } else { u[i + 1] };
            du[i] = scale * (left - u[i].scale(2.0) + right);
        }
    }
}

/// Logistic growth and transport to the right.
#[derive(Clone, Copy)]
struct Reaction;

impl System for Reaction {
    fn dim(&self) -> usize {
        CELLS
    }
    fn num_params(&self) -> usize {
        2
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        for i in 0..CELLS {
            let left = if i == 0 { S::zero() } else { u[i - 1] };
            let transport = (left - u[i]).scale((CELLS + 1) as f64);
            du[i] = p[1] * u[i] * (S::one() - u[i]) + transport;
        }
    }
}

const P: [f64; 2] = [1.0, 5.0];

fn start() -> [f64; CELLS] {
    std::array::from_fn(|i| {
        let x = (i + 1) as f64 / (CELLS + 1) as f64;
        4.0 * x * (1.0 - x)
    })
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn a_reaction_diffusion_equation_is_solved_by_the_parts_and_by_the_sum() {
    let split = Split::new(Diffusion, Reaction).unwrap();
    let problem = OdeProblem::new(split, start(), P, (0.0, 0.5)).unwrap();
    let tight = Options { rtol: 1e-11, atol: 1e-13, ..Options::default() };
    let exact = solve(&problem, Rodas5P, &tight).unwrap();
    let options = Options { rtol: 1e-6, atol: 1e-8, ..Options::default() };
    macro_rules! check {
        ($($method:ident)*) => {$({
            let solution = solve(&problem, $method, &options).unwrap();
            let error = distance(solution.last(), exact.last());
            assert!(error < 2e-5, "{}: {error:e}", stringify!($method));
            let inside = distance(&solution.at(0.123).unwrap(), &exact.at(0.123).unwrap());
            assert!(inside < 5e-5, "{}: {inside:e} inside", stringify!($method));
        })*};
    }
    check!(Ark324 Ark436 Ark548 KenCarp4 Kvaerno5 Rodas5P Tsit5);
}

#[test]
fn the_stiff_part_does_not_bound_the_steps() {
    let split = Split::new(Diffusion, Reaction).unwrap();
    let problem = OdeProblem::new(split, start(), P, (0.0, 2.0)).unwrap();
    let options = Options { rtol: 1e-4, atol: 1e-6, ..Options::default() };
    let additive = solve(&problem, Ark436, &options).unwrap().stats();
    let explicit = solve(&problem, Tsit5, &options).unwrap().stats();
    assert!(additive.accepted * 10 < explicit.accepted, "{additive}\n{explicit}");
    // The Jacobian of a linear part is evaluated for its age only.
    assert!(additive.jacobians <= 2 + additive.accepted / 50, "{additive}");
}

#[test]
fn one_part_may_be_empty() {
    system::system! {
        #[derive(Clone, Copy)]
        struct Nothing;
        state { x }
        params { rate }
        rhs(_t) { d(x) = 0.0 * rate * x; }
    }
    system::system! {
        #[derive(Clone, Copy)]
        struct Relax;
        state { x }
        params { rate }
        rhs(t) { d(x) = -rate * (x - t.sin()) + t.cos(); }
    }
    let options = Options { rtol: 1e-8, atol: 1e-10, ..Options::default() };
    let stiff = Split::new(Relax, Nothing).unwrap();
    let stiff = OdeProblem::new(stiff, [0.0], [1e5], (0.0, 2.0)).unwrap();
    let x = solve(&stiff, Ark548, &options).unwrap().last()[0];
    assert!((x - 2.0_f64.sin()).abs() < 1e-8, "{x}");
    let nonstiff = Split::new(Nothing, Relax).unwrap();
    let nonstiff = OdeProblem::new(nonstiff, [0.0], [3.0], (0.0, 2.0)).unwrap();
    let x = solve(&nonstiff, Ark548, &options).unwrap().last()[0];
    assert!((x - 2.0_f64.sin()).abs() < 1e-7, "{x}");
}

#[test]
fn duals_flow_through_both_parts() {
    type D = Dual<f64, 2>;
    let split = Split::new(Diffusion, Reaction).unwrap();
    let options = Options { rtol: 1e-8, atol: 1e-11, ..Options::default() };
    let p: [D; 2] = std::array::from_fn(|k| D::variable(P[k], k));
    let problem = OdeProblem::over(split, start().map(D::constant), p, (0.0, 0.3)).unwrap();
    let solution = solve(&problem, Ark436, &options).unwrap();
    for k in 0..2 {
        let at = |h: f64| {
            let mut p = P;
            p[k] += h;
            let problem = OdeProblem::new(split, start(), p, (0.0, 0.3)).unwrap();
            let options = Options { rtol: 1e-11, atol: 1e-13, ..Options::default() };
            solve(&problem, KenCarp4, &options).unwrap().last().to_vec()
        };
        let (up, down) = (at(1e-4), at(-1e-4));
        for (i, u) in solution.last().iter().enumerate() {
            let difference = (up[i] - down[i]) / 2e-4;
            assert!((u.eps[k] - difference).abs() < 1e-6, "{i}, {k}: {} {difference}", u.eps[k]);
        }
    }
}

#[test]
fn steps_allocate_nothing() {
    let split = Split::new(Diffusion, Reaction).unwrap();
    let problem = OdeProblem::new(split, start().to_vec(), P, (0.0, 2.0)).unwrap();
    let options = Options { save: Save::Last, rtol: 1e-5, ..Options::default() };
    let mut integrator = Integrator::new(&problem, Ark324, &options).unwrap();
    integrator.step().unwrap();
    let info = measure(|| while integrator.step().unwrap() != Progress::Finished {});
    assert!(integrator.stats().accepted > 10);
    assert_eq!(info.count_total, 0);
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    system::system! {
        #[derive(Clone, Copy, Debug, PartialEq)]
        struct One;
        state { x }
        params { a }
        rhs(_t) { d(x) = -a * x; }
    }
    system::system! {
        #[derive(Clone, Copy, Debug, PartialEq)]
        struct Two;
        state { x, y }
        params { a }
        rhs(_t) { d(x) = -a * x; d(y) = x; }
    }
    system::system! {
        #[derive(Clone, Copy, Debug, PartialEq)]
        struct Other;
        state { x }
        params { a, b }
        rhs(_t) { d(x) = a - b * x; }
    }
    let states = Split::new(One, Two).unwrap_err();
    assert_eq!(states, SplitError::States { stiff: 1, nonstiff: 2 });
    assert!(states.to_string().contains("1 states, the other 2"));
    assert_eq!(Split::new(One, Other), Err(SplitError::Params { stiff: 1, nonstiff: 2 }));
    let massive = WithMass::new(One, Mass::diagonal([2.0])).unwrap();
    assert_eq!(Split::new(massive, One).unwrap_err(), SplitError::Mass);
}
