//! Models that loop over cells, whose programs are fused, against plain evaluation, duals and nested duals.

mod random;

use ad_tape::{Program, Vjp};
use proptest::prelude::*;
use random::{Step, programs, run};
use scalar::{Dual, Lanes, Scalar};
use testset::models::{Brusselator1d, Brusselator2d};

type D = Dual<f64, 1>;

/// How fields lie in memory, and who the neighbours are.
#[derive(Clone, Copy, Debug)]
struct Shape {
    cells: usize,
    fields: usize,
    is_interleaved: bool,
    /// Rows of a torus; 1 is a ring.
    rows: usize,
}

/// The same body in each cell, after two parameters.
fn cells<S: Scalar>(steps: &[Step], shape: Shape, x: &[S]) -> Vec<S> {
    let Shape { cells: n, fields, is_interleaved, rows } = shape;
    let (p, u) = x.split_at(2);
    let at = |cell: usize, field: usize| match is_interleaved {
        true => u[cell * fields + field],
        false => u[field * n + cell],
    };
    let width = n / rows;
    let east = |k: usize| k / width * width + (k + 1) % width;
    let west = |k: usize| k / width * width + (k + width - 1) % width;
    let last = fields - 1;
    let rate = p[0] * p[1].sin();
    let body = |k: usize| {
        let (a, b) = (at(k, 0), at(k, last));
        let around = at(west(k), 0) + at(east(k), 0) + at((k + width) % n, 0) - a.scale(3.0);
        let local = run(steps, &[a, b, at(east(k), last), p[1]]);
        let source = if k % 11 == 3 { rate * b } else { S::zero() };
        // What is no part of all cells stands in some.
        let changed = rate * around + local - a * b * b;
        if k % 11 == 3 { changed + source } else { changed }
    };
    (0..n).map(body).chain((0..n).map(|k| at(k, last) * rate)).collect()
}

/// Only steps that are no vector nodes, so that the program is fused.
fn scalar_steps(steps: &[Step]) -> Vec<Step> {
    let is_node = |op: u8| matches!(op % 27, 15 | 16 | 17 | 20 | 21 | 22 | 23 | 25);
    steps
        .iter()
        .map(|&(op, i, j, c)| if is_node(op) { (1, i, j, c) } else { (op, i, j, c) })
        .collect()
}

fn numbers(len: usize, seed: u64) -> Vec<f64> {
    (0..len).map(|k| 1.4 * ((k as f64 + 1.3) * (1.0 + 0.618 * seed as f64)).sin()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]
    #[test]
    fn fused_programs_agree(
        steps in programs(14), wide in any::<bool>(), is_interleaved in any::<bool>(),
        fields in 1usize..=3, seed in 0u64..1000,
    ) {
        let steps = scalar_steps(&steps);
        let (cell_count, rows) = if wide { (168, 4) } else { (90, 1) };
        let shape = Shape { cells: cell_count, fields, is_interleaved, rows };
        let n = 2 + cell_count * fields;
        let program = Program::record(n, |x| cells(&steps, shape, x)).unwrap();
        prop_assert!(program.explain().loops[0] > 0, "{}", program.explain());
        let (x, v, w) = (numbers(n, seed), numbers(n, seed + 1), numbers(n, seed + 2));
        let mut y_bar = numbers(2 * cell_count, seed + 3);
        y_bar.iter_mut().step_by(7).for_each(|bar| *bar = 0.0);
        // Forward, every bit.
        let (mut work, mut y) = (program.work(), vec![0.0; 2 * cell_count]);
        program.forward(&x, &mut y, &mut work).unwrap();
        for (y, plain) in y.iter().zip(cells(&steps, shape, &x)) {
            prop_assert!(y.to_bits() == plain.to_bits() || (y.is_nan() && plain.is_nan()));
        }
        // Backward, twice, against the derivative along a direction.
        type N = Dual<D, 1>;
        let lifted: Vec<N> = (0..n)
            .map(|k| N { re: D { re: x[k], eps: [v[k]] }, eps: [D::constant(w[k])] })
            .collect();
        let exact = cells(&steps, shape, &lifted);
        let sum = |part: &dyn Fn(&N) -> f64| -> (f64, f64) {
            let parts = exact.iter().zip(&y_bar).map(|(y, bar)| part(y) * bar);
            parts.fold((0.0, 1e-3), |(sum, size), part| (sum + part, size + part.abs()))
        };
        let (slope, size) = sum(&|y| y.eps[0].re);
        let (curve, curve_size) = sum(&|y| y.eps[0].eps[0]);
        let mut bars = vec![0.25; n];
        program.reverse(&y_bar, &mut bars, &mut work).unwrap();
        let mut again = vec![0.25; n];
        program.reverse(&y_bar, &mut again, &mut work).unwrap();
        prop_assert_eq!(&bars, &again);
        let along = |bars: &[f64]| bars.iter().zip(&w).map(|(bar, w)| (bar - 0.25) * w).sum::<f64>();
        prop_assert!((along(&bars) - slope).abs() <= 1e-11 * size, "{} {slope}", along(&bars));
        // In lanes, every bit of one by one.
        let lanes: Vec<_> = x.iter().map(|&x| Lanes([x, 0.5 * x, x, -x])).collect();
        let (mut wide, mut y_wide) = (program.work(), vec![Lanes([0.0; 4]); y.len()]);
        program.forward(&lanes, &mut y_wide, &mut wide).unwrap();
        let seeds: Vec<_> = y_bar.iter().map(|&bar| Lanes([bar, 1.0, 0.0, bar])).collect();
        let mut bars_wide = vec![Lanes([0.25; 4]); n];
        program.reverse(&seeds, &mut bars_wide, &mut wide).unwrap();
        for (bar, wide) in bars.iter().zip(&bars_wide) {
            let close = (bar - wide.0[0]).abs() <= 1e-12 * (size + bar.abs());
            prop_assert!(close && wide.0[2] == 0.25, "{bar} {wide:?}");
        }
        // Forward over reverse.
        let along_v: Vec<D> = (0..n).map(|k| D { re: x[k], eps: [v[k]] }).collect();
        let (mut duals, mut y_dual) = (program.work(), vec![D::zero(); y.len()]);
        program.forward(&along_v, &mut y_dual, &mut duals).unwrap();
        let seeds: Vec<D> = y_bar.iter().map(|&bar| D::constant(bar)).collect();
        let mut bars_dual = vec![D::zero(); n];
        program.reverse(&seeds, &mut bars_dual, &mut duals).unwrap();
        let second: f64 = bars_dual.iter().zip(&w).map(|(bar, w)| bar.eps[0] * w).sum();
        let size = size + curve_size;
        prop_assert!((second - curve).abs() <= 1e-9 * size, "{second} {curve}");
    }
}

/// Derivatives of the Brusselator in the plane, whose Jacobian is sparse, column by column; nothing is allocated.
#[test]
fn brusselators() {
    fn check(model: impl system::System, loops: usize) {
        let (n, m) = (model.dim(), model.num_params());
        let program = Program::of(&model).unwrap();
        let found = program.explain().loops;
        assert!(found[0] > 0 && found[0] + found[1] <= loops, "{}", program.explain());
        let x: Vec<f64> = [0.1].into_iter().chain((0..n).map(|k| 1.5 + (k as f64).sin())).collect();
        let x = [x, vec![1.5]].concat();
        let y_bar: Vec<f64> = (0..n).map(|k| (1.0 + 2.0 * k as f64).cos()).collect();
        let (mut work, mut y, mut bars) = (program.work(), vec![0.0; n], vec![0.0; m + n + 1]);
        let mut replay = || {
            bars.fill(0.0);
            program.forward(&x, &mut y, &mut work).unwrap();
            program.reverse(&y_bar, &mut bars, &mut work).unwrap();
        };
        assert_eq!(allocation_counter::measure(&mut replay).count_total, 0);
        // At once, and once more.
        let (mut fresh, mut at_once) = (program.work(), vec![0.0; m + n + 1]);
        program.vjp(&x, &y_bar, &mut at_once, &mut fresh).unwrap();
        assert_eq!(at_once, bars);
        at_once.fill(0.0);
        program.reverse(&y_bar, &mut at_once, &mut fresh).unwrap();
        assert_eq!(at_once, bars);
        for k in 0..m + n {
            let lift = |(i, &re): (usize, &f64)| D { re, eps: [f64::from(i == k)] };
            let lifted: Vec<D> = x.iter().enumerate().map(lift).collect();
            let mut du = vec![D::zero(); n];
            model.rhs(lifted[m + n], &lifted[m..m + n], &lifted[..m], &mut du);
            let parts = du.iter().zip(&y_bar).map(|(du, bar)| du.eps[0] * bar);
            let (exact, size) = parts.fold((0.0, 1.0), |(e, s), p: f64| (e + p, s + p.abs()));
            assert!((bars[k] - exact).abs() <= 1e-13 * size, "{k}: {} {exact}", bars[k]);
        }
        // Cotangents that are missing count as zero.
        let mut record = model.record();
        let (u, mut du) = (&x[m..m + n], vec![0.0; n]);
        assert!(model.forward(1.5, u, &x[..m], &mut du, &mut record).is_ok());
        let pulled = |record: &mut ad_tape::Record, bar: &[f64]| {
            let (mut u_bar, mut p_bar) = (vec![0.0; n], vec![0.0; m]);
            model.backward(record, bar, &mut u_bar, &mut p_bar);
            (u_bar, p_bar)
        };
        let mut padded = y_bar.clone();
        padded[n / 3..].fill(0.0);
        let short = pulled(&mut record, &y_bar[..n / 3]);
        assert_eq!(short, pulled(&mut record, &padded));
    }
    check(Brusselator2d { side: 16 }, 60);
    check(Brusselator2d { side: 9 }, 60);
    check(Brusselator1d { cells: 200 }, 60);
}

/// A path that does not count adds nothing, also where its slope is not finite.
#[test]
fn the_side_not_chosen_does_not_count() {
    let n = 64;
    let program = Program::record(2 * n, |x| {
        let cell = |i: usize| {
            let (a, b) = (x[i], x[n + i]);
            a.select_lt(Scalar::from_f64(1e-9), a * b, a.sqrt() * b) + b / (a * a - a)
        };
        (0..n).map(cell).collect()
    });
    let program = program.unwrap();
    assert!(program.explain().loops[1] > 0);
    let x: Vec<f64> = (0..2 * n).map(|i| if i < n { i as f64 - 4.0 } else { 3.0 }).collect();
    let (mut work, mut y, mut bars) = (program.work(), vec![0.0; n], vec![0.0; 2 * n]);
    program.forward(&x, &mut y, &mut work).unwrap();
    // At 0 and 1 the quotient has no value, and does not count.
    let y_bar: Vec<f64> = (0..n).map(|i| f64::from(i != 4 && i != 5)).collect();
    program.reverse(&y_bar, &mut bars, &mut work).unwrap();
    for i in 0..n {
        let (a, b, counts) = (x[i], x[n + i], y_bar[i]);
        let side = if a < 1e-9 { [b, a] } else { [0.5 * b / a.sqrt(), a.sqrt()] };
        let q = a * a - a;
        let exact = [side[0] - b * (2.0 * a - 1.0) / (q * q), side[1] + 1.0 / q];
        for (bar, exact) in [bars[i], bars[n + i]].into_iter().zip(exact) {
            let exact = if counts == 0.0 { 0.0 } else { exact };
            assert!((bar - exact).abs() <= 1e-13 * exact.abs().max(1.0), "{i}: {bar} {exact}");
        }
    }
}

/// Diffusion and reaction on a plate, at whose border something else happens: the inner cells have holes in their rows.
fn plate<S: Scalar>(width: usize, x: &[S]) -> Vec<S> {
    let (p, u) = x.split_at(1);
    let height = u.len() / width;
    let cell = |k: usize| {
        let (i, j) = (k % width, k / width);
        let is_inner = i > 0 && j > 0 && i + 1 < width && j + 1 < height;
        match is_inner {
            true => {
                let around = u[k - 1] + u[k + 1] + u[k - width] + u[k + width] - u[k].scale(4.0);
                p[0] * around + u[k] * u[k].sin() * u[k]
            }
            false => p[0] * u[k] - u[k] * u[k] * u[k],
        }
    };
    (0..u.len()).map(cell).collect()
}

#[test]
fn borders_of_another_kind() {
    for (width, height, loops) in [(16, 14, 60), (30, 9, 60)] {
        let n = width * height + 1;
        let program = Program::record(n, |x| plate(width, x)).unwrap();
        let found = program.explain().loops;
        assert!(found[0] > 0 && found[0] + found[1] <= loops, "{}", program.explain());
        let (x, y_bar) = (numbers(n, 1), numbers(n - 1, 2));
        let (mut work, mut y, mut bars) = (program.work(), vec![0.0; n - 1], vec![0.0; n]);
        program.forward(&x, &mut y, &mut work).unwrap();
        assert_eq!(y, plate(width, &x));
        program.reverse(&y_bar, &mut bars, &mut work).unwrap();
        for k in 0..n {
            let lift = |(i, &re): (usize, &f64)| D { re, eps: [f64::from(i == k)] };
            let lifted: Vec<D> = x.iter().enumerate().map(lift).collect();
            let slopes = plate(width, &lifted);
            let parts = slopes.iter().zip(&y_bar).map(|(y, bar)| y.eps[0] * bar);
            let (exact, size) = parts.fold((0.0, 1.0), |(e, s), p: f64| (e + p, s + p.abs()));
            assert!((bars[k] - exact).abs() <= 1e-13 * size, "{k}: {} {exact}", bars[k]);
        }
    }
}
