//! Gradients and trainings of networks by other people's crates, measured by request: see `../../README.md` for the protocol.

mod by_candle;
mod by_dfdx;
mod by_gemm;
// What is read and timed in the same way as by the other program.
#[allow(dead_code)]
#[path = "../../rust/src/protocol.rs"]
mod protocol;

use protocol::Words;
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Name, crate, and the ways to a gradient and to train.
const PEERS: &[(&str, &str, &[&str], &[&str])] = &[
    ("candle", "candle-core", &["autograd"], &["AdamW"]),
    ("dfdx", "dfdx", &["tape"], &[]),
    ("gemm", "gemm", &["by-hand"], &[]),
];

fn main() -> io::Result<()> {
    // A peer that panics is an answer like any other.
    std::panic::set_hook(Box::new(|_| {}));
    let (mut out, mut case) = (io::stdout().lock(), None);
    writeln!(out, "{}", greeting())?;
    out.flush()?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let answer = catch_unwind(AssertUnwindSafe(|| answer(&line, &mut case)))
            .unwrap_or_else(|_| Err("it panics".into()))
            .unwrap_or_else(|failure| format!("{{\"failure\":{failure:?}}}"));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn greeting() -> String {
    let peer = |(who, name, networks, training): &(&str, &str, &[&str], &[&str])| {
        let version = version(name);
        format!(
            "{{\"who\":{who:?},\"version\":{version:?},\"methods\":[],\"networks\":{networks:?},\
             \"training\":{training:?}}}"
        )
    };
    let peers: Vec<_> = PEERS.iter().map(peer).collect();
    format!("{{\"peers\":[{}]}}", peers.join(","))
}

/// The last version of this name in the lock file: other crates may need older ones.
fn version(name: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let entry = lock.split(&format!("name = \"{name}\"\nversion = \"")).skip(1).last();
    entry.and_then(|rest| rest.split('"').next()).unwrap_or("unknown")
}

fn answer(line: &str, case: &mut Option<Case>) -> Result<String, String> {
    let mut words = Words(line.split_whitespace());
    match words.word()? {
        "network" => *case = Some(network(&mut words)?),
        "training" => *case = Some(training(&mut words)?),
        verb @ ("product" | "train" | "time") => return measure(verb, &mut words, case.as_ref()),
        other => return Err(format!("no request `{other}`")),
    }
    Ok("{}".into())
}

const NEVER: &str = "not for this problem";

/// What is computed.
enum Case {
    Network(Network),
    Lesson(Lesson),
}

/// Sizes and parameters, in `f64` or `f32`. For each layer the weights, column by column (the output index runs fastest), then
/// the biases.
struct Layers {
    single: bool,
    sizes: Vec<usize>,
    p: Vec<f64>,
}

/// Gradients of `Σ bar y` with respect to inputs and parameters.
struct Network {
    layers: Layers,
    tanh: bool,
    batch: usize,
    x: Vec<f64>,
    bar: Vec<f64>,
}

/// Adam on samples.
struct Lesson {
    layers: Layers,
    samples: usize,
    batch: usize,
    rate: f64,
    x: Vec<f32>,
    answers: Answers,
    /// Epoch by epoch; empty if all samples are taken at once.
    order: Vec<u32>,
}

enum Answers {
    Values(Vec<f32>),
    Labels(Vec<u32>),
}

/// Numbers and the seconds of all runs.
type Outcome = Result<(Vec<f64>, f64), String>;

/// One layer of the flat parameters.
struct Layer<'a> {
    inputs: usize,
    outputs: usize,
    weights: &'a [f64],
    biases: &'a [f64],
}

impl Layers {
    fn read(words: &mut Words<'_>, single: bool, sizes: Vec<usize>) -> Result<Self, String> {
        let p = words.vector()?;
        let needed = sizes.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum::<usize>();
        match p.len() == needed && sizes.len() > 1 {
            true => Ok(Self { single, sizes, p }),
            false => Err("another number of parameters".into()),
        }
    }

    fn each(&self) -> impl Iterator<Item = Layer<'_>> {
        let mut rest = &self.p[..];
        self.sizes.windows(2).map(move |pair| {
            let (weights, after) = rest.split_at(pair[0] * pair[1]);
            let (biases, after) = after.split_at(pair[1]);
            rest = after;
            Layer { inputs: pair[0], outputs: pair[1], weights, biases }
        })
    }

    fn inputs(&self) -> usize {
        self.sizes[0]
    }

    fn outputs(&self) -> usize {
        self.sizes[self.sizes.len() - 1]
    }
}

fn is_single(words: &mut Words<'_>) -> Result<bool, String> {
    match words.word()? {
        "f64" => Ok(false),
        "f32" => Ok(true),
        other => Err(format!("no kind of numbers `{other}`")),
    }
}

fn sizes(words: &mut Words<'_>) -> Result<Vec<usize>, String> {
    let count = words.number()?;
    (0..count).map(|_| words.number()).collect()
}

/// A number in [-1, 1] that looks random; the same rule is in the suite.
fn scattered(k: usize) -> f64 {
    ((k * 7919 + 104_729) % 1021) as f64 / 512.0 - 1.0
}

/// Reads a network.
fn network(words: &mut Words<'_>) -> Result<Case, String> {
    let (op, activation) = (words.word()?, words.word()?);
    if op != "vjp" || !["tanh", "identity"].contains(&activation) {
        return Err(NEVER.into());
    }
    let (single, batch) = (is_single(words)?, words.number()?);
    let sizes = sizes(words)?;
    let layers = Layers::read(words, single, sizes)?;
    let x = (0..batch * layers.inputs()).map(scattered).collect();
    let bar = (0..batch * layers.outputs()).map(|k| scattered(k + 500)).collect();
    Ok(Case::Network(Network { layers, tanh: activation == "tanh", batch, x, bar }))
}

/// Reads a training and its file.
fn training(words: &mut Words<'_>) -> Result<Case, String> {
    let (loss, single) = (words.word()?, is_single(words)?);
    let (samples, batch, rate) = (words.number::<usize>()?, words.number()?, words.number()?);
    let sizes = sizes(words)?;
    let layers = Layers::read(words, single, sizes)?;
    let path = words.0.by_ref().collect::<Vec<_>>().join(" ");
    let bytes = std::fs::read(&path).map_err(|why| format!("{path}: {why}"))?;
    let mut fours = bytes.chunks_exact(4).map(|four| [four[0], four[1], four[2], four[3]]);
    let mut singles = |n: usize| fours.by_ref().take(n).map(f32::from_le_bytes).collect();
    let x: Vec<f32> = singles(samples * layers.inputs());
    let answers = match loss {
        "labels" => {
            let labels: Vec<f32> = singles(samples);
            Answers::Labels(labels.into_iter().map(|label| label as u32).collect())
        }
        _ => Answers::Values(singles(samples * layers.outputs())),
    };
    let order = fours.map(u32::from_le_bytes).collect();
    Ok(Case::Lesson(Lesson { layers, samples, batch, rate, x, answers, order }))
}

/// A gradient, a training, or the seconds of one.
fn measure(verb: &str, words: &mut Words<'_>, case: Option<&Case>) -> Result<String, String> {
    let (who, _) = (words.word()?, words.word()?);
    let runs = if words.more() { words.number()? } else { 1 };
    let (numbers, seconds) = match (case.ok_or("no network yet")?, who) {
        (Case::Network(network), "candle") => by_candle::vjp(network, runs),
        (Case::Network(network), "dfdx") => by_dfdx::vjp(network, runs),
        (Case::Network(network), "gemm") => by_gemm::vjp(network, runs),
        (Case::Lesson(lesson), "candle") => by_candle::train(lesson, runs),
        _ => Err(NEVER.into()),
    }?;
    Ok(match verb {
        "product" => format!("{{\"gradient\":{numbers:?}}}"),
        "train" => format!("{{\"p\":{numbers:?}}}"),
        _ => format!("{{\"seconds\":{seconds:?}}}"),
    })
}
