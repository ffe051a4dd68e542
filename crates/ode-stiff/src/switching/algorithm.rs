use super::rule::Row;
use super::{Switching, SwitchingCache, names};
use ode_core::{Algorithm, Dense, Error, ErrorNorm, Interval, Refusal, Stats, Step};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Rhs};

/// The method that takes the steps, and its memory.
macro_rules! active {
    ($this:expr, $cache:expr, |$method:ident, $memory:ident| $call:expr) => {
        match $cache.stiff_mut() {
            Some($memory) => {
                let $method = &$this.stiff;
                $call
            }
            None => {
                let ($method, $memory) = (&$this.nonstiff, &mut $cache.nonstiff);
                $call
            }
        }
    };
    ($this:expr, ref $cache:expr, |$method:ident, $memory:ident| $call:expr) => {
        match $cache.stiff() {
            Some($memory) => {
                let $method = &$this.stiff;
                $call
            }
            None => {
                let ($method, $memory) = (&$this.nonstiff, &$cache.nonstiff);
                $call
            }
        }
    };
}

impl<N, S> Switching<N, S> {
    /// The other method takes over at the start of this step.
    fn change<F, B>(
        &self,
        rhs: &F,
        (t, u, p): (f64, &B, &[B::Item]),
        cache: &mut SwitchingCache<N::Cache, S::Cache, B::Item>,
    ) -> Result<(), Failure>
    where
        F: Rhs<B::Item>,
        N: Algorithm<F, B>,
        S: Algorithm<F, B>,
        B: Buffer,
    {
        let mut row = Row::default();
        if cache.is_stiff {
            self.nonstiff.begin(rhs, t, u, p, &mut cache.nonstiff)?;
        } else {
            let stiff = cache.stiff.get_or_insert_with(|| self.stiff.cache(rhs, u));
            self.stiff.begin(rhs, t, u, p, stiff)?;
            if let Some((counted, memory)) = cache.memory.take() {
                if !self.stiff.is_memory(stiff, &memory) {
                    let reason = "the checkpoint's memory is none of the implicit method's";
                    return Err(Failure::Fatal(reason.to_owned()));
                }
                self.stiff.restore(stiff, &memory);
                row = counted;
            }
        }
        (cache.is_stiff, cache.changes, cache.row) = (!cache.is_stiff, false, row);
        Ok(())
    }
}

impl<F, N, S, B> Algorithm<F, B> for Switching<N, S>
where
    F: Rhs<B::Item>,
    N: Algorithm<F, B>,
    S: Algorithm<F, B>,
    B: Buffer<Item: Concrete>,
{
    type Cache = SwitchingCache<N::Cache, S::Cache, B::Item>;

    /// Both names: `Tsit5, Rodas5P where stiff`.
    fn name(&self) -> &'static str {
        names::of_pair(self.nonstiff.name(), self.stiff.name())
    }

    fn order(&self) -> u32 {
        self.nonstiff.order()
    }

    fn first_order(&self) -> u32 {
        self.nonstiff.first_order().min(self.stiff.first_order())
    }

    fn order_of_error(&self, cache: &Self::Cache) -> u32 {
        active!(self, ref cache, |method, memory| method.order_of_error(memory))
    }

    fn is_adaptive(&self) -> bool {
        self.nonstiff.is_adaptive() && self.stiff.is_adaptive()
    }

    fn takes_mass(&self) -> bool {
        self.stiff.takes_mass()
    }

    fn cache(&self, rhs: &F, u: &B) -> Self::Cache {
        let is_fixed = rhs.mass().is_some();
        SwitchingCache {
            nonstiff: self.nonstiff.cache(rhs, u),
            stiff: is_fixed.then(|| self.stiff.cache(rhs, u)),
            is_stiff: is_fixed,
            changes: false,
            is_fixed,
            row: Row::default(),
            memory: None,
        }
    }

    fn begin(
        &self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        (cache.row, cache.changes, cache.memory) = (Row::default(), false, None);
        active!(self, cache, |method, memory| method.begin(rhs, t, u, p, memory))
    }

    fn admit(
        &self,
        rhs: &F,
        at: (f64, &B, &[B::Item]),
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<(), Error> {
        active!(self, cache, |method, memory| method.admit(rhs, at, norm, memory))
    }

    fn settle(
        &self,
        rhs: &F,
        at: (f64, &mut B, &[B::Item]),
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> bool {
        active!(self, cache, |method, memory| method.settle(rhs, at, norm, memory))
    }

    fn derivative<'c>(&self, cache: &'c Self::Cache) -> &'c [B::Item] {
        active!(self, ref cache, |method, memory| method.derivative(memory))
    }

    #[inline]
    fn attempt(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        if cache.changes {
            self.change(rhs, (step.t_first, step.u, step.p), cache)?;
        }
        active!(self, cache, |method, memory| method.attempt(rhs, step, norm, memory))
    }

    #[inline]
    fn squared_error(
        &self,
        step: &Step<'_, B>,
        cache: &mut Self::Cache,
        norm: &mut ErrorNorm<'_>,
    ) -> f64 {
        active!(self, cache, |method, memory| method.squared_error(step, memory, norm))
    }

    #[inline]
    fn accept(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        let radius = active!(self, cache, |method, memory| {
            method.accept(rhs, step, memory)?;
            method.spectral_radius(step, memory)
        });
        if let (Some(radius), false) = (radius, cache.is_fixed) {
            let stable = self.rule.part * self.nonstiff.real_stability();
            cache.row.count(radius * step.dt.abs() > stable);
        }
        Ok(())
    }

    fn dense(
        &self,
        rhs: &F,
        interval: &Interval<'_, B>,
        scratch: &mut B,
        cache: &mut Self::Cache,
        dense: &mut Dense<B::Item>,
    ) -> Result<(), Failure> {
        active!(self, cache, |method, memory| method.dense(rhs, interval, scratch, memory, dense))
    }

    fn advance(&self, cache: &mut Self::Cache) {
        active!(self, cache, |method, memory| method.advance(memory));
    }

    /// Who takes the steps, who is to, how long it has been stiff and not; then the method's own.
    fn memory(&self, cache: &Self::Cache, advanced: bool) -> Vec<B::Item> {
        let SwitchingCache { is_stiff, changes, row, .. } = *cache;
        let own = active!(self, ref cache, |method, memory| method.memory(memory, advanced));
        let counts = [u32::from(is_stiff), u32::from(changes), row.stiff, row.nonstiff];
        counts.into_iter().map(|x| B::Item::from_f64(f64::from(x))).chain(own).collect()
    }

    /// What the implicit method remembers is checked when it begins again.
    fn is_memory(&self, cache: &Self::Cache, memory: &[B::Item]) -> bool {
        let is = |x: B::Item, value: f64| x.is_within(value, value);
        let Some((&[is_stiff, changes, stiff, nonstiff], own)) = memory.split_first_chunk() else {
            return false;
        };
        let flags = [is_stiff, changes].iter().all(|&x| is(x, 0.0) || is(x, 1.0));
        let counts = [stiff, nonstiff].iter().all(|x| x.is_within(0.0, f64::from(u32::MAX)));
        let fits = is(is_stiff, 1.0) && !cache.is_fixed
            || active!(self, ref cache, |method, memory| method.is_memory(memory, own));
        flags && counts && fits
    }

    fn restore(&self, cache: &mut Self::Cache, memory: &[B::Item]) {
        let Some((&[is_stiff, changes, stiff, nonstiff], own)) = memory.split_first_chunk() else {
            return;
        };
        let count = |x: B::Item| x.largest_part() as u32;
        let row = Row { stiff: count(stiff), nonstiff: count(nonstiff) };
        match (count(is_stiff) == 1, count(changes) == 1) {
            // It begins with the next attempt.
            (true, false) if !cache.is_stiff => {
                (cache.memory, cache.changes) = (Some((row, own.to_vec())), true);
            }
            // The explicit method, about to begin, has begun.
            (true, true) if !cache.is_stiff => {}
            (_, changes) => {
                active!(self, cache, |method, memory| method.restore(memory, own));
                (cache.changes, cache.row) = (changes, row);
            }
        }
    }

    fn work(&self, cache: &Self::Cache) -> Stats {
        let stiff = cache.stiff.as_ref().map(|memory| self.stiff.work(memory));
        self.nonstiff.work(&cache.nonstiff) + stiff.unwrap_or_default()
    }

    #[inline]
    fn step_factor(&self, cache: &mut Self::Cache, dt: f64, factor: f64) -> f64 {
        let rule = &self.rule;
        let factor = active!(self, cache, |method, memory| method.step_factor(memory, dt, factor));
        if cache.is_fixed {
            return factor;
        }
        let (row, change) = (cache.row, rule.dt_factor);
        cache.changes = match cache.is_stiff {
            false => row.stiff >= rule.stiff_steps,
            true => row.nonstiff >= rule.nonstiff_steps,
        };
        match (cache.changes, cache.is_stiff) {
            (false, _) => factor,
            (true, false) => factor * change,
            (true, true) => factor / change,
        }
    }

    #[inline]
    fn retry_factor(&self, cache: &mut Self::Cache, factor: f64) -> f64 {
        active!(self, cache, |method, memory| method.retry_factor(memory, factor))
    }

    fn spectral_radius(&self, step: &Step<'_, B>, cache: &Self::Cache) -> Option<f64> {
        active!(self, ref cache, |method, memory| method.spectral_radius(step, memory))
    }

    fn refusal(&self, cache: &Self::Cache) -> Option<Refusal> {
        active!(self, ref cache, |method, memory| method.refusal(memory))
    }
}
