//! How does the mean height of Lorenz's convection depend on the heating? Plain differentiation is exact
//! and of no use: the longer the average, the wronger its derivative. Shadowing answers.
//!
//! cargo run --release --example chaotic_average

use sciml::prelude::*;
use sciml::sensitivity::{
    AdjointLss, Average, AverageProblem, ForwardLss, Nilsas, Nilss, lyapunov_exponents,
};
use std::error::Error;

system! {
    /// Lorenz's convection model.
    struct Lorenz;
    state { x, y, z }
    params { sigma, rho, beta }
    rhs(_t) {
        d(x) = sigma * (y - x);
        d(y) = x * (rho - z) - y;
        d(z) = x * y - beta * z;
    }
}

/// The height of the state, as a loss (its integral) and as an average.
struct Height;

impl Loss for Height {
    fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        u[2]
    }
}

impl Average for Height {
    fn at<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        u[2]
    }
}

const P: [f64; 3] = [10.0, 28.0, 8.0 / 3.0];

fn main() -> Result<(), Box<dyn Error>> {
    let options =
        Options { step: StepSize::Fixed(0.01), max_steps: 1_000_000, ..Options::default() };
    let long = AverageProblem::new(Lorenz, [1.0, 1.0, 1.0], P, 20.0, 1000.0)?;

    // Neighbours separate by e every 1.1 time units: it is chaotic.
    println!("{}\n", lyapunov_exponents(&long, Rk4, &options, None)?);

    // d⟨z⟩/dp over growing times, exactly differentiated and by shadowing.
    let (mut times, mut plain, mut shadowing) = (Vec::new(), Vec::new(), Vec::new());
    let start = [-9.1, -9.3, 28.0];
    println!("  time  d/d rho, plain  by shadowing");
    for i in 1..=20 {
        let duration = 2.0 * f64::from(i);
        let problem = OdeProblem::new(Lorenz, start, P, (0.0, duration))?;
        let tight = Options { rtol: 1e-10, atol: 1e-10, ..Options::default() };
        let by_calculus = DiscreteAdjoint { control: StepControl::State, ..Default::default() }
            .gradient(&problem, Vern7, &tight, &Height)?;
        let problem = AverageProblem::new(Lorenz, start, P, 0.0, duration)?;
        let found = AdjointLss::default().gradient(&problem, Rk4, &options, &Height)?;
        times.push(duration);
        plain.push(by_calculus.p[1] / duration);
        shadowing.push(found.p[1]);
        println!("{duration:>6} {:>15.2} {:>13.3}", by_calculus.p[1] / duration, found.p[1]);
    }

    // Four algorithms, one answer.
    let forward = ForwardLss { parameters: Some(vec![1]), ..ForwardLss::default() };
    let steps = Options { rtol: 1e-7, atol: 1e-7, max_steps: 1_000_000, ..Options::default() };
    let answers = [
        forward.gradient(&long, Rk4, &options, &Height)?,
        AdjointLss::default().gradient(&long, Rk4, &options, &Height)?,
        Nilss::default().gradient(&long, Vern7, &steps, &Height)?,
        Nilsas::default().gradient(&long, Vern7, &steps, &Height)?,
    ];
    for found in &answers {
        println!("\n{found}");
        let rho = found.parameters.iter().position(|&parameter| parameter == 1).unwrap_or(0);
        assert!((found.p[rho] - 1.0).abs() < 0.03);
    }

    let size = |values: &[f64]| values.iter().map(|value| value.abs()).collect::<Vec<_>>();
    let plot = Plot::new()
        .title("Lorenz: derivative of the mean height with respect to the heating")
        .x_label("time averaged over")
        .y_label("|d⟨z⟩/dρ|")
        .y_scale(Scale::Log)
        .layer(Line::new(&times, &size(&plain))?.label("exact derivative of the finite average"))
        .layer(Points::new(&times, &size(&plain))?)
        .layer(Line::new(&times, &size(&shadowing))?.label("shadowing"))
        .layer(Points::new(&times, &size(&shadowing))?);
    std::fs::create_dir_all("target/examples")?;
    std::fs::write("target/examples/chaotic_average.svg", plot.to_svg(720.0, 400.0))?;
    println!("\nWritten: target/examples/chaotic_average.svg");
    Ok(())
}
