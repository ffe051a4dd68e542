//! Differential–algebraic problems of index 1 with their solutions.

use crate::model::{Model, with_mass};
use ode_core::{OdeProblem, Options};
use system::{Mass, Rhs};
use testset::ErasedProblem;
use testset::models::{ChargePumpIndex1, PENDULUM_MASS, PendulumIndex1, TransistorAmplifier};

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) problem: OdeProblem<Model>,
    /// Times and states.
    pub(crate) points: Vec<(f64, Vec<f64>)>,
    /// The size of each state.
    pub(crate) scale: Vec<f64>,
    pub(crate) stops: Vec<f64>,
    /// Sums of equations that are algebraic.
    pub(crate) equations: Vec<Vec<usize>>,
}

impl Case {
    /// `atol = rtol / 100` of the size of each state.
    pub(crate) fn options(&self, rtol: f64) -> Options {
        Options {
            rtol,
            atol_each: self.scale.iter().map(|scale| 0.01 * rtol * scale).collect(),
            stops: self.stops.clone(),
            max_steps: 1_000_000,
            ..Options::default()
        }
    }

    /// The largest error at a listed time, relative to the size of each state.
    pub(crate) fn error(&self, k: usize, u: &[f64]) -> f64 {
        let errors = u.iter().zip(&self.points[k].1).zip(&self.scale);
        errors.map(|((u, exact), scale)| (u - exact).abs() / scale).fold(0.0, f64::max)
    }

    /// The largest residual of an algebraic equation.
    pub(crate) fn residual(&self, t: f64, u: &[f64]) -> f64 {
        let mut f = vec![0.0; u.len()];
        self.problem.rhs().eval(t, u, self.problem.p(), &mut f).unwrap();
        let sum = |rows: &Vec<usize>| rows.iter().map(|&i| f[i]).sum::<f64>().abs();
        self.equations.iter().map(sum).fold(0.0, f64::max)
    }
}

fn listed(problem: ErasedProblem) -> Case {
    let ErasedProblem { model, reference, .. } = problem;
    let mass = model.mass().unwrap();
    let algebraic = (0..mass.size()).filter(|&i| mass.is_algebraic(i));
    Case {
        equations: algebraic.map(|i| vec![i]).collect(),
        points: reference.points.iter().map(|point| (point.t, point.u.clone())).collect(),
        scale: reference.scale(),
        stops: reference.points.iter().skip(1).map(|point| point.t).collect(),
        problem: OdeProblem::new(model, reference.u0, reference.p, reference.tspan).unwrap(),
        name: reference.name,
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let listed_ones = ErasedProblem::differential_algebraic().unwrap();
    let mut cases: Vec<Case> = listed_ones.into_iter().map(listed).collect();

    let u0 = TransistorAmplifier::U0.to_vec();
    let model = with_mass(TransistorAmplifier, TransistorAmplifier::mass().unwrap());
    cases.push(Case {
        name: "transistor amplifier".into(),
        problem: OdeProblem::new(model, u0.clone(), [], (0.0, 0.2)).unwrap(),
        points: vec![(0.0, u0), (0.2, TransistorAmplifier::AT_END.to_vec())],
        scale: vec![0.1, 3.0, 3.0, 6.0, 3.0, 3.0, 6.0, 3.0],
        stops: vec![],
        equations: vec![vec![0, 1], vec![3, 4], vec![6, 7]],
    });

    let g = 9.81;
    let at = |t: f64| (t, PendulumIndex1::exact(t, g).to_vec());
    let model = with_mass(PendulumIndex1, Mass::diagonal(PENDULUM_MASS));
    cases.push(Case {
        name: "pendulum".into(),
        problem: OdeProblem::new(model, at(0.0).1, [g], (0.0, 2.0)).unwrap(),
        points: [0.0, 0.5, 1.0, 2.0].map(at).to_vec(),
        scale: vec![1.0, 1.0, 4.5, 4.5, 30.0],
        stops: vec![0.5, 1.0],
        equations: vec![vec![4]],
    });

    for (name, width) in [("charge pump", 0.05), ("charge pump, sharp", 0.0)] {
        let at = |t: f64| (t, ChargePumpIndex1::exact(t, width).to_vec());
        let model = with_mass(ChargePumpIndex1, ChargePumpIndex1::mass().unwrap());
        let period = |k: usize| [50.0, 60.0, 110.0, 120.0].map(|t| t + 120.0 * k as f64);
        let stops: Vec<f64> = (0..10).flat_map(period).filter(|&t| t < 1200.0).collect();
        cases.push(Case {
            name: name.into(),
            problem: OdeProblem::new(model, at(0.0).1, [width], (0.0, 1200.0)).unwrap(),
            points: [0.0, 60.0, 110.0, 230.0, 1200.0].map(at).to_vec(),
            scale: vec![50.0, 10.0, 10.0, 10.0, 10.0, 20.0, 10.0, 20.0],
            stops,
            equations: (2..8).map(|i| vec![i]).collect(),
        });
    }
    cases
}
