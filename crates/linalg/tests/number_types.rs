//! Lanes are systems one by one; duals are derivatives.

mod matrices;

use linalg::*;
use matrices::*;
use scalar::{Dual, Lanes};

/// Lane `l` of system `k` is random; lane 1 needs other pivots than lane 0.
fn bundle<const W: usize>(len: usize, seed: u64) -> Vec<Lanes<W>> {
    let lanes: Vec<Vec<f64>> = (0..W as u64).map(|l| vector(len, seed * 100 + l)).collect();
    (0..len).map(|k| Lanes(std::array::from_fn(|l| lanes[l][k]))).collect()
}

fn lane<const W: usize>(values: &[Lanes<W>], l: usize) -> Vec<f64> {
    values.iter().map(|v| v.0[l]).collect()
}

/// Bit by bit where both run the same loops, else to rounding.
fn one_by_one<const W: usize>(
    structure: &Structure,
    together: &mut dyn LinearSolve<Lanes<W>>,
    alone: &mut dyn LinearSolve,
    same_bits: bool,
) {
    let n = structure.dim();
    let values = bundle::<W>(structure.len(), n as u64);
    let b = bundle::<W>(n, 77);
    let (mut x, mut y) = (b.clone(), b.clone());
    together.factor(&values).unwrap();
    together.solve_in_place(&mut x).unwrap();
    together.solve_transposed_in_place(&mut y).unwrap();
    for l in 0..W {
        alone.factor(&lane(&values, l)).unwrap();
        let mut one = lane(&b, l);
        alone.solve_in_place(&mut one).unwrap();
        let mut transposed = lane(&b, l);
        alone.solve_transposed_in_place(&mut transposed).unwrap();
        let condition = alone.condition().unwrap();
        for (many, one) in [(lane(&x, l), one), (lane(&y, l), transposed)] {
            let size = one.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            for (a, b) in many.iter().zip(&one) {
                let tolerance = if same_bits { 0.0 } else { 1e-15 * condition * size };
                assert!((a - b).abs() <= tolerance, "{structure}, lane {l}: {a} {b}");
            }
        }
    }
}

fn small_lanes<const N: usize>() {
    let structure = Structure::Dense { n: N };
    let alone = &mut SmallLu::<f64, N>::new();
    one_by_one::<4>(&structure, &mut SmallLu::<Lanes<4>, N>::new(), alone, true);
    one_by_one::<8>(&structure, &mut SmallLu::<Lanes<8>, N>::new(), alone, true);
    one_by_one::<3>(&structure, &mut SmallLu::<Lanes<3>, N>::new(), alone, true);
}

#[test]
fn lanes_are_systems_one_by_one() {
    macro_rules! all {
        ($($n:literal)*) => {$( small_lanes::<$n>(); )*};
    }
    all!(1 2 3 4 5 6 7 8 9 10);
    for n in [1, 5, 10, 13, 20, 40, 100] {
        let structure = Structure::Dense { n };
        let alone = &mut DenseLu::<f64>::new(n);
        one_by_one::<4>(&structure, &mut DenseLu::<Lanes<4>>::new(n), alone, n <= 10);
        let structure = Structure::Banded { n, lower: 2, upper: 3 };
        let alone = &mut BandedLu::<f64>::new(n, 2, 3);
        one_by_one::<4>(&structure, &mut BandedLu::<Lanes<4>>::new(n, 2, 3), alone, true);
    }
}

#[test]
fn a_singular_lane_does_not_harm_the_others() {
    // Lane 1 is singular, lane 2 holds a NaN.
    let mut a = bundle::<4>(9, 3);
    for i in 0..3 {
        a[6 + i].0[1] = 2.0 * a[i].0[1];
    }
    a[4].0[2] = f64::NAN;
    let b = bundle::<4>(3, 4);
    let solvers: [&mut dyn LinearSolve<Lanes<4>>; 2] =
        [&mut SmallLu::<Lanes<4>, 3>::new(), &mut DenseLu::<Lanes<4>>::new(3)];
    for solver in solvers {
        let error = solver.factor(&a).unwrap_err();
        let ErrorKind::SingularLanes { lanes, .. } = error.kind() else { panic!("{error}") };
        assert!(lanes & 0b1001 == 0 && lanes & 0b0100 != 0, "{lanes:b}");
        let mut x = b.clone();
        solver.solve_in_place(&mut x).unwrap();
        for l in [0, 3] {
            let structure = Structure::Dense { n: 3 };
            let error = backward_error(&structure, &lane(&a, l), &lane(&x, l), &lane(&b, l));
            assert!(error < 8.0, "lane {l}: {error}");
        }
    }
    // Exactly singular in lane 1.
    let mut a = vec![Lanes([1.0, 1.0]); 4];
    a[0] = Lanes([2.0, 1.0]);
    let error = SmallLu::<Lanes<2>, 2>::new().factor(&a).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::SingularLanes { pivot: 1, lanes: 0b10 });
}

type D = Dual<f64, 2>;

/// `dx = A⁻¹ (db - dA x)`, by the primal factors.
fn derivatives(structure: &Structure, dual: &mut dyn LinearSolve<D>, primal: &mut dyn LinearSolve) {
    let n = structure.dim();
    let part = |seed| vector::<f64>(structure.len(), seed);
    let (a, da) = (part(1), [part(2), part(3)]);
    let (b, db) = (vector::<f64>(n, 4), [vector::<f64>(n, 5), vector::<f64>(n, 6)]);
    let join = |re: &[f64], eps: &[Vec<f64>; 2]| -> Vec<D> {
        (0..re.len()).map(|k| Dual { re: re[k], eps: [eps[0][k], eps[1][k]] }).collect()
    };
    dual.factor(&join(&a, &da)).unwrap();
    primal.factor(&a).unwrap();
    let tolerance = 1e-14 * primal.condition().unwrap();
    for transposed in [false, true] {
        let mut x = join(&b, &db);
        let mut expected = b.clone();
        if transposed {
            dual.solve_transposed_in_place(&mut x).unwrap();
            primal.solve_transposed_in_place(&mut expected).unwrap();
        } else {
            dual.solve_in_place(&mut x).unwrap();
            primal.solve_in_place(&mut expected).unwrap();
        }
        let size = expected.iter().fold(1.0f64, |m, v| m.max(v.abs()));
        for (x, y) in x.iter().zip(&expected) {
            assert!((x.re - y).abs() <= tolerance * size);
        }
        for d in 0..2 {
            let mut change = vec![0.0; n];
            if transposed {
                structure.multiply_transposed(&da[d], &expected, &mut change).unwrap();
            } else {
                structure.multiply(&da[d], &expected, &mut change).unwrap();
            }
            let mut slope: Vec<f64> = db[d].iter().zip(&change).map(|(db, c)| db - c).collect();
            if transposed {
                primal.solve_transposed_in_place(&mut slope).unwrap();
            } else {
                primal.solve_in_place(&mut slope).unwrap();
            }
            let size = slope.iter().fold(size, |m, v| m.max(v.abs()));
            for (x, y) in x.iter().zip(&slope) {
                let bound = tolerance * primal.norm() * size;
                assert!((x.eps[d] - y).abs() <= bound, "{structure}: {} {y}", x.eps[d]);
            }
        }
    }
}

#[test]
fn duals_differentiate_the_solution() {
    derivatives(
        &Structure::Dense { n: 4 },
        &mut SmallLu::<D, 4>::new(),
        &mut SmallLu::<f64, 4>::new(),
    );
    for n in [1, 3, 10, 12, 30, 100] {
        let structure = Structure::Dense { n };
        derivatives(&structure, &mut DenseLu::<D>::new(n), &mut DenseLu::<f64>::new(n));
        let structure = Structure::Banded { n, lower: 1, upper: 2 };
        derivatives(&structure, &mut BandedLu::<D>::new(n, 1, 2), &mut DenseScattered::new(n));
        let pattern = scattered(n, 2, 8);
        let mut lu = SparseLu::<D>::new(pattern.clone()).unwrap();
        let mut primal = SparseLu::<f64>::new(pattern.clone()).unwrap();
        derivatives(&Structure::Sparse(pattern.into()), &mut lu, &mut primal);
    }
}

/// A dense solver that is given a band: another algorithm than the one under test.
struct DenseScattered {
    lu: DenseLu<f64>,
    structure: Structure,
}

impl DenseScattered {
    fn new(n: usize) -> Self {
        Self { lu: DenseLu::new(n), structure: Structure::Banded { n, lower: 1, upper: 2 } }
    }
}

impl LinearSolve for DenseScattered {
    fn dim(&self) -> usize {
        self.lu.dim()
    }
    fn factor(&mut self, values: &[f64]) -> Result<(), Error> {
        self.lu.factor(&full(&self.structure, values))
    }
    fn solve_in_place(&mut self, b: &mut [f64]) -> Result<(), Error> {
        self.lu.solve_in_place(b)
    }
    fn solve_transposed_in_place(&mut self, b: &mut [f64]) -> Result<(), Error> {
        self.lu.solve_transposed_in_place(b)
    }
    fn norm(&self) -> f64 {
        self.lu.norm()
    }
}

#[test]
fn single_precision() {
    for n in [3, 10, 20, 120] {
        let a: Vec<f32> = vector::<f64>(n * n, 1).iter().map(|&a| a as f32).collect();
        let mut b = vec![0.0f32; n];
        for j in 0..n {
            for i in 0..n {
                b[i] += a[j * n + i];
            }
        }
        let mut lu = DenseLu::<f32>::new(n);
        lu.factor(&a).unwrap();
        lu.solve_in_place(&mut b).unwrap();
        let bound = 1e-7 * lu.condition().unwrap() as f32;
        assert!(b.iter().all(|x| (x - 1.0).abs() < bound), "{n}");
    }
}
