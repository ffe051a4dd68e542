//! What the events of a set do between the steps of a solve.

use super::accumulation::Distances;
use super::agenda::Agenda;
use super::host::Host;
use super::log::{EventLog, Occurrence};
use super::projection::Work;
use super::recorder::Recorder;
use super::saltation::{flow, lag};
use super::search::Search;
use super::{Event, Events};
use crate::{Error, ErrorKind};
use scalar::BranchScalar;

/// What became of a time at which events may act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Acted {
    /// State or parameters were changed.
    pub(super) changed: bool,
    /// The solve ends here.
    pub(super) ended: bool,
}

/// The events of a set during a solve.
pub(super) struct Driver<'d, 'e, S> {
    list: &'d mut [Event<'e, S>],
    limit: usize,
    /// Relative to the larger of the span and the time.
    resolution: f64,
    span: f64,
    search: Search<S>,
    agenda: Agenda,
    recorder: Recorder<S>,
    distances: Vec<Distances>,
    /// The roots that happen at the current time, and how far their times lag behind it.
    members: Vec<bool>,
    lags: Vec<Option<S>>,
    /// State and parameters as the events of the current time leave them.
    u: Vec<S>,
    p: Vec<S>,
    scratch: Vec<S>,
    work: Work<S>,
    log: Vec<Occurrence<S>>,
}

impl<'d, 'e, S: BranchScalar> Driver<'d, 'e, S> {
    pub(super) fn new(
        events: &'d mut Events<'e, S>,
        tspan: (f64, f64),
        (u, p): (&[S], &[S]),
    ) -> Result<Self, Error> {
        crate::check::positive("resolution", events.resolution)?;
        let list = &mut events.list[..];
        for event in &*list {
            match event {
                Event::Projection(projection) => projection.check(u.len())?,
                Event::SteadyState(rest) => rest.check()?,
                Event::Root(root) => root.check()?,
                _ => {}
            }
        }
        Ok(Self {
            limit: events.limit,
            resolution: events.resolution,
            span: (tspan.1 - tspan.0).abs(),
            search: Search::new(list, u),
            agenda: Agenda::new(list, tspan)?,
            recorder: Recorder::new(list, tspan, u)?,
            distances: vec![Distances::new(tspan.0); list.len()],
            members: vec![false; list.len()],
            lags: vec![None; list.len()],
            u: u.to_vec(),
            p: p.to_vec(),
            scratch: u.to_vec(),
            work: Work::new(),
            log: Vec::new(),
            list,
        })
    }

    pub(super) fn log(&self) -> &[Occurrence<S>] {
        &self.log
    }

    pub(super) fn into_log(self) -> EventLog<S> {
        EventLog { occurrences: self.log, tables: self.recorder.into_tables() }
    }

    /// Before the first step: only what is planned for the start happens.
    pub(super) fn start(&mut self, host: &mut dyn Host<S>) -> Result<Acted, Error> {
        self.agenda.start(self.list, host)?;
        self.search.look(self.list, host)?;
        self.recorder.step(self.list, host)?;
        self.act(host, true)
    }

    /// After a step: projects, notes the events that change nothing, and goes back to the first one
    /// that does.
    pub(super) fn step(&mut self, host: &mut dyn Host<S>) -> Result<(), Error> {
        self.project(host)?;
        self.search.step(self.list, host)?;
        loop {
            let Some(span) = self.search.earliest(self.list, host, &mut self.members)? else {
                self.search.go_on();
                break;
            };
            let interrupts = self.list.iter_mut().zip(&self.members).any(|(event, &member)| {
                member && event.action().is_some_and(|action| action.interrupts())
            });
            self.measure_lags(host, span.1)?;
            if interrupts {
                self.search.stop(self.list, host, &self.members, span)?;
                host.rewind(span.1)?;
                if host.has_mass() {
                    self.search.shift(self.list, host)?;
                }
                break;
            }
            for i in 0..self.list.len() {
                if self.members[i] {
                    host.state_at(span.1, &mut self.u)?;
                    self.p.copy_from_slice(host.p());
                    self.happen(i, span.1, host)?;
                    if let Event::Root(root) = &mut self.list[i] {
                        self.search.pass(i, root, host, span.1)?;
                    }
                }
            }
        }
        self.recorder.step(self.list, host)
    }

    /// Lets the events of the current time act, in the order of the set.
    pub(super) fn act(&mut self, host: &mut dyn Host<S>, is_start: bool) -> Result<Acted, Error> {
        let t = host.t();
        self.u.copy_from_slice(host.u());
        self.p.copy_from_slice(host.p());
        let mut acted = Acted::default();
        let mut is_settled = is_start;
        for i in 0..self.list.len() {
            // At rest is what nothing planned will move.
            let planned = matches!(self.list[i], Event::SteadyState(_))
                && (host.jumps_ahead() || self.agenda.is_pending(self.list));
            let happens = match &mut self.list[i] {
                Event::Root(_) => std::mem::take(&mut self.members[i]),
                Event::Scheduled(_) | Event::Periodic(_) => self.agenda.is_due(i, t),
                Event::Discrete(event) => {
                    !is_start && (event.test)(S::from_f64(t), &self.u, &self.p)
                }
                Event::SteadyState(rest) if !is_start && !planned => {
                    let now = S::from_f64(t);
                    host.evaluate(now, &self.u, &self.p, &mut self.scratch)?;
                    rest.holds(&self.u, &self.scratch)
                }
                Event::SteadyState(_) | Event::Projection(_) | Event::Saving(_) => false,
            };
            let acts = |event: &mut Event<'_, S>| event.action().is_some_and(|a| a.has_effect());
            if happens && !is_settled && acts(&mut self.list[i]) {
                is_settled = true;
                if host.settle() {
                    self.u.copy_from_slice(host.u());
                    self.search.shift(self.list, host)?;
                }
            }
            if happens {
                let one = self.happen(i, t, host)?;
                acted.changed |= one.changed;
                acted.ended |= one.ended;
                self.agenda.next(i, &self.list[i], host)?;
            }
        }
        if acted.changed {
            host.set(&self.u, &self.p);
            self.search.look(self.list, host)?;
            self.recorder.jump(self.list, host);
        }
        Ok(acted)
    }

    /// One event at time `t`, on the copies of state and parameters.
    fn happen(&mut self, i: usize, t: f64, host: &mut dyn Host<S>) -> Result<Acted, Error> {
        let name = self.list[i].name().to_owned();
        if self.log.len() >= self.limit {
            return Err(ErrorKind::EventLimit { event: name, t, limit: self.limit }.into());
        }
        let resolution = self.resolution * self.span.max(t.abs());
        let lag = self.lags[i].take().unwrap_or(S::zero());
        let now = S::from_f64(t);
        let time = now + lag;
        flow(host, now, &mut self.u, &self.p, lag)?;
        let before = self.u.clone();
        let mut acted = Acted { changed: false, ended: true };
        if let Some(action) = self.list[i].action() {
            acted.ended = action.act(time, &mut self.u, &mut self.p);
            acted.changed = action.has_effect();
        }
        for (what, values) in [("u", &self.u), ("p", &self.p)] {
            if let Some(index) = values.iter().position(|x| !x.is_finite()) {
                return Err(ErrorKind::EventEffect { event: name, t, what, index }.into());
            }
        }
        let after = self.u.clone();
        flow(host, time, &mut self.u, &self.p, -lag)?;
        let terminal = acted.ended;
        let event = name.clone();
        self.log.push(Occurrence { name, index: i, t, time, before, after, terminal });
        let is_root = matches!(self.list[i], Event::Root(_));
        if is_root && acted.changed && self.distances[i].accumulate(t, resolution) && !terminal {
            return Err(ErrorKind::EventsAccumulate { event, t }.into());
        }
        Ok(acted)
    }

    /// The derivatives of the times of those roots that happen at `t`, in the last step.
    fn measure_lags(&mut self, host: &mut dyn Host<S>, t: f64) -> Result<(), Error> {
        host.state_at(t, &mut self.u)?;
        for ((event, &member), slot) in self.list.iter_mut().zip(&self.members).zip(&mut self.lags)
        {
            if let (Event::Root(root), true) = (event, member) {
                *slot = lag(root, host, t, &self.u)?;
            }
        }
        Ok(())
    }

    fn project(&mut self, host: &mut dyn Host<S>) -> Result<(), Error> {
        let mut moved = false;
        let mut is_read = false;
        for event in self.list.iter_mut() {
            if let Event::Projection(projection) = event {
                if !is_read {
                    self.u.copy_from_slice(host.u());
                    is_read = true;
                }
                moved |= projection.project(host.t(), &mut self.u, host.p(), &mut self.work)?;
            }
        }
        if moved {
            host.correct(&self.u);
        }
        Ok(())
    }
}
