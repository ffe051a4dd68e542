/// The schedule of binomial checkpointing (Revolve; Griewank and Walther, ACM TOMS 26, 2000): which
/// states of a sequence of steps to keep, so that the steps are pulled back, last one first, with as few
/// of them computed again as the number of checkpoints allows.
///
/// From a checkpoint with `steps` ahead of it to be pulled back, go on by
/// [`split`](Revolve::split) steps and put the next checkpoint there; pull back what lies behind that one
/// in the same way, then what lies before it. [`CheckpointedLoop`](crate::CheckpointedLoop) does so for
/// a loop over a [`Program`](crate::Program).
///
/// ```
/// use ad_tape::Revolve;
///
/// // 10 checkpoints pull back 1001 steps with none of them computed more than 4 times before.
/// assert_eq!(Revolve::most_steps(10, 4), 1001);
/// assert_eq!(Revolve::repeats(1001, 10), 4);
/// assert_eq!(Revolve::split(1001, 10), 286); // β(10, 3): behind it, β(9, 4) = 715 are left
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Revolve;

impl Revolve {
    /// `β(s, r) = (s + r)! / (s! r!)`, the most steps that `s` checkpoints pull back with each step
    /// computed at most `r` times before; `usize::MAX` where it is larger.
    pub fn most_steps(s: usize, r: usize) -> usize {
        let mut product = 1usize;
        for k in 1..=s.min(r) {
            // Always an integer: C(s + r - min + k, k).
            match product.checked_mul(s.max(r) + k) {
                Some(next) => product = next / k,
                None => return usize::MAX,
            }
        }
        product
    }

    /// How often a step has to be computed before it is pulled back, at most: the smallest `r` with
    /// `β(s, r) ≥ steps`. Without checkpoints, as if there were one.
    pub fn repeats(steps: usize, s: usize) -> usize {
        match s {
            0 | 1 => steps.saturating_sub(1),
            _ => (0..).find(|&r| Self::most_steps(s, r) >= steps).unwrap_or(0),
        }
    }

    /// How far to go to the next checkpoint, where `steps` lie ahead of one of `s` checkpoints that are
    /// free (this one included): equation (5) of Griewank and Walther, any number between whose bounds is
    /// optimal. With a single one to the last step, which is pulled back without a further one; 0 where
    /// there are less than two steps.
    pub fn split(steps: usize, s: usize) -> usize {
        if s <= 1 || steps < 2 {
            return steps.saturating_sub(1);
        }
        let r = Self::repeats(steps, s);
        let low = if r > 1 { Self::most_steps(s, r - 2) } else { 1 };
        let rest = Self::most_steps(s - 1, r);
        low.max(steps.saturating_sub(rest)).clamp(1, steps - 1)
    }
}
