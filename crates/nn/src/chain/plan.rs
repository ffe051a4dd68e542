use super::stage::Stage;
use super::step::{Op, Place, Step};
use crate::workspace::ROW_BYTES;
use crate::{Activation, Error, ErrorKind, Mlp};
use core::f64::consts::TAU;

/// The stages as a straight list of steps. Step `k` reads places before and writes place `k + 1`; place 0 is the input.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    /// Never empty.
    pub(crate) places: Vec<Place>,
    /// Which places depend on parameters.
    pub(crate) learned: Vec<bool>,
    pub(crate) params: usize,
    /// The largest setting of a stage: not every kind of numbers holds it.
    pub(crate) largest: (&'static str, f64),
}

impl Plan {
    pub(crate) fn new(inputs: usize, stages: &[Stage]) -> Result<Self, Error> {
        if inputs == 0 {
            return Err(ErrorKind::ZeroWidth { layer: 0 }.into());
        }
        let places = vec![Place { start: 0, width: inputs }];
        let largest = ("scale", 0.0);
        let mut plan = Self { steps: Vec::new(), places, learned: vec![false], params: 0, largest };
        for (number, stage) in stages.iter().enumerate() {
            plan.stage(number, stage)?;
        }
        Ok(plan)
    }

    /// A single network, whose sizes were checked when it was made.
    pub(crate) fn of(mlp: Mlp) -> Self {
        let places = vec![
            Place { start: 0, width: mlp.inputs() },
            Place { start: mlp.inputs(), width: mlp.outputs() },
        ];
        let params = mlp.num_params();
        let steps = vec![Step { op: Op::Mlp(mlp), input: 0, params: 0..params }];
        Self { steps, places, learned: vec![false, true], params, largest: ("scale", 0.0) }
    }

    /// The place that was written last.
    pub(crate) fn last(&self) -> Place {
        self.places.last().copied().unwrap_or(Place { start: 0, width: 0 })
    }

    /// Numbers of all places, per sample.
    pub(crate) fn total(&self) -> usize {
        let Place { start, width } = self.last();
        start + width
    }

    fn here(&self) -> usize {
        self.steps.len()
    }

    fn stage(&mut self, number: usize, stage: &Stage) -> Result<(), Error> {
        let width = self.last().width;
        let fits = |expected: usize| {
            let error = ErrorKind::StageWidth { stage: number, expected, found: width };
            if expected == width { Ok(()) } else { Err(Error::from(error)) }
        };
        match stage {
            Stage::Normalize(normalize) => {
                normalize.check()?;
                fits(normalize.shift.len())?;
                self.settings("Normalize.shift", normalize.shift.iter().copied());
                self.settings("Normalize.scale", normalize.scale.iter().copied());
                self.push(number, Op::Normalize(normalize.clone()), self.here(), width)?;
            }
            Stage::Fourier(fourier) => {
                fourier.check()?;
                fits(fourier.inputs)?;
                let angles = fourier.frequencies.iter().map(|b| TAU * b);
                self.settings("2 pi Fourier.frequencies", angles);
                let outputs = fourier.outputs();
                self.push(number, Op::Fourier(fourier.clone()), self.here(), outputs)?;
            }
            Stage::Mlp(mlp) => {
                fits(mlp.inputs())?;
                self.push(number, Op::Mlp(mlp.clone()), self.here(), mlp.outputs())?;
            }
            Stage::Modified(mlp) => {
                fits(mlp.inputs())?;
                self.modified(number, mlp)?;
            }
            Stage::Residual(stages) => {
                let from = self.here();
                for stage in stages {
                    self.stage(number, stage)?;
                }
                fits(self.last().width)?;
                self.push(number, Op::Add { from }, self.here(), width)?;
            }
            &Stage::Dropout { rate } => {
                if !(0.0..1.0).contains(&rate) {
                    let needs = "in [0, 1)";
                    return Err(ErrorKind::Setting { name: "rate", value: rate, needs }.into());
                }
                self.push(number, Op::Dropout { rate }, self.here(), width)?;
            }
        }
        Ok(())
    }

    fn settings(&mut self, name: &'static str, values: impl Iterator<Item = f64>) {
        for value in values {
            if value.abs() > self.largest.1.abs() {
                self.largest = (name, value);
            }
        }
    }

    fn modified(&mut self, number: usize, mlp: &Mlp) -> Result<(), Error> {
        let sizes: Vec<usize> = mlp.sizes().collect();
        let [inputs, hidden @ .., outputs] = sizes.as_slice() else { return Ok(()) };
        let [width, _, ..] = *hidden else {
            return Err(ErrorKind::UnequalWidths { stage: number, hidden: hidden.to_vec() }.into());
        };
        if hidden.iter().any(|&other| other != width) {
            return Err(ErrorKind::UnequalWidths { stage: number, hidden: hidden.to_vec() }.into());
        }
        let activation = mlp.hidden_activation();
        let layer = |sizes: [usize; 2], activation| {
            let layer = Mlp::new(&sizes, Activation::Identity)?;
            Ok::<_, Error>(Op::Mlp(layer.with_output_activation(activation)))
        };
        let x = self.here();
        let u = self.push(number, layer([*inputs, width], activation)?, x, width)?;
        let v = self.push(number, layer([*inputs, width], activation)?, x, width)?;
        self.push(number, layer([*inputs, width], activation)?, x, width)?;
        for _ in 1..hidden.len() {
            self.push(number, layer([width, width], activation)?, self.here(), width)?;
            self.push(number, Op::Mix { u, v }, self.here(), width)?;
        }
        let last = layer([width, *outputs], mlp.output_activation())?;
        self.push(number, last, self.here(), *outputs)?;
        Ok(())
    }

    /// A step that reads place `input`; gives the place that it writes.
    fn push(&mut self, stage: usize, op: Op, input: usize, width: usize) -> Result<usize, Error> {
        let inputs = self.places[input].width;
        let too_large = || ErrorKind::TooLarge { layer: stage, inputs, outputs: width };
        let fits = |n: &usize| *n <= isize::MAX as usize / ROW_BYTES / 2;
        let own = match &op {
            Op::Mlp(mlp) => mlp.num_params(),
            _ => 0,
        };
        let start = self.total();
        let end = self.params.checked_add(own).filter(fits).ok_or_else(too_large)?;
        start.checked_add(width).filter(fits).ok_or_else(too_large)?;
        let read = match op {
            Op::Add { from } => [input, from, from],
            Op::Mix { u, v } => [input, u, v],
            _ => [input; 3],
        };
        self.learned.push(own > 0 || read.iter().any(|&place| self.learned[place]));
        self.steps.push(Step { op, input, params: self.params..end });
        self.places.push(Place { start, width });
        self.params = end;
        Ok(self.here())
    }
}
