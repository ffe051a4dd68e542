use crate::error::check_count;
use crate::{Error, ErrorKind, evaluate};
use std::collections::HashMap;

/// The equations of a reference file as text, with an evaluator that shares nothing with the
/// [`models`](crate::models): the proof that those are right.
///
/// ```
/// let reference = testset::Reference::load("lotka_volterra")?;
/// assert_eq!(reference.equations.right_hand_sides, ["a*x-b*x*y", "-c*y+d*x*y"]);
/// let du = reference.equations.eval(0.0, &[2.0, 1.0], &[1.5, 1.0, 3.0, 1.0])?;
/// assert_eq!(du, [1.0, -1.0]);
/// # Ok::<(), testset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Equations {
    /// Names of the states, in order.
    pub variables: Vec<String>,
    /// Names of the parameters, in order.
    pub param_names: Vec<String>,
    /// Named expressions that the right-hand sides use, in order of evaluation.
    pub auxiliary: Vec<(String, String)>,
    /// One expression for each state. In a differential-algebraic system, that of an algebraic
    /// equation is its residual.
    pub right_hand_sides: Vec<String>,
    name: String,
}

impl Equations {
    pub(crate) fn read(
        name: &str,
        variables: &[String],
        param_names: &[String],
        auxiliary: &[String],
        equations: &[String],
    ) -> Result<Self, Error> {
        let place = |what: &str| format!("reference `{name}`, {what}");
        check_count(variables.len(), equations.len(), || place("equations"))?;
        let split = |text: &String, left: &str| {
            let found = text.split_once('=');
            found.filter(|(side, _)| side.trim() == left).map(|(_, right)| right.trim().to_string())
        };
        let mut right_hand_sides = Vec::new();
        for (variable, text) in variables.iter().zip(equations) {
            let right = split(text, &format!("d{variable}/dt")).or_else(|| split(text, "0"));
            right_hand_sides.push(right.ok_or_else(|| ErrorKind::Equation {
                place: place(variable),
                text: text.clone(),
            })?);
        }
        let mut named = Vec::new();
        for text in auxiliary {
            let (left, right) = text.split_once('=').ok_or_else(|| ErrorKind::Equation {
                place: place("auxiliary"),
                text: text.clone(),
            })?;
            named.push((left.trim().to_string(), right.trim().to_string()));
        }
        Ok(Self {
            variables: variables.to_vec(),
            param_names: param_names.to_vec(),
            auxiliary: named,
            right_hand_sides,
            name: name.to_string(),
        })
    }

    /// The right-hand sides at `(t, u, p)`. Slow: the text is read at each call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Count`] if `u` or `p` has the wrong length, [`ErrorKind::Expression`] if the
    /// text cannot be evaluated.
    pub fn eval(&self, t: f64, u: &[f64], p: &[f64]) -> Result<Vec<f64>, Error> {
        let place = |what: &str| format!("reference `{}`, {what}", self.name);
        check_count(self.variables.len(), u.len(), || place("u"))?;
        check_count(self.param_names.len(), p.len(), || place("p"))?;
        let mut scope = HashMap::from([("t", t)]);
        let states = self.variables.iter().zip(u);
        scope.extend(states.chain(self.param_names.iter().zip(p)).map(|(n, v)| (n.as_str(), *v)));
        let value = |scope: &HashMap<&str, f64>, text: &str, what: &str| {
            let value_of = |name: &str| scope.get(name).copied();
            evaluate(text, &value_of)
                .map_err(|error| Error::from(ErrorKind::Expression { place: place(what), error }))
        };
        for (name, text) in &self.auxiliary {
            let found = value(&scope, text, name)?;
            scope.insert(name, found);
        }
        let sides = self.right_hand_sides.iter().zip(&self.variables);
        sides.map(|(text, variable)| value(&scope, text, variable)).collect()
    }
}
