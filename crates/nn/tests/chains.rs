//! Chains of stages: batches agree with `eval`, gradients with duals, formulas with the literature.

use nn::{
    Activation, Chain, ChainWorkspace, Error, ErrorKind, Fourier, Init, Mlp, Normalize, Pass,
    Stage, Workspace,
};
use scalar::{Dual, Scalar};

fn mlp(sizes: &[usize]) -> Mlp {
    Mlp::new(sizes, Activation::Tanh).unwrap()
}

/// Every stage, residual ones inside of each other.
fn every_stage() -> Chain {
    let inner = Stage::Residual(vec![Stage::Mlp(mlp(&[6, 5, 6])), Stage::Dropout { rate: 0.4 }]);
    let stages = vec![
        Stage::Normalize(Normalize { shift: vec![0.3, -1.0], scale: vec![2.0, 0.5] }),
        Stage::Fourier(Fourier::random(2, 3, 0.4, 5)),
        Stage::Residual(vec![inner, Stage::Mlp(mlp(&[6, 6]))]),
        Stage::Modified(mlp(&[6, 4, 4, 4, 3])),
        Stage::Mlp(mlp(&[3, 7, 2])),
    ];
    Chain::new(2, stages).unwrap()
}

fn inputs(samples: usize) -> Vec<f64> {
    (0..2 * samples).map(|i| (0.37 * i as f64).sin()).collect()
}

#[test]
fn batches_agree_with_eval_in_both_kinds_of_numbers() {
    let chain = every_stage();
    let p = chain.init(Init::Glorot, 9);
    let p32: Vec<f32> = p.iter().map(|&p| p as f32).collect();
    // More samples than a block.
    for samples in [0, 1, 3, 600] {
        let x = inputs(samples);
        let x32: Vec<f32> = x.iter().map(|&x| x as f32).collect();
        let (mut y, mut y32) = (vec![0.0; 2 * samples], vec![0.0; 2 * samples]);
        chain.value_batch(&p, &x, &mut y, &mut ChainWorkspace::new(&chain)).unwrap();
        chain.value_batch(&p32, &x32, &mut y32, &mut ChainWorkspace::new(&chain)).unwrap();
        for (s, x) in x.chunks(2).enumerate() {
            let mut one = [0.0; 2];
            chain.eval(&p, x, &mut one);
            for i in 0..2 {
                assert!((one[i] - y[2 * s + i]).abs() < 1e-13);
                assert!((one[i] - f64::from(y32[2 * s + i])).abs() < 1e-4);
            }
        }
    }
}

/// `Σ y_bar y` by duals, one direction at a time.
fn by_dual(chain: &Chain, p: &[f64], x: &[f64], y_bar: &[f64], which: usize) -> f64 {
    let lift = |values: &[f64], first: usize| -> Vec<Dual> {
        let one = |(i, &v)| match first + i == which {
            true => Dual::variable(v, 0),
            false => Dual::constant(v),
        };
        values.iter().enumerate().map(one).collect()
    };
    let (p, x) = (lift(p, 0), lift(x, p.len()));
    let mut sum = 0.0;
    for (x, y_bar) in x.chunks(chain.inputs()).zip(y_bar.chunks(chain.outputs())) {
        let mut y = vec![Dual::zero(); chain.outputs()];
        chain.eval(&p, x, &mut y);
        sum += y.iter().zip(y_bar).map(|(y, b)| y.eps[0] * b).sum::<f64>();
    }
    sum
}

#[test]
fn gradients_agree_with_duals() {
    let ends_without_a_network = Chain::new(
        2,
        vec![
            Stage::Residual(vec![Stage::Mlp(mlp(&[2, 3, 2]))]),
            Stage::Fourier(Fourier::random(2, 2, 0.5, 1)),
        ],
    )
    .unwrap();
    for chain in [every_stage(), ends_without_a_network, Chain::from(mlp(&[2, 3, 1]))] {
        let p = chain.init(Init::He, 4);
        let x = inputs(5);
        let y_bar: Vec<f64> = (0..5 * chain.outputs()).map(|i| (1.0 + i as f64).cos()).collect();
        // Both are added to.
        let (mut x_bar, mut p_bar) = (vec![1.0; x.len()], vec![2.0; p.len()]);
        let mut ws = ChainWorkspace::new(&chain);
        let pass = Pass::Evaluation;
        chain.vjp_batch(&p, &x, &y_bar, &mut x_bar, &mut p_bar, pass, &mut ws).unwrap();
        let found = p_bar.iter().map(|b| b - 2.0).chain(x_bar.iter().map(|b| b - 1.0));
        for (which, found) in found.enumerate() {
            let expected = by_dual(&chain, &p, &x, &y_bar, which);
            assert!((found - expected).abs() < 1e-12 * (1.0 + expected.abs()), "{which}");
        }
        // Without the cotangents of the input those of the parameters have the same bits.
        let mut without = vec![2.0; p.len()];
        chain.vjp_batch(&p, &x, &y_bar, &mut [], &mut without, pass, &mut ws).unwrap();
        assert_eq!(p_bar, without);
    }
}

#[test]
fn cotangents_of_fixed_stages_are_not_computed() {
    let normalize = Normalize { shift: vec![0.1, 0.2], scale: vec![2.0, 3.0] };
    let fourier = Fourier::random(2, 2, 0.5, 1);
    let stages = vec![Stage::Normalize(normalize), Stage::Fourier(fourier)];
    // Fixed, and its cotangents go nowhere.
    let fixed = Chain::new(2, stages.clone()).unwrap();
    let pass = Pass::Evaluation;
    let ws = &mut ChainWorkspace::new(&fixed);
    fixed.vjp_batch(&[], &inputs(3), &[1.0; 12], &mut [], &mut [], pass, ws).unwrap();
    for more in [
        vec![Stage::Mlp(mlp(&[4, 5, 1]))],
        vec![Stage::Residual(vec![Stage::Mlp(mlp(&[4, 4]))]), Stage::Dropout { rate: 0.5 }],
        vec![Stage::Modified(mlp(&[4, 3, 3, 2]))],
    ] {
        let chain = Chain::new(2, [stages.clone(), more].concat()).unwrap();
        let (p, x) = (chain.init(Init::He, 4), inputs(300));
        let y_bar: Vec<f64> = (0..300 * chain.outputs()).map(|i| (1.0 + i as f64).cos()).collect();
        let (mut ws, pass) = (ChainWorkspace::new(&chain), Pass::Training { seed: 1, first: 0 });
        let (mut x_bar, mut with) = (vec![0.0; x.len()], vec![0.0; p.len()]);
        chain.vjp_batch(&p, &x, &y_bar, &mut x_bar, &mut with, pass, &mut ws).unwrap();
        let mut without = vec![0.0; p.len()];
        chain.vjp_batch(&p, &x, &y_bar, &mut [], &mut without, pass, &mut ws).unwrap();
        assert_eq!(with, without);
    }
}

#[test]
fn a_modified_network_is_that_of_the_paper() {
    let chain = Chain::new(1, vec![Stage::Modified(mlp(&[1, 1, 1, 1]))]).unwrap();
    // Wu, bu, Wv, bv, W1, b1, W2, b2, W3, b3.
    let p = [0.5, 0.1, -0.7, 0.2, 1.1, -0.3, 0.9, 0.4, 2.0, -1.0];
    let x = 0.8f64;
    let (u, v) = ((0.5 * x + 0.1).tanh(), (-0.7 * x + 0.2).tanh());
    let z = (0.9 * (1.1 * x - 0.3).tanh() + 0.4).tanh();
    let expected = 2.0 * ((1.0 - z) * u + z * v) - 1.0;
    let mut y = [0.0];
    chain.eval(&p, &[x], &mut y);
    assert!((y[0] - expected).abs() < 1e-15);
}

#[test]
fn a_chain_of_one_network_is_that_network() {
    let network = mlp(&[2, 9, 3]);
    let chain = Chain::from(network.clone());
    assert_eq!(chain, Chain::new(2, vec![Stage::Mlp(network.clone())]).unwrap());
    let p = network.init(Init::small_residual(), 8);
    assert_eq!(chain.init(Init::small_residual(), 8), p);
    let x = inputs(40);
    let (mut a, mut b) = (vec![0.0; 120], vec![0.0; 120]);
    network.value_batch(&p, &x, &mut a, &mut Workspace::new(&network)).unwrap();
    chain.value_batch(&p, &x, &mut b, &mut ChainWorkspace::new(&chain)).unwrap();
    assert_eq!(a, b);
}

/// Cotangents of inputs and parameters of one sample at a time.
fn in_training(chain: &Chain, p: &[f64], x: &[f64], seed: u64, first: u64) -> (Vec<f64>, Vec<f64>) {
    let (mut x_bar, mut p_bar) = (vec![0.0; x.len()], vec![0.0; p.len()]);
    let y_bar = vec![1.0; x.len() / chain.inputs() * chain.outputs()];
    let pass = Pass::Training { seed, first };
    let ws = &mut ChainWorkspace::new(chain);
    chain.vjp_batch(p, x, &y_bar, &mut x_bar, &mut p_bar, pass, ws).unwrap();
    (x_bar, p_bar)
}

#[test]
fn dropout_keeps_the_mean_and_belongs_to_the_sample() {
    let chain = Chain::new(2, vec![Stage::Dropout { rate: 0.25 }]).unwrap();
    let x = inputs(4000);
    let (factors, _) = in_training(&chain, &[], &x, 3, 100);
    assert!(factors.iter().all(|&f| f == 0.0 || f == 1.0 / 0.75));
    let mean = factors.iter().sum::<f64>() / factors.len() as f64;
    // Standard deviation of the mean: √(1/3 / 8000) = 0.0065.
    assert!((mean - 1.0).abs() < 0.03, "{mean}");
    // However they are put into batches.
    let (tail, _) = in_training(&chain, &[], &x[2 * 1700..], 3, 1800);
    assert_eq!(tail, factors[2 * 1700..]);
    assert_ne!(in_training(&chain, &[], &x, 4, 100).0, factors);
    // Not in evaluation.
    let mut y = vec![0.0; x.len()];
    chain.value_batch(&[], &x, &mut y, &mut ChainWorkspace::new(&chain)).unwrap();
    assert_eq!(y, x);
}

/// With the same seed both sweeps see the same components: the cotangents are slopes of the values.
#[test]
fn gradients_with_dropout_are_slopes_of_the_values_with_it() {
    let chain = every_stage();
    let p = chain.init(Init::He, 2);
    let x = inputs(3);
    let value = |p: &[f64]| {
        let mut sum = 0.0;
        let add = |_: usize, y: &[f64], _: &mut [f64]| sum += y.iter().sum::<f64>();
        let (mut x_bar, mut p_bar) = (vec![0.0; x.len()], vec![0.0; p.len()]);
        let pass = Pass::Training { seed: 6, first: 0 };
        let ws = &mut ChainWorkspace::new(&chain);
        chain.vjp_batch_with(p, &x, add, &mut x_bar, &mut p_bar, pass, ws).unwrap();
        sum
    };
    let (_, p_bar) = in_training(&chain, &p, &x, 6, 0);
    for k in (0..p.len()).step_by(7) {
        let h = 1e-5;
        let (mut above, mut below) = (p.clone(), p.clone());
        above[k] += h;
        below[k] -= h;
        let slope = (value(&above) - value(&below)) / (2.0 * h);
        assert!((slope - p_bar[k]).abs() < 1e-7, "{k}: {slope} and {}", p_bar[k]);
    }
}

#[test]
fn normalised_data_have_mean_zero_and_deviation_one() {
    // Also where squares overflow or vanish.
    for size in [1.0, 1e-200, 1e300] {
        let data: Vec<f64> = inputs(50).iter().map(|x| (x + 3.0) * size).collect();
        let stage = Stage::Normalize(Normalize::from_data(&data, 2).unwrap());
        let chain = Chain::new(2, vec![stage]).unwrap();
        let mut y = vec![0.0; data.len()];
        chain.value_batch(&[], &data, &mut y, &mut ChainWorkspace::new(&chain)).unwrap();
        for i in 0..2 {
            let mean = y[i..].iter().step_by(2).sum::<f64>() / 50.0;
            let square = y[i..].iter().step_by(2).map(|y| y * y).sum::<f64>() / 50.0;
            assert!(mean.abs() < 1e-13 && (square - 1.0).abs() < 1e-12, "{mean} {square}");
        }
    }
    let constant = Normalize::from_data(&[0.1; 7], 1).unwrap();
    assert_eq!(constant.scale, [1.0]);
}

#[test]
fn frequencies_are_normal_and_belong_to_the_seed() {
    let fourier = Fourier::random(1, 20_000, 3.0, 11);
    assert_eq!(fourier, Fourier::random(1, 20_000, 3.0, 11));
    assert_ne!(fourier, Fourier::random(1, 20_000, 3.0, 12));
    let moment = |k| fourier.frequencies.iter().map(|f| (f / 3.0).powi(k)).sum::<f64>() / 20_000.0;
    assert!(moment(1).abs() < 0.03 && moment(3).abs() < 0.1);
    assert!((moment(2) - 1.0).abs() < 0.04 && (moment(4) - 3.0).abs() < 0.3);
}

fn refused(inputs: usize, stages: Vec<Stage>) -> ErrorKind {
    let error: Error = Chain::new(inputs, stages).unwrap_err();
    assert!(error.to_string().len() > 10);
    error.kind().clone()
}

#[test]
fn what_does_not_fit_is_refused() {
    let width = |stage, expected, found| ErrorKind::StageWidth { stage, expected, found };
    let plain = || Stage::Mlp(mlp(&[2, 3]));
    assert_eq!(refused(2, vec![plain(), plain()]), width(1, 2, 3));
    assert_eq!(refused(2, vec![Stage::Residual(vec![plain()])]), width(0, 3, 2));
    assert_eq!(refused(0, vec![]), ErrorKind::ZeroWidth { layer: 0 });
    let hidden = vec![4, 5];
    let stage = Stage::Modified(mlp(&[2, 4, 5, 1]));
    assert_eq!(refused(2, vec![stage]), ErrorKind::UnequalWidths { stage: 0, hidden });
    let hidden = vec![];
    let stage = Stage::Modified(mlp(&[2, 1]));
    assert_eq!(refused(2, vec![stage]), ErrorKind::UnequalWidths { stage: 0, hidden });
    for rate in [1.0, -0.1, f64::NAN] {
        let kind = refused(1, vec![Stage::Dropout { rate }]);
        assert!(matches!(kind, ErrorKind::Setting { name: "rate", .. }));
    }
    let fourier = |inputs, frequencies| vec![Stage::Fourier(Fourier { inputs, frequencies })];
    assert!(matches!(refused(2, fourier(2, vec![1.0; 3])), ErrorKind::RaggedBatch { .. }));
    assert!(matches!(refused(2, fourier(0, vec![])), ErrorKind::EmptyData { .. }));
    assert!(matches!(refused(1, fourier(1, vec![f64::NAN])), ErrorKind::NonFiniteData { .. }));
    let normalize = Normalize { shift: vec![0.0], scale: vec![1.0; 2] };
    assert!(matches!(refused(1, vec![Stage::Normalize(normalize)]), ErrorKind::Length { .. }));
    // Deviations that overflow, or whose reciprocal does.
    for data in [&[f64::MAX, -f64::MAX, -f64::MAX][..], &[0.0, 5e-324]] {
        let error = Normalize::from_data(data, 1).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NonFiniteData { .. }));
    }

    // Too small a workspace, and lengths.
    let chain = every_stage();
    let p = chain.init(Init::Glorot, 1);
    let small = Chain::from(mlp(&[2, 2]));
    let mut y = [0.0; 2];
    let error = chain.value_batch(&p, &[0.0; 2], &mut y, &mut ChainWorkspace::new(&small));
    assert!(matches!(error.unwrap_err().kind(), ErrorKind::SmallWorkspace { .. }));
    let error = chain.value_batch(&p, &[0.0; 3], &mut y, &mut ChainWorkspace::new(&chain));
    assert!(matches!(error.unwrap_err().kind(), ErrorKind::RaggedBatch { .. }));
    chain.eval(&p[1..], &[0.0; 2], &mut y);
    assert!(y[0].is_nan());
}

#[test]
fn nothing_is_allocated_after_the_workspace() {
    let chain = every_stage();
    let p = chain.init(Init::Glorot, 1);
    let dual: Vec<Dual> = p.iter().map(|&p| Dual::constant(p)).collect();
    let mut ws = ChainWorkspace::new(&chain);
    let x = inputs(300);
    let (mut y, mut x_bar, mut p_bar) = (vec![0.0; 600], vec![0.0; 600], vec![0.0; p.len()]);
    let (mut one, mut two) = ([0.0; 2], [Dual::zero(); 2]);
    let counted = allocation_counter::measure(|| {
        chain.eval(&p, &x[..2], &mut one);
        chain.eval(&dual, &[Dual::variable(0.1, 0), Dual::variable(0.2, 0)], &mut two);
        chain.value_batch(&p, &x, &mut y, &mut ws).unwrap();
        let pass = Pass::Training { seed: 1, first: 0 };
        chain.vjp_batch(&p, &x, &y, &mut x_bar, &mut p_bar, pass, &mut ws).unwrap();
    });
    assert_eq!(counted.count_total, 0);
    assert!(p_bar.iter().any(|g| *g != 0.0) && two[0].eps[0] != 0.0);
}

#[cfg(feature = "serde")]
#[test]
fn a_chain_can_be_written_and_read() {
    let text = serde_json::to_string(&every_stage()).unwrap();
    assert_eq!(serde_json::from_str::<Chain>(&text).unwrap(), every_stage());
    let wrong = r#"{"inputs":1,"stages":[{"dropout":{"rate":2.0}}]}"#;
    assert!(serde_json::from_str::<Chain>(wrong).unwrap_err().to_string().contains("[0, 1)"));
}

/// A constant column is shifted by itself, however many samples there are.
#[test]
fn a_constant_column_is_only_shifted() {
    for (value, samples) in [(0.1, 1000), (0.3, 10_000), (1234.567, 1_000_000), (-7e300, 999)] {
        let constant = Normalize::from_data(&vec![value; samples], 1).unwrap();
        assert_eq!(constant, Normalize { shift: vec![value], scale: vec![1.0] });
    }
}

/// Two stages of dropout lose components of their own.
#[test]
fn stages_of_dropout_are_independent() {
    let both = Chain::new(1, vec![Stage::Dropout { rate: 0.5 }, Stage::Dropout { rate: 0.5 }]);
    let (factors, _) = in_training(&both.unwrap(), &[], &inputs(2000)[..2000], 8, 0);
    let kept = factors.iter().filter(|&&f| f != 0.0).count();
    // A quarter, not a half: 500 of 2000, with a standard deviation of 19.
    assert!(kept.abs_diff(500) < 80, "{kept}");
}

/// `x + x`.
#[test]
fn a_residual_of_nothing_doubles() {
    let chain = Chain::new(2, vec![Stage::Residual(Vec::new())]).unwrap();
    let (mut y, mut x_bar) = ([0.0; 2], [0.0; 2]);
    let ws = &mut ChainWorkspace::new(&chain);
    chain.value_batch(&[], &[1.0, 2.0], &mut y, ws).unwrap();
    chain
        .vjp_batch(&[], &[1.0, 2.0], &[1.0, 5.0], &mut x_bar, &mut [], Pass::Evaluation, ws)
        .unwrap();
    assert_eq!((y, x_bar), ([2.0, 4.0], [2.0, 10.0]));
}

#[test]
fn a_modified_network_keeps_its_last_activation() {
    let network = mlp(&[2, 5, 5, 1]).with_output_activation(Activation::Softplus);
    let chain = Chain::new(2, vec![Stage::Modified(network)]).unwrap();
    let plain = Chain::new(2, vec![Stage::Modified(mlp(&[2, 5, 5, 1]))]).unwrap();
    let p = chain.init(Init::He, 9);
    let (mut y, mut before) = ([0.0], [0.0]);
    chain.eval(&p, &[-3.0, 0.4], &mut y);
    plain.eval(&p, &[-3.0, 0.4], &mut before);
    assert!((y[0] - before[0].exp().ln_1p()).abs() < 1e-14, "{y:?} {before:?}");
}

/// What a larger batch has left in the workspace does not count.
#[test]
fn nothing_is_left_from_another_batch() {
    let chain = Chain::from(mlp(&[2, 7, 1]));
    let p = chain.init(Init::Glorot, 4);
    let gradient = |ws: &mut ChainWorkspace| {
        let (x, mut x_bar, mut p_bar) = (inputs(5), vec![0.0; 10], vec![0.0; p.len()]);
        chain.vjp_batch(&p, &x, &[1.0; 5], &mut x_bar, &mut p_bar, Pass::Evaluation, ws).unwrap();
        (x_bar, p_bar)
    };
    let mut used = ChainWorkspace::new(&chain);
    let (x, y_bar) = (vec![f64::NAN; 200], vec![f64::NAN; 100]);
    let (mut x_bar, mut p_bar) = (vec![0.0; 200], vec![0.0; p.len()]);
    chain.vjp_batch(&p, &x, &y_bar, &mut x_bar, &mut p_bar, Pass::Evaluation, &mut used).unwrap();
    assert_eq!(gradient(&mut used), gradient(&mut ChainWorkspace::new(&chain)));
}

/// What only `f64` holds is refused in `f32`, and not infinite.
#[test]
fn settings_beyond_single_precision() {
    let shift = Stage::Normalize(Normalize { shift: vec![1e300], scale: vec![1.0] });
    let scale = Stage::Normalize(Normalize { shift: vec![0.0], scale: vec![-1e39] });
    let fourier = Stage::Fourier(Fourier { inputs: 1, frequencies: vec![1e38] });
    for stage in [shift, scale, fourier] {
        let inner = Chain::new(1, vec![Stage::Residual(vec![Stage::Mlp(mlp(&[1, 1]))]), stage]);
        let chain = inner.unwrap();
        let n = chain.outputs();
        let (mut y, mut ws) = (vec![0.5f32; n], ChainWorkspace::new(&chain));
        let refused = chain.value_batch(&[0.0, 0.0], &[1.0], &mut y, &mut ws).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::Setting { .. }), "{refused}");
        let (bar, mut p_bar, pass) = (vec![1.0f32; n], [0.0f32; 2], Pass::Evaluation);
        let back = chain.vjp_batch(&[0.0; 2], &[1.0], &bar, &mut [], &mut p_bar, pass, &mut ws);
        assert!(back.is_err() && p_bar == [0.0; 2] && y == vec![0.5; n]);
        let (mut y, mut ws) = (vec![f64::NAN; n], ChainWorkspace::new(&chain));
        chain.value_batch(&[0.0, 0.0], &[1.0], &mut y, &mut ws).unwrap();
        assert!(y.iter().all(|y| y.is_finite()));
    }
}
