//! Fit a model to noisy measurements, and see how far to trust the numbers.
//!
//! cargo run --release --example logistic_fit

use sciml::prelude::*;
use std::error::Error;

system! {
    /// Growth towards a capacity.
    struct Logistic;
    state { size }
    params { rate, capacity }
    rhs(_t) {
        d(size) = rate * size * (1 - size / capacity);
    }
}

/// Measured every half hour, with about 3 % error; one reading is missing.
const MEASUREMENTS: &str = "\
t,size
0.0,0.102
0.5,0.166
1.0,0.247
1.5,0.375
2.0,
2.5,0.641
3.0,0.779
3.5,0.826
4.0,0.921
4.5,0.937
5.0,0.985
";

fn main() -> Result<(), Box<dyn Error>> {
    let data = Dataset::from_csv_str("culture.csv", MEASUREMENTS, &CsvOptions::default())?;
    println!("{data}");

    // Relative errors, positive unknowns; the initial size is unknown too.
    let settings = Settings {
        scale: ErrorScale::Log,
        u0_bounds: vec![Bound::Positive],
        p_bounds: vec![Bound::Positive; 2],
        ..Settings::default()
    };
    let fitting = Fitting::new(&Logistic, &data, settings)?;
    let lbfgs = Lbfgs::default();
    let stage = Stage::new("all", &lbfgs);
    let trained = fitting.train(&[0.2, 0.5, 2.0], &[stage], &mut |_| Control::Continue)?;
    println!("{}", trained.stages[0].reason);

    let laplace = Laplace::new(&fitting, &trained.theta, &Free::ALL)?;
    println!("residuals of {:.1} %", 100.0 * laplace.sigma());
    for (i, name) in ["size(0)", "rate", "capacity"].iter().enumerate() {
        let (low, high) = laplace.interval(i, 0.95).ok_or("not a free unknown")?;
        println!("  {name:<9} {:.3}   95 %: {low:.3} to {high:.3}", trained.theta[i]);
    }
    Ok(())
}
