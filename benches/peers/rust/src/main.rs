//! Peers written in Rust, measured by request: see `../README.md` for the protocol.

mod differential_equations;
mod diffsol;
mod models;
mod ode_solvers;
mod protocol;

use models::{
    Arenstorf, HenonHeiles, Lorenz, LotkaVolterra, Model, Pleiades, RigidBody, brusselator,
};
use protocol::{Outcome, Request, Words};
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Crate, and its methods.
const PEERS: &[(&str, &[&str])] = &[
    ("differential-equations", differential_equations::METHODS),
    ("diffsol", diffsol::METHODS),
    ("ode_solvers", ode_solvers::METHODS),
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
        format!("{{\"who\":{name:?},\"version\":{version:?},\"methods\":{methods:?}}}")
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
        "problem" => {
            request.problem = words.word()?.into();
            request.tspan = (words.number()?, words.number()?);
            (request.p, request.u0) = (words.vector()?, words.vector()?);
            visit(request, &mut Derivative(request.u0.clone())).map(|_| "{}".into())
        }
        "rhs" => {
            let u = words.vector()?;
            let (du, _) = visit(request, &mut Derivative(u))?;
            Ok(format!("{{\"du\":{du:?}}}"))
        }
        "solve" => {
            let who = words.word()?.to_owned();
            request.method = words.word()?.into();
            (request.rtol, request.atol) = (words.number()?, words.number()?);
            request.runs = words.number()?;
            let (u, seconds) = visit(request, &mut Solve(&who))?;
            if !(seconds.is_finite() && u.iter().all(|u| u.is_finite())) {
                return Err("the final state is not finite".into());
            }
            Ok(format!("{{\"u\":{u:?},\"seconds\":{seconds:?}}}"))
        }
        other => Err(format!("no request `{other}`")),
    }
}

/// What is done with the problem of a request.
trait Visitor {
    fn fixed<M: Model<N>, const N: usize>(&mut self, model: &M, request: &Request) -> Outcome;
    fn tube(&mut self, request: &Request) -> Outcome;
}

/// `f(u)`.
struct Derivative(Vec<f64>);

impl Visitor for Derivative {
    fn fixed<M: Model<N>, const N: usize>(&mut self, model: &M, _: &Request) -> Outcome {
        let u = <[f64; N]>::try_from(&self.0[..]).map_err(|_| "wrong number of states")?;
        let mut du = [0.0; N];
        model.rhs(&u, &mut du);
        Ok((du.to_vec(), 0.0))
    }

    fn tube(&mut self, request: &Request) -> Outcome {
        let mut du = vec![0.0; self.0.len()];
        brusselator(request.p[0], &self.0, &mut du);
        Ok((du, 0.0))
    }
}

/// The crate of this name.
struct Solve<'a>(&'a str);

impl Visitor for Solve<'_> {
    fn fixed<M: Model<N>, const N: usize>(&mut self, model: &M, request: &Request) -> Outcome {
        match self.0 {
            "differential-equations" => differential_equations::fixed(model, request),
            "diffsol" => diffsol::fixed(model, request),
            "ode_solvers" => ode_solvers::fixed(model, request),
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
    fn p<const P: usize>(request: &Request) -> Result<[f64; P], String> {
        request.p[..].try_into().map_err(|_| "wrong number of parameters".into())
    }
    match request.problem.as_str() {
        "lotka_volterra" => visitor.fixed(&LotkaVolterra(p(request)?), request),
        "lorenz63_short" => visitor.fixed(&Lorenz(p(request)?), request),
        "rigid_body" => visitor.fixed(&RigidBody(p(request)?), request),
        "arenstorf" => visitor.fixed(&Arenstorf(p(request)?), request),
        "henon_heiles" => visitor.fixed(&HenonHeiles, request),
        "pleiades" => visitor.fixed(&Pleiades, request),
        "brusselator_1d_n500" => {
            let [_] = p::<1>(request)?;
            visitor.tube(request)
        }
        other => Err(format!("no problem `{other}`")),
    }
}
