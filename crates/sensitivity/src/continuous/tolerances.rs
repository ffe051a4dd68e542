//! Tolerances of the adjoint equation.

use super::backward::Plan;
use super::equation::Carries;
use ode_core::{Components, Domain, Norm, Options, Save};
use system::Mass;

/// Absolute tolerances in units of the loss: `λᵢ` has that of the loss over that of state `i`, and so have gradients by
/// parameters. What they say therefore does not depend on how a loss is scaled.
pub(super) struct Tolerances {
    lambda: Vec<f64>,
    p_bar: Vec<f64>,
}

/// Cotangents so much smaller than the largest ones have no digits.
const FLOOR: f64 = 1e-3;

impl Tolerances {
    /// For states of these sizes and what is added to their cotangents on the way.
    pub(super) fn new<'s>(
        sizes: &[f64],
        injected: impl Iterator<Item = &'s [f64]>,
        integral: f64,
        p: &[f64],
    ) -> Self {
        let terms = injected.map(|bar| -> f64 {
            sizes.iter().zip(bar).map(|(size, bar)| (size * bar).abs()).sum()
        });
        let mut loss = terms.sum::<f64>() + integral.abs();
        if !(loss > 0.0 && loss.is_finite()) {
            loss = 1.0;
        }
        let over = |size: &f64| loss / if *size != 0.0 { size.abs() } else { 1.0 };
        Self { lambda: sizes.iter().map(over).collect(), p_bar: p.iter().map(over).collect() }
    }

    /// The same for a model with a mass matrix: what has the unit of the loss over that of the state is `Mᵀ λ`.
    pub(super) fn with_mass(mut self, mass: Option<&Mass>) -> Self {
        for (i, lambda) in self.lambda.iter_mut().enumerate() {
            let row = mass.map_or(&[][..], |mass| mass.row(i));
            let largest = row.iter().fold(0.0, |most: f64, &(_, m)| most.max(m.abs()));
            *lambda /= if largest > 0.0 { largest } else { 1.0 };
        }
        self
    }

    /// Absolute tolerances of the gradient by the parameters.
    pub(super) fn parameters(&self, plan: &Plan, options: &Options) -> Vec<f64> {
        self.p_bar.iter().map(absolute(plan, options)).collect()
    }

    /// Options for the pass backward: those of the pass forward where they are about time and steps.
    pub(super) fn options(&self, plan: &Plan, options: &Options, n: usize) -> Options {
        let rtol = plan.rtol.unwrap_or(options.rtol);
        let mut atol_each: Vec<f64> = self.lambda.iter().map(absolute(plan, options)).collect();
        if plan.carries != Carries::Nothing {
            atol_each.extend(self.parameters(plan, options));
        }
        let mut rtol_each = vec![rtol; atol_each.len()];
        if plan.carries == Carries::ParametersAndState {
            let each = |each: &[f64], all: f64, i: usize| each.get(i).copied().unwrap_or(all);
            rtol_each.extend((0..n).map(|i| each(&options.rtol_each, options.rtol, i)));
            atol_each.extend((0..n).map(|i| each(&options.atol_each, options.atol, i)));
        }
        Options {
            rtol,
            rtol_each,
            atol_each,
            norm: Norm::default(),
            domain: Domain::Anywhere,
            save: Save::Last,
            components: Components::All,
            ..options.clone()
        }
    }
}

/// The tolerance of what is of this size.
fn absolute(plan: &Plan, options: &Options) -> impl Fn(&f64) -> f64 {
    let (rtol, atol) = (plan.rtol.unwrap_or(options.rtol), plan.atol);
    move |size| atol.unwrap_or((FLOOR * rtol * size).max(f64::MIN_POSITIVE))
}
