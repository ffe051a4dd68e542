//! Our methods, ready to be timed.

use crate::family::{Family, Lorenz, member};
use crate::work_precision::Entry;
use benches::{Contender, OURS};
use ode_core::{
    Dop853, Dp5, Ensemble, ExplicitRk, Options, Save, Trajectories, Tsit5, Vern6, Vern7, Vern8,
    Vern9,
};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::hint::black_box;

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

    /// All methods; with `wide`, also with fewer lanes and more threads.
    pub(crate) fn entries<'a>(
        &'a self,
        family: &'a Family,
        options: &Options,
        wide: bool,
    ) -> Vec<Entry<'a>> {
        let mut all = Vec::new();
        macro_rules! enter {
            ($($method:ident)*) => {
                $(all.extend(self.method(family, $method, options, wide));)*
            };
        }
        enter! { Tsit5 Dp5 Vern6 Vern7 Dop853 Vern8 Vern9 }
        all
    }

    /// One method.
    pub(crate) fn method<'a, M: ExplicitRk + Copy + Sync + 'a>(
        &'a self,
        family: &'a Family,
        method: M,
        options: &Options,
        wide: bool,
    ) -> Vec<Entry<'a>> {
        let sweep = family.sweep;
        let ensemble = || Ensemble::generate(&Lorenz, sweep.count, move |i| member(&sweep, i));
        let (alone, four, eight) = (ensemble().one_by_one(), ensemble().lanes::<4>(), ensemble());
        let entry = |setting: &str, pool: &'a ThreadPool, solve: Box<Solve<'a>>| {
            let error = family.error_of(&pool.install(&solve));
            let run = move |n| (0..n).for_each(|_| _ = black_box(pool.install(&solve)));
            let (who, method) = (OURS.to_owned(), M::NAME.to_owned());
            Entry { who, method, setting: setting.into(), error, contender: Contender::new(run) }
        };
        let mut entries = Vec::new();
        macro_rules! enter {
            ($setting:expr, $pool:expr, $ensemble:expr) => {{
                let (ensemble, options) = ($ensemble, options.clone());
                let solve = move || ensemble.solve(method, &options);
                entries.push(entry($setting, $pool, Box::new(solve)));
            }};
        }
        enter!(ONE_BY_ONE, &self.one, alone);
        if wide {
            enter!(FOUR_LANES, &self.one, four);
            enter!(TWO_THREADS, &self.two, ensemble());
        }
        enter!(LANES, &self.one, eight);
        entries
    }
}

type Solve<'a> = dyn Fn() -> Trajectories + Sync + 'a;

/// At `rtol = 10^-digits`, with the ratio of the default tolerances.
pub(crate) fn options(digits: u32, save: Save) -> Options {
    let rtol = 1.0 / 10u64.pow(digits) as f64;
    Options { rtol, atol: rtol / 1e3, save, ..Options::default() }
}
