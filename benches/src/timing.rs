use std::fmt;
use std::time::Instant;

/// Shortest time of one repeat, so that the clock's resolution does not count.
const SHORTEST: f64 = 2e-3;
/// Most runs per repeat: a closure that does nothing never reaches [`SHORTEST`].
const MOST_RUNS: usize = 1 << 30;

/// Something to be timed against others.
pub struct Contender<'a> {
    /// Runs it `n` times.
    run: Box<dyn FnMut(usize) + 'a>,
    /// Runs per repeat.
    runs: usize,
}

impl<'a> Contender<'a> {
    /// Wraps a closure that does the work `n` times, and finds how often to run it for one repeat
    /// to take some milliseconds.
    pub fn new(mut run: impl FnMut(usize) + 'a) -> Self {
        let mut runs = 1;
        while runs < MOST_RUNS && seconds(|| run(runs)) < SHORTEST {
            runs *= 2;
        }
        Self { run: Box::new(run), runs }
    }
}

impl fmt::Debug for Contender<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contender").field("runs", &self.runs).finish_non_exhaustive()
    }
}

/// Times contenders in turns, so that all see the same machine, and returns the median seconds of
/// one run of each. At least one repeat is made.
///
/// ```
/// use benches::{Contender, interleave};
/// use std::hint::black_box;
///
/// let sum = |n: usize, terms: u32| {
///     for _ in 0..n {
///         black_box((0..black_box(terms)).map(|i| f64::from(i).sqrt()).sum::<f64>());
///     }
/// };
/// let mut contenders = [Contender::new(|n| sum(n, 10)), Contender::new(|n| sum(n, 1000))];
/// let seconds = interleave(&mut contenders, 5);
/// assert!(0.0 < seconds[0] && seconds[0] < seconds[1]);
/// ```
pub fn interleave(contenders: &mut [Contender<'_>], repeats: usize) -> Vec<f64> {
    let mut all = vec![Vec::new(); contenders.len()];
    for _ in 0..repeats.max(1) {
        for (Contender { run, runs }, all) in contenders.iter_mut().zip(&mut all) {
            all.push(seconds(|| run(*runs)) / *runs as f64);
        }
    }
    all.into_iter().map(median).collect()
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// The middle value, or the mean of the two middle ones; NaN if there is none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.len() % 2, values.get(middle.saturating_sub(1)), values.get(middle)) {
        (1, _, Some(&value)) => value,
        (0, Some(low), Some(high)) => 0.5 * (low + high),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};
    use std::thread::sleep;
    use std::time::Duration;

    #[test]
    fn medians() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(vec![7.0]), 7.0);
        assert!(median(Vec::new()).is_nan());
    }

    #[test]
    fn contenders_take_turns() {
        let calls = RefCell::new(Vec::new());
        let contender = |name: char| {
            let calls = &calls;
            Contender::new(move |n| {
                calls.borrow_mut().push((name, n));
                sleep(Duration::from_millis(1) * n as u32);
            })
        };
        let mut contenders = [contender('a'), contender('b'), contender('c')];
        let runs: Vec<usize> = contenders.iter().map(|contender| contender.runs).collect();
        calls.borrow_mut().clear();
        assert_eq!(interleave(&mut contenders, 3).len(), 3);
        let round = [('a', runs[0]), ('b', runs[1]), ('c', runs[2])];
        assert_eq!(*calls.borrow(), [round, round, round].concat());
        calls.borrow_mut().clear();
        interleave(&mut contenders, 0);
        assert_eq!(*calls.borrow(), round);
    }

    #[test]
    fn an_outlier_does_not_move_the_seconds_of_one_run() {
        let repeat = Cell::new(0);
        let mut contenders = [Contender::new(|n| {
            // Sleeping never takes less than it says; only one repeat is slow.
            let slow = if repeat.get() == 2 { 500 } else { 0 };
            sleep(Duration::from_millis(slow) + Duration::from_millis(1) * n as u32);
            repeat.set(repeat.get() + 1);
        })];
        repeat.set(0);
        let seconds = interleave(&mut contenders, 5);
        assert_eq!(repeat.get(), 5);
        assert!(1e-3 <= seconds[0] && seconds[0] < 0.1, "{seconds:?}");
    }

    #[test]
    fn work_that_takes_no_time_is_not_waited_for() {
        assert!(Contender::new(|_| {}).runs <= MOST_RUNS);
    }
}
