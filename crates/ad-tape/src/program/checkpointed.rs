use super::{Program, Revolve, Work, check, finite};
use crate::{Error, ErrorKind};

/// The gradient through a loop `uₖ₊₁ = body(uₖ, p)` of many steps with few states in memory: binomial
/// checkpointing (Revolve; Griewank and Walther, ACM TOMS 26, 2000), which computes as few steps again
/// as that number of checkpoints allows.
///
/// ```
/// use ad_tape::{CheckpointedLoop, Program};
///
/// // Euler's method for u' = -p u, 1000 steps with 10 states in memory.
/// let body = Program::record(2, |x| vec![x[0] - x[1] * x[0] * ad_tape::Symbol::constant(1e-3)])?;
/// let mut euler = CheckpointedLoop::new(&body, 1, 10)?;
/// let (mut u_bar, mut p_bar) = ([1.0], [0.0]);
/// let report = euler.gradient(&[2.0], &[0.5], 1000, &mut u_bar, &mut p_bar)?;
/// let factor = 1.0 - 0.5e-3f64;
/// assert!((report.u[0] - 2.0 * factor.powi(1000)).abs() < 1e-13);
/// assert!((u_bar[0] - factor.powi(1000)).abs() < 1e-13);
/// assert!((p_bar[0] + 2.0 * factor.powi(999)).abs() < 1e-12);
/// // Besides once each, to be pulled back, the steps are computed 3.6 times on average.
/// assert_eq!((report.advances, report.checkpoints), (3636, 10));
/// # Ok::<(), ad_tape::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CheckpointedLoop<'p> {
    body: &'p Program,
    states: usize,
    work: Work,
    checkpoints: usize,
    /// States at the checkpoints in memory, the first at the start.
    stored: Vec<f64>,
    /// Steps from each of them on that are still to be pulled back, up to the next one.
    left: Vec<usize>,
    x: Vec<f64>,
    x_bar: Vec<f64>,
    y: Vec<f64>,
}

/// What a gradient through a loop has cost, and the final state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoopReport {
    /// The final state.
    pub u: Vec<f64>,
    /// Evaluations of the body that only move on.
    pub advances: usize,
    /// Evaluations of the body that are pulled back: one for each step.
    pub pulled_back: usize,
    /// Checkpoints used at once, the initial state among them.
    pub checkpoints: usize,
    /// Bytes of the checkpoints and of replays of the body.
    pub bytes: usize,
}

impl<'p> CheckpointedLoop<'p> {
    /// A loop over a body with the inputs `u` (of `states` numbers) and `p`, and the outputs `u`, with
    /// at most this many `checkpoints`.
    ///
    /// # Errors
    ///
    /// If the body does not have that many outputs, or fewer inputs; if there is no checkpoint.
    pub fn new(body: &'p Program, states: usize, checkpoints: usize) -> Result<Self, Error> {
        check("the outputs of the body", body.outputs(), states)?;
        if body.inputs() < states {
            check("the inputs of the body", body.inputs(), states)?;
        }
        if checkpoints == 0 {
            let why = "a loop needs at least one checkpoint, for its initial state";
            return Err(Error::new(ErrorKind::Checkpoints { why }));
        }
        Ok(Self {
            body,
            states,
            work: body.work(),
            checkpoints,
            stored: Vec::new(),
            left: Vec::new(),
            x: vec![0.0; body.inputs()],
            x_bar: vec![0.0; body.inputs()],
            y: vec![0.0; states],
        })
    }

    /// How many checkpoints fit into this many bytes beside replays of the body; 0 if none does.
    pub fn checkpoints_within(body: &Program, states: usize, bytes: usize) -> usize {
        let left = bytes.saturating_sub(body.work_bytes::<f64>());
        // The state, and the number of steps behind it.
        let each = states.saturating_mul(size_of::<f64>()).saturating_add(size_of::<usize>());
        left / each
    }

    /// Turns `u_bar`, the cotangent of the final state, into that of the initial state, and adds to
    /// `p_bar`.
    ///
    /// # Errors
    ///
    /// If a length does not fit, or the final state or a cotangent is not finite.
    pub fn gradient(
        &mut self,
        u0: &[f64],
        p: &[f64],
        steps: usize,
        u_bar: &mut [f64],
        p_bar: &mut [f64],
    ) -> Result<LoopReport, Error> {
        check("the initial state", u0.len(), self.states)?;
        check("the parameters", p.len(), self.x.len() - self.states)?;
        check("the cotangent of the state", u_bar.len(), self.states)?;
        check("the cotangent of the parameters", p_bar.len(), p.len())?;
        self.x[self.states..].copy_from_slice(p);
        let most = self.checkpoints.min(steps).max(1);
        self.stored.clear();
        self.stored.reserve_exact(most * self.states);
        self.stored.extend_from_slice(u0);
        self.left.clear();
        self.left.reserve_exact(most);
        let mut report = LoopReport { u: u0.to_vec(), checkpoints: 1, ..LoopReport::default() };
        let bars = (&mut *u_bar, &mut *p_bar);
        if steps > 0 {
            self.reverse(steps, bars, &mut report)?;
        }
        finite("the final state", &report.u)?;
        finite("the cotangent of the state", u_bar)?;
        finite("the cotangent of the parameters", p_bar)?;
        let left = self.left.capacity() * size_of::<usize>();
        report.bytes = self.stored.capacity() * size_of::<f64>() + left + self.work.bytes();
        Ok(report)
    }

    /// Pulls back all steps. Each checkpoint in memory has the steps up to the next one still before it.
    fn reverse(
        &mut self,
        steps: usize,
        (u_bar, p_bar): (&mut [f64], &mut [f64]),
        report: &mut LoopReport,
    ) -> Result<(), Error> {
        let n = self.states;
        self.left.clear();
        self.left.push(steps);
        while let Some(count) = self.left.pop() {
            let start = self.left.len() * n;
            self.x[..n].copy_from_slice(&self.stored[start..start + n]);
            self.stored.truncate(start + n);
            let slots = self.checkpoints - self.left.len();
            // With one slot: from the start to the last step, again and again.
            let part = if count == 1 { 0 } else { Revolve::split(count, slots) };
            for _ in 0..part {
                self.body.forward(&self.x, &mut self.y, &mut self.work)?;
                self.x[..n].copy_from_slice(&self.y);
            }
            report.advances += part;
            if part > 0 {
                self.left.push(part);
            }
            if part == 0 || slots == 1 {
                self.pull_back((&mut *u_bar, &mut *p_bar), report)?;
            } else {
                self.left.push(count - part);
                self.stored.extend_from_slice(&self.x[..n]);
                report.checkpoints = report.checkpoints.max(self.left.len());
            }
        }
        Ok(())
    }

    /// Pulls back the step from the state at hand.
    fn pull_back(
        &mut self,
        (u_bar, p_bar): (&mut [f64], &mut [f64]),
        report: &mut LoopReport,
    ) -> Result<(), Error> {
        self.body.forward(&self.x, &mut self.y, &mut self.work)?;
        if report.pulled_back == 0 {
            report.u.copy_from_slice(&self.y);
        }
        report.pulled_back += 1;
        self.x_bar.fill(0.0);
        self.body.reverse(u_bar, &mut self.x_bar, &mut self.work)?;
        let (u, p) = self.x_bar.split_at(self.states);
        u_bar.copy_from_slice(u);
        p_bar.iter_mut().zip(p).for_each(|(p_bar, bar)| *p_bar += bar);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scalar::Scalar;

    /// `t(l, s) = r l - β(s + 1, r - 1)` with `β(s, r - 1) < l ≤ β(s, r)`, which is the minimum.
    #[test]
    fn as_few_steps_as_possible() -> Result<(), Error> {
        let body = Program::record(2, |x| vec![x[0] * x[1]])?;
        for checkpoints in 1..=6 {
            for steps in [1, 2, 3, 4, 5, 7, 10, 23, 56, 57, 100, 210] {
                let mut product = CheckpointedLoop::new(&body, 1, checkpoints)?;
                let (mut u_bar, mut p_bar) = ([1.0], [0.0]);
                let p = 1.01f64;
                let report = product.gradient(&[2.0], &[p], steps, &mut u_bar, &mut p_bar)?;
                let r = (0..).find(|&r| Revolve::most_steps(checkpoints, r) >= steps).unwrap_or(0);
                let least = match r {
                    0 => 0,
                    _ => r * steps - Revolve::most_steps(checkpoints + 1, r - 1),
                };
                assert_eq!(report.advances, least, "{steps} steps, {checkpoints} checkpoints");
                assert_eq!(report.pulled_back, steps);
                assert!(report.checkpoints <= checkpoints);
                let power = p.powi(steps as i32);
                assert!((report.u[0] / (2.0 * power) - 1.0).abs() < 1e-13);
                assert!((u_bar[0] / power - 1.0).abs() < 1e-13);
                assert!((p_bar[0] / (2.0 * steps as f64 * power / p) - 1.0).abs() < 1e-12);
            }
        }
        Ok(())
    }

    /// As deep as there are steps, which a recursion would not survive.
    #[test]
    fn a_checkpoint_for_every_step() -> Result<(), Error> {
        let body = Program::record(1, |x| vec![x[0].scale(0.5).sin()])?;
        let (steps, budget) = (200_000, 4_000_000);
        let checkpoints = CheckpointedLoop::checkpoints_within(&body, 1, budget);
        assert!(checkpoints > steps);
        let mut product = CheckpointedLoop::new(&body, 1, checkpoints)?;
        let report = product.gradient(&[0.3], &[], steps, &mut [1.0], &mut [])?;
        assert_eq!((report.checkpoints, report.advances), (steps, steps - 1));
        assert!(report.bytes <= budget, "{}", report.bytes);
        Ok(())
    }

    #[test]
    fn no_steps_and_misuse() -> Result<(), Error> {
        let body = Program::record(2, |x| vec![x[0] * x[1]])?;
        let mut product = CheckpointedLoop::new(&body, 1, 3)?;
        let (mut u_bar, mut p_bar) = ([5.0], [1.0]);
        let report = product.gradient(&[2.0], &[3.0], 0, &mut u_bar, &mut p_bar)?;
        assert_eq!((report.u, u_bar, p_bar), (vec![2.0], [5.0], [1.0]));
        assert!(CheckpointedLoop::new(&body, 1, 0).is_err());
        assert!(CheckpointedLoop::new(&body, 2, 1).is_err());
        let infinite = product.gradient(&[2.0], &[1e200], 9, &mut u_bar, &mut p_bar).unwrap_err();
        assert!(matches!(infinite.kind(), ErrorKind::NotFinite { what: "the final state", .. }));
        let within = CheckpointedLoop::checkpoints_within(&body, 1, body.work_bytes::<f64>() + 160);
        assert_eq!(within, 10);
        Ok(())
    }
}
