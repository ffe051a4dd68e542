//! What must not change the answer.

mod known_data;

use datadriven::{Ensemble, PolynomialLibrary, Regression, SparseModel, Stlsq};
use known_data::{Noise, cloud};
use proptest::prelude::*;

type Rows = Vec<Vec<f64>>;

/// A noisy predator and prey: one row for each sample.
fn samples(seed: u64) -> (Rows, Rows) {
    let x: Rows = cloud(120, 2, seed).iter().map(|u| u.iter().map(|u| 2.0 + u).collect()).collect();
    let mut noise = Noise::new(seed, 0.02);
    let mut rhs = |u: &Vec<f64>| {
        let pair = u[0] * u[1];
        vec![1.3 * u[0] - 0.9 * pair + noise.draw(), 0.8 * pair - 1.8 * u[1] + noise.draw()]
    };
    let y = x.iter().map(&mut rhs).collect();
    (x, y)
}

fn fit(names: [&str; 2], x: &Rows, y: &Rows, stlsq: &Stlsq) -> SparseModel {
    let library = PolynomialLibrary::default().build(&names).unwrap();
    stlsq.fit(&Regression::derivatives(&library, x, y).unwrap()).unwrap()
}

/// Every coefficient and error of `a` is the one of the same name in `b`, times a factor.
fn agree(a: &SparseModel, b: &SparseModel, factor: impl Fn(&str, &[(usize, u32)]) -> f64) -> bool {
    let library = a.library();
    a.details().iter().all(|ea| {
        let eb = b.details().iter().find(|eb| eb.target == ea.target).unwrap();
        library.names().iter().zip(library.terms()).enumerate().all(|(i, (name, term))| {
            let j = b.library().position(name).unwrap();
            let factor = factor(ea.target.name(), term.factors());
            let close = |a: f64, b: f64| (a - factor * b).abs() <= 1e-9 * (1.0 + a.abs());
            close(ea.coefficients[i], eb.coefficients[j])
                && close(ea.std_errors[i], eb.std_errors[j])
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn order_of_rows(seed in 0u64..1000, stride in prop::sample::select(vec![7usize, 11, 77, 119])) {
        let (x, y) = samples(seed);
        let moved = |rows: &Rows| -> Rows {
            (0..120).map(|i| rows[i * stride % 120].clone()).collect()
        };
        let a = fit(["hare", "lynx"], &x, &y, &Stlsq::default());
        let b = fit(["hare", "lynx"], &moved(&x), &moved(&y), &Stlsq::default());
        prop_assert!(agree(&a, &b, |_, _| 1.0), "{a}\n{b}");
    }

    #[test]
    fn order_of_variables(seed in 0u64..1000) {
        let (x, y) = samples(seed);
        let swapped = |rows: &Rows| rows.iter().map(|r| vec![r[1], r[0]]).collect();
        let a = fit(["hare", "lynx"], &x, &y, &Stlsq::default());
        let b = fit(["lynx", "hare"], &swapped(&x), &swapped(&y), &Stlsq::default());
        prop_assert!(agree(&a, &b, |_, _| 1.0), "{a}\n{b}");
    }

    #[test]
    fn units(seed in 0u64..1000, hare in 1e-6f64..1e6, lynx in 1e-3f64..1e3) {
        let (x, y) = samples(seed);
        let scale = [hare, lynx];
        let scaled = |rows: &Rows| -> Rows {
            rows.iter().map(|r| r.iter().zip(scale).map(|(r, s)| r * s).collect()).collect()
        };
        // Without a threshold, and with one that compares dimensionless numbers.
        let plain = Stlsq { threshold: 0.0, ..Stlsq::default() };
        let normalized = Stlsq { threshold: 0.2, normalize: true, ..Stlsq::default() };
        for stlsq in [plain, normalized] {
            let a = fit(["hare", "lynx"], &x, &y, &stlsq);
            let b = fit(["hare", "lynx"], &scaled(&x), &scaled(&y), &stlsq);
            // ξ of u₁ⁱ u₂ʲ in the new units is ξ s_target / (s₁ⁱ s₂ʲ).
            let agrees = agree(&a, &b, |target, factors| {
                let own = if target == "hare" { hare } else { lynx };
                factors.iter().fold(1.0, |f, &(v, e)| f * scale[v].powi(e as i32)) / own
            });
            prop_assert!(agrees, "{a}\n{b}");
        }
    }
}

#[test]
fn an_ensemble_is_its_seed() {
    let (x, y) = samples(3);
    let library = PolynomialLibrary::default().build(&["hare", "lynx"]).unwrap();
    let regression = Regression::derivatives(&library, &x, &y).unwrap();
    let run = |seed| {
        let ensemble = Ensemble { seed, block: 5, replicates: 50, ..Ensemble::default() };
        ensemble.fit(&regression, &Stlsq::default()).unwrap()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1).details()[0].bootstrap, run(2).details()[0].bootstrap);
}

#[cfg(feature = "parallel")]
#[test]
fn threads_do_not_change_a_bit() {
    let (x, y) = samples(4);
    let library = PolynomialLibrary { degree: 3, ..Default::default() };
    let library = library.build(&["hare", "lynx"]).unwrap();
    let regression = Regression::derivatives(&library, &x, &y).unwrap();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let stlsq = Stlsq { threshold: 0.3, ..Stlsq::default() };
        pool.install(|| Ensemble::default().fit(&regression, &stlsq).unwrap())
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(7));
}

#[test]
fn joined_series_are_one_regression() {
    let (x, y) = samples(6);
    let library = PolynomialLibrary::default().build(&["hare", "lynx"]).unwrap();
    let part = |r: std::ops::Range<usize>| {
        Regression::derivatives(&library, &x[r.clone()], &y[r]).unwrap()
    };
    let joined = Regression::join(&[part(0..50), part(50..120)]).unwrap();
    let stlsq = Stlsq::default();
    assert_eq!(stlsq.fit(&joined).unwrap(), stlsq.fit(&part(0..120)).unwrap());
    assert!(Regression::join(&[]).is_err());
}

#[cfg(feature = "serde")]
#[test]
fn models_survive_a_file() {
    let (x, y) = samples(5);
    let library = PolynomialLibrary::default().build(&["hare", "lynx"]).unwrap();
    let regression = Regression::derivatives(&library, &x, &y).unwrap();
    let model = Ensemble::default().fit(&regression, &Stlsq::default()).unwrap();
    let text = serde_json::to_string(&model).unwrap();
    assert_eq!(serde_json::from_str::<SparseModel>(&text).unwrap(), model);
    // A file that was tampered with is refused, not believed.
    let short = text.replacen("\"coefficients\":[", "\"coefficients\":[1.0,", 1);
    assert!(serde_json::from_str::<SparseModel>(&short).is_err());
    let strange = text.replacen("[[0,2]]", "[[9,2]]", 1);
    assert_ne!(strange, text);
    assert!(serde_json::from_str::<SparseModel>(&strange).is_err());
    let endless = text.replacen("[[0,2]]", "[[0,4000000000]]", 1);
    assert!(serde_json::from_str::<SparseModel>(&endless).is_err());
}
