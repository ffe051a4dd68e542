use crate::catalogue::{self, Kind};
use crate::document::{self, Numbers, Ordered, Setting};
use crate::{Equations, Error};
use serde::Deserialize;

/// A problem with events whose times are known in closed form.
///
/// ```
/// let ball = testset::EventReference::load("event_bouncing_ball")?;
/// assert_eq!(ball.events[0].t, 1.42784312292706446696728018775);
/// assert_eq!(ball.events.iter().filter(|event| event.t <= ball.tspan.1).count(), 7);
/// # Ok::<(), testset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EventReference {
    /// The name to load it by.
    pub name: String,
    /// A title for people.
    pub title: String,
    /// Names of the states, in order.
    pub variables: Vec<String>,
    /// Initial state.
    pub u0: Vec<f64>,
    /// Parameters.
    pub p: Vec<f64>,
    /// Names of the parameters, in order.
    pub param_names: Vec<String>,
    /// First and last time.
    pub tspan: (f64, f64),
    /// The right-hand sides as text.
    pub equations: Equations,
    /// Condition and effect, in words.
    pub event: String,
    /// The events in order. (Those of the bouncing ball go on after the end of `tspan`.)
    pub events: Vec<Event>,
    /// States at some times.
    pub points: Vec<StateAt>,
    /// Where the event times of the bouncing ball accumulate.
    pub zeno_time: Option<f64>,
    /// Where the problem comes from.
    pub source: String,
    /// Closed forms, what to check.
    pub notes: String,
    /// How the values were computed.
    pub method: String,
    /// How accurate they are.
    pub estimated_accuracy: String,
}

/// One event. Which fields are known depends on the problem.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Its number, from 1.
    pub k: u32,
    /// Its time.
    pub t: f64,
    /// Velocity just before.
    pub v_before: Option<f64>,
    /// Velocity just after.
    pub v_after: Option<f64>,
    /// +1 if the condition rises through zero, -1 if it falls.
    pub direction: Option<i8>,
    /// The whole state.
    pub state: Option<Vec<f64>>,
}

/// The state at one time, and how many events came before.
#[derive(Clone, Debug, PartialEq)]
pub struct StateAt {
    /// The time.
    pub t: f64,
    /// The state.
    pub u: Vec<f64>,
    /// Events until then.
    pub events_so_far: u32,
}

impl EventReference {
    /// Reads a reference of kind [`Kind::Event`].
    ///
    /// # Errors
    ///
    /// [`UnknownReference`](crate::ErrorKind::UnknownReference),
    /// [`WrongKind`](crate::ErrorKind::WrongKind), or what is wrong with the file.
    pub fn load(name: &str) -> Result<Self, Error> {
        let file: File = document::read(name, catalogue::text(name, &[Kind::Event])?)?;
        let (parameters, start) = (&file.parameters, &file.initial_values);
        let setting = Setting::read(name, (&[], &file.equations), parameters, start, &file.t_span)?;
        let Setting { variables, u0, param_names, p, tspan, equations } = setting;
        let (numbers, dim) = (Numbers::new(name), variables.len());
        let value = |text: &Option<String>, field: &str| {
            text.as_ref().map(|text| numbers.value(text, field)).transpose()
        };
        let mut events = Vec::new();
        for event in &file.reference_events {
            let place = format!("reference_events, k = {}", event.k);
            let state = event.state.as_ref();
            events.push(Event {
                k: event.k,
                t: numbers.value(&event.t, &place)?,
                v_before: value(&event.v_before, &place)?,
                v_after: value(&event.v_after, &place)?,
                direction: event.direction,
                state: state.map(|u| numbers.vector_of(dim, u, &place)).transpose()?,
            });
        }
        let mut points = Vec::new();
        for point in &file.reference {
            points.push(StateAt {
                t: numbers.value(&point.t, "reference, t")?,
                u: numbers.vector_of(dim, &point.u, "reference, u")?,
                events_so_far: point.impacts_so_far,
            });
        }
        Ok(Self {
            name: file.name,
            title: file.title,
            variables,
            u0,
            p,
            param_names,
            tspan,
            equations,
            event: file.event,
            events,
            points,
            zeno_time: value(&file.zeno_time, "zeno_time")?,
            source: file.source,
            notes: file.notes,
            method: file.method,
            estimated_accuracy: file.estimated_accuracy,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    title: String,
    #[serde(rename = "kind")]
    _kind: Kind,
    equations: Vec<String>,
    event: String,
    parameters: Ordered<String>,
    initial_values: Ordered<String>,
    t_span: [String; 2],
    reference_events: Vec<EventText>,
    #[serde(default)]
    reference: Vec<PointText>,
    zeno_time: Option<String>,
    method: String,
    estimated_accuracy: String,
    source: String,
    notes: String,
    #[serde(rename = "conventions")]
    _conventions: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventText {
    k: u32,
    t: String,
    v_before: Option<String>,
    v_after: Option<String>,
    direction: Option<i8>,
    state: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PointText {
    t: String,
    u: Vec<String>,
    impacts_so_far: u32,
}
