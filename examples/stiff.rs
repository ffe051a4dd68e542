//! Three stiff problems, three ways: let the solver choose, follow fast and slow parts, fill a grid.
//!
//! cargo run --release --example stiff

use sciml::prelude::*;
use sciml::report::Figure;
use std::error::Error;

system! {
    /// Robertson's reactions: rates from 0.04 to 3e7, and times from microseconds to years.
    struct Robertson;
    state { a, b, c }
    params { slow, fastest, fast }
    rhs(_t) {
        d(a) = -slow * a + fast * b * c;
        d(b) = slow * a - fast * b * c - fastest * b * b;
        d(c) = fastest * b * b;
    }
}

system! {
    /// Van der Pol's oscillator: it creeps along two branches and jumps between them.
    struct VanDerPol;
    state { x, v }
    params { mu }
    rhs(_t) {
        d(x) = v;
        d(v) = mu * (1.0 - x * x) * v - x;
    }
}

/// The Brusselator on a torus of `side × side` cells, reactions and diffusion.
#[derive(Clone, Copy)]
struct Brusselator {
    side: usize,
}

impl System for Brusselator {
    fn dim(&self) -> usize {
        2 * self.side * self.side
    }
    fn num_params(&self) -> usize {
        1
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        let n = self.side;
        let diffusion = p[0].scale((n * n) as f64);
        let at = |i: usize, j: usize, which: usize| u[2 * (j % n * n + i % n) + which];
        for (j, i) in (0..n).flat_map(|j| (0..n).map(move |i| (j, i))) {
            let around = |which: usize| {
                at(i + 1, j, which)
                    + at(i + n - 1, j, which)
                    + at(i, j + 1, which)
                    + at(i, j + n - 1, which)
                    - at(i, j, which).scale(4.0)
            };
            let (x, y) = (at(i, j, 0), at(i, j, 1));
            let product = x * x * y;
            let cell = 2 * (j * n + i);
            du[cell] = S::one() + product - x.scale(4.4) + diffusion * around(0);
            du[cell + 1] = x.scale(3.4) - product + diffusion * around(1);
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // Nothing is said about the method: the solver finds out, and says what it found.
    let rates = [0.04, 3e7, 1e4];
    let problem = OdeProblem::new(Robertson, [1.0, 0.0, 0.0], rates, (0.0, 1e11))?;
    let options = Options { rtol: 1e-8, atol: 1e-14, ..Options::default() };
    let found = solve_auto(&problem, &options)?;
    println!("Robertson: {found}\n{}\n", found.solution);
    let times: Vec<f64> =
        (0..=400).map(|i| 10f64.powf(-6.0 + 17.0 * f64::from(i) / 400.0)).collect();
    let mut parts = [const { Vec::new() }; 3];
    for &t in &times {
        let u = found.solution.at(t)?;
        assert!((u.iter().sum::<f64>() - 1.0).abs() < 1e-6, "mass is conserved");
        for (part, (u, factor)) in parts.iter_mut().zip(u.iter().zip([1.0, 1e4, 1.0])) {
            part.push(u * factor);
        }
    }
    let mut robertson = Plot::new().title("Robertson's reactions").x_label("t").x_scale(Scale::Log);
    for (name, part) in ["a", "10⁴ b", "c"].iter().zip(&parts) {
        robertson = robertson.layer(Line::new(&times, part)?.label(name));
    }

    // Explicit in the jumps, implicit on the branches: the steps are where something happens.
    let problem = OdeProblem::new(VanDerPol, [2.0, 0.0], [100.0], (0.0, 250.0))?;
    let oscillator = solve(&problem, Switching::new(Tsit5, Rodas5P), &Options::default())?;
    println!("Van der Pol: {oscillator}\n");
    let steps = oscillator.times();
    let x = oscillator.component(0);
    let every: Vec<usize> = (0..steps.len()).step_by(5).collect();
    let of = |from: &[f64]| -> Vec<f64> { every.iter().map(|&i| from[i]).collect() };
    let relaxation = Plot::new()
        .title("Van der Pol's relaxation")
        .x_label("t")
        .layer(Line::new(steps, &x)?.label("x"))
        .layer(Points::new(&of(steps), &of(&x))?.label("every fifth step"));

    // 2048 states: the pattern of the Jacobian is found by tracing, its factors are sparse.
    let side = 32;
    let wave = |k: usize| (std::f64::consts::TAU * k as f64 / side as f64).sin();
    let u0: Vec<f64> =
        (0..side * side).flat_map(|k| [2.0 + wave(k % side), 2.0 + wave(k / side)]).collect();
    let problem = OdeProblem::new(Brusselator { side }, u0, [0.02], (0.0, 8.0))?;
    let save = Save::At(vec![0.0, 0.5, 1.0, 8.0]);
    let options = Options { rtol: 1e-5, atol: 1e-7, save, ..Options::default() };
    let field = solve_auto(&problem, &options)?;
    println!("Brusselator: {field}\n{}", field.solution);
    let row = side / 2;
    let places: Vec<f64> = (0..side).map(|i| i as f64 / side as f64).collect();
    let mut waves = Plot::new().title("Brusselator, a row of the torus").x_label("x");
    for (i, t) in field.solution.times().iter().enumerate().take(3) {
        let u = field.solution.state(i);
        let cut: Vec<f64> = (0..side).map(|x| u[2 * (row * side + x)]).collect();
        waves = waves.layer(Line::new(&places, &cut)?.label(&format!("u at t = {t}")));
    }

    let figure = Figure::new(3).panel(robertson).panel(relaxation).panel(waves);
    std::fs::create_dir_all("target/examples")?;
    std::fs::write("target/examples/stiff.svg", figure.to_svg(1200.0, 420.0))?;
    println!("Written: target/examples/stiff.svg");
    Ok(())
}
