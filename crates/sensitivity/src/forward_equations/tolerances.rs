//! Options for a state that its tangents stand behind.

use crate::StepControl;
use ode_core::{Domain, Norm, Options};

/// Tolerances and bounds of `n` states, for these and so many columns of tangents. Each column has the
/// tolerances of the state, and no bounds. The error is that of the worst column; or of the state alone,
/// if it controls the step.
pub(super) fn with_tangents(
    mut options: Options,
    n: usize,
    columns: usize,
    control: StepControl,
) -> Options {
    options.rtol_each = options.rtol_each.repeat(1 + columns);
    options.atol_each = options.atol_each.repeat(1 + columns);
    let bounds = match options.domain {
        Domain::Anywhere => None,
        Domain::NonNegative => Some(vec![(0.0, f64::INFINITY); n]),
        Domain::Within(bounds) => Some(bounds),
    };
    options.domain = bounds.map_or(Domain::Anywhere, |mut bounds| {
        bounds.resize(bounds.len() + n * columns, (f64::NEG_INFINITY, f64::INFINITY));
        Domain::Within(bounds)
    });
    let all = n * (1 + columns);
    let of_column = std::mem::take(&mut options.norm);
    options.norm = Norm::custom(move |x| {
        // Iterations look at states and tangents apart: what is controlled is said of all.
        let is_all = x.len() == all;
        let seen = if is_all && control == StepControl::State { &x[..n] } else { x };
        let sizes = seen.chunks(n).map(|column| of_column.of(column));
        sizes
            .fold(0.0, |largest, size| if size > largest || size.is_nan() { size } else { largest })
    });
    options
}
