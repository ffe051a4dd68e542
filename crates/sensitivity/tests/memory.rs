//! The discrete adjoint within a bounded memory.

use ode_core::{OdeProblem, Options, Save, StepSize, Tsit5, Vern7};
use scalar::Scalar;
use sensitivity::{DiscreteAdjoint, ErrorKind, Gradient, Loss, Memory, StepControl};
use system::System;
use testset::models::Lorenz63;

struct Mixed;

impl Loss for Mixed {
    fn at<S: Scalar>(&self, _i: usize, t: S, u: &[S], p: &[S]) -> S {
        (u[0] * t + p[0]).sin()
    }
    fn running<S: Scalar>(&self, t: S, u: &[S], _p: &[S]) -> S {
        t.cos() * u[1] * u[1]
    }
}

fn all_of(gradient: &Gradient) -> Vec<f64> {
    let rest = [gradient.loss, gradient.t0, gradient.t1];
    [&gradient.u0[..], &gradient.p, &gradient.times, &rest].concat()
}

fn same(found: &Gradient, expected: &Gradient) {
    for (f, e) in all_of(found).iter().zip(all_of(expected)) {
        assert!((f - e).abs() <= 1e-12 * e.abs(), "{f} {e}\n{}", found.report);
    }
    assert_eq!(found.stats, expected.stats);
    assert_eq!(found.report.steps, expected.report.steps);
}

/// A chaotic problem, whose gradient would show a difference in the last bit; adaptive steps, save times
/// on the start, inside of steps and on the end, a declared stop, a running term.
#[test]
fn the_same_gradient_whatever_the_memory() {
    let p = [10.0, 28.0, 8.0 / 3.0];
    let problem = OdeProblem::new(Lorenz63, [1.0, 2.0, 3.0], p, (0.0, 12.0)).unwrap();
    let times = (0..=24).map(|i| f64::from(i) * 0.5).collect();
    let (save, stops) = (Save::At(times), vec![3.3]);
    let options = Options { rtol: 1e-8, atol: 1e-8, save, stops, ..Options::default() };
    for control in [StepControl::Sensitivity, StepControl::State] {
        let gradient = |memory| {
            DiscreteAdjoint { control, memory }.gradient(&problem, Tsit5, &options, &Mixed)
        };
        let expected = gradient(Memory::All).unwrap();
        let steps = expected.report.steps;
        assert!(steps > 500 && expected.report.replayed == 0, "{}", expected.report);
        let all = expected.report.bytes;
        let mut last = usize::MAX;
        for (bytes, most) in [(3_000, 12.0), (6_000, 4.0), (30_000, 1.0), (4 * all, 0.0)] {
            let found = gradient(Memory::Bytes(bytes)).unwrap();
            same(&found, &expected);
            let report = &found.report;
            assert!(report.bytes <= bytes, "{bytes}: {report}");
            assert!(report.replayed as f64 <= most * steps as f64, "{bytes}: {report}");
            assert!(report.replayed < last, "{bytes}: {report}");
            last = report.replayed;
        }
        // Too little for anything: what is needed is enough.
        let error = gradient(Memory::Bytes(100)).unwrap_err();
        let ErrorKind::Memory { budget: 100, needed } = *error.kind() else { panic!("{error}") };
        assert!(error.to_string().contains("Memory::All"), "{error}");
        let mut needed = needed;
        let found = loop {
            match gradient(Memory::Bytes(needed)) {
                Ok(found) => break found,
                Err(error) => match *error.kind() {
                    ErrorKind::Memory { needed: more, .. } if more > needed => needed = more,
                    _ => panic!("{error}"),
                },
            }
        };
        assert!(needed < 2_000, "{needed}");
        same(&found, &expected);
        assert!(found.report.bytes <= needed, "{}", found.report);
    }
}

/// More save times than fit: the states there are computed again, too.
#[test]
fn many_save_times() {
    let problem = OdeProblem::new(Lorenz63, [1.0, 2.0, 3.0], [1.0, 2.8, 0.5], (0.0, 5.0)).unwrap();
    let times = (0..=2000).map(|i| f64::from(i) * 0.0025).collect();
    let options = Options { rtol: 1e-9, save: Save::At(times), ..Options::default() };
    let gradient = |memory| {
        let adjoint = DiscreteAdjoint { memory, ..DiscreteAdjoint::default() };
        adjoint.gradient(&problem, Vern7, &options, &Mixed)
    };
    let expected = gradient(Memory::All).unwrap();
    let all = expected.report.bytes;
    let found = gradient(Memory::Bytes(all / 3)).unwrap();
    same(&found, &expected);
    assert!(found.report.bytes <= all / 3 && found.report.replayed > 0, "{}", found.report);
    // A single step with more save times than there is room for.
    let error = gradient(Memory::Bytes(2_000)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Memory { .. }), "{error}");
}

/// Cells in a ring, with diffusion and decay.
struct Ring {
    cells: usize,
}

impl System for Ring {
    fn dim(&self) -> usize {
        self.cells
    }
    fn num_params(&self) -> usize {
        2
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        for i in 0..self.cells {
            let (left, right) = (u[(i + self.cells - 1) % self.cells], u[(i + 1) % self.cells]);
            du[i] = p[0] * (left + right - u[i].scale(2.0)) - p[1] * u[i] * u[i];
        }
    }
}

/// What is reported is what the allocator sees.
#[test]
fn the_allocator_agrees() {
    let u0: Vec<f64> = (0..20).map(|i| 1.0 + 0.3 * f64::from(i).sin()).collect();
    let run = |steps: f64, memory| {
        let ring = Ring { cells: 20 };
        let problem = OdeProblem::new(ring, u0.clone(), [0.3, 0.1], (0.0, steps * 1e-3)).unwrap();
        let step = StepSize::Fixed(1e-3);
        let options = Options { step, save: Save::Last, ..Options::default() };
        let adjoint = DiscreteAdjoint { memory, ..DiscreteAdjoint::default() };
        let mut found = None;
        let info = allocation_counter::measure(|| {
            found = Some(adjoint.gradient(&problem, Tsit5, &options, &Mixed));
        });
        (found.unwrap().unwrap(), info.bytes_max as usize)
    };
    // What is there whatever is kept: stages, programs, tapes.
    let (_, least) = run(2.0, Memory::All);
    let (expected, all) = run(10_000.0, Memory::All);
    assert!(all > least + 10_000 * 20 * 8);
    let budget = 200_000;
    let (found, bytes) = run(10_000.0, Memory::Bytes(budget));
    same(&found, &expected);
    assert!(bytes <= least + budget, "{bytes} > {least} + {budget}");
    // Once each, but for those at hand at the end.
    let report = &found.report;
    assert!(report.replayed < 10_000 && report.bytes <= budget, "{report}");
}
