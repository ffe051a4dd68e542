//! Which peer programs there are, and how they are started.

use crate::{Arguments, Peer, Recorder};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Longest wait for an answer: long enough for a just-in-time compiler.
const LIMIT: Duration = Duration::from_secs(90);

/// The peers that could be started, and why others could not.
#[derive(Debug, Default)]
pub struct Crew {
    /// The running programs.
    pub peers: Vec<Peer>,
    /// One line for each library that is missing: what it needs.
    pub skipped: Vec<String>,
}

impl Crew {
    /// Says who is here, in which version, and who is missing.
    ///
    /// # Errors
    ///
    /// When a line cannot be written.
    pub fn announce(&self, recorder: &mut Recorder, arguments: &Arguments) -> io::Result<()> {
        for line in &self.skipped {
            recorder.remark(line)?;
        }
        for member in self.peers.iter().flat_map(Peer::members).filter(|m| arguments.wants(&m.who))
        {
            recorder.remark(&format!("peer: {} {}", member.who, member.version))?;
        }
        Ok(())
    }
}

/// Starts the programs that have a peer which is asked for.
pub fn hire(arguments: &Arguments) -> Crew {
    let mut crew = Crew::default();
    for program in PROGRAMS {
        if !program.who.iter().any(|who| arguments.wants(who)) {
            continue;
        }
        let started = program.command().and_then(|command| {
            Peer::start(program.name, command, LIMIT).map_err(|error| error.to_string())
        });
        match started {
            Ok(peer) => {
                crew.skipped.extend(peer.missing().iter().map(|line| format!("skipped: {line}")));
                crew.peers.push(peer);
            }
            Err(why) => {
                let (who, remedy) = (program.who.join(", "), program.remedy);
                crew.skipped.push(format!("skipped: {who} ({why}); {remedy}"));
            }
        }
    }
    crew
}

/// One peer program.
struct Program {
    name: &'static str,
    /// The libraries that it may have.
    who: &'static [&'static str],
    /// The environment variable with its executable, or its interpreter.
    variable: &'static str,
    /// For an interpreter: what to look for without the variable, and the script.
    script: Option<(&'static str, &'static str)>,
    /// What to do if it is missing.
    remedy: &'static str,
}

const PROGRAMS: &[Program] = &[
    Program {
        name: "rust",
        who: &["differential-equations", "diffsol", "ode_solvers", "num-dual", "echidna"],
        variable: "PEERS_RUST",
        script: None,
        remedy: "`cargo xtask bench` builds benches/peers/rust and sets PEERS_RUST",
    },
    Program {
        name: "c",
        who: &["sundials"],
        variable: "PEERS_C",
        script: None,
        remedy: "set SUNDIALS_SRC to a source folder or git address of SUNDIALS, see benches/peers/README.md",
    },
    Program {
        name: "python",
        who: &["scipy", "numba", "diffrax", "jax", "torch"],
        variable: "PEERS_PYTHON",
        script: Some(("python3", "peers/python/peers.py")),
        remedy: "set PEERS_PYTHON to a python with benches/peers/python/requirements.txt installed",
    },
];

impl Program {
    fn command(&self) -> Result<Command, String> {
        let found = std::env::var_os(self.variable).filter(|path| !path.is_empty());
        match (found, self.script) {
            (Some(path), None) => Ok(Command::new(path)),
            (None, None) => Err(format!("{} is not set", self.variable)),
            (found, Some((usual, script))) => {
                let mut command = Command::new(found.unwrap_or(usual.into()));
                command.arg(folder().join(script));
                // One core for everybody.
                for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
                    command.env(variable, "1");
                }
                Ok(command)
            }
        }
    }
}

/// The folder of this package.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_started_who_is_not_asked_for() {
        let nobody = Arguments { who: vec!["sciml".into()], ..Arguments::default() };
        let crew = hire(&nobody);
        assert!(crew.peers.is_empty() && crew.skipped.is_empty());
    }

    #[test]
    fn a_program_that_is_missing_is_a_line_that_says_what_to_do() {
        let program = Program {
            name: "nowhere",
            who: &["nobody"],
            variable: "PEERS_NOWHERE",
            script: None,
            remedy: "",
        };
        assert_eq!(program.command().unwrap_err(), "PEERS_NOWHERE is not set");
        let interpreter = Program { script: Some(("no-such-python", "x.py")), ..program };
        let command = interpreter.command().unwrap();
        let error = Peer::start("nowhere", command, LIMIT).unwrap_err();
        assert!(error.to_string().contains("cannot be started"), "{error}");
    }

    #[test]
    fn the_scripts_exist() {
        for (_, script) in PROGRAMS.iter().filter_map(|program| program.script) {
            assert!(folder().join(script).is_file(), "{script}");
        }
    }
}
