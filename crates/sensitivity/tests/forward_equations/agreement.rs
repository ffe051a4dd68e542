//! Against duals, on everything that a gradient has.

use crate::close;
use crate::losses::Losses;
use crate::models::Model;
use ode_core::{Domain, Norm, OdeProblem, Options, Save, Vern7, solve};
use ode_stiff::{Bdf, Rodas5P};
use sensitivity::{
    Corrector, DiscreteAdjoint, ForwardEquations, ForwardSensitivity, Gradient, StepControl,
};

fn all_of(gradient: &Gradient) -> Vec<f64> {
    let rest = [gradient.loss, gradient.t0, gradient.t1];
    [&gradient.u0[..], &gradient.p, &gradient.times, &rest].concat()
}

#[test]
fn lotka_volterra() {
    let problem =
        OdeProblem::new(Model::LotkaVolterra, [1.0, 1.0], [1.5, 1.0, 3.0, 1.0], (0.0, 2.0))
            .unwrap();
    let save = Save::At(vec![0.0, 0.3, 1.1, 2.0]);
    let options = Options { rtol: 1e-11, atol: 1e-11, save, ..Options::default() };
    let exact = ForwardSensitivity.gradient(&problem, Vern7, &options, &Losses::Tangled).unwrap();
    for control in [StepControl::Sensitivity, StepControl::State] {
        let how = ForwardEquations { control, ..ForwardEquations::default() };
        let found = how.gradient(&problem, Vern7, &options, &Losses::Tangled).unwrap();
        close(&all_of(&found), &all_of(&exact), 1e-9, "Vern7");
        assert_eq!(found.report.algorithm, "forward sensitivity equations");
        let found = how.gradient(&problem, Rodas5P, &options, &Losses::Tangled).unwrap();
        close(&all_of(&found), &all_of(&exact), 1e-8, "Rodas5P");
    }
    let how = ForwardEquations { corrector: Corrector::Staggered, ..ForwardEquations::default() };
    let found = how.gradient(&problem, Bdf::default(), &options, &Losses::Tangled).unwrap();
    close(&all_of(&found), &all_of(&exact), 1e-7, "Bdf");
    assert_eq!(found.report.algorithm, "forward sensitivity equations, staggered");
    let how = ForwardEquations { corrector: Corrector::Simultaneous, ..how };
    let found = how.gradient(&problem, Bdf::default(), &options, &Losses::Tangled).unwrap();
    close(&all_of(&found), &all_of(&exact), 1e-7, "Bdf");
    assert_eq!(found.report.algorithm, "forward sensitivity equations");
}

/// Backwards in time, and with everything that options may say of single components.
#[test]
fn options_of_components() {
    let p = [1.5, 1.0, 3.0, 1.0];
    let problem = OdeProblem::new(Model::LotkaVolterra, [1.0, 1.0], p, (2.0, 0.5)).unwrap();
    let save = Save::At(vec![1.1, 0.5]);
    let options = Options { rtol: 1e-11, atol: 1e-11, save, ..Options::default() };
    let exact = ForwardSensitivity.gradient(&problem, Vern7, &options, &Losses::Tangled).unwrap();
    let each = Options {
        rtol_each: vec![1e-10, 1e-11],
        atol_each: vec![1e-11, 1e-10],
        domain: Domain::NonNegative,
        norm: Norm::Max,
        ..options.clone()
    };
    let own = Options { norm: Norm::custom(|x| x[0].max(x[1])), ..each.clone() };
    let within = Options { domain: Domain::Within(vec![(0.0, 10.0); 2]), ..options.clone() };
    for options in [options, each, own, within] {
        let found =
            ForwardEquations::default().gradient(&problem, Vern7, &options, &Losses::Tangled);
        close(&all_of(&found.unwrap()), &all_of(&exact), 1e-8, "Vern7");
    }
}

/// The state is constant: who looks at it alone takes steps that see nothing of its derivatives.
#[test]
fn error_control_sees_the_tangents() {
    let switched = Model::TimeSwitched;
    let problem = OdeProblem::new(switched, [1.0, 1.0], [1.0; 4], (0.0, 4.0)).unwrap();
    let times = (0..=40).map(|i| f64::from(i) * 0.1).collect();
    let stops = vec![1.0, 2.0, 3.0];
    let options =
        Options { rtol: 1e-9, atol: 1e-9, save: Save::At(times), stops, ..Options::default() };
    let exact = [37.607_133_322, 35.924_588_944, 19.601_050_931, 3.644_304_852];
    let how = ForwardEquations::default();
    let found = how.gradient(&problem, Vern7, &options, &Losses::Sum).unwrap();
    close(&found.p, &exact, 1e-7, "Vern7");
    let found = how.gradient(&problem, Rodas5P, &options, &Losses::Sum).unwrap();
    close(&found.p, &exact, 1e-7, "Rodas5P");
    for corrector in [Corrector::Staggered, Corrector::Simultaneous] {
        let how = ForwardEquations { corrector, ..how };
        let found = how.gradient(&problem, Bdf::default(), &options, &Losses::Sum).unwrap();
        close(&found.p, &exact, 1e-6, "Bdf");
    }
    let blind = ForwardEquations { control: StepControl::State, ..how };
    let blind = blind.gradient(&problem, Vern7, &options, &Losses::Sum).unwrap();
    assert!(blind.report.steps < found.report.steps);
}

#[test]
fn a_thousand_parameters() {
    let p: Vec<f64> = (0..1000).map(|i| 1e-3 * f64::from(i % 7)).collect();
    let driven = Model::Driven { weights: 1000 };
    let problem = OdeProblem::new(driven, [1.0, 0.0], p, (0.0, 2.0)).unwrap();
    let save = Save::At(vec![0.7, 2.0]);
    let options = Options { rtol: 1e-9, atol: 1e-9, save, ..Options::default() };
    let exact =
        DiscreteAdjoint::default().gradient(&problem, Vern7, &options, &Losses::Sum).unwrap();
    let found =
        ForwardEquations::default().gradient(&problem, Vern7, &options, &Losses::Sum).unwrap();
    close(&all_of(&found), &all_of(&exact), 1e-7, "Vern7");
}

#[test]
fn no_parameters() {
    let problem =
        OdeProblem::new(Model::Driven { weights: 0 }, [1.0, 0.0], [], (0.0, 2.0)).unwrap();
    let options = Options { rtol: 1e-9, save: Save::Last, ..Options::default() };
    let exact =
        DiscreteAdjoint::default().gradient(&problem, Vern7, &options, &Losses::Sum).unwrap();
    let how = ForwardEquations::default();
    let found = how.gradient(&problem, Rodas5P, &options, &Losses::Sum).unwrap();
    close(&all_of(&found), &all_of(&exact), 1e-6, "Rodas5P");
    assert!(found.p.is_empty());
    // The same state as without tangents.
    let plain = solve(&problem, Rodas5P, &options).unwrap();
    assert!((found.loss - plain.last()[0] - plain.last()[1]).abs() < 1e-7);
}
