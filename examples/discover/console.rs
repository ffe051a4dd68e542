//! Progress and tables on the terminal.

use crate::forecast::Forecast;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Instant;

/// Shows what goes on, and times it.
pub(crate) struct Console {
    /// Seconds of each finished step.
    pub(crate) seconds: Vec<(&'static str, f64)>,
}

impl Console {
    pub(crate) fn new() -> Self {
        Self { seconds: Vec::new() }
    }

    /// Runs a step, and says how long it took.
    pub(crate) fn step<T>(&mut self, name: &'static str, run: impl FnOnce(&Self) -> T) -> T {
        let start = Instant::now();
        let result = run(self);
        let seconds = start.elapsed().as_secs_f64();
        println!("  {name:<28} {seconds:6.2} s");
        self.seconds.push((name, seconds));
        result
    }

    /// A bar that hides itself where there is no terminal.
    pub(crate) fn bar(&self, steps: usize, name: &str) -> Bar {
        let bar = ProgressBar::new(steps as u64);
        if let Ok(style) = ProgressStyle::with_template("  {prefix} {bar:30} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(name.to_string());
        Bar(bar)
    }
}

/// Progress of one step.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn step(&self, what: &str, loss: f64) {
        self.0.inc(1);
        self.0.set_message(format!("{what}, loss {loss:.2e}"));
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// The table of scores.
pub(crate) fn scores(forecasts: &[&Forecast]) {
    println!("\n  {:<36} {:>9} {:>9} {:>9}", "model", "train", "forecast", "in band");
    let cell = |score: Option<f64>| score.map_or("-".into(), |s| format!("{s:.3}"));
    for f in forecasts {
        let inside = f.coverage.map_or("-".into(), |c| format!("{:.0} %", 100.0 * c));
        println!("  {:<36} {:>9} {:>9} {:>9}", f.name, cell(f.train), cell(f.test), inside);
        if let Some(remark) = &f.remark {
            println!("    {remark}");
        }
    }
    println!("  (root mean square error of the logarithm; 0.1 is about 10 %)");
}
