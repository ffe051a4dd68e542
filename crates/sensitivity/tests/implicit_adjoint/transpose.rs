//! With the same fixed steps, duals and adjoint differentiate the very same numbers.

use crate::models::{Tangled, Zoo};
use crate::{close, flat};
use ode_core::{Algorithm, OdeProblem, Options, Save, StepSize};
use ode_stiff::{
    GaussLegendre4, GaussLegendre6, ImplicitEuler, ImplicitMidpoint, KenCarp3, KenCarp4, KenCarp5,
    Kvaerno3, Kvaerno4, Kvaerno5, RadauIIA5, Rodas4, Rodas4P, Rodas5P, Ros3P, Rosenbrock23, TrBdf2,
    Trapezoid,
};
use scalar::Dual;
use sensitivity::{
    Augmented, DiscreteAdjoint, DiscreteMethod, ForwardSensitivity, Gradient, StepControl,
};

fn start(model: Zoo) -> Vec<f64> {
    match model {
        Zoo::Ring(n) => (0..n).map(|i| 1.0 + 0.5 * (i as f64).sin()).collect(),
        _ => vec![0.7, -0.3, 0.4],
    }
}

/// All derivatives: those by times are products of these with `f`, in which digits cancel.
fn all_of(gradient: &Gradient) -> Vec<f64> {
    [flat(gradient), gradient.times.clone(), vec![gradient.t0, gradient.t1]].concat()
}

const FORTH: (f64, f64) = (0.2, 1.2);
const BACK: (f64, f64) = (1.2, 0.2);

/// How steps are taken.
#[derive(Clone, Copy)]
struct How<'a> {
    dt: f64,
    rtol: f64,
    spans: &'a [(f64, f64)],
    stops: &'a [f64],
}

/// Both ways in time; save times on the start, inside of steps, at a declared stop, on the end.
fn check<M>(method: M, models: &[Zoo], tol: f64)
where
    M: DiscreteMethod<Zoo, Tangled, Vec<f64>>
        + for<'a> Algorithm<&'a Augmented<'a, Zoo, Tangled>, Vec<Dual<f64, 8>>>,
{
    let how = How { dt: 0.1, rtol: 1e-12, spans: &[FORTH, BACK], stops: &[0.7, 0.845] };
    check_with(method, models, how, tol);
}

fn check_with<M>(method: M, models: &[Zoo], how: How<'_>, tol: f64)
where
    M: DiscreteMethod<Zoo, Tangled, Vec<f64>>
        + for<'a> Algorithm<&'a Augmented<'a, Zoo, Tangled>, Vec<Dual<f64, 8>>>,
{
    let How { dt, rtol, spans, stops } = how;
    for &model in models {
        for &tspan in spans {
            let mut times = vec![0.2, 0.33, 0.7, 0.97, 1.2];
            if tspan.0 > tspan.1 {
                times.reverse();
            }
            let options = Options {
                step: StepSize::Fixed(dt),
                save: Save::At(times),
                stops: stops.to_vec(),
                rtol,
                atol: rtol,
                ..Options::default()
            };
            let problem = OdeProblem::new(model, start(model), [0.9, 1.3, 0.4], tspan).unwrap();
            for loss in [Tangled::POINTS, Tangled::BOTH] {
                let forward =
                    ForwardSensitivity.gradient(&problem, method.clone(), &options, &loss).unwrap();
                for control in [StepControl::State, StepControl::Sensitivity] {
                    let adjoint = DiscreteAdjoint { control, ..DiscreteAdjoint::default() }
                        .gradient(&problem, method.clone(), &options, &loss)
                        .unwrap();
                    let what = format!("{} {model:?} {loss:?} {tspan:?}", forward.report.algorithm);
                    close(&all_of(&adjoint), &all_of(&forward), tol, &what);
                    close(&[adjoint.loss], &[forward.loss], tol, "the loss");
                }
            }
        }
    }
}

const ALL: [Zoo; 4] = [Zoo::Own, Zoo::Recorded, Zoo::Unknown, Zoo::Ring(14)];

#[test]
fn rosenbrock_methods() {
    check(Rosenbrock23, &ALL, 1e-12);
    check(Ros3P, &ALL[..2], 1e-12);
    check(Rodas4, &ALL[..2], 1e-12);
    check(Rodas4P, &ALL[..2], 1e-12);
    check(Rodas5P, &ALL, 1e-12);
}

/// To what Newton's iteration leaves at the tightest tolerance that rounding lets it reach.
#[test]
fn diagonally_implicit_methods() {
    let at = How { dt: 0.02, rtol: 1e-12, spans: &[FORTH, BACK], stops: &[0.7, 0.845] };
    check_with(ImplicitEuler, &ALL[..2], at, 1e-10);
    check_with(Trapezoid, &ALL[..2], at, 1e-10);
    check_with(TrBdf2, &ALL, at, 1e-10);
    check_with(Kvaerno3, &ALL[..1], at, 1e-10);
    check_with(Kvaerno4, &ALL[..1], at, 1e-10);
    check_with(Kvaerno5, &ALL[..2], at, 1e-10);
    check_with(KenCarp3, &ALL[..1], at, 1e-10);
    // Backward in time rounding ends the iterations of these before that.
    let at = How { spans: &[FORTH], ..at };
    check_with(KenCarp4, &ALL, at, 1e-10);
    check_with(KenCarp5, &ALL[..1], at, 1e-10);
}

/// Steps end at the save times.
#[test]
fn collocation_methods() {
    let stops = &[0.33, 0.7, 0.845, 0.97];
    let at = How { dt: 0.02, rtol: 1e-12, spans: &[FORTH, BACK], stops };
    check_with(RadauIIA5, &ALL, at, 1e-11);
    check_with(GaussLegendre4, &ALL[..1], at, 1e-11);
    check_with(GaussLegendre6, &ALL[..2], at, 1e-11);
    check_with(ImplicitMidpoint, &ALL[..1], at, 1e-11);
}
