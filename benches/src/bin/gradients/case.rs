//! One right-hand side, and all ways to its products.

use crate::hand_written::Adjoint;
use crate::ours::{self, T, WIDTH, lanes};
use crate::{Run, SUITE};
use ad_tape::{Program, Vjp};
use benches::{Contender, OURS, Peer, Record, interleave};
use scalar::{Dual, Lanes, Scalar};
use std::cell::RefCell;
use std::error::Error;
use std::hint::black_box;
use system::System;

/// Points that are evaluated one after the other, so that a result is not read while it is on its way to memory.
const POINTS: usize = 32;

pub(crate) struct Case<F> {
    name: &'static str,
    model: F,
    p: Vec<f64>,
    points: Vec<Vec<f64>>,
    lambda: Vec<f64>,
    by_hand: Option<Adjoint>,
}

/// A way to the products, timed over all points.
struct Entry<'a> {
    who: String,
    method: String,
    error: f64,
    contender: Contender<'a>,
    /// Evaluations in one run of the contender.
    evaluations: f64,
}

/// `u_bar` and `p_bar`.
type Bars = (Vec<f64>, Vec<f64>);

/// Takes a method, its error, evaluations in one run, and the runs.
type Add<'f, 'a> = dyn FnMut(&str, f64, usize, Box<dyn FnMut(usize) + 'a>) + 'f;

impl<F: System> Case<F> {
    pub(crate) fn new(
        name: &'static str,
        model: F,
        p: &[f64],
        point: impl Fn(usize) -> Vec<f64>,
    ) -> Self {
        let lambda = (0..model.dim()).map(|i| 0.5 + 0.3 * (3 * i) as f64 % 1.0).collect();
        let points = (0..POINTS).map(point).collect();
        Self { name, model, p: p.to_vec(), points, lambda, by_hand: None }
    }

    pub(crate) fn by_hand(self, adjoint: Adjoint) -> Self {
        Self { by_hand: Some(adjoint), ..self }
    }

    /// By duals, one input after the other: `u_bar`, then `p_bar`, at the first point.
    fn exact(&self) -> Vec<f64> {
        let (u, n) = (&self.points[0], self.model.dim());
        let partial = |k: usize| -> f64 {
            let lift = |from: usize, x: &[f64]| -> Vec<Dual> {
                let seed = |i: usize| f64::from(from + i == k);
                x.iter().enumerate().map(|(i, &re)| Dual { re, eps: [seed(i)] }).collect()
            };
            let mut du = vec![Dual::zero(); n];
            self.model.rhs(Dual::constant(T), &lift(0, u), &lift(n, &self.p), &mut du);
            du.iter().zip(&self.lambda).map(|(du, lambda)| du.eps[0] * lambda).sum()
        };
        (0..n + self.p.len()).map(partial).collect()
    }

    /// Measures all ways in turns, and writes a record for each.
    pub(crate) fn rows(&self, run: &mut Run<'_>) -> Result<(), Box<dyn Error>> {
        if !run.arguments.wants_problem(self.name) {
            return Ok(());
        }
        let exact = self.exact();
        let size = exact.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        let error = |found: &[f64]| {
            let part = |(found, exact): (&f64, &f64)| (found - exact).abs() / size;
            match found.len() == exact.len() {
                true => found.iter().zip(&exact).map(part).fold(0.0, f64::max),
                false => f64::INFINITY,
            }
        };
        let peers: Vec<_> = run.peers.iter_mut().map(RefCell::new).collect();
        let mut entries = self.ours(&error)?;
        for peer in &peers {
            self.theirs(peer, run.recorder, run.arguments, &error, &mut entries)?;
        }
        let mut contenders = Vec::new();
        let mut names = Vec::new();
        for Entry { who, method, error, contender, evaluations } in entries {
            contenders.push(contender);
            names.push((who, method, error, evaluations));
        }
        let seconds = interleave(&mut contenders, run.arguments.repeats);
        drop(contenders);
        let function = seconds[0] / names[0].3;
        for ((who, method, error, evaluations), seconds) in names.into_iter().zip(seconds) {
            let seconds = seconds / evaluations;
            let setting = &format!("ratio={:.2}", seconds / function);
            let (suite, problem) = (SUITE, self.name);
            let record =
                Record { suite, who: &who, problem, method: &method, setting, error, seconds };
            run.recorder.write(&record)?;
        }
        Ok(())
    }

    /// The function first.
    fn ours<'a>(&'a self, error: &dyn Fn(&[f64]) -> f64) -> Result<Vec<Entry<'a>>, Box<dyn Error>> {
        let (n, m) = (self.model.dim(), self.p.len());
        let mut entries = Vec::new();
        let mut add =
            |method: &str, error: f64, per_run: usize, run: Box<dyn FnMut(usize) + 'a>| {
                entries.push(Entry {
                    who: OURS.into(),
                    method: method.into(),
                    error,
                    contender: Contender::new(run),
                    evaluations: per_run as f64,
                });
            };
        let Self { model, p, points, lambda, .. } = self;
        let mut du = vec![vec![0.0; n]; POINTS];
        add(
            "function",
            0.0,
            POINTS,
            Box::new(move |runs| {
                for _ in 0..runs {
                    for (u, du) in points.iter().zip(&mut du) {
                        ours::function(model, black_box(u), black_box(p), du);
                    }
                    black_box(&mut du);
                }
            }),
        );
        let bars = vec![(vec![0.0; n], vec![0.0; m]); POINTS];
        let joined = |u: &[f64], p: &[f64]| [u, p].concat();
        if let Some(adjoint) = self.by_hand {
            let (mut u_bar, mut p_bar) = (vec![0.0; n], vec![0.0; m]);
            adjoint(&points[0], p, lambda, &mut u_bar, &mut p_bar);
            let mut bars = bars.clone();
            let run = move |runs| {
                for _ in 0..runs {
                    for (u, (u_bar, p_bar)) in points.iter().zip(&mut bars) {
                        adjoint(black_box(u), black_box(p), black_box(lambda), u_bar, p_bar);
                    }
                    black_box(&mut bars);
                }
            };
            add("by hand", error(&joined(&u_bar, &p_bar)), POINTS, Box::new(run));
        }
        let (mut u_bar, mut p_bar) = (vec![0.0; n], vec![0.0; m]);
        if ours::generated(model, (&points[0], p, lambda), &mut u_bar, &mut p_bar) {
            let found = error(&joined(&u_bar, &p_bar));
            let mut bars = bars.clone();
            let run = move |runs| {
                for _ in 0..runs {
                    for (u, (u_bar, p_bar)) in points.iter().zip(&mut bars) {
                        let at = (black_box(&u[..]), black_box(&p[..]), black_box(&lambda[..]));
                        ours::generated(model, at, u_bar, p_bar);
                    }
                    black_box(&mut bars);
                }
            };
            add("generated", found, POINTS, Box::new(run));
            let wide: Vec<_> = points.iter().map(|u| lanes(u)).collect();
            let (p, lambda) = (lanes(p), lanes(lambda));
            let zero = Lanes([0.0; WIDTH]);
            let mut bars = vec![(vec![zero; n], vec![zero; m]); POINTS];
            let run = move |runs| {
                for _ in 0..runs {
                    for (u, (u_bar, p_bar)) in wide.iter().zip(&mut bars) {
                        let at = (black_box(&u[..]), black_box(&p[..]), black_box(&lambda[..]));
                        ours::generated(model, at, u_bar, p_bar);
                    }
                    black_box(&mut bars);
                }
            };
            add("generated, 8 lanes", found, POINTS * WIDTH, Box::new(run));
        }
        let (mut record, mut du) = (model.record(), vec![0.0; n]);
        let (mut u_bar, mut p_bar) = (vec![0.0; n], vec![0.0; m]);
        let out = (&mut u_bar[..], &mut p_bar[..]);
        ours::by_trait(model, (&points[0], p, lambda), &mut record, &mut du, out);
        let found = error(&joined(&u_bar, &p_bar));
        let mut records = vec![record; POINTS];
        let mut bars = bars;
        let memory = (records.clone(), bars.clone());
        let run = move |runs| {
            for _ in 0..runs {
                for ((u, (u_bar, p_bar)), record) in points.iter().zip(&mut bars).zip(&mut records)
                {
                    let at = (black_box(&u[..]), black_box(&p[..]), black_box(&lambda[..]));
                    ours::by_trait(model, at, record, &mut du, (u_bar, p_bar));
                }
                black_box(&mut bars);
            }
        };
        add("Vjp", found, POINTS, Box::new(run));
        self.in_one_call(error, memory, &mut add);
        self.replays(error, &mut add)?;
        Ok(entries)
    }

    /// Products in one call, with this memory for each point.
    fn in_one_call<'a>(
        &'a self,
        error: &dyn Fn(&[f64]) -> f64,
        (mut records, mut bars): (Vec<ad_tape::Record>, Vec<Bars>),
        add: &mut Add<'_, 'a>,
    ) {
        let Self { model, p, points, lambda, .. } = self;
        let (u_bar, p_bar) = &mut bars[0];
        u_bar.fill(0.0);
        p_bar.fill(0.0);
        ours::in_one_call(model, (&points[0], p, lambda), &mut records[0], (u_bar, p_bar));
        let found = error(&[&u_bar[..], p_bar].concat());
        let run = move |runs| {
            for _ in 0..runs {
                for ((u, (u_bar, p_bar)), record) in points.iter().zip(&mut bars).zip(&mut records)
                {
                    let at = (black_box(&u[..]), black_box(&p[..]), black_box(&lambda[..]));
                    ours::in_one_call(model, at, record, (u_bar, p_bar));
                }
                black_box(&mut bars);
            }
        };
        add("Vjp in one call", found, POINTS, Box::new(run));
    }

    /// Replays of the program, one point at a time and in lanes.
    fn replays<'a>(
        &'a self,
        error: &dyn Fn(&[f64]) -> f64,
        add: &mut Add<'_, 'a>,
    ) -> Result<(), Box<dyn Error>> {
        let (n, m, lambda) = (self.model.dim(), self.p.len(), &self.lambda[..]);
        let program = Program::of(&self.model)?;
        let inputs = |u: &Vec<f64>| [&self.p[..], u, &[T]].concat();
        let x: Vec<Vec<f64>> = self.points.iter().map(inputs).collect();
        let (mut work, mut y, mut x_bar) = (program.work(), vec![0.0; n], vec![0.0; m + n + 1]);
        ours::program(&program, &x[0], lambda, &mut y, &mut x_bar, &mut work)?;
        let found = error(&[&x_bar[m..m + n], &x_bar[..m]].concat());
        let single = program.clone();
        let mut x_bars = vec![x_bar; POINTS];
        let at_once = (program.clone(), x.clone(), x_bars.clone(), program.work());
        let run = move |runs| {
            for _ in 0..runs {
                for (x, x_bar) in x.iter().zip(&mut x_bars) {
                    let (x, lambda) = (black_box(&x[..]), black_box(lambda));
                    let _ = ours::program(&single, x, lambda, &mut y, x_bar, &mut work);
                }
                black_box(&mut x_bars);
            }
        };
        add("program", found, POINTS, Box::new(run));
        let (at_once, points, mut x_bars, mut work) = at_once;
        let run = move |runs| {
            for _ in 0..runs {
                for (x, x_bar) in points.iter().zip(&mut x_bars) {
                    let (x, lambda) = (black_box(&x[..]), black_box(lambda));
                    let _ = ours::product(&at_once, x, lambda, x_bar, &mut work);
                }
                black_box(&mut x_bars);
            }
        };
        add("program in one call", found, POINTS, Box::new(run));
        let x: Vec<_> = self.points.iter().map(|u| lanes(&inputs(u))).collect();
        let (mut work, mut y, lambda) = (program.work(), lanes(&vec![0.0; n]), lanes(lambda));
        let mut x_bars = vec![lanes(&vec![0.0; m + n + 1]); POINTS];
        let run = move |runs| {
            for _ in 0..runs {
                for (x, x_bar) in x.iter().zip(&mut x_bars) {
                    let (x, lambda) = (black_box(&x[..]), black_box(&lambda[..]));
                    let _ = ours::program(&program, x, lambda, &mut y, x_bar, &mut work);
                }
                black_box(&mut x_bars);
            }
        };
        add("program, 8 lanes", found, POINTS * WIDTH, Box::new(run));
        Ok(())
    }

    /// Those of a peer program.
    fn theirs<'a>(
        &'a self,
        peer: &'a RefCell<&mut Peer>,
        recorder: &mut benches::Recorder,
        arguments: &benches::Arguments,
        error: &dyn Fn(&[f64]) -> f64,
        entries: &mut Vec<Entry<'a>>,
    ) -> Result<(), Box<dyn Error>> {
        let members = peer.borrow().members().to_vec();
        for member in members.iter().filter(|member| arguments.wants(&member.who)) {
            for method in &member.gradients {
                let (who, method) = (member.who.clone(), method.clone());
                let at = (&self.p[..], &self.points[0][..], &self.lambda[..]);
                let first = peer.borrow_mut().gradient((&who, &method), self.name, at, 1);
                let product = match first {
                    Ok(product) => product,
                    Err(why) => {
                        recorder
                            .remark(&format!("skipped: {}, {who} {method}: {why}", self.name))?;
                        continue;
                    }
                };
                let found = error(&product.gradient);
                if found.is_nan() || found > 1e-9 {
                    let line = format!("skipped: {}, {who} {method}: another gradient", self.name);
                    recorder.remark(&line)?;
                    continue;
                }
                let names = (who.clone(), method.clone());
                let contender = Contender::timed(move |runs| {
                    let names = (names.0.as_str(), names.1.as_str());
                    let product = peer.borrow_mut().gradient(names, self.name, at, runs);
                    product.map_or(f64::NAN, |product| product.seconds * runs as f64)
                });
                entries.push(Entry { who, method, error: found, contender, evaluations: 1.0 });
            }
        }
        Ok(())
    }
}
