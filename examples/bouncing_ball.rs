//! A ball bounces until it rests, is picked up and thrown again: events.
//!
//! cargo run --release --example bouncing_ball

use sciml::prelude::*;
use std::error::Error;

system! {
    /// A ball above the floor; `held` is 1 while the floor carries it. SI units.
    struct Ball;
    state { height, speed }
    params { gravity, held }
    rhs(_t) {
        d(height) = (1.0 - held) * speed;
        d(speed) = -(1.0 - held) * gravity;
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // Each bounce keeps 80 % of the speed. Ever shorter flights would never end: a slow ball rests.
    let bounce = Root::new("bounce", |_t, u, _p| u[0]).falling().effect(|at| {
        at.u[0] = 0.0;
        at.u[1] *= -0.8;
        if at.u[1] < 0.2 {
            at.u[1] = 0.0;
            at.p[1] = 1.0;
        }
    });
    // An event without an effect only takes note.
    let top = Root::new("top", |_t, u, _p| u[1]).falling();
    // Every six seconds somebody throws it up again.
    let throw = Periodic::new("throw", 6.0).effect(|at| {
        at.u[1] = 6.0;
        at.p[1] = 0.0;
    });
    let mut events = Events::new().with(bounce).with(top).with(throw);

    let problem = OdeProblem::new(Ball, [2.0, 0.0], [9.81, 0.0], (0.0, 16.0))?;
    let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events)?;

    for event in solution.events().iter().take(6) {
        let (before, after) = (event.before[1], event.after[1]);
        println!("{:>6} at {:.9} s, speed {before:+.4} -> {after:+.4} m/s", event.name, event.t);
    }
    println!("  … {} events in all", solution.events().len());
    let fall = (2.0 * 2.0 / 9.81f64).sqrt();
    assert!((solution.events()[0].t - fall).abs() < 1e-10);

    // At a jump the solution has two points of the same time, and is exact on either side.
    let times: Vec<f64> = (0..=3200).map(|i| f64::from(i) / 200.0).collect();
    let mut height = Vec::new();
    for &t in &times {
        height.push(solution.at(t)?[0]);
    }
    let tops = || solution.events().iter().filter(|event| event.name == "top");
    let top_times: Vec<f64> = tops().map(|top| top.t).collect();
    let top_heights: Vec<f64> = tops().map(|top| top.before[0]).collect();
    let plot = Plot::new()
        .title("A bouncing ball")
        .x_label("t, s")
        .y_label("height, m")
        .layer(Line::new(&times, &height)?.label("height"))
        .layer(Points::new(&top_times, &top_heights)?.label("tops"));
    std::fs::create_dir_all("target/examples")?;
    std::fs::write("target/examples/bouncing_ball.svg", plot.to_svg(720.0, 360.0))?;
    println!("Written: target/examples/bouncing_ball.svg");
    Ok(())
}
