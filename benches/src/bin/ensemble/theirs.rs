//! The methods of peers, ready to be timed: each in a loop over the members on one thread (diffrax by `vmap`), for the
//! final states only.

use crate::family::{Family, Study};
use crate::work_precision::Entry;
use benches::{Arguments, Contender, Peer, PeerError, Recorder};
use ode_core::Options;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;

/// Who needs more seconds for one run is not asked for a tighter tolerance.
const PATIENCE: f64 = 3.0;

/// Who would need minutes for all members solves those that are looked at; his time is scaled.
const SCALED: &[&str] = &["scipy"];

/// The peer programs.
pub(crate) struct Theirs {
    peers: Vec<RefCell<Peer>>,
    /// What is not asked any more: a method of a program, or with an empty name all of the program.
    out: RefCell<BTreeSet<(usize, String)>>,
}

impl Theirs {
    /// Starts those that are asked for, and tells them the problem.
    pub(crate) fn new(
        study: &Study,
        recorder: &mut Recorder,
        arguments: &Arguments,
    ) -> io::Result<Self> {
        let mut crew = benches::hire(arguments);
        crew.announce(recorder, arguments)?;
        let mut out = BTreeSet::new();
        for (i, peer) in crew.peers.iter_mut().enumerate() {
            let Study { model, tspan, p, u0, .. } = study;
            let rhs = |u: &[f64], du: &mut [f64]| (study.rhs)(u, p, du);
            if let Err(why) = peer.introduce(model, *tspan, p, u0, rhs) {
                recorder.remark(&format!("skipped: {why}"))?;
                out.insert((i, String::new()));
            }
        }
        let peers = crew.peers.into_iter().map(RefCell::new).collect();
        Ok(Self { peers, out: RefCell::new(out) })
    }

    /// All methods that are asked for.
    pub(crate) fn entries<'a>(
        &'a self,
        family: &'a Family,
        options: &Options,
        recorder: &mut Recorder,
        arguments: &Arguments,
    ) -> io::Result<Vec<Entry<'a>>> {
        let mut entries = Vec::new();
        for (i, peer) in self.peers.iter().enumerate() {
            let members = peer.borrow().members().to_vec();
            for member in members.iter().filter(|member| arguments.wants(&member.who)) {
                // A sample of random members cannot be asked for.
                if SCALED.contains(&member.who.as_str()) && family.sweep.parameter.is_none() {
                    continue;
                }
                let stiff = family.study.is_stiff;
                for method in if stiff { &member.stiff } else { &member.methods } {
                    entries.extend(self.entry(
                        i,
                        &member.who,
                        method,
                        family,
                        options,
                        recorder,
                    )?);
                }
            }
        }
        Ok(entries)
    }

    /// Asks once for the error; `None` if that fails, or is not to be asked.
    fn entry<'a>(
        &'a self,
        i: usize,
        who: &str,
        method: &str,
        family: &Family,
        options: &Options,
        recorder: &mut Recorder,
    ) -> io::Result<Option<Entry<'a>>> {
        let (peer, key) = (&self.peers[i], (i, format!("{who} {method}")));
        let mut out = self.out.borrow_mut();
        if out.contains(&key) || out.contains(&(i, String::new())) {
            return Ok(None);
        }
        let scaled = SCALED.contains(&who);
        let sweep = if scaled { family.sweep.sample() } else { family.sweep };
        let scale = family.sweep.count as f64 / sweep.count as f64;
        let (rtol, tolerances) = (options.rtol, (options.rtol, options.atol));
        let answer = match peer.borrow_mut().ensemble(who, method, tolerances, &sweep, 1) {
            Ok(answer) => answer,
            Err(why) => {
                let down = matches!(why, PeerError::Down(_));
                recorder.remark(&format!("skipped: {who} {method}, {rtol:e}: {why}"))?;
                out.insert(if down { (i, String::new()) } else { key });
                return Ok(None);
            }
        };
        if answer.prepare > 0.1 {
            let line = format!("{who} {method}: {:.1} s to compile, not counted", answer.prepare);
            recorder.remark(&line)?;
        }
        if answer.seconds > PATIENCE {
            out.insert(key);
        }
        // One run has just been timed.
        let (mut known, error) = (Some(answer.seconds), family.error(&answer.ends));
        let (who, method) = (who.to_owned(), method.to_owned());
        let ask = (who.clone(), method.clone());
        let contender = Contender::timed(move |n| {
            if let (1, Some(seconds)) = (n, known.take()) {
                return seconds * scale;
            }
            let answer = peer.borrow_mut().ensemble(&ask.0, &ask.1, tolerances, &sweep, n);
            answer.map_or(f64::NAN, |answer| answer.seconds * scale * n as f64)
        });
        let count = sweep.count;
        let setting = if scaled { format!("{count} members, scaled") } else { String::new() };
        Ok(Some(Entry { who, method, setting, error, contender }))
    }
}
