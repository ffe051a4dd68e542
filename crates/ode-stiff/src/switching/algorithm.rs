use super::rule::Record;
use super::{Switching, SwitchingCache, names};
use ode_core::{Algorithm, Dense, Error, ErrorNorm, Interval, Refusal, Stats, Step};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Rhs};

/// The numbers of a checkpoint before those of the method.
const HEAD: usize = Record::WORDS + 2;

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
        let mut record = cache.record;
        record.changed(!cache.is_stiff);
        if cache.is_stiff {
            self.nonstiff.begin(rhs, t, u, p, &mut cache.nonstiff)?;
            if let Some((counted, memory)) = cache.memory.take() {
                self.nonstiff.restore(&mut cache.nonstiff, &memory);
                record = counted;
            }
        } else {
            let stiff = cache.stiff.get_or_insert_with(|| self.stiff.cache(rhs, u));
            self.stiff.begin(rhs, t, u, p, stiff)?;
            if let Some((counted, memory)) = cache.memory.take() {
                if !self.stiff.is_memory(stiff, &memory) {
                    let reason = "the checkpoint's memory is none of the implicit method's";
                    return Err(Failure::Fatal(reason.to_owned()));
                }
                self.stiff.restore(stiff, &memory);
                record = counted;
            }
        }
        (cache.is_stiff, cache.changes, cache.record) = (!cache.is_stiff, false, record);
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

    /// That of the method that starts.
    fn first_order(&self, cache: &Self::Cache) -> u32 {
        active!(self, ref cache, |method, memory| method.first_order(memory))
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
        let starts = is_fixed || self.rule.starts_stiff;
        SwitchingCache {
            nonstiff: self.nonstiff.cache(rhs, u),
            stiff: starts.then(|| self.stiff.cache(rhs, u)),
            is_stiff: starts,
            changes: false,
            is_fixed,
            record: Record::default(),
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
        (cache.record, cache.changes, cache.memory) = (Record::default(), false, None);
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
    ) -> Result<bool, Error> {
        active!(self, cache, |method, memory| method.settle(rhs, at, norm, memory))
    }

    fn slope(
        &self,
        rhs: &F,
        at: (B::Item, &[B::Item], &[B::Item]),
        du: &mut [B::Item],
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        active!(self, cache, |method, memory| method.slope(rhs, at, du, memory))
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
        let stable = self.rule.part * self.nonstiff.real_stability();
        cache.record.count(radius.map(|radius| radius * step.dt.abs() > stable));
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

    /// Who takes the steps, who is to, what that is decided by; then the method's own.
    fn memory(&self, cache: &Self::Cache, advanced: bool) -> Vec<B::Item> {
        let SwitchingCache { is_stiff, changes, record, .. } = *cache;
        let own = active!(self, ref cache, |method, memory| method.memory(memory, advanced));
        let flags = [is_stiff, changes].map(u32::from);
        let counts = flags.into_iter().chain(record.words()).map(f64::from);
        counts.map(B::Item::from_f64).chain(own).collect()
    }

    /// What the implicit method remembers is checked when it begins again.
    fn is_memory(&self, cache: &Self::Cache, memory: &[B::Item]) -> bool {
        let Some((head, own)) = memory.split_first_chunk::<HEAD>() else { return false };
        let is = |x: B::Item, value: f64| x.is_within(value, value);
        let flags = head[..2].iter().all(|&x| is(x, 0.0) || is(x, 1.0));
        let counts = head[2..].iter().all(|x| x.is_within(0.0, f64::from(u32::MAX)));
        // The other method looks at its part when it begins.
        let is_other = !cache.is_fixed && !is(head[0], f64::from(u32::from(cache.is_stiff)));
        let fits = is_other
            || !is(head[1], 0.0)
            || active!(self, ref cache, |method, memory| method.is_memory(memory, own));
        flags && counts && fits
    }

    fn restore(&self, cache: &mut Self::Cache, memory: &[B::Item]) {
        let Some((head, own)) = memory.split_first_chunk::<HEAD>() else { return };
        let words = head.map(|x| x.largest_part() as u32);
        let record = Record::of_words(std::array::from_fn(|i| words[i + 2]));
        let (was_stiff, changes) = (words[0] == 1, words[1] == 1);
        // Who takes the next step: what `begin` has begun, or the other method.
        let has_begun = cache.is_stiff == (was_stiff != changes);
        cache.record = record;
        match (changes, has_begun) {
            (true, true) => cache.record.changed(cache.is_stiff),
            (true, false) => cache.changes = true,
            (false, true) => active!(self, cache, |method, memory| method.restore(memory, own)),
            (false, false) => (cache.memory, cache.changes) = (Some((record, own.to_vec())), true),
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
        cache.changes = cache.record.decide(cache.is_stiff, rule);
        match (cache.changes, cache.is_stiff) {
            (false, _) => factor,
            (true, false) => factor * rule.dt_factor,
            (true, true) => factor / rule.dt_factor,
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
