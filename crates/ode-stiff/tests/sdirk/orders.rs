//! Observed orders: on smooth problems, and on that of Prothero and Robinson, where the stiffness takes some
//! of the order away.

use ode_core::{Algorithm, OdeProblem, Options, StepSize, solve};
use ode_stiff::{
    Ark324, Ark436, Ark548, ImplicitEuler, ImplicitMidpoint, KenCarp3, KenCarp4, KenCarp5,
    Kvaerno3, Kvaerno4, Kvaerno5, TrBdf2, Trapezoid,
};
use system::{Split, System};

system::system! {
    /// `u' = -2 t u²`, and an oscillator driven by it; closed form `u = 1 / (1 + t²)`.
    #[derive(Clone, Copy)]
    struct Smooth;
    state { u, v }
    params { }
    rhs(t) {
        d(u) = -2.0 * t * u * u;
        d(v) = v * (t.cos() + u - 1.0 / (1.0 + t * t));
    }
}

fn smooth(t: f64) -> [f64; 2] {
    [1.0 / (1.0 + t * t), t.sin().exp()]
}

fn fixed(dt: f64) -> Options {
    Options { step: StepSize::Fixed(dt), rtol: 1e-13, atol: 1e-13, ..Options::default() }
}

/// The largest errors at the end and between the points, with `n` steps.
fn errors<A: Algorithm<Smooth, [f64; 2]>>(method: A, n: usize) -> (f64, f64) {
    let problem = OdeProblem::new(Smooth, smooth(0.0), [], (0.0, 2.0)).unwrap();
    let solution = solve(&problem, method, &fixed(2.0 / n as f64)).unwrap();
    let error = |t: f64| {
        let (u, exact) = (solution.at(t).unwrap(), smooth(t));
        (0..2).map(|i| (u[i] - exact[i]).abs()).fold(0.0, f64::max)
    };
    let inside = (0..200).map(|i| error(2.0 * (f64::from(i) + 0.37) / 200.0)).fold(0.0, f64::max);
    (error(2.0), inside)
}

fn converges<A: Algorithm<Smooth, [f64; 2]> + Copy>(method: A, n: usize, order: f64, dense: f64) {
    let (coarse, fine) = (errors(method, n), errors(method, 2 * n));
    let name = method.name();
    let (end, inside) = ((coarse.0 / fine.0).log2(), (coarse.1 / fine.1).log2());
    assert!(end > order - 0.25 && end < order + 0.6, "{name}: order {end}");
    assert!(inside > dense - 0.3, "{name}: the interpolant has order {inside}");
}

#[test]
fn observed_orders_are_those_of_the_literature() {
    converges(ImplicitEuler, 200, 1.0, 1.0);
    converges(ImplicitMidpoint, 100, 2.0, 2.0);
    converges(Trapezoid, 100, 2.0, 2.0);
    converges(TrBdf2, 100, 2.0, 2.0);
    converges(Kvaerno3, 50, 3.0, 3.0);
    converges(KenCarp3, 50, 3.0, 3.0);
    converges(Kvaerno4, 50, 4.0, 4.0);
    converges(KenCarp4, 50, 4.0, 4.0);
    converges(Kvaerno5, 30, 5.0, 4.0);
    converges(KenCarp5, 30, 5.0, 4.0);
}

/// `u' = λ (u - cos t) - sin t`.
#[derive(Clone, Copy)]
struct ProtheroRobinson;

impl System for ProtheroRobinson {
    fn dim(&self) -> usize {
        1
    }
    fn num_params(&self) -> usize {
        1
    }
    fn rhs<S: system::Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        du[0] = p[0] * (u[0] - t.cos()) - t.sin();
    }
}

/// The largest error over the span, at the points, with `n` steps.
fn stiff_error<A: Algorithm<ProtheroRobinson, [f64; 1]>>(method: A, lambda: f64, n: usize) -> f64 {
    let problem = OdeProblem::new(ProtheroRobinson, [1.0], [lambda], (0.0, 2.0)).unwrap();
    let options = Options { atol: 1e-18, rtol: 1e-15, ..fixed(2.0 / n as f64) };
    let solution = solve(&problem, method, &options).unwrap();
    let points = solution.iter();
    points.map(|(t, u)| (u[0] - t.cos()).abs()).fold(0.0, f64::max)
}

#[test]
fn the_error_of_a_stiff_problem_falls_with_the_stiffness_and_with_the_step() {
    fn check<A: Algorithm<ProtheroRobinson, [f64; 1]> + Copy>(method: A, order: f64) {
        let error = |lambda, n| stiff_error(method, lambda, n);
        let (coarse, fine) = (error(-1e6, 20), error(-1e6, 40));
        let observed = (coarse / fine).log2();
        let name = method.name();
        assert!((observed - order).abs() < 0.4, "{name}: stiff order {observed}");
        // The error is that of a stage, divided by z.
        let stiffer = error(-1e8, 20) / coarse;
        assert!(stiffer < 0.02, "{name}: a problem 100 times stiffer has {stiffer} of the error");
    }
    // Stage order 2 and z in the denominator: at a fixed λ the error is O(dt²) / |λ|.
    check(ImplicitEuler, 1.0);
    check(TrBdf2, 2.0);
    check(Kvaerno3, 2.0);
    check(KenCarp3, 2.0);
    check(Kvaerno4, 2.0);
    check(KenCarp4, 2.0);
    check(Kvaerno5, 2.0);
    check(KenCarp5, 2.0);
}

system::system! {
    /// The part of a nonlinear problem to be treated implicitly.
    #[derive(Clone, Copy)]
    struct Damping;
    state { x, y }
    params { }
    rhs(t) {
        d(x) = -3.0 * x * x * x + t.cos();
        d(y) = -2.0 * y * y + 0.5 * x;
    }
}

system::system! {
    /// The other part.
    #[derive(Clone, Copy)]
    struct Exchange;
    state { x, y }
    params { }
    rhs(t) {
        d(x) = y * x - t.sin();
        d(y) = x * x - x * y * y;
    }
}

#[test]
fn additive_methods_have_their_order_on_nonlinear_parts_that_are_coupled() {
    let split = Split::new(Damping, Exchange).unwrap();
    let problem = OdeProblem::new(split, [1.0, 0.5], [], (0.0, 2.0)).unwrap();
    // The reference: another method, on the sum.
    let tight = Options { rtol: 1e-13, atol: 1e-15, ..Options::default() };
    let exact = solve(&problem, ode_core::Vern9, &tight).unwrap();
    macro_rules! check {
        ($method:ident, $n:literal, $order:literal) => {
            let error = |n: usize| {
                let solution = solve(&problem, $method, &fixed(2.0 / n as f64)).unwrap();
                let (u, exact) = (solution.last(), exact.last());
                (u[0] - exact[0]).abs().max((u[1] - exact[1]).abs())
            };
            let order = (error($n) / error(2 * $n)).log2();
            assert!((order - $order).abs() < 0.35, "{}: {order}", stringify!($method));
        };
    }
    check!(Ark324, 80, 3.0);
    check!(Ark436, 60, 4.0);
    check!(Ark548, 40, 5.0);
}
