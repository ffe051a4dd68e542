//! Programs that solve the suites' problems with other people's code: see `peers/README.md` for
//! what is said on their standard input and output.

use crate::Sweep;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt::{self, Write as _};
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// A running peer program.
///
/// It never makes a suite hang: an answer that does not come within the time limit ends it.
#[derive(Debug)]
pub struct Peer {
    name: String,
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<String>,
    limit: Duration,
    members: Vec<Member>,
    missing: Vec<String>,
    /// Why it can no longer be asked.
    down: Option<String>,
}

/// One library of a peer program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Member {
    /// Its name in the records.
    pub who: String,
    /// Its version.
    pub version: String,
    /// Its methods, in the order in which they are measured.
    pub methods: Vec<String>,
    /// Its methods for stiff problems.
    #[serde(default)]
    pub stiff: Vec<String>,
    /// Its ways to a gradient.
    #[serde(default)]
    pub gradients: Vec<String>,
    /// Its ways to the gradient of a loss of a solution.
    #[serde(default)]
    pub sensitivities: Vec<String>,
    /// Its ways to the gradients of a network.
    #[serde(default)]
    pub networks: Vec<String>,
    /// The same for the parameter gradients of a Laplacian.
    #[serde(default)]
    pub laplacian: Vec<String>,
    /// Its ways to train a network.
    #[serde(default)]
    pub training: Vec<String>,
}

/// A solve by a peer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Answer {
    /// The final state.
    pub u: Vec<f64>,
    /// Seconds of one run.
    pub seconds: f64,
    /// Seconds that were needed once before, to compile.
    #[serde(default)]
    pub prepare: f64,
}

/// A product with a transposed Jacobian by a peer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Product {
    /// With respect to the states, then the parameters.
    pub gradient: Vec<f64>,
    /// Seconds of one evaluation.
    pub seconds: f64,
    /// Seconds that were needed once before, to compile or record.
    #[serde(default)]
    pub prepare: f64,
}

/// An ensemble solved by a peer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Ends {
    /// The final states of the members that are looked at.
    pub ends: Vec<Vec<f64>>,
    /// Seconds of one run of all members.
    pub seconds: f64,
    /// Seconds that were needed once before, to compile.
    #[serde(default)]
    pub prepare: f64,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerError {
    /// The peer refuses or fails at this request; it can be asked again.
    Refused(String),
    /// The peer has ended, is silent, or says what makes no sense: it is not asked again.
    Down(String),
}

/// What a peer says that has not a method for a problem.
const NEVER: &str = "not for this problem";

impl PeerError {
    /// Whether the method is none for this problem, and need not be asked again.
    pub fn is_never(&self) -> bool {
        matches!(self, Self::Refused(why) if why.contains(NEVER))
    }
}

impl fmt::Display for PeerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Refused(why) | Self::Down(why)) = self;
        f.write_str(why)
    }
}

impl std::error::Error for PeerError {}

#[derive(Deserialize)]
struct Greeting {
    peers: Vec<Member>,
    #[serde(default)]
    missing: Vec<String>,
}

#[derive(Deserialize)]
struct Failure {
    failure: String,
}

#[derive(Deserialize)]
struct Derivative {
    du: Vec<f64>,
}

#[derive(Deserialize)]
struct Entries {
    jac: Vec<(usize, usize, f64)>,
}

#[derive(Deserialize)]
struct Understood {}

impl Peer {
    /// Starts a peer program and reads its greeting; `limit` is how long to wait for an answer.
    ///
    /// # Errors
    ///
    /// [`PeerError::Down`] if it cannot be started or does not greet.
    pub fn start(name: &str, mut command: Command, limit: Duration) -> Result<Self, PeerError> {
        let down = |why: String| PeerError::Down(format!("{name}: {why}"));
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| down(format!("cannot be started: {error}")))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(down("has no standard input and output".into()));
        };
        // The channel holds one line: somebody who talks without being asked has to wait.
        let (send, answers) = sync_channel(1);
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let (members, missing) = (Vec::new(), Vec::new());
        let name = name.to_owned();
        let mut peer = Self { name, child, stdin, answers, limit, members, missing, down: None };
        let greeting: Greeting = peer.answer()?;
        (peer.members, peer.missing) = (greeting.peers, greeting.missing);
        Ok(peer)
    }

    /// The libraries that it has.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// What it could have, and how to install it.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// Tells it the problem of the requests to come; it jumps at the `stops`.
    ///
    /// # Errors
    ///
    /// When it does not know the problem, or is down.
    pub fn problem(
        &mut self,
        name: &str,
        tspan: (f64, f64),
        p: &[f64],
        u0: &[f64],
        stops: &[f64],
    ) -> Result<(), PeerError> {
        let (t0, t1) = tspan;
        let mut line = format!("problem {name} {t0:e} {t1:e} {} {}", vector(p), vector(u0));
        if !stops.is_empty() {
            line += &format!(" {}", vector(stops));
        }
        self.tell(&line)
    }

    /// A request to which there is nothing to answer.
    pub(crate) fn tell(&mut self, line: &str) -> Result<(), PeerError> {
        self.ask::<Understood>(line).map(|_| ())
    }

    /// Its right-hand side at a state, to see that it solves the same problem.
    ///
    /// # Errors
    ///
    /// When it refuses, or is down.
    pub fn derivative(&mut self, u: &[f64]) -> Result<Vec<f64>, PeerError> {
        self.ask::<Derivative>(&format!("rhs {}", vector(u))).map(|answer| answer.du)
    }

    /// The nonzero entries of its Jacobian at a state: row, column, value.
    ///
    /// # Errors
    ///
    /// When it refuses, or is down.
    pub fn jacobian(&mut self, u: &[f64]) -> Result<Vec<(usize, usize, f64)>, PeerError> {
        self.ask::<Entries>(&format!("jac {}", vector(u))).map(|answer| answer.jac)
    }

    /// Solves the problem `runs` times, and times it.
    ///
    /// # Errors
    ///
    /// When the solve fails, or the peer is down.
    pub fn solve(
        &mut self,
        who: &str,
        method: &str,
        (rtol, atol): (f64, f64),
        runs: usize,
    ) -> Result<Answer, PeerError> {
        self.ask(&format!("solve {who} {method} {rtol:e} {atol:e} {runs}"))
    }

    /// Solves the problem for every value of a parameter, `runs` times, and times it.
    ///
    /// # Errors
    ///
    /// When a solve fails, or the peer is down.
    pub fn ensemble(
        &mut self,
        who: &str,
        method: &str,
        (rtol, atol): (f64, f64),
        sweep: &Sweep,
        runs: usize,
    ) -> Result<Ends, PeerError> {
        self.ask(&format!("ensemble {who} {method} {rtol:e} {atol:e} {sweep} {runs}"))
    }

    /// The derivatives of `lambdaᵀ f(u, p)` of the right-hand side of a problem, computed `runs` times.
    ///
    /// # Errors
    ///
    /// When it does not know the problem or the method, or is down.
    pub fn gradient(
        &mut self,
        (who, method): (&str, &str),
        problem: &str,
        (p, u, lambda): (&[f64], &[f64], &[f64]),
        runs: usize,
    ) -> Result<Product, PeerError> {
        let (p, u, lambda) = (vector(p), vector(u), vector(lambda));
        self.ask(&format!("gradient {who} {method} {problem} {p} {u} {lambda} {runs}"))
    }

    /// A request of a suite's own: a line, and what the answer is read as.
    ///
    /// # Errors
    ///
    /// When it refuses, or is down.
    pub fn ask<A: DeserializeOwned>(&mut self, line: &str) -> Result<A, PeerError> {
        if let Some(why) = &self.down {
            return Err(PeerError::Down(why.clone()));
        }
        // A broken pipe is seen better by the end of the answers.
        let _ = writeln!(self.stdin, "{line}").and_then(|()| self.stdin.flush());
        self.answer()
    }

    fn answer<A: DeserializeOwned>(&mut self) -> Result<A, PeerError> {
        let line = match self.answers.recv_timeout(self.limit) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => {
                return Err(self.ended(format!("no answer within {:?}", self.limit)));
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.child.wait().map_or(String::new(), |status| status.to_string());
                return Err(self.ended(format!("it has ended ({status})")));
            }
        };
        if let Ok(Failure { failure }) = serde_json::from_str(&line) {
            return Err(PeerError::Refused(format!("{}: {failure}", self.name)));
        }
        serde_json::from_str(&line).map_err(|_| {
            let start: String = line.chars().take(60).collect();
            self.ended(format!("an answer that makes no sense: `{start}`"))
        })
    }

    /// Ends the program for this reason.
    fn ended(&mut self, why: String) -> PeerError {
        let why = format!("{}: {why}", self.name);
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.down = Some(why.clone());
        PeerError::Down(why)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A count and as many numbers, all digits.
fn vector(values: &[f64]) -> String {
    let mut text = values.len().to_string();
    for value in values {
        // Writing to a string does not fail.
        let _ = write!(text, " {value:e}");
    }
    text
}
