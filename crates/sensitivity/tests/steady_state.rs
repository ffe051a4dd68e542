//! Gradients at a steady state: against closed forms, duals, and long solves.

use linalg::Gmres;
use ode_core::{OdeProblem, Options, Save};
use ode_stiff::{RadauIIA5, make_consistent};
use scalar::{Dual, Scalar};
use sensitivity::{
    ErrorKind, ForwardSensitivity, Loss, SteadySolver, SteadyStart, SteadyStateAdjoint, Warning,
};
use system::{Mass, System, WithMass};

fn close(found: &[f64], expected: &[f64], tol: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tol * scale, "{what}[{i}]: {f} vs {e}, scale {scale}");
    }
}

system::system! {
    /// A toggle switch: two genes that repress each other.
    struct Toggle;
    state { x, y }
    params { a, b, k }
    rhs(_t) {
        d(x) = a / (1.0 + y * y) - k * x;
        d(y) = b / (1.0 + x * x) - y;
    }
}

/// Depends on state and parameters, with a penalty.
struct Mixed;

impl Loss for Mixed {
    fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], p: &[S]) -> S {
        assert_eq!(i, 0);
        u[0] * u[0] * p[1] + u[1].sin() + t
    }
    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        p[0] * p[2]
    }
}

fn options() -> Options {
    Options { rtol: 1e-12, atol: 1e-12, ..Options::default() }
}

/// By the implicit function theorem in duals: an equation without any derivative.
fn by_duals<F: System>(rhs: F, u0: &[f64], p: &[f64], loss: &impl Loss) -> (f64, Vec<f64>) {
    type D = Dual<f64, 1>;
    let steady = WithMass::new(rhs, Mass::diagonal(vec![0.0; u0.len()])).unwrap();
    let mut value = 0.0;
    let gradient = (0..p.len()).map(|k| {
        let mut u: Vec<D> = u0.iter().map(|&u| D::from_f64(u)).collect();
        let lifted: Vec<D> = (0..p.len()).map(|i| D::variable(p[i], i.wrapping_sub(k))).collect();
        make_consistent(&steady, D::zero(), &mut u, &lifted, &options()).unwrap();
        let loss = loss.at(0, D::zero(), &u, &lifted) + loss.penalty(&lifted);
        value = loss.re;
        loss.eps[0]
    });
    let gradient = gradient.collect();
    (value, gradient)
}

#[test]
fn a_toggle_switch() {
    let p = [3.0, 2.5, 1.1];
    let guess = [2.5, 0.3];
    let problem = OdeProblem::new(Toggle, guess, p, (0.0, 1.0)).unwrap();
    let found = SteadyStateAdjoint::default().gradient(&problem, &options(), &Mixed).unwrap();
    let (loss, exact) = by_duals(Toggle, &guess, &p, &Mixed);
    assert!((found.loss - loss).abs() < 1e-12);
    close(&found.p, &exact, 1e-11, "p");
    assert!(found.report.warnings.is_empty() && found.report.steps > 0, "{}", found.report);
    // The trace is -(1 + k), and the determinant positive.
    assert!(found.growth_rate.unwrap() < 0.0);
    // Something added to the right-hand side: du = -J⁻¹ c.
    let [x, y] = [found.u[0], found.u[1]];
    let j = [
        [-p[2], -2.0 * p[0] * y / (1.0 + y * y).powi(2)],
        [-2.0 * p[1] * x / (1.0 + x * x).powi(2), -1.0],
    ];
    let bars = [2.0 * x * p[1], y.cos()];
    for i in 0..2 {
        let product = j[0][i] * found.lambda[0] + j[1][i] * found.lambda[1];
        assert!((product - bars[i]).abs() < 1e-12);
    }
    // Given, without a search; and from products alone.
    let problem = problem.with_u0([x, y]).unwrap();
    let given = SteadyStateAdjoint { start: SteadyStart::Steady, ..SteadyStateAdjoint::default() };
    let given = given.gradient(&problem, &options(), &Mixed).unwrap();
    close(&given.p, &exact, 1e-11, "given");
    assert_eq!(given.u, [x, y]);
    let solver = SteadySolver::Products(Gmres { rtol: 1e-13, ..Gmres::default() });
    let products = SteadyStateAdjoint { solver, ..SteadyStateAdjoint::default() };
    let products = products.gradient(&problem, &options(), &Mixed).unwrap();
    close(&products.p, &exact, 1e-10, "products");
    assert_eq!(products.growth_rate, None);
}

/// The gradient of a solve that has come to rest.
#[test]
fn the_end_of_a_long_solve() {
    let p = [3.0, 2.5, 1.1];
    let problem = OdeProblem::new(Toggle, [2.5, 0.3], p, (0.0, 80.0)).unwrap();
    struct Rest;
    impl Loss for Rest {
        fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], p: &[S]) -> S {
            u[0] * u[0] * p[1] + u[1].sin()
        }
    }
    let save = Save::Last;
    let options = Options { rtol: 1e-10, atol: 1e-12, save, ..Options::default() };
    let long = ForwardSensitivity.gradient(&problem, RadauIIA5, &options, &Rest).unwrap();
    let found = SteadyStateAdjoint::default().gradient(&problem, &options, &Rest).unwrap();
    close(&found.p, &long.p, 1e-8, "p");
    assert!(long.u0.iter().all(|bar| bar.abs() < 1e-8));
}

system::system! {
    /// `a + b ⇌ c`, of which two totals are conserved.
    struct Binding;
    state { a, b, c }
    params { on, off }
    rhs(_t) {
        let net = on * a * b - off * c;
        d(a) = -net;
        d(b) = -net;
        d(c) = net;
    }
}

system::system! {
    /// The same, `2 a ⇌ c`, with one total.
    struct Pairing;
    state { a, c }
    params { on, off }
    rhs(_t) {
        let net = on * a * a - off * c;
        d(a) = -2.0 * net;
        d(c) = net;
    }
}

system::system! {
    /// With the conservation law, and its total as a parameter.
    struct PairingOfTotal;
    state { a, c }
    params { on, off, total }
    rhs(_t) {
        d(a) = a + 2.0 * c - total;
        d(c) = on * a * a - off * c;
    }
}

struct Bound;

impl Loss for Bound {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u[1]
    }
}

#[test]
fn what_is_conserved_is_named() {
    let steady = SteadyStateAdjoint::default();
    for start in [SteadyStart::Guess, SteadyStart::Steady] {
        let problem = OdeProblem::new(Pairing, [1.0, 2.0], [2.0, 1.0], (0.0, 1.0)).unwrap();
        let steady = SteadyStateAdjoint { start, ..steady };
        let error = steady.gradient(&problem, &options(), &Bound).unwrap_err();
        let ErrorKind::SingularSteadyState { conserved, direction } = error.kind() else {
            panic!("{error}")
        };
        // a + 2 c; and along 4 a da = dc.
        let weight = |of: &[(String, f64)], name: &str| of.iter().find(|w| w.0 == name).unwrap().1;
        assert!((weight(conserved, "c") / weight(conserved, "a") - 2.0).abs() < 1e-12, "{error}");
        assert!((weight(direction, "c") / weight(direction, "a") - 4.0).abs() < 1e-9, "{error}");
        assert!(error.to_string().contains("1.000 c + 0.500 a does not change"), "{error}");
    }
    let problem = OdeProblem::new(Binding, [1.0, 1.0, 2.0], [2.0, 1.0], (0.0, 1.0)).unwrap();
    let error = steady.gradient(&problem, &options(), &Bound).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SingularSteadyState { .. }), "{error}");

    // As advised: `on a² = off c`, `a + 2 c = total`.
    let p = [2.0, 1.0, 5.0];
    let problem = OdeProblem::new(PairingOfTotal, [1.0, 2.0], p, (0.0, 1.0)).unwrap();
    let found = steady.gradient(&problem, &options(), &Bound).unwrap();
    let [on, off, total]: [Dual<f64, 3>; 3] = std::array::from_fn(|i| Dual::variable(p[i], i));
    let r = on / off;
    let a = ((r * total).scale(8.0) + Dual::one()).sqrt() - Dual::one();
    let c = (total - a / r.scale(4.0)).scale(0.5);
    assert!((found.loss - c.re).abs() < 1e-12);
    close(&found.p, &c.eps, 1e-12, "totals");
}

system::system! {
    /// At rest at 0, a and 1; a is where nothing comes to rest.
    struct Allee;
    state { u }
    params { a }
    rhs(_t) {
        d(u) = u * (u - a) * (1.0 - u);
    }
}

struct First;

impl Loss for First {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u[0]
    }
}

#[test]
fn unstable_states_are_warned_of() {
    let steady = SteadyStateAdjoint::default();
    let problem = OdeProblem::new(Allee, [0.31], [0.3], (0.0, 1.0)).unwrap();
    let found = steady.gradient(&problem, &options(), &First).unwrap();
    close(&found.p, &[1.0], 1e-12, "p");
    let [Warning::Unstable { rate }] = found.report.warnings[..] else {
        panic!("{}", found.report)
    };
    assert!((rate - 0.3 * 0.7).abs() < 1e-12);
    assert!(found.report.to_string().contains("unstable"), "{}", found.report);
    let problem = problem.with_u0([0.9]).unwrap();
    let found = steady.gradient(&problem, &options(), &First).unwrap();
    assert!(found.report.warnings.is_empty() && found.p == [0.0]);
}

system::system! {
    struct Forced;
    state { x, y }
    params { k }
    rhs(t) {
        d(x) = k - x;
        d(y) = t.sin() - y;
    }
}

system::system! {
    struct NoRest;
    state { x }
    params { k }
    rhs(_t) {
        d(x) = x * x + k;
    }
}

struct Integral;

impl Loss for Integral {
    fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        u[0]
    }
}

struct Infinite;

impl Loss for Infinite {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        (-u[0].powi(2)).ln()
    }
}

#[test]
fn refusals() {
    let steady = SteadyStateAdjoint::default();
    let forced = OdeProblem::new(Forced, [1.0, 1.0], [1.0], (0.0, 1.0)).unwrap();
    let error = steady.gradient(&forced, &options(), &First).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::SteadyTime { equation: "y".into() });

    let none = OdeProblem::new(NoRest, [1.0], [1.0], (0.0, 1.0)).unwrap();
    let error = steady.gradient(&none, &options(), &First).unwrap_err();
    assert!(
        matches!(
            error.kind(),
            ErrorKind::NoSteadyState { .. } | ErrorKind::SingularSteadyState { .. }
        ),
        "{error}"
    );

    let toggle = OdeProblem::new(Toggle, [1.0, 1.0], [3.0, 2.5, 1.1], (0.0, 1.0)).unwrap();
    let error = steady.gradient(&toggle, &options(), &Integral).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::SteadyRunning);
    let near = OdeProblem::new(Toggle, [2.5, 0.3], [3.0, 2.5, 1.1], (0.0, 1.0)).unwrap();
    let error = steady.gradient(&near, &options(), &Infinite).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::LossNotFinite { index: 0, t: 0.0 });
    let given = SteadyStateAdjoint { start: SteadyStart::Steady, ..steady };
    let error = given.gradient(&toggle, &options(), &First).unwrap_err();
    let ErrorKind::NotSteady { equation, residual, correction } = error.kind() else {
        panic!("{error}")
    };
    // At (1, 1): 3/2 - 1.1 and 2.5/2 - 1.
    assert_eq!(equation, "x");
    assert!((residual - 0.4).abs() < 1e-15 && *correction > 1e9, "{error}");
    let bad = Options { atol_each: vec![1e-6; 3], ..options() };
    assert!(matches!(
        steady.gradient(&toggle, &bad, &First).unwrap_err().kind(),
        ErrorKind::Solve(_)
    ));
    let few = SteadySolver::Products(Gmres { max_products: 1, ..Gmres::default() });
    let few = SteadyStateAdjoint { solver: few, ..steady };
    let error = few.gradient(&near, &options(), &First).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Linear(_)), "{error}");
}

/// Diffusion along a ring with decay, and a source in each cell, which are the parameters after the first
/// two.
struct Ring {
    cells: usize,
    /// Whether there is decay: without, the total is conserved.
    decays: bool,
}

impl System for Ring {
    fn dim(&self) -> usize {
        self.cells
    }
    fn num_params(&self) -> usize {
        self.cells + 2
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        let n = self.cells;
        for i in 0..n {
            let neighbours = u[(i + n - 1) % n] + u[(i + 1) % n] - u[i].scale(2.0);
            du[i] = p[0] * neighbours;
            if self.decays {
                du[i] += p[2 + i] - p[1] * u[i] * u[i];
            }
        }
    }
}

struct Squares;

impl Loss for Squares {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u.iter().enumerate().map(|(i, &u)| u * u.scale(1.0 + 0.1 * i as f64)).sum()
    }
}

/// Sparse factors, and products.
#[test]
fn many_states() {
    for cells in [60, 500] {
        let mut p: Vec<f64> = (0..cells).map(|i| 1.0 + 0.5 * (i as f64).sin()).collect();
        p.splice(0..0, [3.0, 0.5]);
        let ring = Ring { cells, decays: true };
        let problem = OdeProblem::new(ring, vec![1.0; cells], p.clone(), (0.0, 1.0)).unwrap();
        let found = SteadyStateAdjoint::default().gradient(&problem, &options(), &Squares).unwrap();
        // A source adds to the right-hand side.
        close(&found.lambda.iter().map(|x| -x).collect::<Vec<_>>(), &found.p[2..], 1e-12, "λ");
        assert_eq!(found.growth_rate.is_some(), cells <= 200);
        // Central differences of fourth order for the first two.
        for k in 0..2 {
            let at = |h: f64| {
                let mut p = p.clone();
                p[k] += h;
                let ring = Ring { cells, decays: true };
                let problem = OdeProblem::new(ring, found.u.clone(), p, (0.0, 1.0)).unwrap();
                SteadyStateAdjoint::default().gradient(&problem, &options(), &Squares).unwrap().loss
            };
            let h = 1e-3;
            let slope = (at(-2.0 * h) - 8.0 * at(-h) + 8.0 * at(h) - at(2.0 * h)) / (12.0 * h);
            assert!((found.p[k] / slope - 1.0).abs() < 1e-6, "{k}: {} {slope}", found.p[k]);
        }
        let gmres = Gmres { restart: 100, rtol: 1e-12, ..Gmres::default() };
        let problem = problem.with_u0(found.u.clone()).unwrap();
        let (start, solver) = (SteadyStart::Steady, SteadySolver::Products(gmres));
        let products = SteadyStateAdjoint { start, solver };
        let products = products.gradient(&problem, &options(), &Squares).unwrap();
        close(&products.p, &found.p, 1e-9, "products");

        let ring = Ring { cells, decays: false };
        let problem = OdeProblem::new(ring, vec![1.0; cells], p.clone(), (0.0, 1.0)).unwrap();
        let given = SteadyStateAdjoint { start, ..SteadyStateAdjoint::default() };
        let error = given.gradient(&problem, &options(), &Squares).unwrap_err();
        let ErrorKind::SingularSteadyState { conserved, .. } = error.kind() else {
            panic!("{error}")
        };
        if !conserved.is_empty() {
            assert!(conserved.iter().all(|(_, weight)| (weight - 1.0).abs() < 1e-6), "{error}");
        }
    }
}
