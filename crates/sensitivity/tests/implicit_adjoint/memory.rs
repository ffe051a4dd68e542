//! Within a bounded memory, and without allocations in steps.

use crate::models::{Tangled, Zoo};
use ode_core::{OdeProblem, Options, Save, StepSize};
use ode_stiff::{KenCarp4, RadauIIA5, Rodas5P};
use sensitivity::{DiscreteAdjoint, DiscreteMethod, ErrorKind, Gradient, Memory};

fn all_of(gradient: &Gradient) -> Vec<f64> {
    let rest = [gradient.loss, gradient.t0, gradient.t1];
    [&gradient.u0[..], &gradient.p, &gradient.times, &rest].concat()
}

fn same_whatever_the_memory<M: DiscreteMethod<Zoo, Tangled, Vec<f64>>>(method: M) {
    let problem =
        OdeProblem::new(Zoo::Own, vec![0.7, -0.3, 0.4], [0.9, 1.3, 0.4], (0.0, 2.0)).unwrap();
    let save = Save::At((0..=10).map(|i| f64::from(i) * 0.2).collect());
    let stops = vec![0.77];
    let options = Options { rtol: 1e-9, atol: 1e-9, save, stops, ..Options::default() };
    let gradient = |memory| {
        let adjoint = DiscreteAdjoint { memory, ..DiscreteAdjoint::default() };
        adjoint.gradient(&problem, method.clone(), &options, &Tangled::BOTH)
    };
    let expected = gradient(Memory::All).unwrap();
    assert!(expected.report.steps > 40 && expected.report.replayed == 0, "{}", expected.report);
    // Half of it is for steps, a bookmark is as large as several.
    let budget = expected.report.bytes * 2 / 3;
    let found = gradient(Memory::Bytes(budget)).unwrap();
    for (f, e) in all_of(&found).iter().zip(all_of(&expected)) {
        assert!((f - e).abs() <= 1e-12 * e.abs(), "{f} {e}\n{}", found.report);
    }
    assert_eq!((found.stats, found.report.steps), (expected.stats, expected.report.steps));
    assert!(found.report.replayed > 0 && found.report.bytes <= budget, "{}", found.report);
    let error = gradient(Memory::Bytes(100)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Memory { budget: 100, .. }), "{error}");
}

#[test]
fn the_same_gradient_whatever_the_memory() {
    same_whatever_the_memory(Rodas5P);
    same_whatever_the_memory(KenCarp4);
    same_whatever_the_memory(RadauIIA5);
}

fn allocations<M: DiscreteMethod<Zoo, Tangled, Vec<f64>>>(method: M, model: Zoo, dt: f64) -> u64 {
    let n = if let Zoo::Ring(n) = model { n } else { 3 };
    let u0: Vec<f64> = (0..n).map(|i| 0.5 + 0.1 * i as f64).collect();
    let problem = OdeProblem::new(model, u0, [0.2, 1.3, 0.4], (0.0, 1.0)).unwrap();
    let step = StepSize::Fixed(dt);
    let options = Options { step, save: Save::Last, ..Options::default() };
    let mut found = None;
    let info = allocation_counter::measure(|| {
        let adjoint = DiscreteAdjoint::default();
        found = Some(adjoint.gradient(&problem, method, &options, &Tangled::BOTH));
    });
    assert!(found.is_some_and(|found| found.is_ok()));
    info.count_total
}

/// More steps only double what holds the states.
#[test]
fn steps_do_not_allocate() {
    for model in [Zoo::Own, Zoo::Recorded, Zoo::Ring(14)] {
        let grown = |few: u64, many: u64| assert!(many <= few + 12, "{model:?}: {few}, {many}");
        grown(allocations(Rodas5P, model, 0.01), allocations(Rodas5P, model, 0.00125));
        grown(allocations(KenCarp4, model, 0.01), allocations(KenCarp4, model, 0.00125));
    }
}
