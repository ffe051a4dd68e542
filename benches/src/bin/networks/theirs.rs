//! Other libraries, by programs of their own: `benches/peers/python/networks.py` and `benches/peers/networks`.

use benches::{Arguments, Member, Peer, PeerError, Recorder};
use serde::Deserialize;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Longest wait for an answer: a just-in-time compiler and a slow measurement.
const LIMIT: Duration = Duration::from_secs(180);

/// The libraries of the two programs.
const PYTHON: &[&str] = &["jax", "torch", "numpy"];
const RUST: &[&str] = &["candle", "dfdx", "gemm"];

/// One thread for everybody.
const THREADS: &[&str] =
    &["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"];

/// The running programs.
#[derive(Debug, Default)]
pub(crate) struct Crew(Vec<Peer>);

/// One way of one library.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    peer: usize,
    pub(crate) who: String,
    pub(crate) method: String,
}

#[derive(Deserialize)]
struct Understood {}

#[derive(Deserialize)]
struct Gradient {
    gradient: Vec<f64>,
}

#[derive(Deserialize)]
struct Params {
    p: Vec<f64>,
}

#[derive(Deserialize)]
struct Seconds {
    seconds: f64,
}

/// Starts the programs one of whose libraries is asked for, and says who is there.
pub(crate) fn hire(arguments: &Arguments, recorder: &mut Recorder) -> io::Result<Crew> {
    let mut crew = Crew::default();
    for (name, who, command, remedy) in [
        (
            "networks.py",
            PYTHON,
            Ok(python()),
            "set PEERS_PYTHON to a python with benches/peers/python/requirements.txt",
        ),
        ("rust", RUST, rust(), "build benches/peers/networks and set PEERS_NETWORKS"),
    ] {
        if !who.iter().any(|who| arguments.wants(who)) {
            continue;
        }
        let start = |command| Peer::start(name, command, LIMIT).map_err(|why| why.to_string());
        match command.and_then(start) {
            Ok(peer) => {
                for line in peer.missing() {
                    recorder.remark(&format!("skipped: {line}"))?;
                }
                let asked = |member: &&Member| {
                    arguments.wants(&member.who) && who.contains(&member.who.as_str())
                };
                for member in peer.members().iter().filter(asked) {
                    recorder.remark(&format!("peer: {} {}", member.who, member.version))?;
                }
                crew.0.push(peer);
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
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/python/networks.py");
    let mut command = on_one_thread(Command::new(python.unwrap_or_else(|| "python3".into())));
    command.arg(script);
    command.env("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1");
    command
}

fn rust() -> Result<Command, String> {
    let program = std::env::var_os("PEERS_NETWORKS").filter(|path| !path.is_empty());
    program.map(Command::new).map(on_one_thread).ok_or_else(|| "PEERS_NETWORKS is not set".into())
}

fn on_one_thread(mut command: Command) -> Command {
    command.envs(THREADS.iter().map(|variable| (variable, "1")));
    command
}

impl Crew {
    /// Tells everybody what is computed, by a line; returns who computes it in which way. `methods` are those of a library.
    pub(crate) fn introduce(
        &mut self,
        line: &str,
        arguments: &Arguments,
        methods: fn(&Member) -> &[String],
        recorder: &mut Recorder,
    ) -> io::Result<Vec<Way>> {
        let mut ways = Vec::new();
        for (peer, program) in self.0.iter_mut().enumerate() {
            let members = program.members().iter().filter(|member| arguments.wants(&member.who));
            let own: Vec<Way> = members
                .flat_map(|member| {
                    methods(member).iter().map(|method| Way {
                        peer,
                        who: member.who.clone(),
                        method: method.clone(),
                    })
                })
                .collect();
            if own.is_empty() {
                continue;
            }
            match program.ask::<Understood>(line) {
                Ok(_) => ways.extend(own),
                Err(why) => recorder.remark(&format!("skipped: {why}"))?,
            }
        }
        Ok(ways)
    }

    /// The gradient with respect to the parameters.
    pub(crate) fn gradient(&mut self, way: &Way) -> Result<Vec<f64>, PeerError> {
        let Way { peer, who, method } = way;
        Ok(self.0[*peer].ask::<Gradient>(&format!("product {who} {method}"))?.gradient)
    }

    /// The parameters after so many epochs.
    pub(crate) fn train(&mut self, way: &Way, epochs: usize) -> Result<Vec<f64>, PeerError> {
        let Way { peer, who, method } = way;
        Ok(self.0[*peer].ask::<Params>(&format!("train {who} {method} {epochs}"))?.p)
    }

    /// Seconds of all runs, or epochs; NaN if it fails.
    pub(crate) fn seconds(&mut self, way: &Way, runs: usize) -> f64 {
        let Way { peer, who, method } = way;
        let answer = self.0[*peer].ask::<Seconds>(&format!("time {who} {method} {runs}"));
        answer.map_or(f64::NAN, |answer| answer.seconds)
    }
}

/// A count and as many numbers, all digits: of sizes, of parameters.
pub(crate) fn list<T: std::fmt::LowerExp>(numbers: &[T]) -> String {
    let words = numbers.iter().map(|number| format!(" {number:e}"));
    format!("{}{}", numbers.len(), words.collect::<String>())
}
