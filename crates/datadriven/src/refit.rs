use crate::least_squares::{Dependence, condition_number};
use crate::reduced::Reduced;
use crate::{Equation, Error, ErrorKind, Regression, Statistics, Status, Target};

/// The unbiased equation on a support, and its statistics.
pub(crate) fn refit(
    regression: &Regression,
    reduced: &Reduced,
    target: usize,
    support: &[usize],
    status: Status,
) -> Result<Equation, Error> {
    let fault = |d: Dependence| regression.deficient(&d, None);
    let terms = reduced.terms();
    let (mut coefficients, mut std_errors) = (vec![0.0; terms], vec![0.0; terms]);
    let (mut b, mut condition) = (Vec::new(), 1.0);
    let mut gram = Vec::new();
    if !support.is_empty() {
        let no_penalty = None::<fn(usize) -> f64>;
        b = reduced.solve(target, support, no_penalty).map_err(fault)?;
        gram = reduced.factor(support).map_err(fault)?.inverse_gram_diagonal();
        condition = condition_number(reduced.columns(support).as_ref())
            .ok_or(ErrorKind::Numerical { what: "the condition number" })?;
    }
    let (residual, rounding) = reduced.residual(target, support, &b);
    let freedom = reduced.rows().saturating_sub(support.len()).max(1) as f64;
    for (i, &j) in support.iter().enumerate() {
        let unit = reduced.unit(j, target);
        coefficients[j] = b[i] * unit;
        std_errors[j] = (residual / freedom * gram[i]).sqrt() * unit;
        if !(coefficients[j].is_finite() && std_errors[j].is_finite()) {
            return Err(ErrorKind::Numerical { what: "a coefficient" }.into());
        }
    }
    let spread = regression.spread(target, reduced.target_scale(target));
    let statistics = statistics(reduced, target, support.len(), residual, rounding, spread);
    Ok(Equation {
        target: name(regression, target),
        coefficients,
        std_errors,
        status,
        statistics: Some(Statistics { condition, ..statistics }),
        bootstrap: None,
    })
}

fn name(regression: &Regression, target: usize) -> Target {
    regression.targets()[target].clone()
}

/// With m rows and K = |support| + 1 parameters (the variance is one of them):
/// AICc = m ln(RSS/m) + 2K + 2K(K+1)/(m−K−1), BIC = m ln(RSS/m) + K ln m.
///
/// A residual below rounding counts as rounding, so that no model wins by its last digit.
fn statistics(
    reduced: &Reduced,
    target: usize,
    terms: usize,
    residual: f64,
    rounding: f64,
    spread: f64,
) -> Statistics {
    let (m, k) = (reduced.rows() as f64, terms as f64 + 1.0);
    let scale = reduced.target_scale(target);
    let log_variance = (residual.max(rounding) / m).ln() + 2.0 * scale.ln();
    let left = m - k - 1.0;
    let aicc = (left > 0.0).then(|| m * log_variance + 2.0 * k + 2.0 * k * (k + 1.0) / left);
    let r2 = if spread > rounding {
        1.0 - residual / spread
    } else {
        f64::from(u8::from(residual <= rounding))
    };
    Statistics {
        rows: reduced.rows(),
        rmse: (residual / m).sqrt() * scale,
        r2,
        aicc,
        bic: m * log_variance + k * m.ln(),
        condition: 1.0,
    }
}
