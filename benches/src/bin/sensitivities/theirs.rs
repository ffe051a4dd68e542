//! Other libraries, by programs of their own: `sensitivities.py`, `c/sensitivities` and `rust` below `benches/peers`.

use crate::laps::{Lap, Laps, Slow};
use crate::question::Question;
use benches::{Arguments, Contender, Peer, PeerError, Recorder};
use serde::Deserialize;
use std::cell::RefCell;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use system::{Buffer, Rhs};

/// Longest wait for an answer: a just-in-time compiler and a slow measurement.
const LIMIT: Duration = Duration::from_secs(180);

const PYTHON: &[&str] = &["diffrax", "torchdiffeq"];
const C: &[&str] = &["cvodes"];
const RUST: &[&str] = &["diffsol"];

/// One thread for everybody.
const THREADS: &[&str] = &["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"];

/// The running programs.
#[derive(Debug, Default)]
pub(crate) struct Crew(Vec<RefCell<Peer>>);

/// A gradient by the parameters.
#[derive(Debug, Deserialize)]
struct Answer {
    gradient: Vec<f64>,
    seconds: f64,
    /// Seconds that were needed once before, to compile.
    #[serde(default)]
    prepare: f64,
}

/// Starts the programs one of whose libraries is asked for, and says who is there.
pub(crate) fn hire(arguments: &Arguments, recorder: &mut Recorder) -> io::Result<Crew> {
    let mut crew = Crew::default();
    for (name, who, command, remedy) in [
        (
            "sensitivities.py",
            PYTHON,
            Ok(python()),
            "set PEERS_PYTHON to a python with benches/peers/python/requirements.txt",
        ),
        (
            "cvodes",
            C,
            program("PEERS_CVODES"),
            "set SUNDIALS_SRC to a source folder or git address of SUNDIALS",
        ),
        ("rust", RUST, program("PEERS_RUST"), "build benches/peers/rust and set PEERS_RUST"),
    ] {
        if !who.iter().any(|who| arguments.wants(who)) {
            continue;
        }
        let start = |command| Peer::start(name, command, LIMIT).map_err(|why| why.to_string());
        match command.and_then(start) {
            Ok(peer) => {
                let own = |line: &&String| who.iter().any(|who| line.starts_with(who));
                for line in peer.missing().iter().filter(own) {
                    recorder.remark(&format!("skipped: {line}"))?;
                }
                let able = peer.members().iter().filter(|one| !one.sensitivities.is_empty());
                for member in able.filter(|member| arguments.wants(&member.who)) {
                    recorder.remark(&format!("peer: {} {}", member.who, member.version))?;
                }
                crew.0.push(RefCell::new(peer));
            }
            Err(why) => {
                recorder.remark(&format!("skipped: {} ({why}); {remedy}", who.join(", ")))?;
            }
        }
    }
    Ok(crew)
}

fn python() -> Command {
    let python = std::env::var_os("PEERS_PYTHON").filter(|path| !path.is_empty());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/python/sensitivities.py");
    let mut command = on_one_thread(Command::new(python.unwrap_or_else(|| "python3".into())));
    command.arg(script);
    command.env("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1");
    command
}

fn program(variable: &str) -> Result<Command, String> {
    let program = std::env::var_os(variable).filter(|path| !path.is_empty());
    let program = program.map(Command::new).map(on_one_thread);
    program.ok_or_else(|| format!("{variable} is not set"))
}

fn on_one_thread(mut command: Command) -> Command {
    command.envs(THREADS.iter().map(|variable| (variable, "1")));
    command
}

impl Crew {
    /// Tells everybody what is asked; who cannot answer is slow.
    pub(crate) fn introduce<F: Rhs<f64>, B: Buffer<Item = f64>>(
        &self,
        question: &Question<F, B>,
        recorder: &mut Recorder,
    ) -> io::Result<Slow> {
        let mut slow = Slow::default();
        for (i, peer) in self.0.iter().enumerate() {
            if let Err(why) = question.introduce(&mut peer.borrow_mut()) {
                recorder.remark(&format!("skipped: {why}"))?;
                slow.add(&program_name(i));
            }
        }
        Ok(slow)
    }

    /// All of them at `rtol = 10^-digits`.
    pub(crate) fn laps<'a, F: Rhs<f64>, B: Buffer<Item = f64>>(
        &'a self,
        question: &Question<F, B>,
        digits: u32,
        (laps, slow): (&mut Laps<'a>, &mut Slow),
        (arguments, recorder): (&Arguments, &mut Recorder),
    ) -> io::Result<()> {
        let (rtol, atol) = question.tolerances(digits);
        for (i, peer) in self.0.iter().enumerate() {
            if slow.contains(&program_name(i)) {
                continue;
            }
            let members = peer.borrow().members().to_vec();
            for member in members.iter().filter(|member| arguments.wants(&member.who)) {
                for method in &member.sensitivities {
                    let (who, name) = (&member.who, format!("{} {method}", member.who));
                    if slow.contains(&name) {
                        continue;
                    }
                    let line = format!("sensitivity {who} {method} {rtol:e} {atol:e}");
                    let answer = peer.borrow_mut().ask::<Answer>(&format!("{line} 1"));
                    let answer = match answer {
                        Ok(answer) => answer,
                        Err(why) => {
                            slow.add(&name);
                            if matches!(why, PeerError::Down(_)) {
                                slow.add(&program_name(i));
                            }
                            if !why.is_never() {
                                let what = format!("{}, {name}, 1e-{digits}", question.name);
                                recorder.remark(&format!("skipped: {what}: {why}"))?;
                            }
                            continue;
                        }
                    };
                    if answer.prepare > 0.1 {
                        let seconds = answer.prepare;
                        recorder
                            .remark(&format!("{name}: {seconds:.1} s to compile, not counted"))?;
                    }
                    if answer.seconds > laps.patience() {
                        slow.add(&name);
                    }
                    let contender = Contender::timed_after(answer.seconds, move |runs| {
                        let answer = peer.borrow_mut().ask::<Answer>(&format!("{line} {runs}"));
                        answer.map_or(f64::NAN, |answer| answer.seconds * runs as f64)
                    });
                    laps.all.push(Lap {
                        who: who.clone(),
                        method: method.clone(),
                        solver: "",
                        error: Some(question.error(&answer.gradient)),
                        contender,
                    });
                }
            }
        }
        Ok(())
    }
}

/// No method has such a name.
fn program_name(i: usize) -> String {
    format!("program {i}")
}
