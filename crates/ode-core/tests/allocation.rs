//! A step allocates nothing, and memory is what the caller asked to keep.

mod method_matrix;

use allocation_counter::{AllocationInfo, measure};
use core::fmt::Debug;
use method_matrix::{Claim, Visitor, every};
use ode_core::{
    Dop853, ExplicitRk, Integrator, OdeProblem, Options, Progress, Save, StepSize, Tsit5, Vern9,
    solve,
};
use system::{Buffer, FromFn};
use testset::models::LotkaVolterra;

const P: [f64; 4] = [1.5, 1.0, 3.0, 1.0];

/// Accepted steps and allocations of a solve.
fn run<M, B>(method: M, u0: B, end: f64, save: Save, stops: Vec<f64>) -> (usize, AllocationInfo)
where
    M: ExplicitRk,
    B: Buffer<Item = f64>,
{
    let problem = OdeProblem::new(LotkaVolterra, u0, P, (0.0, end)).unwrap();
    let adaptive = !M::TABLEAU.e.is_empty();
    let step = if adaptive { StepSize::Auto } else { StepSize::Fixed(0.05) };
    let options = Options { step, save, stops, rtol: 1e-8, ..Options::default() };
    let mut accepted = 0;
    let info = measure(|| accepted = solve(&problem, method, &options).unwrap().stats().accepted);
    (accepted, info)
}

struct NoneWhileStepping;

impl Visitor for NoneWhileStepping {
    fn visit<M: ExplicitRk + Copy + Debug>(&mut self, method: M, _: Claim) {
        fn check<M: ExplicitRk + Copy, B: Buffer<Item = f64>>(method: M, u0: B) {
            let saves = [Save::Last, Save::At(vec![0.3, 1.0, 1.7, 2.0])];
            for (save, stops) in saves.into_iter().zip([vec![], vec![0.5, 1.5]]) {
                let (few, short) = run(method, u0.clone(), 2.0, save.clone(), stops.clone());
                let (many, long) = run(method, u0.clone(), 20.0, save, stops);
                assert!(many > 8 * few, "{}: {few}, {many}", M::NAME);
                assert!(short.count_total > 0);
                assert_eq!(short.count_total, long.count_total, "{}", M::NAME);
                assert_eq!(short.bytes_total, long.bytes_total, "{}", M::NAME);
                assert_eq!(short.bytes_max, long.bytes_max, "{}", M::NAME);
            }
        }
        check(method, [1.0; 2]);
        check(method, vec![1.0; 2]);
    }
}

#[test]
fn more_steps_need_no_more_memory() {
    every(&mut NoneWhileStepping);
}

struct NoneInAStep;

impl Visitor for NoneInAStep {
    fn visit<M: ExplicitRk + Copy + Debug>(&mut self, method: M, _: Claim) {
        let problem = OdeProblem::new(LotkaVolterra, vec![1.0; 2], P, (0.0, 10.0)).unwrap();
        let adaptive = !M::TABLEAU.e.is_empty();
        let step = if adaptive { StepSize::Auto } else { StepSize::Fixed(0.05) };
        let options = Options { step, ..Options::default() };
        let mut integrator = Integrator::new(&problem, method, &options).unwrap();
        let mut u = [0.0; 2];
        // The interpolant allocates its coefficients when it is used for the first time.
        integrator.step().unwrap();
        integrator.interpolate(0.5 * integrator.t(), &mut u).unwrap();
        let info = measure(|| {
            while integrator.step().unwrap() != Progress::Finished {
                let taken = integrator.last_step();
                integrator.interpolate(taken.t + 0.5 * taken.dt, &mut u).unwrap();
            }
        });
        assert!(integrator.stats().accepted > 20);
        assert_eq!(info.count_total, 0, "{method:?}");
    }
}

#[test]
fn a_step_and_its_interpolant_allocate_nothing() {
    every(&mut NoneInAStep);
}

struct SaveAtIsExact;

impl Visitor for SaveAtIsExact {
    fn visit<M: ExplicitRk + Copy + Debug>(&mut self, method: M, _: Claim) {
        let most = |points: usize| {
            let times = (1..=points).map(|i| 10.0 * i as f64 / points as f64).collect();
            run(method, [1.0; 2], 10.0, Save::At(times), vec![]).1
        };
        let (few, many) = (most(10), most(1010));
        assert_eq!(few.count_total, many.count_total, "{method:?}");
        // A time and two states for each point.
        let growth = many.bytes_max - few.bytes_max;
        assert_eq!(growth, 1000 * 3 * size_of::<f64>() as u64, "{method:?}");
    }
}

#[test]
fn save_at_keeps_its_points_and_nothing_else() {
    every(&mut SaveAtIsExact);
}

/// Bytes at the peak of a solve that saves `points` of `states` numbers each, and bytes that the
/// solution keeps.
fn memory<M: ExplicitRk>(method: M, states: usize, points: usize) -> (usize, usize) {
    // Each state by itself, at its own rate.
    let model: Model = |_t, u, p, du| {
        for (i, (du, u)) in du.iter_mut().zip(u).enumerate() {
            *du = -p[0] * (1.0 + i as f64 / 100.0) * u;
        }
    };
    let rhs = FromFn::new(states, model);
    let problem = OdeProblem::new(rhs, vec![1.0; states], [0.3], (0.0, 10.0)).unwrap();
    let save = Save::At((1..=points).map(|i| 10.0 * i as f64 / points as f64).collect());
    let options = Options { save, ..Options::default() };
    let mut solution = None;
    let during = measure(|| solution = Some(solve(&problem, method, &options).unwrap()));
    assert_eq!(solution.as_ref().unwrap().len(), points);
    let freed = measure(|| solution = None);
    assert_eq!(during.bytes_current, -freed.bytes_current, "what was kept is what is freed");
    (during.bytes_max as usize, during.bytes_current as usize)
}

type Model = fn(f64, &[f64], &[f64], &mut [f64]);

/// In bytes, for `k` points of `n` states: `8 (k n + k)` for states and times, and a constant that
/// depends on `n` and the method alone. There is no slack of growing vectors in it: the number of
/// points is known before.
#[test]
fn the_memory_of_save_at_is_that_of_its_points_and_a_constant() {
    fn check<M: ExplicitRk + Copy>(method: M) {
        for states in [2, 100] {
            let points = [10, 100, 1000, 10_000];
            let beyond = points.map(|k| {
                let (peak, kept) = memory(method, states, k);
                let bytes = size_of::<f64>() * (k * states + k);
                (peak - bytes, kept - bytes)
            });
            let what = format!("{}, {states} states: {beyond:?}", M::NAME);
            assert!(beyond.iter().all(|constant| *constant == beyond[0]), "{what}");
            let (peak, kept) = beyond[0];
            // Kept beside the points: nothing on the heap (the names belong to the problem).
            assert_eq!(kept, 0, "{what}");
            // At the peak: a few states, the stages and the interpolant.
            let stages = M::TABLEAU.stages() + 1 + M::TABLEAU.interpolant.extra().len();
            assert!(peak < size_of::<f64>() * states * (3 * stages + 30) + 4096, "{what}");
        }
    }
    check(Tsit5);
    check(Vern9);
    check(Dop853);
}
