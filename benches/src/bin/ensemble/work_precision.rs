//! Error at the end against the time of all members: ours and theirs in turns, over a range of tolerances.

use crate::SUITE;
use crate::family::Family;
use crate::ours::{LANES, ONE_BY_ONE, Ours, TWO_THREADS};
use crate::studies::{self, Lorenz};
use crate::theirs::Theirs;
use benches::{
    Arguments, Contender, Measured, OURS, Point, Record, Recorder, interleave_within, turns,
};
use ode_core::{Save, Tsit5};
use std::error::Error;

/// The relative tolerances of a quick run are `10^-digits`.
const FEW_DIGITS: [u32; 3] = [4, 6, 8];

/// Where everything is measured: the tolerance of the defaults.
pub(crate) const NOMINAL: u32 = 6;

/// Seconds that are enough of one contender: five runs of most of them.
const LONG: f64 = 1.0;

/// Times of the output points.
const POINTS: u32 = 10;

/// One method ready to be timed.
pub(crate) struct Entry<'a> {
    pub(crate) who: String,
    pub(crate) method: String,
    /// What its row says besides the tolerance.
    pub(crate) setting: String,
    /// Median of the errors.
    pub(crate) error: f64,
    /// Times a run of all members.
    pub(crate) contender: Contender<'a>,
}

/// A measured entry.
pub(crate) struct Row {
    pub(crate) who: String,
    pub(crate) method: String,
    pub(crate) setting: String,
    pub(crate) point: Point,
}

/// All that has been measured on one thread.
#[derive(Default)]
pub(crate) struct All {
    pub(crate) problem: String,
    pub(crate) members: usize,
    /// The curves, where ours one by one are those of [`ALONE`].
    pub(crate) curves: Measured,
    /// The points of the curves at the tolerance of the defaults.
    pub(crate) nominal: Vec<Row>,
}

/// Ours one by one, in comparisons.
pub(crate) const ALONE: &str = "sciml, one by one";

/// Who a row is of in comparisons: ours in lanes and ours one by one are two. `None` if it is not compared.
fn contestant(row: &Row) -> Option<String> {
    match row.setting.as_str() {
        _ if row.who != OURS => Some(row.who.clone()),
        LANES => Some(OURS.into()),
        ONE_BY_ONE => Some(ALONE.into()),
        _ => None,
    }
}

/// Times the entries in turns, and writes their rows; those without a number are a failure if they are ours, and else a
/// line.
fn measure(
    recorder: &mut Recorder,
    (problem, rtol): (&str, f64),
    entries: Vec<Entry<'_>>,
    repeats: usize,
    failures: &mut Vec<String>,
) -> Result<Vec<Row>, Box<dyn Error>> {
    let (mut labels, mut contenders) = (Vec::new(), Vec::new());
    for Entry { who, method, setting, error, contender } in entries {
        labels.push((who, method, setting, error));
        contenders.push(contender);
    }
    let seconds = interleave_within(&mut contenders, repeats, LONG);
    let mut rows = Vec::new();
    for ((who, method, setting, error), seconds) in labels.into_iter().zip(seconds) {
        if !(error.is_finite() && seconds.is_finite()) {
            let line = format!("{who} {method} on {problem}, {rtol:e}: no number");
            match who.as_str() {
                OURS => failures.push(line),
                _ => recorder.remark(&format!("skipped: {line}"))?,
            }
            continue;
        }
        let text = format!("rtol={rtol:e} {setting}");
        recorder.write(&Record {
            suite: SUITE,
            who: &who,
            problem,
            method: &method,
            setting: text.trim_end(),
            error,
            seconds,
        })?;
        rows.push(Row { who, method, setting, point: Point { error, seconds } });
    }
    Ok(rows)
}

/// What lanes and threads are worth, for each of our methods.
fn remarks(recorder: &mut Recorder, rows: &[Row], members: usize) -> Result<(), Box<dyn Error>> {
    let ours = || rows.iter().filter(|row| row.who == OURS);
    for lanes in ours().filter(|row| row.setting == LANES) {
        let of = |setting: &str| {
            let same = |row: &&Row| row.method == lanes.method && row.setting == setting;
            ours().find(same).map_or(f64::NAN, |row| row.point.seconds)
        };
        let eight = lanes.point.seconds;
        recorder.remark(&format!(
            "{}: {:.2} µs a trajectory; 8 lanes / one by one: {:.2}; 2 threads / one: {:.2}",
            lanes.method,
            1e6 * eight / members as f64,
            of(ONE_BY_ONE) / eight,
            eight / of(TWO_THREADS),
        ))?;
    }
    Ok(())
}

/// Writes one record for each method, tolerance and way to solve all members of every study.
pub(crate) fn rows(
    recorder: &mut Recorder,
    arguments: &Arguments,
) -> Result<Vec<All>, Box<dyn Error>> {
    let (ours, mut failures) = (Ours::new()?, Vec::new());
    let (mut measured, mut none) = (Vec::new(), true);
    for study in studies::ALL {
        let family = Family::new(study, arguments)?;
        let problem = format!("{}, last", family.name());
        if arguments.wants_problem(&problem) {
            none = false;
            let line = format!("{problem}: two references end {:.0e} apart at most", family.doubt);
            recorder.remark(&line)?;
            measured.push(last(recorder, arguments, &ours, &family, problem, &mut failures)?);
        }
        let problem = format!("{}, {POINTS} points", family.name());
        if !study.is_stiff && arguments.wants_problem(&problem) {
            none = false;
            points(recorder, arguments, &ours, &family, &problem, &mut failures)?;
        }
    }
    if !failures.is_empty() {
        return Err(format!("solves that failed:\n  {}", failures.join("\n  ")).into());
    }
    if none {
        let words = arguments.problems.join(", ");
        return Err(format!("no problem has one of these words: {words}").into());
    }
    Ok(measured)
}

/// For the final states, over a range of tolerances, with the peers.
fn last(
    recorder: &mut Recorder,
    arguments: &Arguments,
    ours: &Ours,
    family: &Family,
    problem: String,
    failures: &mut Vec<String>,
) -> Result<All, Box<dyn Error>> {
    let mut all = All { problem, members: family.sweep.count, ..All::default() };
    let theirs = Theirs::new(family.study, recorder, arguments)?;
    for &digits in if arguments.quick { &FEW_DIGITS[..] } else { family.study.digits } {
        let (options, wide) = (family.options(digits, Save::Last), digits == NOMINAL);
        let peers = theirs.entries(family, &options, recorder, arguments)?;
        let entries = turns((family.study.ours)(ours, family, &options, wide), peers);
        let what = (all.problem.as_str(), options.rtol);
        let rows = measure(recorder, what, entries, arguments.repeats, failures)?;
        if wide {
            remarks(recorder, &rows, all.members)?;
        }
        for row in rows {
            let Some(who) = contestant(&row) else { continue };
            all.curves.push(&all.problem, &who, &row.method, row.point);
            if wide {
                all.nominal.push(Row { who, ..row });
            }
        }
    }
    Ok(all)
}

/// For many points of each trajectory: ours only.
fn points(
    recorder: &mut Recorder,
    arguments: &Arguments,
    ours: &Ours,
    family: &Family,
    problem: &str,
    failures: &mut Vec<String>,
) -> Result<(), Box<dyn Error>> {
    let end = family.study.tspan.1;
    let times = (1..=POINTS).map(|i| end * f64::from(i) / f64::from(POINTS)).collect();
    let options = family.options(NOMINAL, Save::At(times));
    let entries = ours.method(&Lorenz, family, Tsit5, &options, true);
    let rows = measure(recorder, (problem, options.rtol), entries, arguments.repeats, failures)?;
    remarks(recorder, &rows, family.sweep.count)
}
