//! Reductions against the trajectories themselves, at any number of threads.

use allocation_counter::measure;
use ode_core::{
    Count, Ensemble, Extremes, Fold, Member, Moments, Options, QuantileSketch, Quantiles, Reduced,
    Reduction, Save, Solution, Trajectories, Tsit5,
};
use proptest::prelude::*;
use testset::models::LotkaVolterra;

const MEMBERS: usize = 1003;
const TIMES: [f64; 4] = [0.0, 0.7, 1.9, 3.0];

/// Every 100th member fails.
fn member(i: usize) -> Member<[f64; 2]> {
    let x = if i % 100 == 50 { f64::NAN } else { (i as f64 * 0.618).fract() };
    Member::new([0.5 + x, 1.0], [1.5, 1.0 + x, 3.0, 1.0 - 0.5 * x], (0.0, 3.0))
}

fn options() -> Options {
    Options { save: Save::At(TIMES.to_vec()), ..Options::default() }
}

fn ensemble() -> Ensemble<'static, LotkaVolterra, [f64; 2]> {
    Ensemble::generate(&LotkaVolterra, MEMBERS, member)
}

fn reduce<R: Reduction>(reduction: R) -> Reduced<R::Output> {
    let reduced = ensemble().reduce(Tsit5, &options(), reduction);
    assert_eq!(reduced.members, MEMBERS);
    let failed: Vec<_> = reduced.failures.iter().map(|(i, _)| *i).collect();
    assert_eq!(failed, (50..MEMBERS).step_by(100).collect::<Vec<_>>());
    reduced
}

/// The values of a component at a point, for every member that was solved.
fn column(all: &Trajectories, point: usize, component: usize) -> Vec<f64> {
    all.solutions().map(|(_, solution)| solution.state(point)[component]).collect()
}

#[test]
fn moments_as_from_the_definition() {
    let (all, moments) = (ensemble().solve(Tsit5, &options()), reduce(Moments).value);
    assert_eq!(moments.points(), TIMES.len());
    for point in 0..TIMES.len() {
        for component in 0..2 {
            let values = column(&all, point, component);
            let n = values.len() as f64;
            assert_eq!(moments.count(point), values.len() as u64);
            let mean = values.iter().sum::<f64>() / n;
            let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
            assert!((moments.mean(point, component) / mean - 1.0).abs() < 1e-14);
            let error = (moments.variance(point, component) - variance).abs();
            assert!(error <= 1e-13 * variance, "{error}");
        }
    }
    assert!(moments.mean(4, 0).is_nan() && moments.variance(0, 2).is_nan());
}

#[test]
fn quantiles_within_their_bound() {
    let all = ensemble().solve(Tsit5, &options());
    for accuracy in [0.1, 0.01, 1e-4] {
        let quantiles = reduce(Quantiles { accuracy }).value;
        for (point, component) in [(1, 0), (2, 1), (3, 0)] {
            let mut values = column(&all, point, component);
            values.sort_by(f64::total_cmp);
            for q in [0.0, 0.01, 0.25, 0.5, 0.9, 0.999, 1.0] {
                let exact = values[(q * (values.len() - 1) as f64).floor() as usize];
                let found = quantiles.quantile(point, component, q);
                assert!((found - exact).abs() <= accuracy * exact.abs(), "{q}: {found} {exact}");
            }
        }
    }
}

#[test]
fn extremes_counts_and_folds_are_exact() {
    let all = ensemble().solve(Tsit5, &options());
    let middle = column(&all, 3, 1)[0];
    let low = |solution: &Solution| solution.last()[1] < middle;
    let last = Fold {
        start: Vec::new,
        add: |state: &mut Vec<(usize, f64)>, i, solution: &Solution| {
            state.push((i, solution.last()[0]));
        },
        merge: |state: &mut Vec<_>, later: Vec<_>| state.extend(later),
    };
    let (extremes, count, list) = reduce((Extremes, Count(low), last)).value;
    for (point, component) in [(0, 1), (1, 0), (3, 1)] {
        let values = || all.solutions().map(|(i, s)| (s.state(point)[component], i));
        let first = |a: (f64, usize), b: (f64, usize), better: bool| if better { b } else { a };
        let smallest = values().reduce(|a, b| first(a, b, b.0 < a.0));
        let largest = values().reduce(|a, b| first(a, b, b.0 > a.0));
        assert_eq!(extremes.smallest(point, component), smallest);
        assert_eq!(extremes.largest(point, component), largest);
    }
    assert_eq!(extremes.points(), TIMES.len());
    let expected = all.solutions().filter(|(_, solution)| low(solution)).count() as u64;
    assert!(0 < expected && expected < MEMBERS as u64);
    assert_eq!(count, expected);
    let in_order: Vec<_> = all.solutions().map(|(i, s)| (i, s.last()[0])).collect();
    assert_eq!(list, in_order);
}

#[cfg(feature = "parallel")]
#[test]
fn the_number_of_threads_and_lanes_does_not_change_a_bit() {
    let on = |threads: usize, work: &(dyn Fn() -> String + Sync)| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
    };
    // Debug shows every digit of every number.
    let everything = (Moments, Quantiles::default(), Extremes);
    let eight = || format!("{:?}", ensemble().reduce(Tsit5, &options(), everything).value);
    let four =
        || format!("{:?}", ensemble().lanes::<4>().reduce(Tsit5, &options(), everything).value);
    let alone =
        || format!("{:?}", ensemble().one_by_one().reduce(Tsit5, &options(), everything).value);
    let expected = on(1, &eight);
    for threads in 1..=3 {
        assert_eq!(on(threads, &eight), expected, "{threads} threads");
        assert_eq!(on(threads, &four), expected, "{threads} threads, 4 lanes");
    }
    assert_eq!(on(2, &alone), expected);
}

#[test]
fn nobody_and_nothing() {
    let nobody = Ensemble::generate(&LotkaVolterra, 0, member);
    assert!(nobody.solve(Tsit5, &options()).is_empty());
    let moments = nobody.reduce(Tsit5, &options(), Moments);
    assert_eq!((moments.members, moments.value.points()), (0, 0));
    assert!(moments.value.mean(0, 0).is_nan() && moments.value.variance(0, 0).is_nan());
    assert_eq!(nobody.reduce(Tsit5, &options(), Count(|_| true)).value, 0);
    let nothing = Options { save: Save::At(vec![]), ..Options::default() };
    let quantiles = Ensemble::generate(&LotkaVolterra, 20, member)
        .reduce(Tsit5, &nothing, (Quantiles::default(), Extremes))
        .value;
    assert_eq!(quantiles.0.points(), 0);
    assert!(quantiles.0.quantile(0, 0, 0.5).is_nan());
    assert_eq!(quantiles.1.largest(0, 0), None);
}

#[test]
fn members_may_save_different_numbers_of_points() {
    let member = |i: usize| {
        let times: Vec<_> = (1..=i % 4).map(|k| k as f64).collect();
        Member::new([1.0, i as f64], [0.0, 0.0, 0.0, 0.0], (0.0, 4.0)).save_at(times)
    };
    let moments =
        Ensemble::generate(&LotkaVolterra, 400, member).reduce(Tsit5, &options(), Moments);
    let counts: Vec<_> = (0..5).map(|point| moments.value.count(point)).collect();
    assert_eq!(counts, [300, 200, 100, 0, 0]);
    // Nothing moves: the mean of 3, 7, … 399.
    assert!((moments.value.mean(2, 1) - 201.0).abs() < 1e-12);
}

/// Runs on this thread, where allocations are counted.
#[cfg(feature = "parallel")]
fn here<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let builder = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    builder.build().unwrap().install(work)
}

#[cfg(not(feature = "parallel"))]
fn here<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    work()
}

#[test]
fn steps_allocate_nothing() {
    let run = |end: f64| {
        let member =
            |i: usize| Member::new([1.0, 1.0 + 0.01 * i as f64], [1.5, 1.0, 3.0, 1.0], (0.0, end));
        let ensemble = Ensemble::generate(&LotkaVolterra, 24, member);
        let options = Options { save: Save::At(vec![0.1, 0.2, 0.5 * end]), ..Options::default() };
        let all_steps = Fold {
            start: || 0,
            add: |steps: &mut usize, _, solution: &Solution| *steps += solution.stats().accepted,
            merge: |steps: &mut usize, later: usize| *steps += later,
        };
        let mut steps = 0;
        let info = measure(|| steps = ensemble.reduce(Tsit5, &options, all_steps).value);
        (steps, info.count_total)
    };
    let ((few, short), (many, long)) = here(|| (run(2.0), run(40.0)));
    assert!(many > 10 * few);
    assert!(short > 24); // each member takes some
    assert_eq!(short, long);
}

proptest! {
    #[test]
    fn a_sketch_keeps_its_bound(
        values in prop::collection::vec(
            prop_oneof![-1e3..1e3, prop::num::f64::NORMAL, Just(0.0), Just(-0.0)], 1..600),
        accuracy in 1e-4..0.3f64,
        q in 0.0..=1.0f64,
        cut in 0.0..1.0f64,
    ) {
        let mut sketch = QuantileSketch::new(accuracy);
        values.iter().for_each(|&x| sketch.add(x));
        prop_assert!(sketch.relative_error() <= accuracy);
        prop_assert_eq!(sketch.count(), values.len() as u64);
        let mut sorted = values.clone();
        sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
        let exact = sorted[(q * (values.len() - 1) as f64).floor() as usize];
        let found = sketch.quantile(q);
        prop_assert!((found - exact).abs() <= sketch.relative_error() * exact.abs(), "{found} {exact}");
        // Merged in any order: the same counts.
        let (left, right) = values.split_at((cut * values.len() as f64) as usize);
        let sketch_of = |values: &[f64]| {
            let mut sketch = QuantileSketch::new(accuracy);
            values.iter().for_each(|&x| sketch.add(x));
            sketch
        };
        let mut forth = sketch_of(left);
        forth.merge(sketch_of(right));
        let mut back = sketch_of(right);
        back.merge(sketch_of(left));
        prop_assert_eq!(&forth, &back);
        prop_assert_eq!(forth.quantile(q), found);
    }
}

#[test]
fn a_sketch_of_odd_values() {
    let mut sketch = QuantileSketch::new(f64::NAN);
    assert!(sketch.quantile(0.5).is_nan());
    sketch.add(f64::NAN);
    assert_eq!(sketch.count(), 0);
    for x in [f64::NEG_INFINITY, -1.0, 0.0, 1.0, f64::INFINITY] {
        sketch.add(x);
    }
    assert_eq!(sketch.quantile(0.0), f64::NEG_INFINITY);
    assert_eq!(sketch.quantile(0.5), 0.0);
    assert_eq!(sketch.quantile(1.0), f64::INFINITY);
    assert!(sketch.quantile(-0.1).is_nan() && sketch.quantile(f64::NAN).is_nan());
    // Of another accuracy: to the sum of both bounds.
    let mut coarse = QuantileSketch::new(0.2);
    coarse.add(100.0);
    let (mut fine, error) = (QuantileSketch::new(1e-3), coarse.relative_error() + 1e-3);
    fine.merge(coarse);
    assert!((fine.quantile(0.5) - 100.0).abs() <= error * 100.0);
}

#[test]
fn finished_quantiles_have_counted_every_value() {
    let member = |i: usize| Member::new([1.0 + i as f64, 1.0], [1.5, 1.0, 3.0, 1.0], (0.0, 1.0));
    let options = Options { save: Save::At(vec![0.0]), ..Options::default() };
    let quantiles = Quantiles { accuracy: 0.01 };
    let table = Ensemble::generate(&LotkaVolterra, 100, member).reduce(Tsit5, &options, quantiles);
    let mut sketch = QuantileSketch::new(0.01);
    (0..100).for_each(|i| sketch.add(1.0 + f64::from(i)));
    let before = sketch.quantile(0.3);
    assert_ne!(table.value.sketch(0, 0), Some(&sketch));
    sketch.shrink();
    assert_eq!(table.value.sketch(0, 0), Some(&sketch));
    assert_eq!(sketch.quantile(0.3), before);
}
