//! Mini-batch training: gradients, order of samples, stop reasons, failures, threads.

use core::ops::ControlFlow;
use nn::{
    Activation, Adam, Chain, Data, Epoch, Error, ErrorKind, Init, Mlp, Stage, StopReason, Targets,
    Trained, Training, Update, cross_entropy, squared_error,
};
use scalar::{Dual, Scalar};

const GO_ON: ControlFlow<()> = ControlFlow::Continue(());

fn network(sizes: &[usize]) -> Chain {
    Chain::from(Mlp::new(sizes, Activation::Tanh).unwrap())
}

fn waves(n: usize) -> Vec<f64> {
    (0..n).map(|i| (1.3 * i as f64).sin()).collect()
}

/// The loss by `eval`, as the definitions have it.
fn loss<S: Scalar>(chain: &Chain, p: &[S], data: &Data<'_, f64>) -> S {
    let (n, m) = (data.x.len() / chain.inputs(), chain.outputs());
    let mut sum = S::zero();
    for (k, x) in data.x.chunks(chain.inputs()).enumerate() {
        let x: Vec<S> = x.iter().map(|&x| S::from_f64(x)).collect();
        let mut y = vec![S::zero(); m];
        chain.eval(p, &x, &mut y);
        match data.targets {
            Targets::Values(values) => {
                for (&y, &t) in y.iter().zip(&values[k * m..]) {
                    sum += (y - S::from_f64(t)) * (y - S::from_f64(t)).scale(1.0 / m as f64);
                }
            }
            Targets::Labels(labels) => {
                let total: S = y.iter().map(|y| y.exp()).sum();
                sum += total.ln() - y[labels[k]];
            }
            _ => unreachable!(),
        }
    }
    sum.scale(1.0 / n as f64)
}

#[test]
fn losses_and_gradients_are_those_of_the_definition() {
    let chain = network(&[2, 12, 3]);
    let p = chain.init(Init::He, 3);
    // Several chunks, the last one not full.
    let x = waves(2 * 5000);
    let (values, labels) = (waves(3 * 5000), (0..5000).map(|i| i * i % 3).collect::<Vec<_>>());
    for targets in [Targets::Values(&values), Targets::Labels(&labels)] {
        let data = Data { x: &x, targets };
        let mut gradient = Vec::new();
        let mut keep = |_: &mut [f64], g: &[f64]| gradient = g.to_vec();
        let once = Training { epochs: 1, batch: 5000, ..Training::default() };
        let trained = once.run(&chain, data, &mut p.clone(), &mut keep, |_| GO_ON).unwrap();
        let expected = loss(&chain, &p, &data);
        assert!((trained.initial - expected).abs() < 1e-13 * expected);
        assert!((trained.history[0].batches - expected).abs() < 1e-13 * expected);
        for k in 0..p.len() {
            let lift = |(i, &p)| if i == k { Dual::variable(p, 0) } else { Dual::constant(p) };
            let dual: Vec<Dual> = p.iter().enumerate().map(lift).collect();
            let expected = loss(&chain, &dual, &data).eps[0];
            assert!((gradient[k] - expected).abs() < 1e-13, "{k}: {} {expected}", gradient[k]);
        }
    }
}

#[test]
fn cross_entropy_keeps_its_digits_at_the_ends() {
    let mut y_bar = [0.0; 2];
    // ln(1 + e⁻⁵⁰) and its slope, from their series.
    let tail = (-50.0f64).exp();
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-15 * b.abs();
    assert!(close(cross_entropy(&[0.0, 50.0], 1, 1.0, &mut y_bar), tail));
    assert!(close(y_bar[0], tail) && close(y_bar[1], -tail));
    assert!(close(cross_entropy(&[0.0, 50.0], 0, 2.0, &mut y_bar), 50.0));
    assert!(close(y_bar[0], -2.0) && close(y_bar[1], 2.0));
    assert_eq!(cross_entropy(&[-1e308, 1e308, 0.0], 1, 1.0, &mut [0.0; 3]), 0.0);
    assert!(cross_entropy(&[0.0, f64::NAN], 0, 1.0, &mut y_bar).is_nan());
    assert!(!cross_entropy(&[0.0, f64::INFINITY], 0, 1.0, &mut y_bar).is_finite());
    assert!(cross_entropy::<f64>(&[0.0, 1.0], 2, 1.0, &mut y_bar).is_nan());
    assert!(cross_entropy::<f64>(&[], 0, 1.0, &mut []).is_nan());
}

/// The paper's algorithm 1, line by line.
#[test]
fn adam_is_that_of_the_paper() {
    let gradients = [0.3, -0.2, 1e-9, 4.0, 0.0];
    let (mut p, mut m, mut v) = (1.0f64, 0.0f64, 0.0f64);
    let (mut ours, mut ours32) = ([1.0f64], [1.0f32]);
    let (mut adam, mut adam32) = (Adam::new(1, 0.1).unwrap(), Adam::new(1, 0.1).unwrap());
    for (t, g) in gradients.into_iter().enumerate() {
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        let k = t as i32 + 1;
        let (mean, square) = (m / (1.0 - 0.9f64.powi(k)), v / (1.0 - 0.999f64.powi(k)));
        p -= 0.1 * mean / (square.sqrt() + 1e-8);
        adam.update(&mut ours, &[g]);
        adam32.update(&mut ours32, &[g as f32]);
        assert!((ours[0] - p).abs() < 1e-14, "{t}: {} {p}", ours[0]);
        assert!((f64::from(ours32[0]) - p).abs() < 1e-6);
    }
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            Adam::<f64>::new(1, rate).unwrap_err().kind(),
            ErrorKind::Setting { name: "rate", .. }
        ));
    }
}

/// With `y = w x + b` at `w = b = 0` and a batch of one, `∂loss/∂b = -2 target` tells which sample it is.
fn order(samples: usize, options: &Training) -> Vec<Vec<usize>> {
    let chain = network(&[1, 1]);
    let values: Vec<f64> = (0..samples).map(|i| i as f64).collect();
    let data = Data { x: &vec![0.5; samples], targets: Targets::Values(&values) };
    let mut seen = Vec::new();
    let mut watch = |_: &mut [f64], g: &[f64]| seen.push((-g[1] / 2.0) as usize);
    let options = Training { batch: 1, ..options.clone() };
    let trained = options.run(&chain, data, &mut [0.0; 2], &mut watch, |_| GO_ON).unwrap();
    let per_epoch = seen.len() / trained.history.len();
    seen.chunks(per_epoch).map(<[usize]>::to_vec).collect()
}

#[test]
fn each_epoch_sees_each_sample_once_in_a_new_order() {
    let options = Training { epochs: 3, seed: 5, ..Training::default() };
    let orders = order(20, &options);
    assert_eq!(orders.len(), 3);
    for order in &orders {
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..20));
    }
    assert!(orders[0] != orders[1] && orders[1] != orders[2]);
    assert_eq!(order(20, &options), orders);
    assert_ne!(order(20, &Training { seed: 6, ..options.clone() }), orders);

    // A quarter is never learned from.
    let held = order(20, &Training { validation: 0.25, ..options.clone() });
    for order in &held {
        let (mut order, mut first) = (order.clone(), held[0].clone());
        order.sort_unstable();
        first.sort_unstable();
        assert_eq!((order.len(), &order), (15, &first));
        order.dedup();
        assert_eq!(order.len(), 15);
    }
    // At least one, and at least one left.
    assert_eq!(order(2, &Training { validation: 0.01, ..options.clone() })[0].len(), 1);
    assert_eq!(order(3, &Training { validation: 0.99, ..options })[0].len(), 1);
}

#[test]
fn a_line_is_the_one_of_least_squares() {
    let (x, noise) = (waves(50), waves(100));
    let t: Vec<f64> = (0..50).map(|i| 3.0 * x[i] - 0.5 + 0.1 * noise[i + 50]).collect();
    let mean = |f: &dyn Fn(usize) -> f64| (0..50).map(f).sum::<f64>() / 50.0;
    let (mx, mt) = (mean(&|i| x[i]), mean(&|i| t[i]));
    let w = mean(&|i| (x[i] - mx) * (t[i] - mt)) / mean(&|i| (x[i] - mx).powi(2));
    let mut descent = |p: &mut [f64], g: &[f64]| {
        p.iter_mut().zip(g).for_each(|(p, g)| *p -= 0.4 * g);
    };
    let mut p = [0.0; 2];
    let options = Training { epochs: 400, batch: 1000, ..Training::default() };
    let data = Data { x: &x, targets: Targets::Values(&t) };
    let trained = options.run(&network(&[1, 1]), data, &mut p, &mut descent, |_| GO_ON).unwrap();
    assert!((p[0] - w).abs() < 1e-7 && (p[1] - (mt - w * mx)).abs() < 1e-7, "{p:?} {w}");
    assert_eq!(trained.best, trained.history.iter().map(|e| e.best).fold(f64::MAX, f64::min));
}

/// Dropout, residual stages, `f32`, validation.
fn regression(options: &Training) -> (Vec<f32>, Trained) {
    let mlp = |sizes: &[usize]| Stage::Mlp(Mlp::new(sizes, Activation::Silu).unwrap());
    let hidden = vec![mlp(&[32, 32, 32]), Stage::Dropout { rate: 0.05 }];
    let stages = vec![mlp(&[2, 32]), Stage::Residual(hidden), mlp(&[32, 1])];
    let chain = Chain::new(2, stages).unwrap();
    let x: Vec<f32> = waves(4000).iter().map(|&x| x as f32).collect();
    let values: Vec<f32> = x.chunks(2).map(|x| (2.0 * x[0]).sin() * x[1]).collect();
    let mut p: Vec<f32> = chain.init(Init::Glorot, 1).iter().map(|&p| p as f32).collect();
    let mut adam = Adam::new(p.len(), 0.005).unwrap();
    let data = Data { x: &x, targets: Targets::Values(&values) };
    let trained = options.run(&chain, data, &mut p, &mut adam, |_| GO_ON).unwrap();
    (p, trained)
}

#[test]
fn a_chain_with_dropout_learns_in_single_precision() {
    let options = Training { epochs: 40, validation: 0.2, ..Training::default() };
    let (_, trained) = regression(&options);
    assert!(trained.best < 2e-3 && trained.best < trained.initial / 50.0, "{trained:?}");
    assert_eq!(trained.reason, StopReason::Epochs);
}

#[cfg(feature = "parallel")]
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let options = Training { epochs: 3, batch: 500, validation: 0.1, ..Training::default() };
        pool.install(|| regression(&options))
    };
    let one = on(1);
    assert_eq!(on(2), one);
    assert_eq!(on(5), one);
}

#[test]
fn no_batch_allocates() {
    // Batches of several chunks, dropout and validation.
    let measure = |epochs| {
        let count = || {
            let options = Training { epochs, batch: 900, validation: 0.1, ..Training::default() };
            allocation_counter::measure(|| drop(regression(&options))).count_total
        };
        // From outside of a pool, rayon's queue grows.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        pool.install(count)
    };
    assert_eq!(measure(2), measure(12));
    assert!(measure(1) > 0);
}

/// Trains a line on one sample with a rule of its own.
fn line(
    options: &Training,
    update: impl FnMut(&mut [f64], &[f64]),
    callback: impl FnMut(&Epoch) -> ControlFlow<()>,
) -> (Result<Trained, Error>, [f64; 2]) {
    let mut p = [0.0; 2];
    let data = Data { x: &[1.0], targets: Targets::Values(&[1.0]) };
    let mut update = update;
    let result = options.run(&network(&[1, 1]), data, &mut p, &mut update, callback);
    (result, p)
}

#[test]
fn the_reason_of_the_end_is_told() {
    let options = Training { epochs: 20, ..Training::default() };
    // The bias goes up by a quarter per step: the loss is (1 - b)².
    let up = |p: &mut [f64], _: &[f64]| p[1] += 0.25;
    let (trained, p) = line(&options, up, |_| GO_ON);
    let trained = trained.unwrap();
    assert_eq!((trained.reason, trained.best_epoch, p), (StopReason::Epochs, 4, [0.0, 1.0]));
    assert_eq!((trained.initial, trained.best, trained.history.len()), (1.0, 0.0, 20));

    let patient = Training { patience: Some(3), ..options.clone() };
    let (trained, p) = line(&patient, up, |_| GO_ON);
    let trained = trained.unwrap();
    assert_eq!(trained.reason, StopReason::NoImprovement { patience: 3 });
    assert_eq!((trained.history.len(), p), (7, [0.0, 1.0]));

    let target = Training { target: Some(0.1), ..options.clone() };
    let (trained, p) = line(&target, up, |_| GO_ON);
    assert_eq!((trained.unwrap().reason, p), (StopReason::Target, [0.0, 0.75]));
    let reached = Training { target: Some(1.0), ..options.clone() };
    let (trained, p) = line(&reached, up, |_| GO_ON);
    let trained = trained.unwrap();
    assert_eq!((trained.reason, trained.best_epoch, p), (StopReason::Target, 0, [0.0; 2]));

    let second = |epoch: &Epoch| match epoch.epoch {
        2 => ControlFlow::Break(()),
        _ => GO_ON,
    };
    let (trained, p) = line(&options, up, second);
    assert_eq!((trained.unwrap().reason, p), (StopReason::Callback, [0.0, 0.5]));

    // Not looked at but in epochs 3, 6, …: the best one is missed.
    let rare = Training { check_every: 3, ..options.clone() };
    let (trained, p) = line(&rare, up, |_| GO_ON);
    let trained = trained.unwrap();
    assert_eq!((trained.best_epoch, p), (3, [0.0, 0.75]));
    let watched = trained.history.iter().filter(|e| e.watched.is_some()).map(|e| e.epoch);
    assert!(watched.eq([3, 6, 9, 12, 15, 18, 20]));

    // Patience ends at an epoch that is looked at: the fifth without a better one is not.
    let both = Training { check_every: 3, patience: Some(5), ..options.clone() };
    let (trained, _) = line(&both, up, |_| GO_ON);
    assert_eq!(trained.unwrap().history.len(), 9);

    let (trained, p) = line(&Training { epochs: 0, ..options }, up, |_| GO_ON);
    let trained = trained.unwrap();
    assert_eq!((trained.reason, trained.best, p), (StopReason::Epochs, 1.0, [0.0; 2]));
}

#[test]
fn the_best_parameters_survive_a_failure() {
    let options = Training { epochs: 20, ..Training::default() };
    for bad in [f64::INFINITY, f64::NAN, 1e200] {
        let mut step = 0;
        let breaks = |p: &mut [f64], _: &[f64]| {
            step += 1;
            p[1] = if step < 3 { 0.25 * f64::from(step) } else { bad };
        };
        let (result, p) = line(&options, breaks, |_| GO_ON);
        let error = result.unwrap_err();
        let what = "loss";
        assert!(
            matches!(error.kind(), ErrorKind::Diverged { epoch: 3, batch: None, what: w, value }
                if *w == what && !value.is_finite()),
            "{error}"
        );
        assert_eq!(p, [0.0, 0.5]);
    }
    // In the middle of an epoch.
    let mut step = 0;
    let mut breaks = |p: &mut [f64], _: &[f64]| {
        step += 1;
        p[0] = if step < 5 { 1.0 } else { f64::NAN };
    };
    let mut p = [0.0; 2];
    let data = Data { x: &[1.0; 4], targets: Targets::Values(&[1.0; 4]) };
    let by_one = Training { batch: 1, ..options.clone() };
    let result = by_one.run(&network(&[1, 1]), data, &mut p, &mut breaks, |_| GO_ON);
    let error = result.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Diverged { epoch: 2, batch: Some(1), .. }),
        "{error}"
    );
    assert_eq!(p, [1.0, 0.0]);
    // From the start, and a gradient that overflows where the loss does not.
    let mut never = |_: &mut [f64], _: &[f64]| unreachable!();
    let mut fail = |x: f64, p: &mut [f64]| {
        let data = Data { x: &[x], targets: Targets::Values(&[1.0]) };
        options.run(&network(&[1, 1]), data, p, &mut never, |_| GO_ON).unwrap_err()
    };
    let mut p = [f64::NAN, 0.0];
    assert!(matches!(fail(1.0, &mut p).kind(), ErrorKind::Diverged { epoch: 0, .. }));
    let error = fail(1e300, &mut [0.0, 1e20]);
    let what = "gradient";
    assert!(
        matches!(error.kind(), ErrorKind::Diverged { epoch: 1, batch: Some(0), what: w, .. }
            if *w == what),
        "{error}"
    );
}

#[test]
fn data_without_sense_are_refused() {
    let options = Training::default();
    let chain = network(&[2, 3]);
    let p = chain.init(Init::Glorot, 1);
    let refused = |options: &Training, x: &[f64], targets: Targets<'_, f64>| {
        let (mut ours, mut never) = (p.clone(), |_: &mut [f64], _: &[f64]| unreachable!());
        let data = Data { x, targets };
        let error = options.run(&chain, data, &mut ours, &mut never, |_| GO_ON).unwrap_err();
        assert_eq!(ours, p);
        assert!(error.to_string().len() > 10);
        error.kind().clone()
    };
    let data = |x: &[f64], targets| refused(&options, x, targets);
    let labels = |labels| Targets::Labels(labels);
    assert_eq!(data(&[], labels(&[])), ErrorKind::EmptyData { argument: "x" });
    let ragged = ErrorKind::RaggedBatch { argument: "x", row: 2, found: 3 };
    assert_eq!(data(&[0.0; 3], labels(&[0])), ragged);
    let length = ErrorKind::Length { argument: "labels", expected: 2, found: 1 };
    assert_eq!(data(&[0.0; 4], labels(&[0])), length);
    let length = ErrorKind::Length { argument: "targets", expected: 6, found: 2 };
    assert_eq!(data(&[0.0; 4], Targets::Values(&[0.0; 2])), length);
    let label = ErrorKind::Label { sample: 1, label: 3, classes: 3 };
    assert_eq!(data(&[0.0; 4], labels(&[2, 3])), label);
    let nan = data(&[0.0, 0.0, f64::NAN, 0.0], labels(&[2, 1]));
    assert!(matches!(nan, ErrorKind::NonFiniteData { argument: "x", sample: 1, .. }));
    let infinite = data(&[0.0; 2], Targets::Values(&[0.0, f64::INFINITY, 0.0]));
    assert!(matches!(infinite, ErrorKind::NonFiniteData { argument: "targets", sample: 0, .. }));

    let setting = |options: Training| match refused(&options, &[0.0; 2], labels(&[0])) {
        ErrorKind::Setting { name, .. } => name,
        other => panic!("{other:?}"),
    };
    assert_eq!(setting(Training { batch: 0, ..options.clone() }), "batch");
    assert_eq!(setting(Training { check_every: 0, ..options.clone() }), "check_every");
    assert_eq!(setting(Training { patience: Some(0), ..options.clone() }), "patience");
    assert_eq!(setting(Training { target: Some(f64::NAN), ..options.clone() }), "target");
    for validation in [1.0, -0.5, f64::NAN] {
        assert_eq!(setting(Training { validation, ..options.clone() }), "validation");
    }
    let all = Training { validation: 0.5, ..options.clone() };
    let nothing = refused(&all, &[0.0; 2], labels(&[0]));
    assert!(matches!(nothing, ErrorKind::EmptyData { .. }));
}

/// Lengths that differ are no number, not a part of the truth.
#[test]
fn losses_of_other_lengths_are_nan() {
    let mut y_bar = [0.0; 3];
    assert!(squared_error(&[1.0f64, 2.0, 3.0], &[0.0], 1.0, &mut y_bar).is_nan());
    assert!(y_bar.iter().all(|bar: &f64| bar.is_nan()));
    assert!(cross_entropy(&[0.0f64, 0.0, 0.0], 1, 1.0, &mut [0.0]).is_nan());
}

/// An optimiser made for fewer parameters moves all of them.
#[test]
fn adam_makes_room() {
    let mut adam = Adam::new(1, 0.1).unwrap();
    let mut p = [0.0; 3];
    adam.update(&mut p, &[1.0; 3]);
    assert!(p.iter().all(|p| (p + 0.1).abs() < 1e-6), "{p:?}");
}

/// Every batch loses components of its own, and so does every chunk of a large one.
#[test]
fn dropout_is_drawn_anew() {
    // y = w x with dropout on x = 1: the gradient at w = 0 for the target 1 is -2 or 0 for each sample.
    let stages = vec![Stage::Dropout { rate: 0.5 }, Stage::Mlp(mlp_of_one())];
    let chain = Chain::new(1, stages).unwrap();
    let x = vec![1.0; 512];
    let data = Data { x: &x, targets: Targets::Values(&x) };
    let mut seen = Vec::new();
    let mut watch = |_: &mut [f64], gradient: &[f64]| seen.push(gradient[0]);
    let options = Training { epochs: 4, batch: 1, ..Training::default() };
    options.run(&chain, data, &mut [0.0; 2], &mut watch, |_| GO_ON).unwrap();
    let kept = seen.iter().filter(|&&g| g != 0.0).count();
    assert!(kept.abs_diff(1024) < 150, "{kept} of {}", seen.len());

    // In one batch of all: between the chunks too, the number of those kept is that of independent draws.
    let mut totals = Vec::new();
    let mut watch = |_: &mut [f64], gradient: &[f64]| totals.push(gradient[0]);
    let options = Training { epochs: 200, batch: 512, ..Training::default() };
    options.run(&chain, data, &mut [0.0; 2], &mut watch, |_| GO_ON).unwrap();
    let kept: Vec<f64> = totals.iter().map(|g| g / -4.0 * 512.0).collect();
    let mean = kept.iter().sum::<f64>() / 200.0;
    let variance = kept.iter().map(|k| (k - mean).powi(2)).sum::<f64>() / 200.0;
    // Binomial: 256 and 128. Chunks that are alike would have a multiple of that.
    assert!((mean - 256.0).abs() < 5.0 && variance < 200.0, "{mean} {variance}");
}

fn mlp_of_one() -> Mlp {
    Mlp::new(&[1, 1], Activation::Identity).unwrap()
}
