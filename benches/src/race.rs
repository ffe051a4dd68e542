//! One problem after the other: ours and theirs in turns at one tolerance, then at the next.

use crate::{
    Arguments, Contender, Measured, OURS, Peer, PeerError, Point, Record, Recorder, interleave,
    turns,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io;

/// One method ready to be timed.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Whose.
    pub who: &'a str,
    /// Its name.
    pub method: &'a str,
    /// Error of its result.
    pub error: f64,
    /// Times it.
    pub contender: Contender<'a>,
}

/// One problem at one tolerance.
pub struct Heat<'a> {
    /// Its name, in records and for peers.
    pub problem: &'a str,
    /// The relative tolerance is `10^-digits`.
    pub digits: u32,
    /// Relative and absolute.
    pub tolerances: (f64, f64),
    /// Error of a final state.
    pub error: &'a dyn Fn(&[f64]) -> f64,
    /// Who needs more seconds for one solve is not asked for a tighter tolerance.
    pub patience: f64,
}

/// Which of a peer's methods a suite measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Those for problems that are not stiff.
    Nonstiff,
    /// Those for stiff problems.
    Stiff,
}

/// Failed solves after which a method is not asked any more.
const FAILURES: usize = 3;

/// The methods of peers that are not asked any more on a problem.
#[derive(Clone, Debug, Default)]
pub struct Out {
    /// By the number of the program; an empty name is the whole program.
    out: BTreeSet<(usize, String)>,
    /// How often those that are still asked have failed.
    failures: BTreeMap<(usize, String), usize>,
}

impl Out {
    fn contains(&self, program: usize, name: &str) -> bool {
        [name, ""].iter().any(|name| self.out.contains(&(program, (*name).to_owned())))
    }

    fn add(&mut self, program: usize, name: &str) {
        self.out.insert((program, name.to_owned()));
    }

    fn failed(&mut self, program: usize, name: &str, why: &PeerError) {
        let count = self.failures.entry((program, name.to_owned())).or_default();
        *count += 1;
        match why {
            PeerError::Down(_) => self.add(program, ""),
            why if *count >= FAILURES || why.is_never() => self.add(program, name),
            PeerError::Refused(_) => {}
        }
    }
}

/// What a suite has measured so far, and whom it can ask.
pub struct Race<'a> {
    suite: &'static str,
    kind: Kind,
    recorder: &'a mut Recorder,
    arguments: &'a Arguments,
    peers: Vec<RefCell<Peer>>,
    measured: Measured,
}

impl<'a> Race<'a> {
    /// Starts the peers that are asked for, and says who is there.
    ///
    /// # Errors
    ///
    /// When a line cannot be written.
    pub fn new(
        suite: &'static str,
        kind: Kind,
        recorder: &'a mut Recorder,
        arguments: &'a Arguments,
    ) -> io::Result<Self> {
        let crew = crate::hire(arguments);
        crew.announce(recorder, arguments)?;
        let peers = crew.peers.into_iter().map(RefCell::new).collect();
        Ok(Self { suite, kind, recorder, arguments, peers, measured: Measured::default() })
    }

    /// The command line.
    pub fn arguments(&self) -> &'a Arguments {
        self.arguments
    }

    /// Introduces a problem to every peer program; those that do not pass are out.
    ///
    /// # Errors
    ///
    /// When a line cannot be written.
    pub fn introduce(
        &mut self,
        introduce: impl Fn(&mut Peer) -> Result<(), String>,
    ) -> io::Result<Out> {
        let mut out = Out::default();
        for (i, peer) in self.peers.iter().enumerate() {
            if let Err(why) = introduce(&mut peer.borrow_mut()) {
                self.recorder.remark(&format!("skipped: {why}"))?;
                out.add(i, "");
            }
        }
        Ok(out)
    }

    /// All methods at one tolerance, in turns; a line of `ours` that is no entry is a failure, after which
    /// the others go on.
    ///
    /// # Errors
    ///
    /// When a line cannot be written.
    pub fn run(
        &mut self,
        heat: &Heat<'_>,
        ours: Vec<Result<Option<Entry<'_>>, String>>,
        out: &mut Out,
    ) -> io::Result<()> {
        let members: Vec<_> =
            self.peers.iter().map(|peer| peer.borrow().members().to_vec()).collect();
        let mut theirs = Vec::new();
        for (i, (peer, members)) in self.peers.iter().zip(&members).enumerate() {
            for member in members.iter().filter(|member| self.arguments.wants(&member.who)) {
                let methods = match self.kind {
                    Kind::Nonstiff => &member.methods,
                    Kind::Stiff => &member.stiff,
                };
                for method in methods {
                    let names = (member.who.as_str(), method.as_str());
                    theirs.extend(entry(self.recorder, heat, (i, peer), names, out)?);
                }
            }
        }
        let mut own = Vec::new();
        for entry in ours {
            match entry {
                Ok(entry) => own.extend(entry),
                Err(failure) => {
                    self.recorder.remark(&format!("failed: {failure}"))?;
                    self.measured.fail(failure);
                }
            }
        }
        let (mut labels, mut contenders) = (Vec::new(), Vec::new());
        for Entry { who, method, error, contender } in turns(own, theirs) {
            labels.push((who, method, error));
            contenders.push(contender);
        }
        let seconds = interleave(&mut contenders, self.arguments.repeats);
        let (suite, problem, digits) = (self.suite, heat.problem, heat.digits);
        let setting = &format!("rtol=1e-{digits}");
        for ((who, method, error), seconds) in labels.into_iter().zip(seconds) {
            if !(error.is_finite() && seconds.is_finite()) {
                let line = format!("skipped: {who} {method} on {problem}, 1e-{digits}: no number");
                self.recorder.remark(&line)?;
                continue;
            }
            self.recorder.write(&Record {
                suite,
                who,
                problem,
                method,
                setting,
                error,
                seconds,
            })?;
            self.measured.push(problem, who, method, Point { error, seconds });
        }
        Ok(())
    }

    /// All that has been measured.
    ///
    /// # Errors
    ///
    /// When nothing has been measured.
    pub fn finish(self) -> Result<Measured, Box<dyn Error>> {
        if self.measured.is_empty() {
            let words = self.arguments.problems.join(", ");
            return Err(format!("no problem has one of these words: {words}").into());
        }
        Ok(self.measured)
    }
}

/// A method of a peer, ready to be timed; `None` if it is out.
fn entry<'a>(
    recorder: &mut Recorder,
    heat: &Heat<'_>,
    (i, peer): (usize, &'a RefCell<Peer>),
    (who, method): (&'a str, &'a str),
    out: &mut Out,
) -> io::Result<Option<Entry<'a>>> {
    let name = format!("{who} {method}");
    if out.contains(i, &name) {
        return Ok(None);
    }
    let (tolerances, digits) = (heat.tolerances, heat.digits);
    let answer = peer.borrow_mut().solve(who, method, tolerances, 1);
    let answer = match answer {
        Ok(answer) => answer,
        Err(why) => {
            let line = format!("skipped: {who} {method} on {}, 1e-{digits}: {why}", heat.problem);
            recorder.remark(&line)?;
            out.failed(i, &name, &why);
            return Ok(None);
        }
    };
    if answer.prepare > 0.1 {
        let line = format!("{who} {method}: {:.1} s to compile, not counted", answer.prepare);
        recorder.remark(&line)?;
    }
    if answer.seconds > heat.patience {
        out.add(i, &name);
    }
    let run = move |n| {
        let answer = peer.borrow_mut().solve(who, method, tolerances, n);
        answer.map_or(f64::NAN, |answer| answer.seconds * n as f64)
    };
    let contender = Contender::timed_after(answer.seconds, run);
    Ok(Some(Entry { who, method, error: (heat.error)(&answer.u), contender }))
}

/// Our own entry.
impl<'a> Entry<'a> {
    /// A solve of ours by this method, which has been run once in so many seconds with this error;
    /// `run` repeats it.
    pub fn ours(method: &'a str, (error, seconds): (f64, f64), mut run: impl FnMut() + 'a) -> Self {
        let run = move |n| {
            let start = std::time::Instant::now();
            (0..n).for_each(|_| run());
            start.elapsed().as_secs_f64()
        };
        Self { who: OURS, method, error, contender: Contender::timed_after(seconds, run) }
    }
}
