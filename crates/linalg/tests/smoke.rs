//! Every size solves.
use linalg::{DenseLu, SmallLu, c64};
#[test]
fn solves() {
    for n in [1usize, 2, 3, 5, 8, 10, 11, 17, 40, 100, 130] {
        let a: Vec<f64> = (0..n * n).map(|i| ((i * i * 31 + i * 17 + 13) as f64).sin()).collect();
        let mut x: Vec<f64> = (0..n).map(|i| i as f64 + 1.0).collect();
        let mut b = vec![0.0; n];
        let mut bt = vec![0.0; n];
        for j in 0..n {
            for i in 0..n {
                b[i] += a[j * n + i] * x[j];
                bt[j] += a[j * n + i] * x[i];
            }
        }
        let mut lu = DenseLu::new(n);
        lu.factor(&a).unwrap();
        lu.solve_in_place(&mut b).unwrap();
        lu.solve_transposed_in_place(&mut bt).unwrap();
        for i in 0..n {
            assert!((b[i] - x[i]).abs() < 1e-8 * n as f64, "{n} {i} {} {}", b[i], x[i]);
            assert!((bt[i] - x[i]).abs() < 1e-8 * n as f64);
        }
        let ac: Vec<c64> = a
            .iter()
            .enumerate()
            .map(|(i, &v)| c64::new(v, if i % (n + 1) == 0 { 2.0 } else { 0.0 }))
            .collect();
        let mut bc = vec![c64::new(0.0, 0.0); n];
        for j in 0..n {
            for i in 0..n {
                bc[i] += ac[j * n + i] * x[j];
            }
        }
        let mut lu = DenseLu::new(n);
        lu.factor(&ac).unwrap();
        lu.solve_in_place(&mut bc).unwrap();
        for i in 0..n {
            assert!((bc[i].re - x[i]).abs() < 1e-8 && bc[i].im.abs() < 1e-8);
        }
        x[0] = 0.0;
    }
    let mut lu = SmallLu::<scalar::Lanes<4>, 3>::new();
    let a: Vec<_> = (0..9)
        .map(|i| scalar::Lanes(std::array::from_fn(|l| ((i * i * 31 + l * 17 + 3) as f64).sin())))
        .collect();
    lu.factor(&a).unwrap();
    let b: Vec<_> = (0..3).map(|i| scalar::Lanes([i as f64; 4])).collect();
    let mut x = b.clone();
    lu.solve_in_place(&mut x).unwrap();
    for l in 0..4 {
        let mut one = SmallLu::<f64, 3>::new();
        one.factor(&a.iter().map(|v| v.0[l]).collect::<Vec<_>>()).unwrap();
        let mut y: Vec<f64> = b.iter().map(|v| v.0[l]).collect();
        one.solve_in_place(&mut y).unwrap();
        assert_eq!(y, x.iter().map(|v| v.0[l]).collect::<Vec<_>>());
    }
}
