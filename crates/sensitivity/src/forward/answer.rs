//! The gradient of a loss, chunk by chunk, of whatever is solved.

use super::{D, Start, along, each_chunk, growth_of, scale, seen};
use crate::augmented::with_integral;
use crate::loss::{integrates, save_times};
use crate::{Augmented, Error, ErrorKind, Gradient, Loss, Report, Warning};
use ode_core::{Algorithm, Components, Options, Save, Stats};
use scalar::Scalar;
use system::{Rhs, System};

/// The gradient of a loss of a model from a state.
pub(super) struct Asked<'q, F, L> {
    rhs: &'q F,
    loss: &'q L,
    u0: &'q [f64],
    p: &'q [f64],
    span: (f64, f64),
    integrates: bool,
    times: Vec<f64>,
}

impl<'q, F: System, L: Loss> Asked<'q, F, L> {
    pub(super) fn new(
        (rhs, loss): (&'q F, &'q L),
        (u0, p): (&'q [f64], &'q [f64]),
        span: (f64, f64),
        options: &Options,
    ) -> Result<Self, Error> {
        let integrates = integrates(loss, span.0, u0, p);
        let times = save_times(options, span.1, integrates)?;
        Ok(Self { rhs, loss, u0, p, span, integrates, times })
    }

    pub(super) fn model(&self) -> Augmented<'q, F, L> {
        Augmented { rhs: self.rhs, loss: self.loss, integrates: self.integrates }
    }

    /// Solves `model`, which is that of [`model`](Self::model), perhaps with a mass matrix; `slope` gives `u'` on a solution.
    pub(super) fn answer<G, A>(
        &self,
        model: G,
        algorithm: A,
        options: &Options,
        mut slope: impl FnMut(f64, &[f64], &mut [f64]) -> Result<(), Error>,
        prepare: impl FnMut(&mut [D], &[D]) -> Result<(), Error>,
    ) -> Result<Gradient, Error>
    where
        G: Rhs<D> + Clone,
        A: Algorithm<G, Vec<D>>,
    {
        let Self { rhs: _, loss, u0, p, span: (start, end), integrates, ref times } = *self;
        let (n, inputs) = (u0.len(), [u0, p].concat());
        // The end is saved too: for the integral, and for the derivative by the end.
        let mut all = times.clone();
        if all.last() != Some(&end) {
            all.push(end);
        }
        let mut options =
            Options { save: Save::At(all), components: Components::All, ..options.clone() };
        let mut started = u0.to_vec();
        if integrates {
            options = with_integral(options, n);
            started.push(0.0);
        }

        let mut found = Gradient {
            loss: 0.0,
            u0: Vec::new(),
            p: Vec::new(),
            t0: 0.0,
            t1: 0.0,
            times: vec![0.0; times.len()],
            stats: Stats::default(),
            report: Report {
                algorithm: "forward sensitivities",
                why: "asked for",
                ..Report::default()
            },
        };
        let mut derivatives = Vec::new();
        let mut growth = (0.0, start);
        let mut du = vec![0.0; n];
        let parts = Start { rhs: model, u0: &started, n, p, tspan: (start, end) };
        each_chunk(parts, algorithm, &options, prepare, |seeded, p, solution| {
            let mut total = loss.penalty(p);
            for (i, (t, u)) in solution.iter().enumerate() {
                let largest = growth_of(&u[..n], &u0[seeded.start.min(n)..seeded.end.min(n)]);
                if largest > growth.0 {
                    growth = (largest, t);
                }
                if i < times.len() {
                    let term = loss.at(i, D::from_f64(t), &u[..n], p);
                    if !term.re.is_finite() {
                        return Err(ErrorKind::LossNotFinite { index: i, t }.into());
                    }
                    total += term;
                }
            }
            if let Some(&q) = solution.last().get(n) {
                total += q;
            }
            let first = seeded.start == 0;
            if first {
                let primal: Vec<f64> = p.iter().map(|p| p.re).collect();
                for (i, (t, u)) in solution.iter().enumerate() {
                    let u: Vec<f64> = u[..n].iter().map(|u| u.re).collect();
                    // What the step that belongs to it sees.
                    let side = if t == start { end - start } else { start - end };
                    let seen = seen(t, side, &options.stops);
                    if i < times.len() {
                        slope(seen, &u, &mut du)?;
                        found.times[i] = along(loss, (i, t), (&u, &du), &primal);
                    }
                    if t == end {
                        found.t1 = loss.running(seen, &u, &primal);
                    }
                }
            }
            found.loss = total.re;
            derivatives.extend(seeded.zip(total.eps).map(|(i, eps)| eps / scale(inputs[i])));
            found.stats = found.stats + solution.stats();
            found.report.steps = found.report.steps.max(solution.stats().accepted);
            Ok(())
        })?;
        found.p = derivatives.split_off(n);
        found.u0 = derivatives;
        let seen = seen(start, end - start, &options.stops);
        slope(seen, u0, &mut du)?;
        found.t0 = -f64::dot(&found.u0, &du) - loss.running(seen, u0, p);
        found.report.warnings.extend(Warning::growth(growth.0, growth.1));
        found.checked()
    }
}
