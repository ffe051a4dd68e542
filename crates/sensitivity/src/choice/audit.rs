use super::GradientAlgorithm;
use crate::Gradient;
use std::fmt;

/// A gradient compared with that of an independent algorithm, input by input.
///
/// Both solve for themselves, with steps of their own, so that they differ by the errors of both: discrete adjoints differentiate
/// what was computed, continuous ones compute the derivative of the solution, and at a loose tolerance these are different
/// numbers. Differences of some `rtol` are what one may expect; larger ones mean that the tolerance is too loose for a
/// gradient (or that a model, a loss or an algorithm is wrong).
#[derive(Clone, Debug, PartialEq)]
pub struct Audit {
    /// The algorithm that the gradient came by.
    pub algorithm: GradientAlgorithm,
    /// The one that it is compared with.
    pub independent: GradientAlgorithm,
    /// By initial states, parameters, the ends of the span and save times, in this order.
    pub differences: Vec<Difference>,
    /// What is more than this is warned of.
    pub threshold: f64,
}

/// A derivative, by two algorithms.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The input: the name of an initial state (`x(0)`), of a parameter, `t0`, `t1`, or a save time (`t[3]`).
    pub input: String,
    /// The derivative by the algorithm of the gradient.
    pub found: f64,
    /// That by the independent one.
    pub independent: f64,
    /// `|found - independent|` over the larger of the two; zero where both are.
    pub relative: f64,
    /// The same over the largest derivative of the gradient, each in units of its input (states and parameters) or in that of the
    /// largest of its kind (times): whether the difference matters beside the others.
    pub share: f64,
}

impl Difference {
    /// Whether it is larger than a threshold, and not that of a derivative that is nothing beside the others.
    pub fn exceeds(&self, threshold: f64) -> bool {
        let is_small = self.relative <= threshold || self.share <= 0.01 * threshold;
        !is_small
    }
}

/// Names and sizes of the inputs.
pub(super) struct Inputs<'a> {
    pub(super) states: Vec<String>,
    pub(super) parameters: Vec<String>,
    pub(super) u0: &'a [f64],
    pub(super) p: &'a [f64],
}

impl Audit {
    pub(super) fn new(
        (algorithm, found): (GradientAlgorithm, &Gradient),
        (independent, other): (GradientAlgorithm, &Gradient),
        inputs: &Inputs<'_>,
        threshold: f64,
    ) -> Self {
        let size = |x: f64| if x == 0.0 { 1.0 } else { x.abs() };
        let named = |(i, name): (usize, &String)| (name.clone(), i);
        let states = inputs.states.iter().enumerate().map(named);
        let states = states
            .map(|(name, i)| (format!("{name}(0)"), found.u0[i], other.u0[i], size(inputs.u0[i])));
        let parameters = inputs.parameters.iter().enumerate().map(named);
        let parameters =
            parameters.map(|(name, i)| (name, found.p[i], other.p[i], size(inputs.p[i])));
        let scaled: Vec<_> = states.chain(parameters).collect();
        let largest = |all: &[(String, f64, f64, f64)]| {
            all.iter().map(|(_, a, b, size)| a.abs().max(b.abs()) * size).fold(0.0, f64::max)
        };
        let times = found.times.iter().zip(&other.times).enumerate();
        let times = times.map(|(i, (&a, &b))| (format!("t[{i}]"), a, b, 1.0));
        let ends = [("t0", found.t0, other.t0), ("t1", found.t1, other.t1)];
        let ends = ends.map(|(name, a, b)| (name.to_owned(), a, b, 1.0));
        let timed: Vec<_> = ends.into_iter().chain(times).collect();
        let mut differences = Vec::with_capacity(scaled.len() + timed.len());
        for group in [scaled, timed] {
            let largest = largest(&group);
            differences.extend(group.into_iter().map(|(input, found, independent, size)| {
                let difference = (found - independent).abs();
                let over = |all: f64| if difference == 0.0 { 0.0 } else { difference / all };
                let relative = over(found.abs().max(independent.abs()));
                Difference { input, found, independent, relative, share: over(largest / size) }
            }));
        }
        Self { algorithm, independent, differences, threshold }
    }

    /// The largest relative difference of derivatives that matter: of those whose difference is more than a hundredth of the
    /// threshold beside the largest derivative.
    pub fn worst(&self) -> Option<&Difference> {
        let matters = |difference: &&Difference| difference.share > 0.01 * self.threshold;
        let all = self.differences.iter().filter(matters);
        all.max_by(|a, b| a.relative.total_cmp(&b.relative))
    }

    /// What is more than the threshold.
    pub fn warnings(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| difference.exceeds(self.threshold))
    }

    /// A table: input, both derivatives, the relative difference and that beside the largest derivative.
    pub fn to_csv(&self) -> String {
        let mut text = format!(
            "input,{},{},relative difference,share\n",
            self.algorithm.name(),
            self.independent.name()
        );
        for Difference { input, found, independent, relative, share } in &self.differences {
            text += &format!("{input},{found:e},{independent:e},{relative:e},{share:e}\n");
        }
        text
    }
}

/// Rows that are printed; the others are in [`to_csv`](Audit::to_csv).
const ROWS: usize = 20;

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.warnings().count();
        let (all, name) = (self.differences.len(), self.independent.name());
        write!(f, "audit by {name}: ")?;
        match (count, self.worst()) {
            (0, _) => write!(f, "no difference above {:.0e}", self.threshold)?,
            (_, worst) => {
                let worst = worst.map_or("", |worst| &worst.input);
                write!(
                    f,
                    "{count} of {all} derivatives differ by more than {:.0e} (most by {worst}): tighten `rtol` and `atol` \
                     until they agree",
                    self.threshold
                )?;
            }
        }
        let mut rows: Vec<&Difference> = self.differences.iter().collect();
        rows.sort_by(|a, b| b.relative.total_cmp(&a.relative));
        // What is warned of first.
        rows.sort_by_key(|row| !row.exceeds(self.threshold));
        let width = rows.iter().take(ROWS).map(|row| row.input.chars().count()).max().unwrap_or(0);
        for row in rows.iter().take(ROWS) {
            let mark = if row.exceeds(self.threshold) { "!" } else { " " };
            write!(
                f,
                "\n{mark} {:width$}  {:>14.6e}  {:>14.6e}  {:.1e}",
                row.input, row.found, row.independent, row.relative
            )?;
        }
        match all.saturating_sub(ROWS) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more that differ less"),
        }
    }
}
