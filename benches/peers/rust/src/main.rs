//! Peers written in Rust, measured by request: see `../README.md` for the protocol.

mod differential_equations;
mod diffsol;
mod gradients;
mod models;
mod ode_solvers;
mod protocol;
mod sensitivities;
mod stiff;

use models::{
    Arenstorf, HenonHeiles, Lorenz, LotkaVolterra, Model, Pleiades, RigidBody, array, brusselator,
};
use protocol::{Outcome, Request, Sweep, Words};
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Crate, and its methods.
const PEERS: &[(&str, &[&str])] = &[
    ("differential-equations", differential_equations::METHODS),
    ("diffsol", diffsol::METHODS),
    ("ode_solvers", ode_solvers::METHODS),
    ("num-dual", &[]),
    ("echidna", &[]),
];

fn main() -> io::Result<()> {
    // A peer that panics is an answer like any other.
    std::panic::set_hook(Box::new(|_| {}));
    let (mut out, mut request) = (io::stdout().lock(), Request::default());
    writeln!(out, "{}", greeting())?;
    out.flush()?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let answer = catch_unwind(AssertUnwindSafe(|| answer(&line, &mut request)))
            .unwrap_or_else(|_| Err("it panics".into()))
            .unwrap_or_else(|failure| format!("{{\"failure\":{failure:?}}}"));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn greeting() -> String {
    let peer = |(name, methods): &(&str, &[&str])| {
        let version = version(name);
        let (stiff, gradients) = (stiff::methods(name), gradients::methods(name));
        let sensitivities = sensitivities::methods(name);
        format!(
            "{{\"who\":{name:?},\"version\":{version:?},\"methods\":{methods:?},\"stiff\":{stiff:?},\
             \"gradients\":{gradients:?},\"sensitivities\":{sensitivities:?}}}"
        )
    };
    let peers: Vec<_> = PEERS.iter().map(peer).collect();
    format!("{{\"peers\":[{}]}}", peers.join(","))
}

/// The version in the lock file.
fn version(name: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let entry = lock.split(&format!("name = \"{name}\"\nversion = \"")).nth(1);
    entry.and_then(|rest| rest.split('"').next()).unwrap_or("unknown")
}

fn answer(line: &str, request: &mut Request) -> Result<String, String> {
    let mut words = Words(line.split_whitespace());
    match words.word()? {
        "question" => {
            request.question = sensitivities::Question::read(&mut words)?;
            Ok("{}".into())
        }
        "sensitivity" => sensitivities::answer(&mut words, &mut request.question),
        "problem" => {
            request.question = sensitivities::Question::default();
            request.problem = words.word()?.into();
            request.tspan = (words.number()?, words.number()?);
            (request.p, request.u0) = (words.vector()?, words.vector()?);
            request.stops = if words.more() { words.vector()? } else { Vec::new() };
            derivative(request, request.u0.clone()).map(|_| "{}".into())
        }
        "rhs" => {
            let u = words.vector()?;
            let du = derivative(request, u)?;
            Ok(format!("{{\"du\":{du:?}}}"))
        }
        "jac" => {
            let entries = stiff::jac(request, &words.vector()?)?;
            let entries = entries.iter().map(|(i, j, value)| format!("[{i},{j},{value:?}]"));
            Ok(format!("{{\"jac\":[{}]}}", entries.collect::<Vec<_>>().join(",")))
        }
        "gradient" => gradients::answer(&mut words),
        "solve" => {
            let (u, seconds) = solve(&mut words, request, |_| Ok(None))?;
            Ok(format!("{{\"u\":{u:?},\"seconds\":{seconds:?}}}"))
        }
        "ensemble" => {
            let (ends, seconds) = solve(&mut words, request, |words| Sweep::read(words).map(Some))?;
            let ends: Vec<_> = ends.chunks(request.u0.len()).collect();
            Ok(format!("{{\"ends\":{ends:?},\"seconds\":{seconds:?}}}"))
        }
        other => Err(format!("no request `{other}`")),
    }
}

/// `f(u)`.
fn derivative(request: &Request, u: Vec<f64>) -> Result<Vec<f64>, String> {
    if let Some(du) = request.question.derivative(&u) {
        return Ok(du);
    }
    match stiff::rhs(request, &u) {
        Some(answer) => answer,
        None => Ok(visit(request, &mut Derivative(u))?.0),
    }
}

/// Reads who solves how, and does it.
fn solve(
    words: &mut Words<'_>,
    request: &mut Request,
    sweep: impl FnOnce(&mut Words<'_>) -> Result<Option<Sweep>, String>,
) -> Outcome {
    let who = words.word()?.to_owned();
    request.method = words.word()?.into();
    (request.rtol, request.atol) = (words.number()?, words.number()?);
    request.sweep = sweep(words)?;
    request.runs = words.number()?;
    let (u, seconds) = match stiff::methods(&who).contains(&request.method.as_str()) {
        true => stiff::solve(&who, request)?,
        false => visit(request, &mut Solve(&who))?,
    };
    if seconds.is_finite() && u.iter().all(|u| u.is_finite()) {
        Ok((u, seconds))
    } else {
        Err("the final state is not finite".into())
    }
}

/// What is done with the problem of a request.
trait Visitor {
    fn fixed<M: Model<N>, const N: usize>(&mut self, request: &Request) -> Outcome;
    fn tube(&mut self, request: &Request) -> Outcome;
}

/// `f(u)`.
struct Derivative(Vec<f64>);

impl Visitor for Derivative {
    fn fixed<M: Model<N>, const N: usize>(&mut self, request: &Request) -> Outcome {
        let mut du = [0.0; N];
        M::new(&request.p)?.rhs(&array(&self.0)?, &mut du);
        Ok((du.to_vec(), 0.0))
    }

    fn tube(&mut self, request: &Request) -> Outcome {
        let ([g], mut du) = (array(&request.p)?, vec![0.0; self.0.len()]);
        brusselator(g, &self.0, &mut du);
        Ok((du, 0.0))
    }
}

/// The crate of this name.
struct Solve<'a>(&'a str);

impl Visitor for Solve<'_> {
    fn fixed<M: Model<N>, const N: usize>(&mut self, request: &Request) -> Outcome {
        match self.0 {
            "differential-equations" => differential_equations::fixed::<M, N>(request),
            "diffsol" => diffsol::fixed::<M, N>(request),
            "ode_solvers" => ode_solvers::fixed::<M, N>(request),
            other => Err(format!("no peer `{other}`")),
        }
    }

    fn tube(&mut self, request: &Request) -> Outcome {
        match self.0 {
            "differential-equations" => differential_equations::tube(request),
            "diffsol" => diffsol::tube(request),
            "ode_solvers" => ode_solvers::tube(request),
            other => Err(format!("no peer `{other}`")),
        }
    }
}

fn visit(request: &Request, visitor: &mut impl Visitor) -> Outcome {
    match request.problem.as_str() {
        "lotka_volterra" => visitor.fixed::<LotkaVolterra, _>(request),
        "lorenz63_short" => visitor.fixed::<Lorenz, _>(request),
        "rigid_body" => visitor.fixed::<RigidBody, _>(request),
        "arenstorf" => visitor.fixed::<Arenstorf, _>(request),
        "henon_heiles" => visitor.fixed::<HenonHeiles, _>(request),
        "pleiades" => visitor.fixed::<Pleiades, _>(request),
        "brusselator_1d_n500" => visitor.tube(request),
        other => Err(format!("no problem `{other}`")),
    }
}
