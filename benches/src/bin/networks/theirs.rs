//! Other libraries, by a Python program of their own: `benches/peers/python/networks.py`.

use crate::case::{Case, Op};
use benches::{Arguments, Peer, PeerError, Recorder};
use serde::Deserialize;
use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Longest wait for an answer: a just-in-time compiler and a slow measurement.
const LIMIT: Duration = Duration::from_secs(180);

/// The libraries of that program.
const WHO: [&str; 3] = ["jax", "torch", "numpy"];

/// The running program.
#[derive(Debug)]
pub(crate) struct Crew(Peer);

#[derive(Deserialize)]
struct Understood {}

#[derive(Deserialize)]
struct Gradient {
    gradient: Vec<f64>,
}

#[derive(Deserialize)]
struct Seconds {
    seconds: f64,
}

/// Starts it, if one of its libraries is asked for, and says who is there.
pub(crate) fn hire(
    arguments: &Arguments,
    recorder: &mut Recorder,
) -> Result<Option<Crew>, Box<dyn Error>> {
    if !WHO.iter().any(|who| arguments.wants(who)) {
        return Ok(None);
    }
    let python = std::env::var_os("PEERS_PYTHON").filter(|path| !path.is_empty());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/python/networks.py");
    let mut command = Command::new(python.unwrap_or_else(|| "python3".into()));
    command.arg(script);
    // One core for everybody.
    for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
        command.env(variable, "1");
    }
    command.env("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1");
    match Peer::start("networks.py", command, LIMIT) {
        Ok(peer) => {
            for line in peer.missing() {
                recorder.remark(&format!("skipped: {line}"))?;
            }
            for member in peer.members().iter().filter(|member| arguments.wants(&member.who)) {
                recorder.remark(&format!("peer: {} {}", member.who, member.version))?;
            }
            Ok(Some(Crew(peer)))
        }
        Err(why) => {
            let remedy = "set PEERS_PYTHON to a python with benches/peers/python/requirements.txt";
            recorder.remark(&format!("skipped: {} ({why}); {remedy}", WHO.join(", ")))?;
            Ok(None)
        }
    }
}

impl Crew {
    /// Tells it the case; returns who computes it by which method.
    pub(crate) fn introduce(
        &mut self,
        case: &Case,
        arguments: &Arguments,
    ) -> Result<Vec<(String, String)>, PeerError> {
        let op = match case.op {
            Op::Vjp => "vjp",
            Op::Laplacian => "laplacian",
        };
        let sizes: Vec<String> = case.mlp.sizes().map(|size| size.to_string()).collect();
        let p: Vec<String> = case.p.iter().map(|p| format!("{p:e}")).collect();
        let line = format!(
            "network {op} {} {} {} {} {} {}",
            case.kind(),
            case.batch,
            sizes.len(),
            sizes.join(" "),
            p.len(),
            p.join(" ")
        );
        let _: Understood = self.0.ask(&line)?;
        let members = self.0.members().iter().filter(|member| arguments.wants(&member.who));
        let methods = |member: &benches::Member| match case.op {
            Op::Vjp => member.methods.clone(),
            Op::Laplacian => member.stiff.clone(),
        };
        let pairs = members.flat_map(|member| {
            methods(member).into_iter().map(|method| (member.who.clone(), method))
        });
        Ok(pairs.collect())
    }

    /// The gradient with respect to the parameters.
    pub(crate) fn gradient(&mut self, who: &str, method: &str) -> Result<Vec<f64>, PeerError> {
        Ok(self.0.ask::<Gradient>(&format!("gradient {who} {method}"))?.gradient)
    }

    /// Seconds of all runs; NaN if it fails.
    pub(crate) fn seconds(&mut self, who: &str, method: &str, runs: usize) -> f64 {
        let answer = self.0.ask::<Seconds>(&format!("time {who} {method} {runs}"));
        answer.map_or(f64::NAN, |answer| answer.seconds)
    }
}
