//! Our methods, ready to be timed.

use crate::family::Family;
use crate::work_precision::Entry;
use benches::{Contender, OURS};
use ode_core::{Abreast, Algorithm, Ensemble, Options, Trajectories};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::hint::black_box;
use system::System;

/// How our rows are solved; the order is that of the rows.
pub(crate) const ONE_BY_ONE: &str = "one by one";
pub(crate) const LANES: &str = "8 lanes";
pub(crate) const TWO_THREADS: &str = "8 lanes, 2 threads";
const FOUR_LANES: &str = "4 lanes";

/// The thread pools.
pub(crate) struct Ours {
    one: ThreadPool,
    two: ThreadPool,
}

impl Ours {
    pub(crate) fn new() -> Result<Self, ThreadPoolBuildError> {
        let threads = |count| ThreadPoolBuilder::new().num_threads(count).build();
        Ok(Self { one: threads(1)?, two: threads(2)? })
    }

    /// A method in lanes and one by one; with `wide`, also with fewer lanes and more threads.
    pub(crate) fn method<'a, F, M>(
        &'a self,
        rhs: &'a F,
        family: &'a Family,
        method: M,
        options: &Options,
        wide: bool,
    ) -> Vec<Entry<'a>>
    where
        F: System + Copy + Sync,
        M: Abreast<F, [f64; 3], 4> + Abreast<F, [f64; 3], 8> + Copy + Sync + 'a,
    {
        let mut entries = vec![self.one_by_one(rhs, family, method, options)];
        let name = Algorithm::<F, [f64; 3]>::name(&method);
        let ensemble = || Ensemble::generate(rhs, family.sweep.count, |i| family.member(i));
        macro_rules! enter {
            ($setting:expr, $pool:expr, $ensemble:expr) => {{
                let (ensemble, options) = ($ensemble, options.clone());
                let solve = move || ensemble.solve(method, &options);
                entries.push(entry(family, (name, $setting), $pool, Box::new(solve)));
            }};
        }
        if wide {
            enter!(FOUR_LANES, &self.one, ensemble().lanes::<4>());
            enter!(TWO_THREADS, &self.two, ensemble());
        }
        enter!(LANES, &self.one, ensemble());
        entries
    }

    /// A method one by one.
    pub(crate) fn one_by_one<'a, F, M>(
        &'a self,
        rhs: &'a F,
        family: &'a Family,
        method: M,
        options: &Options,
    ) -> Entry<'a>
    where
        F: System + Copy + Sync,
        M: Algorithm<F, [f64; 3]> + Copy + Sync + 'a,
    {
        let ensemble = Ensemble::generate(rhs, family.sweep.count, |i| family.member(i));
        let (ensemble, options) = (ensemble.one_by_one(), options.clone());
        let solve = move || ensemble.solve(method, &options);
        entry(family, (method.name(), ONE_BY_ONE), &self.one, Box::new(solve))
    }
}

/// Solves once for the error.
fn entry<'a>(
    family: &'a Family,
    (method, setting): (&str, &str),
    pool: &'a ThreadPool,
    solve: Box<Solve<'a>>,
) -> Entry<'a> {
    let error = family.error_of(&pool.install(&solve));
    let run = move |n| (0..n).for_each(|_| _ = black_box(pool.install(&solve)));
    let (who, method) = (OURS.to_owned(), method.to_owned());
    Entry { who, method, setting: setting.into(), error, contender: Contender::new(run) }
}

type Solve<'a> = dyn Fn() -> Trajectories + Sync + 'a;
