//! The loss while training.

use crate::error::Error;
use crate::layer::{Line, VLine};
use crate::palette::Color;
use crate::plot::{Legend, Plot};
use crate::scale::Scale;

/// A stage of training: the iteration at which it starts, and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage<'a> {
    /// Index into the losses.
    pub start: usize,
    /// Name above the curve.
    pub name: &'a str,
}

/// Loss against iteration on a log axis: every value thin, the best so far thick, stages marked.
///
/// The best so far starts anew with each stage, since stages may have different losses.
///
/// # Examples
/// ```
/// use report::{LossCurve, Stage};
/// let plot = LossCurve {
///     losses: &[10.0, 3.0, 4.0, 1.0, 0.5],
///     stages: &[Stage { start: 0, name: "physics" }, Stage { start: 3, name: "network" }],
///     ..LossCurve::default()
/// }
/// .plot()?;
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LossCurve<'a> {
    /// Heading.
    pub title: &'a str,
    /// The loss of each iteration, from 0 on.
    pub losses: &'a [f64],
    /// Stages of training.
    pub stages: &'a [Stage<'a>],
}

impl LossCurve<'_> {
    /// The plot.
    pub fn plot(&self) -> Result<Plot, Error> {
        let iterations: Vec<f64> = (0..self.losses.len()).map(|i| i as f64).collect();
        let best = best_so_far(self.losses, self.stages);
        let mut plot = Plot::new()
            .title(self.title)
            .x_label("iteration")
            .y_label("loss")
            .y_scale(Scale::Log)
            .legend(Legend::Auto)
            .size(860.0, 340.0)
            .layer(
                Line::new(&iterations, self.losses)?.label("loss").width(0.8).color(Color::Orange),
            )
            .layer(Line::new(&iterations, &best)?.label("best so far").color(Color::Blue));
        for stage in self.stages {
            plot = plot.layer(VLine::new(stage.start as f64).label(stage.name));
        }
        Ok(plot)
    }
}

fn best_so_far(losses: &[f64], stages: &[Stage<'_>]) -> Vec<f64> {
    let mut best = f64::NAN; // `f64::min` ignores it
    let step = |(i, &loss): (usize, &f64)| {
        if stages.iter().any(|s| s.start == i) {
            best = f64::NAN;
        }
        best = if loss.is_finite() { best.min(loss) } else { best };
        best
    };
    losses.iter().enumerate().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn best_starts_anew_with_each_stage() {
        let stages = [Stage { start: 3, name: "second" }];
        let best = best_so_far(&[3.0, f64::NAN, 4.0, 7.0, 5.0, 6.0], &stages);
        assert_eq!(best, [3.0, 3.0, 3.0, 7.0, 5.0, 5.0]);
    }
}
