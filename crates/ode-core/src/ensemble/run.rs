use super::engine::{Engine, InLanes, Job, OneByOne, Outcome};
use super::events::EventsOf;
use super::member::Members;
use super::progress::Progress;
use super::{Member, Reduced, Reduction, Trajectories};
use crate::{Events, Options};
use std::ops::Range;

/// Many problems of one right-hand side, solved over threads (feature `parallel`) and SIMD lanes.
///
/// Members go to the threads in chunks by index, and what they give is put together in the order of
/// the index: the result has the same bits at any number of threads, and by lanes of any width or
/// [one by one](Ensemble::one_by_one). A member that fails is reported by its index, and costs
/// nobody else. The threads are those of rayon: `ThreadPool::install` chooses them.
///
/// ```
/// use ode_core::{Ensemble, Member, Options, Save, Tsit5};
///
/// system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
///
/// let members: Vec<_> =
///     [0.5, f64::NAN, 2.0].iter().map(|&k| Member::new([1.0], [k], (0.0, 1.0))).collect();
/// let options = Options { save: Save::Last, ..Options::default() };
/// let all = Ensemble::new(&Decay, &members).solve(Tsit5, &options);
/// let (index, solution) = all.solutions().last().unwrap();
/// assert!(index == 2 && (solution.last()[0] - (-2f64).exp()).abs() < 1e-6);
/// let (index, error) = all.failures().next().unwrap();
/// assert_eq!((index, error.to_string().as_str()), (1, "`p[0]` is NaN or infinite"));
/// ```
///
/// A million members need no memory where they are generated and reduced:
///
/// ```
/// use ode_core::{Ensemble, Member, Moments, Options, Save, Tsit5};
/// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
///
/// let member = |i| Member::new([1.0], [i as f64 / 1000.0], (0.0, 2.0));
/// let options = Options { save: Save::At(vec![1.0, 2.0]), ..Options::default() };
/// let moments = Ensemble::generate(&Decay, 1000, member).reduce(Tsit5, &options, Moments);
/// // The mean of exp(-k t) over k in [0, 1) is (1 - exp(-t)) / t.
/// assert!((moments.value.mean(0, 0) - (1.0 - (-1f64).exp())).abs() < 1e-3);
/// assert!((moments.value.mean(1, 0) - (1.0 - (-2f64).exp()) / 2.0).abs() < 1e-3);
/// ```
#[derive(Debug)]
pub struct Ensemble<'a, F, B, E = InLanes<8>> {
    rhs: &'a F,
    members: Members<'a, B>,
    engine: E,
    events: EventsOf<'a>,
    progress: Progress<'a>,
}

impl<'a, F, B> Ensemble<'a, F, B> {
    /// An ensemble of stored members.
    pub fn new(rhs: &'a F, members: &'a [Member<B>]) -> Self {
        Self::of(rhs, Members::Stored(members))
    }

    /// An ensemble of `count` members, member `i` made by `member(i)` when its turn comes.
    pub fn generate(
        rhs: &'a F,
        count: usize,
        member: impl Fn(usize) -> Member<B> + Sync + 'a,
    ) -> Self {
        Self::of(rhs, Members::Generated(count, Box::new(member)))
    }

    fn of(rhs: &'a F, members: Members<'a, B>) -> Self {
        Self {
            rhs,
            members,
            engine: InLanes,
            events: EventsOf::default(),
            progress: Progress::default(),
        }
    }
}

impl<'a, F, B, E> Ensemble<'a, F, B, E> {
    /// With `W` lanes: 4 fill a register of AVX2, 8 (the default) one of AVX-512.
    ///
    /// At most 64 lanes are of use: more are done one by one.
    pub fn lanes<const W: usize>(self) -> Ensemble<'a, F, B, InLanes<W>> {
        self.with(InLanes)
    }

    /// Without lanes: any right-hand side over `f64` and any method.
    pub fn one_by_one(self) -> Ensemble<'a, F, B, OneByOne> {
        self.with(OneByOne)
    }

    fn with<E2>(self, engine: E2) -> Ensemble<'a, F, B, E2> {
        let Self { rhs, members, events, progress, .. } = self;
        Ensemble { rhs, members, engine, events, progress }
    }

    /// Each member with events of its own, made by `events(i)`: its solution tells what happened.
    /// Members with events are solved one by one.
    ///
    /// ```
    /// use ode_core::{Ensemble, Events, Member, Options, Root, Tsit5};
    /// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
    ///
    /// let members: Vec<_> = [1.0, 2.0].iter().map(|&k| Member::new([1.0], [k], (0.0, 9.0))).collect();
    /// let half = |_| Events::new().with(Root::new("half", |_, u: &[f64], _| u[0] - 0.5).terminal());
    /// let all = Ensemble::new(&Decay, &members).events(half).solve(Tsit5, &Options::default());
    /// for ((_, solution), k) in all.solutions().zip([1.0, 2.0]) {
    ///     assert!((solution.times().last().unwrap() - 2f64.ln() / k).abs() < 1e-6);
    /// }
    /// ```
    #[must_use]
    pub fn events(self, events: impl Fn(usize) -> Events<'a> + Sync + 'a) -> Self {
        Self { events: EventsOf::new(events), ..self }
    }

    /// Calls `hook(done, total)` after every chunk of members: `done` grows from call to call and
    /// ends at `total`. Calls come from any thread, one at a time; chunks that are done during a call
    /// are told by the next one.
    #[must_use]
    pub fn on_progress(mut self, hook: impl Fn(usize, usize) + Send + Sync + 'a) -> Self {
        self.progress.set_hook(hook);
        self
    }

    /// Shows a progress bar on standard error, if that is a terminal.
    #[cfg(feature = "progress")]
    #[must_use]
    pub fn progress_bar(self) -> Self {
        let bar = super::progress::Bar::default();
        self.on_progress(move |done, total| bar.show(done, total))
    }
}

impl<F: Sync, B: Clone + Send + Sync, E: Sync> Ensemble<'_, F, B, E> {
    /// Solves every member.
    ///
    /// Memory: what `options.save` asks for, for every member. After a cancellation the members that
    /// are left are still made, and each is reported as cancelled.
    pub fn solve<A: Sync>(&self, algorithm: A, options: &Options) -> Trajectories
    where
        E: Engine<F, A, B>,
    {
        let job = self.job(&algorithm, options);
        let chunk = |range: Range<usize>| {
            let mut outcomes = Vec::with_capacity(range.len());
            self.run(&job, range, |_, outcome| outcomes.push(outcome));
            outcomes
        };
        let append = |mut left: Vec<Outcome>, right: Vec<Outcome>| {
            left.extend(right);
            left
        };
        self.progress.begin(self.members.len());
        Trajectories::new(self.tree(&chunk, &append).unwrap_or_default())
    }

    /// Solves every member and keeps only what the reduction makes of them.
    ///
    /// Memory: one state of the reduction per thread and level of a binary tree over the chunks, and
    /// the trajectories of a chunk.
    pub fn reduce<A: Sync, R: Reduction>(
        &self,
        algorithm: A,
        options: &Options,
        reduction: R,
    ) -> Reduced<R::Output>
    where
        E: Engine<F, A, B>,
    {
        let job = self.job(&algorithm, options);
        let chunk = |range: Range<usize>| {
            let (mut state, mut failures) = (reduction.start(), Vec::new());
            self.run(&job, range, |i, outcome| match outcome {
                Ok(solution) => reduction.add(&mut state, i, &solution),
                Err(error) => failures.push((i, error.into())),
            });
            (state, failures)
        };
        let merge = |(mut left, mut failures): (R::State, Vec<_>), (right, more)| {
            reduction.merge(&mut left, right);
            failures.extend(more);
            (left, failures)
        };
        self.progress.begin(self.members.len());
        let (state, failures) =
            self.tree(&chunk, &merge).unwrap_or_else(|| (reduction.start(), Vec::new()));
        Reduced { members: self.members.len(), failures, value: reduction.finish(state) }
    }

    fn job<'s, A>(&'s self, algorithm: &'s A, options: &'s Options) -> Job<'s, F, A, B> {
        Job { rhs: self.rhs, members: &self.members, algorithm, options, events: &self.events }
    }

    /// Solves a chunk, and hands the outcomes on in the order of their index.
    fn run<A>(
        &self,
        job: &Job<'_, F, A, B>,
        range: Range<usize>,
        mut in_order: impl FnMut(usize, Outcome),
    ) where
        E: Engine<F, A, B>,
    {
        let mut next = range.start;
        let mut early: Vec<Option<Outcome>> = range.clone().map(|_| None).collect();
        self.engine.run(job, range.clone(), &mut |i, outcome| {
            early[i - range.start] = Some(outcome);
            while let Some(outcome) = early.get_mut(next - range.start).and_then(Option::take) {
                in_order(next, outcome);
                next += 1;
            }
        });
        self.progress.add(range.len());
    }

    /// Members per chunk: depends on nothing but their number.
    fn chunk(&self) -> usize {
        (self.members.len() / 32).next_multiple_of(8).clamp(8, 256)
    }

    /// The chunks put together along a binary tree whose shape depends on their number alone.
    fn tree<T: Send>(
        &self,
        chunk: &(impl Fn(Range<usize>) -> T + Sync),
        merge: &(impl Fn(T, T) -> T + Sync),
    ) -> Option<T> {
        fn part<T: Send>(
            chunks: Range<usize>,
            chunk: &(impl Fn(usize) -> T + Sync),
            merge: &(impl Fn(T, T) -> T + Sync),
        ) -> T {
            if chunks.len() == 1 {
                return chunk(chunks.start);
            }
            let middle = chunks.start + chunks.len().div_ceil(2);
            let (left, right) = join(
                || part(chunks.start..middle, chunk, merge),
                || part(middle..chunks.end, chunk, merge),
            );
            merge(left, right)
        }
        let (count, size) = (self.members.len(), self.chunk());
        let members = |i: usize| chunk(i * size..(i * size + size).min(count));
        (count > 0).then(|| part(0..count.div_ceil(size), &members, merge))
    }
}

#[cfg(feature = "parallel")]
fn join<T: Send>(left: impl FnOnce() -> T + Send, right: impl FnOnce() -> T + Send) -> (T, T) {
    rayon::join(left, right)
}

#[cfg(not(feature = "parallel"))]
fn join<T>(left: impl FnOnce() -> T, right: impl FnOnce() -> T) -> (T, T) {
    (left(), right())
}
