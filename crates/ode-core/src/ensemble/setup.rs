use super::Bundled;
use super::engine::Job;
use crate::{Abreast, Components, Domain, ErrorNorm, Norm, Options, Save, StepSize};
use system::Rhs;

/// What all bundles of an ensemble share.
#[derive(Debug)]
pub(super) struct Setup<'a> {
    pub(super) options: &'a Options,
    /// The same with nothing to save: save times are checked member by member.
    pub(super) unsaved: Options,
    pub(super) norm: ErrorNorm<'a>,
    pub(super) names: std::sync::Arc<[String]>,
}

impl<'a> Setup<'a> {
    /// `None` where lanes cannot do what the options ask for.
    pub(super) fn new<F, M, B, const W: usize>(job: &Job<'a, F, M, B>) -> Option<Self>
    where
        F: Rhs<f64>,
        M: Abreast<F, B, W>,
        B: Bundled,
    {
        // Every field is named, so that a new one has to be decided on.
        let Options {
            rtol: _,
            atol: _,
            rtol_each: _,
            atol_each: _,
            norm,
            step,
            dt_min: _,
            dt_max: _,
            max_steps: _,
            max_time,
            domain,
            save: _,
            components,
            stops,
            controller: _,
            cancel: _,
            monitor,
        } = job.options;
        let possible = job.events.is_none()
            && (job.rhs.mass().is_none() || job.algorithm.takes_mass())
            && job.algorithm.is_able(job.rhs.states())
            && *norm == Norm::Rms
            && *domain == Domain::Anywhere
            && *components == Components::All
            && max_time.is_none()
            && monitor.is_none()
            && stops.is_empty()
            && (job.algorithm.is_adaptive() || matches!(step, StepSize::Fixed(_)));
        if !possible {
            return None;
        }
        let n = job.rhs.states();
        Some(Self {
            options: job.options,
            unsaved: Options { save: Save::Last, ..job.options.clone() },
            norm: ErrorNorm::new(job.options, n).ok()?,
            names: job.rhs.names().into(),
        })
    }
}
