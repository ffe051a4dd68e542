use std::fmt;
use std::time::Instant;

/// Shortest time of one repeat, so that the clock's resolution does not count.
const SHORTEST: f64 = 2e-3;
/// Most runs per repeat: a closure that does nothing never reaches [`SHORTEST`].
const MOST_RUNS: usize = 1 << 30;

/// A contender that has taken this many seconds in all has been timed well enough.
const LONG: f64 = 0.5;

/// Something to be timed against others.
pub struct Contender<'a> {
    /// Runs it `n` times and says how many seconds that took.
    run: Box<dyn FnMut(usize) -> f64 + 'a>,
    /// Runs per repeat.
    runs: usize,
    /// Seconds of a run that has been seen before.
    seen: Option<f64>,
}

impl<'a> Contender<'a> {
    /// Wraps a closure that does the work `n` times, and finds how often to run it for one repeat
    /// to take some milliseconds.
    pub fn new(mut run: impl FnMut(usize) + 'a) -> Self {
        Self::timed(move |n| seconds(|| run(n)))
    }

    /// The same for a closure that measures itself: it does the work `n` times and returns the
    /// seconds. NaN says that it failed.
    pub fn timed(mut run: impl FnMut(usize) -> f64 + 'a) -> Self {
        let mut runs = 1;
        while runs < MOST_RUNS {
            let taken = run(runs);
            if taken.is_nan() || taken >= SHORTEST {
                break;
            }
            // A power of two that is long enough if the work takes as long again.
            let wanted = (SHORTEST / taken.max(1e-12)).ceil().min(MOST_RUNS as f64 / runs as f64);
            runs *= (wanted as usize).clamp(2, 64).next_power_of_two();
        }
        Self { run: Box::new(run), runs: runs.min(MOST_RUNS), seen: None }
    }
}

impl<'a> Contender<'a> {
    /// The same where one run has just been seen to take so many seconds: slow work is not repeated to
    /// find that it is slow, and that run counts where it is long enough.
    pub fn timed_after(known: f64, mut run: impl FnMut(usize) -> f64 + 'a) -> Self {
        let mut first = Some(known);
        let timed = Self::timed(move |n| match first.take() {
            Some(seconds) if n == 1 => seconds,
            _ => run(n),
        });
        Self { seen: Some(known), ..timed }
    }
}

impl fmt::Debug for Contender<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contender").field("runs", &self.runs).finish_non_exhaustive()
    }
}

/// Times contenders in turns, so that all see the same machine, and returns the seconds of one
/// run of each in its fastest repeat (NaN for one that failed). At least one repeat is made; who has taken half a
/// second by then, or in the run that has been seen before, sits out the others.
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
    interleave_within(contenders, repeats, LONG)
}

/// The same, where `long` is how many seconds are enough of one contender instead of half a second.
pub fn interleave_within(contenders: &mut [Contender<'_>], repeats: usize, long: f64) -> Vec<f64> {
    let mut all = vec![Vec::new(); contenders.len()];
    let mut taken = vec![0.0; contenders.len()];
    for (i, seconds) in contenders.iter().enumerate().filter_map(|(i, one)| Some((i, one.seen?))) {
        if seconds >= long {
            (taken[i], all[i]) = (seconds, vec![seconds]);
        }
    }
    for _ in 0..repeats.max(1) {
        for (i, Contender { run, runs, .. }) in contenders.iter_mut().enumerate() {
            // False also after a failure: NaN is less than nothing.
            if taken[i] < long {
                let seconds = run(*runs);
                taken[i] += seconds;
                all[i].push(seconds / *runs as f64);
            }
        }
    }
    all.into_iter().map(fastest).collect()
}

/// One of ours, one of theirs, one of ours, …
///
/// ```
/// assert_eq!(benches::turns(vec![1, 2], vec![10, 20, 30]), [1, 10, 2, 20, 30]);
/// ```
pub fn turns<T>(ours: Vec<T>, theirs: Vec<T>) -> Vec<T> {
    let mut all = Vec::with_capacity(ours.len() + theirs.len());
    let (mut ours, mut theirs) = (ours.into_iter(), theirs.into_iter());
    loop {
        let before = all.len();
        all.extend(ours.next());
        all.extend(theirs.next());
        if all.len() == before {
            return all;
        }
    }
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// The smallest value: whatever else the machine does only adds to it. NaN if there is none or one
/// is NaN.
fn fastest(values: Vec<f64>) -> f64 {
    let least = |a: f64, b: f64| if a.is_nan() || a < b { a } else { b };
    values.into_iter().reduce(least).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};
    use std::thread::sleep;
    use std::time::Duration;

    #[test]
    fn the_fastest_counts() {
        assert_eq!(fastest(vec![3.0, 1.0, 2.0]), 1.0);
        assert_eq!(fastest(vec![7.0]), 7.0);
        assert!(fastest(Vec::new()).is_nan());
        for failed in [[f64::NAN, 1.0, 2.0], [1.0, f64::NAN, 2.0], [1.0, 2.0, f64::NAN]] {
            assert!(fastest(failed.to_vec()).is_nan());
        }
    }

    #[test]
    fn all_take_turns() {
        assert_eq!(turns(vec![1, 2], vec![10, 20, 30, 40]), [1, 10, 2, 20, 30, 40]);
        assert_eq!(turns(vec![1, 2], Vec::new()), [1, 2]);
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
            let slow = if repeat.get() == 2 { 100 } else { 0 };
            sleep(Duration::from_millis(slow) + Duration::from_millis(1) * n as u32);
            repeat.set(repeat.get() + 1);
        })];
        repeat.set(0);
        let seconds = interleave(&mut contenders, 5);
        assert_eq!(repeat.get(), 5);
        assert!(1e-3 <= seconds[0] && seconds[0] < 0.02, "{seconds:?}");
    }

    #[test]
    fn who_measures_himself_is_believed() {
        let calls = RefCell::new(Vec::new());
        let told = |seconds: f64, name: char| {
            let calls = &calls;
            Contender::timed(move |n| {
                calls.borrow_mut().push(name);
                seconds * n as f64
            })
        };
        let mut contenders = [told(1e-6, 'a'), told(0.2, 'b'), told(f64::NAN, 'c')];
        calls.borrow_mut().clear();
        let seconds = interleave(&mut contenders, 5);
        assert!((seconds[0] - 1e-6).abs() < 1e-18 && (seconds[1] - 0.2).abs() < 1e-15);
        assert!(seconds[2].is_nan());
        // The slow one is long enough after three repeats, the failure after one.
        let count = |name| calls.borrow().iter().filter(|&&call| call == name).count();
        assert_eq!([count('a'), count('b'), count('c')], [5, 3, 1]);
    }

    #[test]
    fn a_long_run_that_has_been_seen_is_enough() {
        let calls = Cell::new(0);
        let seen = |seconds: f64| {
            let calls = &calls;
            Contender::timed_after(seconds, move |n| {
                calls.set(calls.get() + 1);
                seconds * n as f64
            })
        };
        assert_eq!(interleave(&mut [seen(0.6)], 3), [0.6]);
        assert_eq!(calls.get(), 0);
        assert_eq!(interleave(&mut [seen(0.4)], 3), [0.4]);
        assert_eq!(calls.get(), 2);
    }

    #[test]
    fn work_that_takes_no_time_is_not_waited_for() {
        assert!(Contender::new(|_| {}).runs <= MOST_RUNS);
    }
}
