//! Singular mass matrices.

use crate::close;
use crate::losses::Losses;
use crate::models::Model;
use ode_core::{Algorithm, OdeProblem, Options, Save, Vern7};
use ode_stiff::{Bdf, KenCarp4, RadauIIA5, Rodas5P};
use scalar::Scalar;
use sensitivity::{
    Augmented, Corrector, ErrorKind, ForwardEquations, ForwardSensitivity, StateAndTangents,
};
use system::{Mass, WithMass};

/// The loss with all derivatives, by duals of the closed form: by x, y, k, c; by t0 and t1; by the save time.
fn exact(x0: f64, k: f64, c: f64, t1: f64) -> (f64, [f64; 4], f64, f64, f64) {
    use scalar::Dual;
    type D = Dual<f64, 5>;
    let [x, k, c, end, s]: [D; 5] =
        std::array::from_fn(|i| Dual::variable([x0, k, c, t1, t1][i], i));
    let state = |t: D| {
        let x = x * (-k * t).exp();
        (x, (c * x + t).sqrt())
    };
    let (xs, ys) = state(s);
    // ∫ c x + t
    let integral = c * x / k * (D::one() - (-k * end).exp()) + end * end.scale(0.5);
    let loss = ys * ys + ys * xs + integral;
    let [x, k, c, end, s] = loss.eps;
    // A start at another time: the solution as a function of the initial time, x(t) = x0 exp(-k (t - t0)).
    let by_t0 = {
        let t0 = Dual::<f64, 1>::variable(0.0, 0);
        let number = Dual::<f64, 1>::from_f64;
        let (x0, kk, cc, t) = (number(x0), number(K), number(C), number(t1));
        let x = x0 * (-kk * (t - t0)).exp();
        let y = (cc * x + t).sqrt();
        let integral =
            cc * x0 / kk * (number(1.0) - (-kk * (t - t0)).exp()) + (t * t - t0 * t0).scale(0.5);
        (y * y + y * x + integral).eps[0]
    };
    (loss.re, [x, 0.0, k, c], by_t0, end, s)
}

const K: f64 = 0.8;
const C: f64 = 2.0;

fn check<A>(method: A, corrector: Corrector, tol: f64)
where
    A: for<'a> Algorithm<StateAndTangents<Augmented<'a, Model, Losses>>, Vec<f64>>,
{
    let what = format!("{} {corrector:?}", method.name());
    let (x0, t1) = (1.5, 2.0);
    let dae = WithMass::new(Model::Root, Mass::diagonal([1.0, 0.0])).unwrap();
    let problem = OdeProblem::new(dae, [x0, (C * x0).sqrt()], [K, C], (0.0, t1)).unwrap();
    let options =
        Options { rtol: 1e-9, atol: 1e-9, save: Save::At(vec![t1]), ..Options::default() };
    let how = ForwardEquations { corrector, ..ForwardEquations::default() };
    let found = how.gradient_of_dae(&problem, method, &options, &Losses::Both).unwrap();
    let (loss, inputs, t0, t1, time) = exact(x0, K, C, t1);
    assert!((found.loss / loss - 1.0).abs() < tol, "{what}: {} {loss}", found.loss);
    close(&[&found.u0[..], &found.p].concat(), &inputs, tol, &what);
    close(&[found.t0, found.t1, found.times[0]], &[t0, t1, time], tol, &what);
}

#[test]
fn a_closed_form() {
    let (first, last) = (Corrector::Staggered, Corrector::Simultaneous);
    check(Rodas5P, first, 1e-7);
    check(RadauIIA5, first, 1e-7);
    check(KenCarp4, first, 1e-6);
    check(KenCarp4, last, 1e-6);
    check(Bdf::default(), first, 1e-6);
    check(Bdf::default(), last, 1e-6);
}

/// Robertson's reactions with the conservation of mass as an equation have the derivatives of those
/// without.
#[test]
fn robertson() {
    let p = [0.04, 3e7, 1e4];
    let times = vec![0.4, 40.0, 4e4];
    let tspan = (0.0, 4e4);
    let ode = OdeProblem::new(Model::Robertson, vec![1.0, 0.0, 0.0], p, tspan).unwrap();
    let mass = Mass::diagonal([1.0, 1.0, 0.0]);
    let dae = WithMass::new(Model::RobertsonDae, mass).unwrap();
    let dae = OdeProblem::new(dae, [1.0, 0.0, 0.0], p, tspan).unwrap();
    let options = Options { rtol: 1e-9, atol: 1e-15, save: Save::At(times), ..Options::default() };
    let exact = ForwardSensitivity.solve(&ode, RadauIIA5, &options).unwrap();
    let how = ForwardEquations::default();
    let all = [
        how.solve_dae(&dae, Rodas5P, &options).unwrap(),
        how.solve_dae(&dae, RadauIIA5, &options).unwrap(),
        how.solve_dae(&dae, KenCarp4, &options).unwrap(),
    ];
    for (which, found) in all.iter().enumerate() {
        for i in 0..3 {
            for k in 3..6 {
                let of = |s: &sensitivity::Sensitivities| {
                    (0..3).map(|j| s.derivative(i, j)[k]).collect::<Vec<_>>()
                };
                close(&of(found), &of(&exact), 1e-6, &format!("{which}, time {i}, input {k}"));
            }
            // What is added to the first is missing in the third: the total is a constant of the model.
            let sum: f64 = (0..3).map(|j| found.derivative(i, j)[0]).sum();
            assert!(sum.abs() < 1e-8, "{which} {i}: {sum}");
            // The third follows the others.
            assert!((0..3).all(|j| found.derivative(i, j)[2] == 0.0));
        }
    }
}

#[test]
fn refusals() {
    let options = Options { save: Save::Last, ..Options::default() };
    let dae = WithMass::new(Model::Root, Mass::diagonal([1.0, 0.0])).unwrap();
    let how = ForwardEquations::default();
    let problem = OdeProblem::new(dae, [1.5, 1.0], [K, C], (0.0, 1.0)).unwrap();
    let error = how.gradient_of_dae(&problem, Rodas5P, &options, &Losses::Both).unwrap_err();
    let ErrorKind::Solve(inner) = error.kind() else { panic!("{error}") };
    assert!(matches!(inner.kind(), ode_core::ErrorKind::Inconsistent { .. }), "{error}");

    let problem = problem.with_u0([1.5, 3f64.sqrt()]).unwrap();
    let error = how.gradient_of_dae(&problem, Vern7, &options, &Losses::Both).unwrap_err();
    let ErrorKind::Solve(inner) = error.kind() else { panic!("{error}") };
    assert!(matches!(inner.kind(), ode_core::ErrorKind::MassMatrix { .. }), "{error}");
}
