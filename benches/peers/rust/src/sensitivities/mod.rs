//! Gradients of a sum of squares of a solution by the parameters.

mod by_diffsol;
mod smooth;

use crate::protocol::Words;
use smooth::{LotkaVolterra, Pollution, Smooth};

/// The ways of a crate.
pub(crate) fn methods(name: &str) -> &'static [&'static str] {
    if name == "diffsol" { by_diffsol::METHODS } else { &[] }
}

/// The question last asked.
#[derive(Default)]
pub(crate) struct Question {
    model: Option<&'static dyn Smooth>,
    p: Vec<f64>,
    u0: Vec<f64>,
    t0: f64,
    times: Vec<f64>,
    /// One state after the other, or nothing.
    data: Vec<f64>,
    rtol: f64,
    atol: f64,
}

impl Question {
    pub(crate) fn read(words: &mut Words<'_>) -> Result<Self, String> {
        let model: &'static dyn Smooth = match words.word()? {
            "lotka_volterra" => &LotkaVolterra,
            "pollution" | "pollution_6_times" => &Pollution,
            other => return Err(format!("no problem `{other}`")),
        };
        let (t0, _end): (f64, f64) = (words.number()?, words.number()?);
        let (p, u0) = (words.vector()?, words.vector()?);
        let (times, data) = (words.vector()?, words.vector()?);
        if (u0.len(), p.len()) != model.sizes() || times.is_empty() {
            return Err("wrong numbers of states, parameters or times".into());
        }
        Ok(Self { model: Some(model), p, u0, t0, times, data, rtol: 0.0, atol: 0.0 })
    }

    /// `f(u)`, if there is a question.
    pub(crate) fn derivative(&self, u: &[f64]) -> Option<Vec<f64>> {
        let model = self.model.filter(|model| model.sizes().0 == u.len())?;
        let mut du = vec![0.0; u.len()];
        model.f(u, &self.p, &mut du);
        Some(du)
    }

    /// `2 (u - d)` at save time `i`.
    fn bar(&self, i: usize, j: usize, u: f64) -> f64 {
        2.0 * (u - self.data.get(i * self.u0.len() + j).copied().unwrap_or(0.0))
    }
}

/// The rest of a line `sensitivity WHO METHOD RTOL ATOL RUNS`.
pub(crate) fn answer(words: &mut Words<'_>, question: &mut Question) -> Result<String, String> {
    let (who, method) = (words.word()?.to_owned(), words.word()?.to_owned());
    (question.rtol, question.atol) = (words.number()?, words.number()?);
    let runs = words.number()?;
    let model = question.model.ok_or("no question yet")?;
    if !methods(&who).contains(&method.as_str()) {
        return Err(format!("no method `{method}` of `{who}`"));
    }
    let (gradient, seconds) = by_diffsol::gradient(model, &method, question, runs)?;
    if !gradient.iter().all(|x| x.is_finite()) {
        return Err("the gradient is not finite".into());
    }
    Ok(format!("{{\"gradient\":{gradient:?},\"seconds\":{seconds:?}}}"))
}
