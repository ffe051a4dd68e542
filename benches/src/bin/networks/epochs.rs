//! Seconds of an epoch of training: Adam on the same batches in the same order, until the same loss.

use crate::SUITE;
use crate::case::Row;
use crate::lesson::Lesson;
use crate::theirs::{self, Crew};
use benches::{Arguments, Contender, OURS, Record, Recorder, interleave};
use nn::Real;
use std::cell::RefCell;
use std::error::Error;

/// How far losses may be from ours in `f64`, relatively: the same steps, rounded otherwise.
const DOUBLES: f64 = 1e-6;
const SINGLES: f64 = 2e-2;

/// Measures every lesson with everybody.
pub(crate) fn rows(
    crew: &mut Crew,
    recorder: &mut Recorder,
    arguments: &Arguments,
) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut measured = Vec::new();
    let few = |many: usize, few: usize| if arguments.quick { few } else { many };
    let regression = Lesson::regression;
    type Make<'a> = &'a dyn Fn(&'static str) -> Result<Lesson, Box<dyn Error>>;
    let lessons: [(&'static str, Make<'_>); 3] = [
        ("train-24-8-2", &|name| regression(name, &[24, 8, 2], 200, 200)),
        ("train-4-32-16-4", &|name| regression(name, &[4, 32, 16, 4], few(10_000, 500), 20)),
        ("train-784-128-10", &|_| Lesson::digits(few(10_000, 300), few(3, 2))),
    ];
    for (name, make) in lessons {
        if !arguments.wants_problem(name) {
            continue;
        }
        let lesson = make(name)?;
        for single in [false, true] {
            measure(&lesson, single, crew, recorder, arguments, &mut measured)?;
        }
    }
    Ok(measured)
}

fn measure(
    lesson: &Lesson,
    single: bool,
    crew: &mut Crew,
    recorder: &mut Recorder,
    arguments: &Arguments,
    measured: &mut Vec<Row>,
) -> Result<(), Box<dyn Error>> {
    let kind = if single { "f32" } else { "f64" };
    let exact = lesson.judge(&lesson.learn::<f64>(lesson.epochs)?.p)?.0;
    let own = match single {
        false => lesson.learn::<f64>(lesson.epochs)?.p,
        true => lesson.learn::<f32>(lesson.epochs)?.p.into_iter().map(f64::from).collect(),
    };
    let mut names = vec![(OURS.to_owned(), "Training".to_owned(), lesson.judge(&own)?)];
    let written = lesson.to_file()?;
    let mut asked = Vec::new();
    let line = line(lesson, kind, &written.path().to_string_lossy());
    for way in crew.introduce(&line, arguments, |member| &member.training, recorder)? {
        match crew.train(&way, lesson.epochs) {
            Ok(p) if p.len() == lesson.p.len() => {
                let judged = lesson.judge(&p)?;
                let tolerance = if single { SINGLES } else { DOUBLES };
                let off = (judged.0 / exact - 1.0).abs();
                if off > tolerance || off.is_nan() {
                    let loss = judged.0;
                    let what = format!("{} {}: ends at {loss:e}", way.who, way.method);
                    return Err(format!("{what}, {off:.1e} away from {exact:e}").into());
                }
                names.push((way.who.clone(), way.method.clone(), judged));
                asked.push(way);
            }
            Ok(p) => {
                let (who, n) = (&way.who, p.len());
                recorder.remark(&format!("skipped: {who}: {n} parameters"))?;
            }
            Err(why) if why.is_never() => {}
            Err(why) => recorder.remark(&format!("skipped: {}: {why}", lesson.problem))?,
        }
    }
    let crew = RefCell::new(crew);
    let mut contenders = vec![Contender::timed(|epochs| match single {
        false => seconds::<f64>(lesson, epochs),
        true => seconds::<f32>(lesson, epochs),
    })];
    for way in &asked {
        let crew = &crew;
        contenders.push(Contender::timed(move |runs| crew.borrow_mut().seconds(way, runs)));
    }
    let seconds = interleave(&mut contenders, arguments.repeats);
    drop(contenders);
    for ((who, method, (loss, right)), seconds) in names.into_iter().zip(seconds) {
        if seconds.is_nan() {
            recorder.remark(&format!("{who} {method}: failed"))?;
            continue;
        }
        let right = right.map_or(String::new(), |part| format!(" right={:.2}%", 100.0 * part));
        let setting = &format!(
            "{kind} batch={} after {} epochs loss={loss:.5e}{right}",
            lesson.batch, lesson.epochs
        );
        let (suite, problem, error) = (SUITE, lesson.problem, (loss / exact - 1.0).abs());
        let record = Record { suite, who: &who, problem, method: &method, setting, error, seconds };
        recorder.write(&record)?;
        measured.push(Row { problem, single, batch: lesson.batch, who, method, seconds });
    }
    Ok(())
}

/// What the programs of others are told.
fn line(lesson: &Lesson, kind: &str, path: &str) -> String {
    let sizes: Vec<String> = lesson.mlp.sizes().map(|size| size.to_string()).collect();
    format!(
        "training {} {kind} {} {} {:e} {} {} {} {path}",
        lesson.loss(),
        lesson.samples,
        lesson.batch,
        lesson.rate,
        sizes.len(),
        sizes.join(" "),
        theirs::list(&lesson.p)
    )
}

/// Seconds of so many epochs of ours, from the end of the first one to the end of the last but one: the loss of all samples is
/// computed before and after. NaN if it fails.
fn seconds<T: Real>(lesson: &Lesson, epochs: usize) -> f64 {
    match lesson.learn::<T>(epochs + 2) {
        Ok(learned) => (learned.ends[epochs] - learned.ends[0]).as_secs_f64(),
        Err(_) => f64::NAN,
    }
}
