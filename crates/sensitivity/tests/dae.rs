//! Gradients of `M u' = f(t, u; p)`, regular and of index 1: closed forms, and the same problem without a mass matrix.

use ode_core::{Algorithm, ErrorKind as SolveErrorKind, OdeProblem, Options, Save, Tsit5};
use ode_stiff::{RadauIIA5, Rodas5P};
use scalar::{Dual, Scalar};
use sensitivity::{
    Augmented, Error, ErrorKind, ForwardSensitivity, GaussAdjoint, GaussRule, Gradient,
    InterpolatingAdjoint, Loss, QuadratureAdjoint, SolvesDaeAdjoint,
};
use system::{Mass, System, WithMass};
use testset::models::{ChemicalAkzoNobel, Robertson, RobertsonDae, TransistorAmplifier};

type Found = Vec<(&'static str, Result<Gradient, Error>)>;

/// Every algorithm that takes a mass matrix.
fn gradients<F, L, A>(
    problem: &OdeProblem<WithMass<F>, Vec<f64>>,
    method: A,
    options: &Options,
    loss: &L,
) -> Found
where
    F: System,
    L: Loss,
    A: SolvesDaeAdjoint<F, L>
        + for<'a> Algorithm<WithMass<&'a Augmented<'a, F, L>>, Vec<Dual<f64, 8>>>,
{
    let gauss = GaussAdjoint::default();
    let kronrod = GaussAdjoint { rule: GaussRule::Kronrod, ..gauss };
    let in_segments = InterpolatingAdjoint { segments: 4, ..InterpolatingAdjoint::default() };
    let m = || method.clone();
    vec![
        ("forward", ForwardSensitivity.gradient_of_dae(problem, m(), options, loss)),
        ("Gauss", gauss.gradient_of_dae(problem, m(), options, loss)),
        ("Gauss-Kronrod", kronrod.gradient_of_dae(problem, m(), options, loss)),
        ("interpolating", in_segments.gradient_of_dae(problem, m(), options, loss)),
        ("quadrature", QuadratureAdjoint::default().gradient_of_dae(problem, m(), options, loss)),
    ]
}

fn all_of(gradient: &Gradient) -> Vec<f64> {
    let ends = [gradient.t0, gradient.t1];
    [&gradient.u0[..], &gradient.p, &ends, &gradient.times].concat()
}

fn close(found: &[f64], expected: &[f64], tol: f64, what: &str) {
    let scale = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tol * scale, "{what}[{i}]: {f} vs {e}, scale {scale}");
    }
    assert_eq!(found.len(), expected.len(), "{what}");
}

fn tight(save: &[f64]) -> Options {
    Options {
        rtol: 1e-9,
        atol: 1e-11,
        max_steps: 1_000_000,
        save: Save::At(save.to_vec()),
        ..Options::default()
    }
}

/// Value and derivatives.
fn differentiated<const N: usize>(
    x: [f64; N],
    f: impl Fn(&[Dual<f64, N>]) -> Dual<f64, N>,
) -> (f64, Vec<f64>) {
    let lifted: [Dual<f64, N>; N] = std::array::from_fn(|i| Dual::variable(x[i], i));
    let found = f(&lifted);
    (found.re, found.eps.to_vec())
}

system::system! {
    /// `x' = -k x + y` with `y = c x + sin w t`, each equation in a unit of its own.
    struct Driven;
    state { x, y }
    params { k, c, w }
    rhs(t) {
        d(x) = 2.0 * (y - k * x);
        d(y) = 30.0 * (c * x + (w * t).sin() - y);
    }
}

/// `Σ yᵢ² + tᵢ xᵢ + ∫ y dt + k w`: of algebraic variables at points, on both ends too, and along the way.
struct OfBoth;

impl Loss for OfBoth {
    fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], _p: &[S]) -> S {
        u[1].powi(2).scale(1.0 + i as f64) + t * u[0]
    }
    fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        u[1]
    }
    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        p[0] * p[2]
    }
}

/// Inputs: x0, k, c, w, t0, t1, save times. With `a = c - k`: `x' = a x + sin w t`.
fn driven<S: Scalar>(x: &[S]) -> S {
    let (x0, k, c, w, t0, t1) = (x[0], x[1], x[2], x[3], x[4], x[5]);
    let a = c - k;
    let at = |t: S| {
        let grown = (a * (t - t0)).exp();
        let part = |t: S| a * (w * t).sin() + w * (w * t).cos();
        grown * x0 + (grown * part(t0) - part(t)) / (a * a + w * w)
    };
    let term = |(i, &t): (usize, &S)| {
        let y = c * at(t) + (w * t).sin();
        y.powi(2).scale(1.0 + i as f64) + t * at(t)
    };
    let sines = ((w * t0).cos() - (w * t1).cos()) / w;
    let integral = c * (at(t1) - x0 - sines) / a + sines;
    x[6..].iter().enumerate().map(term).sum::<S>() + integral + k * w
}

#[test]
fn a_linear_one_in_closed_form() {
    let model = || WithMass::new(Driven, Mass::diagonal([2.0, 0.0])).unwrap();
    let x = [1.3, 0.9, 0.4, 1.7, 0.2, 1.9, 0.2, 0.7, 1.1, 1.9];
    let (loss, exact) = differentiated(x, driven);
    // The algebraic part of the initial state is a guess.
    let problem = OdeProblem::new(model(), vec![x[0], 0.0], &x[1..4], (x[4], x[5])).unwrap();
    // By the guess: nothing.
    let expected = [&exact[..1], &[0.0], &exact[1..]].concat();
    let check = |found: Found, what: &str, tol: f64| {
        for (name, gradient) in found {
            let gradient = gradient.unwrap_or_else(|why| panic!("{what}, {name}: {why}"));
            assert!((gradient.loss - loss).abs() < 0.1 * tol * loss.abs(), "{what}, {name}");
            close(&all_of(&gradient), &expected, tol, &format!("{what}, {name}"));
            assert_eq!(gradient.u0[1], 0.0, "{what}, {name}");
        }
    };
    let options = tight(&x[6..]);
    check(gradients(&problem, Rodas5P, &options, &OfBoth), "Rodas5P", 1e-6);
    check(gradients(&problem, RadauIIA5, &options, &OfBoth), "RadauIIA5", 1e-6);
    // Backwards in time.
    let back = [1.3, 0.9, 0.4, 1.7, 1.9, 0.2, 1.1, 0.7];
    let (_, exact) = differentiated(back, driven);
    let problem = OdeProblem::new(model(), vec![1.3, 0.0], &back[1..4], (1.9, 0.2)).unwrap();
    let expected = [&exact[..1], &[0.0], &exact[1..]].concat();
    for (name, gradient) in gradients(&problem, Rodas5P, &tight(&back[6..]), &OfBoth) {
        close(&all_of(&gradient.unwrap()), &expected, 1e-6, name);
    }
}

system::system! {
    /// `x = a - b` decays, `s = a + b = c x² cos t`: no row and no column of the mass matrix is zero.
    struct Mixed;
    state { a, b }
    params { k, c }
    rhs(t) {
        let (x, s) = (a - b, a + b);
        let left = s - c * x * x * t.cos();
        d(a) = -k * x + left;
        d(b) = k * x + left;
    }
}

#[test]
fn a_mass_matrix_that_is_not_diagonal() {
    struct Ends;
    impl Loss for Ends {
        fn at<S: Scalar>(&self, _i: usize, t: S, u: &[S], _p: &[S]) -> S {
            u[0] * u[0] + t * u[1]
        }
    }
    let mass = Mass::dense(&[[1.0, -1.0], [-1.0, 1.0]]).unwrap();
    let x = [1.1, 0.3, 0.6, 1.4, 0.0, 0.5, 1.2];
    let (loss, exact) = differentiated(x, |x| {
        let at = |t: Dual<f64, 7>| {
            let moved = (x[0] - x[1]) * (-x[2] * (t - x[4])).exp();
            let sum = x[3] * moved * moved * t.cos();
            ((sum + moved).scale(0.5), (sum - moved).scale(0.5))
        };
        let term = |&t| {
            let (a, b) = at(t);
            a * a + t * b
        };
        x[5..].iter().map(term).sum()
    });
    let model = WithMass::new(Mixed, mass).unwrap();
    let problem = OdeProblem::new(model, vec![x[0], x[1]], &x[2..4], (0.0, 1.2)).unwrap();
    let expected = [&exact[..5], &[0.0], &exact[5..]].concat();
    for (name, gradient) in gradients(&problem, Rodas5P, &tight(&x[5..]), &Ends) {
        let gradient = gradient.unwrap();
        assert!((gradient.loss - loss).abs() < 1e-7, "{name}");
        close(&all_of(&gradient), &expected, 1e-6, name);
    }
}

system::system! {
    /// The algebraic equation jumps at `t = 1`.
    struct Switched;
    state { x, y }
    params { c }
    rhs(t) {
        d(x) = -y;
        d(y) = 1.0.select_lt(t, 2.0 * c, c) * x - y;
    }
}

/// A save time on a declared stop sees what is before it; algebraic variables jump behind it.
#[test]
fn algebraic_equations_that_jump() {
    struct Y;
    impl Loss for Y {
        fn at<S: Scalar>(&self, i: usize, _t: S, u: &[S], _p: &[S]) -> S {
            u[1].scale(1.0 + i as f64)
        }
    }
    let (x0, c): (f64, f64) = (1.5, 0.8);
    let (loss, exact) = differentiated([x0, c], |x| {
        let first = x[0] * (-x[1]).exp();
        x[1] * first + (x[1] * first * (-x[1]).exp()).scale(4.0)
    });
    let model = WithMass::new(Switched, Mass::diagonal([1.0, 0.0])).unwrap();
    let problem = OdeProblem::new(model, vec![x0, c * x0], [c], (0.0, 1.5)).unwrap();
    let options = Options { stops: vec![1.0], ..tight(&[1.0, 1.5]) };
    for (name, gradient) in gradients(&problem, Rodas5P, &options, &Y) {
        let gradient = gradient.unwrap();
        assert!((gradient.loss - loss).abs() < 1e-7, "{name}: {} {loss}", gradient.loss);
        close(&[gradient.u0[0], gradient.p[0]], &exact, 1e-6, name);
        // y = c x falls by c y before the stop.
        let slope = -c * c * x0 * (-c).exp();
        assert!((gradient.times[0] - slope).abs() < 1e-6, "{name}: {:?}", gradient.times);
    }
}

/// All states, and the smallest along the way.
struct Robust;

impl Loss for Robust {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u[0] + u[1].scale(1e4) + u[2] * u[2]
    }
    fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        u[1].scale(1e3) + u[2].scale(0.01)
    }
}

/// With the third equation in place of its conservation law, the same gradient comes by other equations.
#[test]
fn robertson_agrees_with_itself_without_a_mass_matrix() {
    let rates = [0.04, 3e7, 1e4];
    let span = (0.0, 40.0);
    let options = |rtol: f64| Options { rtol, atol: 1e-6 * rtol, ..tight(&[1.0, 10.0, 40.0]) };
    let plain = OdeProblem::new(Robertson, vec![1.0, 0.0, 0.0], rates, span).unwrap();
    let exact = ForwardSensitivity.gradient(&plain, RadauIIA5, &options(1e-11), &Robust).unwrap();
    let scaled = |p: &[f64]| -> Vec<f64> { p.iter().zip(rates).map(|(g, p)| g * p).collect() };
    // y3 = 1 - y1 - y2.
    let by_u0 = [exact.u0[0] - exact.u0[2], exact.u0[1] - exact.u0[2], 0.0];
    let expected = [&by_u0[..], &scaled(&exact.p)].concat();
    let model = WithMass::new(RobertsonDae, Mass::diagonal([1.0, 1.0, 0.0])).unwrap();
    let dae = OdeProblem::new(model, vec![1.0, 0.0, 0.0], rates, span).unwrap();
    let check = |found: Found, what: &str| {
        for (name, gradient) in found {
            let gradient = gradient.unwrap_or_else(|why| panic!("{what}, {name}: {why}"));
            let found = [&gradient.u0[..], &scaled(&gradient.p)].concat();
            for (i, (f, e)) in found.iter().zip(&expected).enumerate() {
                assert!((f - e).abs() <= 1e-6 * e.abs(), "{what}, {name}[{i}]: {f} vs {e}");
            }
        }
    };
    check(gradients(&dae, Rodas5P, &options(1e-9), &Robust), "Rodas5P");
    check(gradients(&dae, RadauIIA5, &options(1e-9), &Robust), "RadauIIA5");
}

/// Nine parameters, in the algebraic equation too; against duals.
#[test]
fn akzo_nobel() {
    struct Mix;
    impl Loss for Mix {
        fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
            u[5].scale(10.0) + u[0] * u[3] + u[1]
        }
        fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
            u[5]
        }
    }
    let p = [18.7, 0.58, 0.09, 0.42, 34.4, 3.3, 115.83, 0.9, 737.0];
    let u0 = vec![0.444, 0.00123, 0.0, 0.007, 0.0, 0.3599];
    let mass = Mass::diagonal([1.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
    let model = WithMass::new(ChemicalAkzoNobel, mass).unwrap();
    let problem = OdeProblem::new(model, u0, p, (0.0, 180.0)).unwrap();
    let options = Options { atol: 1e-12, ..tight(&[20.0, 180.0]) };
    let found = gradients(&problem, Rodas5P, &options, &Mix);
    let scaled = |gradient: &Gradient| -> Vec<f64> {
        let by_p = gradient.p.iter().zip(p).map(|(g, p)| g * p);
        gradient.u0.iter().copied().chain(by_p).collect()
    };
    let expected = scaled(found[0].1.as_ref().unwrap());
    for (name, gradient) in &found[1..] {
        close(&scaled(gradient.as_ref().unwrap()), &expected, 1e-6, name);
    }
}

/// A mass matrix of rank 5 of 8, without a zero row; against duals.
#[test]
fn transistor_amplifier() {
    struct Output;
    impl Loss for Output {
        fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
            u[7] + u[3].scale(0.1)
        }
    }
    let model = WithMass::new(TransistorAmplifier, TransistorAmplifier::mass().unwrap()).unwrap();
    let u0 = TransistorAmplifier::U0.to_vec();
    let problem = OdeProblem::new(model, u0, [], (0.0, 0.01)).unwrap();
    let options = Options { rtol: 1e-8, atol: 1e-10, ..tight(&[0.005, 0.01]) };
    let found = gradients(&problem, Rodas5P, &options, &Output);
    let expected = &found[0].1.as_ref().unwrap().u0;
    for (name, gradient) in &found[1..] {
        close(&gradient.as_ref().unwrap().u0, expected, 1e-6, name);
    }
}

system::system! {
    /// `x' = y` with `x` prescribed: index 2.
    struct Prescribed;
    state { x, y }
    params { c }
    rhs(t) {
        d(x) = y;
        d(y) = x - c * t;
    }
}

#[test]
fn refusals() {
    let model = WithMass::new(Prescribed, Mass::diagonal([1.0, 0.0])).unwrap();
    let problem = OdeProblem::new(model, vec![0.0, 1.0], [1.0], (0.0, 1.0)).unwrap();
    let options = Options { save: Save::Last, ..Options::default() };
    for (name, gradient) in gradients(&problem, Rodas5P, &options, &Second) {
        let error = gradient.unwrap_err();
        let ErrorKind::Solve(why) = error.kind() else { panic!("{name}: {error}") };
        assert!(matches!(why.kind(), SolveErrorKind::HigherIndex { .. }), "{name}: {error}");
    }
    let model = WithMass::new(Driven, Mass::diagonal([2.0, 0.0])).unwrap();
    let problem = OdeProblem::new(model, vec![1.0, 0.0], [1.0; 3], (0.0, 1.0)).unwrap();
    for (name, gradient) in gradients(&problem, Tsit5, &options, &OfBoth) {
        let error = gradient.unwrap_err();
        let ErrorKind::Solve(why) = error.kind() else { panic!("{name}: {error}") };
        assert!(matches!(why.kind(), SolveErrorKind::MassMatrix { .. }), "{name}: {error}");
        assert!(error.to_string().contains("Rodas5P"), "{name}: {error}");
    }
}

struct Second;

impl Loss for Second {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u[1]
    }
}
