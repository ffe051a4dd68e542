use crate::Stats;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A switch that ends a solve from outside, from another thread or a signal handler.
///
/// Clones share the switch. The solve ends before its next attempt with
/// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) and its partial solution.
///
/// ```
/// # system::system! { struct Decay; state { u } params {} rhs(_t) { d(u) = -u; } }
/// use ode_core::{Cancel, ErrorKind, OdeProblem, Options, Tsit5, solve};
///
/// let cancel = Cancel::default();
/// let options = Options { cancel: Some(cancel.clone()), ..Options::default() };
/// cancel.cancel(); // usually from elsewhere
/// let problem = OdeProblem::new(Decay, [1.0], [], (0.0, 1.0))?;
/// let error = solve(&problem, Tsit5, &options).unwrap_err();
/// assert_eq!(error.kind(), &ErrorKind::Cancelled { t: 0.0 });
/// # Ok::<(), ode_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Ends every solve that has this switch.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it has been pulled.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Equal to its clones only.
impl PartialEq for Cancel {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A hook that is told now and then how far a solve has come: for progress bars and logs.
///
/// ```
/// use ode_core::{Monitor, Options};
/// use std::time::Duration;
///
/// let monitor = Monitor::every(Duration::from_secs(1), |report| {
///     eprintln!("{:3.0} %, {}", 100.0 * report.fraction, report.stats);
/// });
/// let options = Options { monitor: Some(monitor), ..Options::default() };
/// # let _ = options;
/// ```
#[derive(Clone)]
pub struct Monitor {
    interval: Duration,
    hook: Arc<dyn Fn(&Report) + Send + Sync>,
}

impl Monitor {
    /// Calls `hook` between steps, at most once in `interval`; never for a solve that is shorter.
    pub fn every(interval: Duration, hook: impl Fn(&Report) + Send + Sync + 'static) -> Self {
        Self { interval, hook: Arc::new(hook) }
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor").field("interval", &self.interval).finish_non_exhaustive()
    }
}

/// Equal to its clones only.
impl PartialEq for Monitor {
    fn eq(&self, other: &Self) -> bool {
        self.interval == other.interval && Arc::ptr_eq(&self.hook, &other.hook)
    }
}

/// How far a solve has come.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// Current time.
    pub t: f64,
    /// The part of the span that is done, from 0 to 1.
    pub fraction: f64,
    /// Work so far.
    pub stats: Stats,
    /// Wall time so far.
    pub elapsed: Duration,
}

/// When a solve began and when its monitor was last called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    began: Instant,
    reported: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let now = Instant::now();
        Self { began: now, reported: now }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Calls the monitor if it is time.
    pub(crate) fn tell(&mut self, monitor: &Monitor, report: impl FnOnce(Duration) -> Report) {
        let now = Instant::now();
        if now - self.reported >= monitor.interval {
            self.reported = now;
            (monitor.hook)(&report(now - self.began));
        }
    }
}
