//! The adjoint of an event.

use super::EventModel;
use super::When;
use super::block::Jump;
use super::reverse::Reverse;
use crate::{Error, ErrorKind, Loss};
use ad_tape::Recorder;

/// What pulls back through events.
///
/// An event at `τ` with the condition `g(τ, u, p) = 0` and the effect `u⁺ = h(τ, u⁻, p)`, seen at a time
/// that stands still while `τ` moves: `du⁺ = h_u du + h_p dp + (h_t + h_u f⁻ - f⁺) dτ` with
/// `dτ = -(g_u du + g_p dp) / (g_t + g_u f⁻)`. Behind a terminal event there is no `f⁺`, and a loss that
/// looks at the end moves with it.
pub(crate) struct JumpAdjoint<'a, R, L, E> {
    rhs: R,
    loss: &'a L,
    model: &'a E,
    when: Vec<When>,
    recorder: Recorder,
    /// The time of the event pulled back through before, and whether it was a crossing.
    last: Option<(f64, bool)>,
    /// The relative tolerance of the solve.
    rtol: f64,
}

impl<'a, R: Reverse<f64>, L: Loss, E: EventModel> JumpAdjoint<'a, R, L, E> {
    pub(crate) fn new(rhs: R, loss: &'a L, model: &'a E) -> Self {
        let (when, recorder) = (model.when(), Recorder::new());
        Self { rhs, loss, model, when, recorder, last: None, rtol: 0.0 }
    }

    /// For a solve to this tolerance.
    pub(crate) fn for_tolerance(self, rtol: f64) -> Self {
        Self { rtol, ..self }
    }

    /// How fast the condition came to zero in the step that ends with the event, on average.
    fn mean_rate(&self, jump: &Jump<f64>, p: &[f64]) -> f64 {
        let Some((since, u)) = jump.since.as_ref().filter(|(since, _)| *since != jump.t) else {
            return 0.0;
        };
        (self.model.condition(jump.event, *since, u, p) / (jump.t - since)).abs()
    }

    /// Turns the cotangent of the state after the event into that before it, and adds to that of the
    /// parameters; `by_end` is the derivative of the loss by the time of a final state.
    pub(crate) fn pull_back(
        &mut self,
        jump: &Jump<f64>,
        p: &[f64],
        by_end: f64,
        (lambda, p_bar): (&mut [f64], &mut [f64]),
    ) -> Result<(), Error> {
        // Slower, errors of the state of `rtol` decide whether the condition is crossed at all: it is touched, and the
        // derivative of the time has no digits.
        let least = self.rtol.sqrt() * self.mean_rate(jump, p);
        let Self { rhs, loss, model, when, recorder, last, .. } = self;
        let &Jump { event, t, ref before, ref after, terminal, .. } = jump;
        let (n, m) = (before.len(), p.len());
        let crosses = matches!(when.get(event), Some(When::Crosses(_)));
        let other = last.replace((t, crosses));
        if other.is_some_and(|(at, other)| at == t && (other || crosses)) {
            return Err(ErrorKind::SimultaneousEvents { t }.into());
        }
        let x = [before, p, &[t]].concat();
        // hᵀλ by u, p and t.
        let mut h_bar = vec![0.0; x.len()];
        recorder.gradient(
            |x| {
                let mut u = x[..n].to_vec();
                model.effect(event, x[n + m], &mut u, &x[n..n + m]);
                u.iter().zip(&*lambda).map(|(&u, &bar)| scalar::Scalar::scale(u, bar)).sum()
            },
            &x,
            &mut h_bar,
        )?;
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mut by_time = 0.0;
        let mut g_bar = vec![0.0; x.len()];
        if crosses {
            recorder.gradient(
                |x| model.condition(event, x[n + m], &x[..n], &x[n..n + m]),
                &x,
                &mut g_bar,
            )?;
            let mut f = vec![0.0; n];
            let replay = |failure| Error::replay(t, &failure);
            rhs.eval(t, before, p, &mut f).map_err(replay)?;
            let rate = g_bar[n + m] + dot(&g_bar[..n], &f);
            if rate == 0.0 || !rate.is_finite() || rate.abs() <= least {
                return Err(ErrorKind::GrazingEvent { event, t, rate }.into());
            }
            by_time = h_bar[n + m] + dot(&h_bar[..n], &f) + loss.running(t, before, p);
            match terminal {
                true => by_time += by_end,
                false => {
                    rhs.eval(t, after, p, &mut f).map_err(replay)?;
                    by_time -= dot(lambda, &f) + loss.running(t, after, p);
                }
            }
            by_time /= -rate;
        }
        for (lambda, (h, g)) in lambda.iter_mut().zip(h_bar.iter().zip(&g_bar)) {
            *lambda = h + by_time * g;
        }
        for (p_bar, (h, g)) in p_bar.iter_mut().zip(h_bar[n..].iter().zip(&g_bar[n..])) {
            *p_bar += h + by_time * g;
        }
        Ok(())
    }
}
