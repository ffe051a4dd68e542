//! Write a model once; solve it, look at it, differentiate it two ways.
//!
//! cargo run --release --example pendulum

use sciml::prelude::*;
use std::error::Error;

system! {
    /// A pendulum with friction, lengths in metres.
    struct Pendulum;
    state { angle, speed }
    params { length, friction }
    rhs(_t) {
        d(angle) = speed;
        d(speed) = -9.81 / length * angle.sin() - friction * speed;
    }
}

/// How far the pendulum is from rest at each save time.
struct Restlessness;

impl Loss for Restlessness {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u[0] * u[0] + (u[1] * u[1]).scale(0.1)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // Released at one radian.
    let problem = OdeProblem::new(Pendulum, [1.0, 0.0], [2.0, 0.3], (0.0, 10.0))?;
    let solution =
        solve(&problem, Tsit5, &Options { rtol: 1e-4, atol: 1e-6, ..Options::default() })?;
    println!("{solution}");

    // The method's own interpolant gives the curve between the steps.
    let times: Vec<f64> = (0..=400).map(|i| f64::from(i) / 40.0).collect();
    let mut angle = Vec::new();
    for &t in &times {
        angle.push(solution.at(t)?[0]);
    }
    let plot = Plot::new()
        .title("A pendulum with friction")
        .x_label("t, s")
        .y_label("angle, rad")
        .layer(Line::new(&times, &angle)?.label("between the steps"))
        .layer(Points::new(solution.times(), &solution.component(0))?.label("steps"));
    std::fs::create_dir_all("target/examples")?;
    std::fs::write("target/examples/pendulum.svg", plot.to_svg(720.0, 360.0))?;

    // What would a longer rope, or less friction, change? Two independent answers.
    let save = Save::At(vec![2.5, 5.0, 7.5, 10.0]);
    let options = Options { rtol: 1e-11, atol: 1e-11, save, ..Options::default() };
    let adjoint = DiscreteAdjoint::default().gradient(&problem, Vern7, &options, &Restlessness)?;
    let forward = ForwardSensitivity.gradient(&problem, Vern7, &options, &Restlessness)?;
    println!("restlessness {:.6}", adjoint.loss);
    for (i, name) in Pendulum::PARAMS.iter().enumerate() {
        let (a, f) = (adjoint.p[i], forward.p[i]);
        println!("  d/d {name:<8} {a:+.9} (adjoint), {f:+.9} (forward)");
        assert!((a - f).abs() < 1e-8 * f.abs().max(1.0));
    }
    println!("Written: target/examples/pendulum.svg");
    Ok(())
}
