//! Fills the tables of the saving events.

use super::agenda::check_times;
use super::host::Host;
use super::{Event, Saving, Table};
use crate::Error;
use scalar::BranchScalar;

#[derive(Debug)]
pub(super) struct Recorder<S> {
    /// For each event of the set its table, if it keeps one, and the index of its next time.
    tables: Vec<Option<(Table<S>, usize)>>,
    u: Vec<S>,
}

impl<S: BranchScalar> Recorder<S> {
    pub(super) fn new(events: &[Event<'_, S>], tspan: (f64, f64), u: &[S]) -> Result<Self, Error> {
        let mut tables = Vec::new();
        for event in events {
            let Event::Saving(saving) = event else {
                tables.push(None);
                continue;
            };
            let mut table = Table::new(saving.name.clone(), saving.columns.clone());
            if let Some(times) = &saving.times {
                check_times(&saving.name, times, tspan)?;
                table.reserve(times.len());
            }
            tables.push(Some((table, 0)));
        }
        Ok(Self { tables, u: u.to_vec() })
    }

    pub(super) fn into_tables(self) -> Vec<Table<S>> {
        self.tables.into_iter().flatten().map(|(table, _)| table).collect()
    }

    /// Keeps what the last step covers.
    pub(super) fn step(
        &mut self,
        events: &mut [Event<'_, S>],
        host: &mut dyn Host<S>,
    ) -> Result<(), Error> {
        for (event, slot) in events.iter_mut().zip(&mut self.tables) {
            let (Event::Saving(saving), Some((table, next))) = (event, slot) else { continue };
            let Saving { times, row, .. } = saving;
            let Some(times) = times else {
                let t = host.t();
                row(S::from_f64(t), host.u(), host.p(), table.push(t));
                continue;
            };
            while let Some(&t) = times.get(*next)
                && host.covers(t)
            {
                host.state_at(t, &mut self.u)?;
                row(S::from_f64(t), &self.u, host.p(), table.push(t));
                *next += 1;
            }
        }
        Ok(())
    }

    /// Keeps what an event has changed: a second row at its time, or in place of the one at a given
    /// time.
    pub(super) fn jump(&mut self, events: &mut [Event<'_, S>], host: &dyn Host<S>) {
        let t = host.t();
        for (event, slot) in events.iter_mut().zip(&mut self.tables) {
            let (Event::Saving(saving), Some((table, _))) = (event, slot) else { continue };
            if saving.times.is_some() {
                if table.times().last() != Some(&t) {
                    continue;
                }
                table.drop_last();
            }
            (saving.row)(S::from_f64(t), host.u(), host.p(), table.push(t));
        }
    }
}
