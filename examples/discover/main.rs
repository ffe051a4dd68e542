//! From measurements and half a model to the model.
//!
//! Reads measurements of prey and predators (by default the lynx and hare pelts of the Hudson's Bay
//! Company), fits what is known and a small network for what is not, turns the network into
//! equations, fits these again, forecasts what was held back, and compares with simpler ways.

mod arguments;
mod baselines;
mod console;
mod equations;
mod folder;
mod forecast;
mod json;
mod mechanistic;
mod models;
mod noise;
mod page;
mod scenario;
mod selection;
mod truth;
mod universal;

use arguments::{Arguments, USAGE};
use console::Console;
use equations::Discovered;
use folder::Folder;
use forecast::Forecast;
use models::Knowledge;
use scenario::Scenario;
use sciml::fit::Trained;
use serde_json::json;
use std::error::Error;
use std::process::ExitCode;
use universal::{Plan, Universal};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            if let Some(advice) = arguments::advice(error.as_ref()) {
                eprintln!("  here: {advice}");
            }
            ExitCode::from(if error.is::<arguments::Misuse>() { 2 } else { 1 })
        }
    }
}

/// Names of the models with a network.
const MISSING: &str = "universal ODE, no interactions";
const CORRECTED: &str = "universal ODE, corrected LV";
const NEURAL: &str = "neural ODE";

/// Equations, or why there are none: the other models go on.
type Found = Result<Discovered, String>;

/// Everything that the report shows.
struct Findings<'a> {
    scenario: &'a Scenario,
    seed: u64,
    mechanistic: mechanistic::Mechanistic,
    /// The hybrid model with the interactions missing.
    universal: Forecast,
    training: Option<Trained>,
    interactions: Found,
    /// The hybrid model that corrects Lotka–Volterra, and what was found by it.
    corrected: Forecast,
    limited: Found,
    baselines: Vec<Forecast>,
}

impl Findings<'_> {
    /// All models, in the order of the tables.
    fn forecasts(&self) -> Vec<&Forecast> {
        let mut all = vec![&self.mechanistic.forecast, &self.universal];
        all.extend(self.interactions.as_ref().ok().map(|found| &found.forecast));
        all.push(&self.corrected);
        all.extend(self.limited.as_ref().ok().map(|found| &found.forecast));
        all.extend(&self.baselines);
        all
    }

    /// Who wins, in words.
    fn verdict(&self) -> String {
        let best = |score: fn(&Forecast) -> Option<f64>| {
            let all = self.forecasts();
            let scored = all.iter().filter_map(|f| Some((f.name, score(f)?)));
            scored.min_by(|a, b| a.1.total_cmp(&b.1))
        };
        let mut words = String::new();
        if let Some((name, score)) = best(|f| f.train) {
            words += &format!("The training data are fitted best by: {name} (error {score:.3}). ");
        }
        if let Some((name, score)) = best(|f| f.test) {
            words +=
                &format!("The rows that no model saw are forecast best by: {name} ({score:.3}). ");
        }
        let equations = self.interactions.as_ref().ok();
        if let Some(score) = equations.and_then(|found| found.forecast.test) {
            words += &format!("The equations below reach {score:.3}.");
        }
        words
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(lexopt::Parser::from_env())?;
    if arguments.help {
        print!("{USAGE}");
        return Ok(());
    }
    let seed = arguments.seed;
    let scenario = Scenario::new(&arguments.source, seed)?;
    let out = Folder::create(&arguments.out)?;
    println!("{}\n", scenario.title);
    println!("{}", scenario.train);
    println!("{} rows after {} are held back\n", scenario.test.len(), scenario.train_end());
    let mut console = Console::new();

    // 1. The mechanistic model.
    let mechanistic = console.step("mechanistic", |_| mechanistic::fit(&scenario, seed))?;
    let theta = &mechanistic.trained.theta;
    let noise = mechanistic.trained.loss;

    // 2. Hybrid models: without the interactions, and with all of Lotka–Volterra.
    let rate = 4.0 / (scenario.train_end() - scenario.start());
    let start = scenario.first_guess();
    let plan =
        |name, knowledge, start, physical| Plan { name, knowledge, start, physical, noise, seed };
    let growth = [rate, rate];
    let missing = plan(MISSING, Knowledge::GrowthAndDeath, &start, &growth);
    let correct = plan(CORRECTED, Knowledge::LotkaVolterra, &theta[..2], &theta[2..]);
    let nothing = plan(NEURAL, Knowledge::Nothing, &start, &[]);
    let mut train = |step, plan: &Plan<'_>| {
        let trained = console.step(step, |console| universal::train(&scenario, plan, console));
        trained.map_err(|error| error.to_string())
    };
    let missing = train("universal, interactions", &missing);
    let correct = train("universal, corrections", &correct);
    let neural = train("neural ODE", &nothing);

    // 3. From networks to equations.
    let [prey, predator] = scenario.names.clone();
    let product = format!("{prey}·{predator}");
    let own = [vec![prey.clone()], vec![predator.clone()]];
    let all = [vec![prey, product.clone()], vec![predator, product]];
    let mut discover = |step, name, universal: &Result<Universal, String>, known| -> Found {
        let universal = universal.as_ref().map_err(|_| "its network could not be trained")?;
        console
            .step(step, |_| equations::discover(name, &scenario, universal, known, seed))
            .map_err(|error| error.to_string())
    };
    let interactions = discover("equations, interactions", "discovered equations", &missing, &own);
    let limited = discover("equations, corrections", "discovered corrections", &correct, &all);

    // 4. What they must beat.
    let sindy = console.step("direct SINDy", |_| baselines::direct_sindy(&scenario));
    let forecast = |name, trained: Result<Universal, String>| {
        trained.map_or_else(|why| Forecast::failed(name, why), |universal| universal.forecast)
    };
    let training = missing.as_ref().ok().map(|universal| universal.members[0].clone());
    let baselines = vec![
        forecast(NEURAL, neural),
        sindy,
        baselines::persistence(&scenario),
        baselines::periodic(&scenario),
    ];
    let found = Findings {
        scenario: &scenario,
        seed,
        mechanistic,
        universal: forecast(MISSING, missing),
        training,
        interactions,
        corrected: forecast(CORRECTED, correct),
        limited,
        baselines,
    };
    let headings = ["Discovered equations:", "With corrections to Lotka-Volterra:"];
    for (heading, equations) in headings.iter().zip([&found.interactions, &found.limited]) {
        println!("\n{heading}");
        match equations {
            Ok(found) => found.model.equations().iter().for_each(|e| println!("  {e}")),
            Err(why) => println!("  none: {why}"),
        }
    }
    console::scores(&found.forecasts());
    println!("\n{}", found.verdict());

    let mut extra = json!({});
    if let (true, Ok(equations)) = (scenario.synthetic, &found.interactions) {
        let recovery = truth::recovery(&scenario, equations)?;
        println!(
            "\nAgainst the truth: terms {}, coefficients within {:.2} %, period within {:.2} %, \
             peaks within {:.2} %",
            if recovery.exact_terms { "exactly right" } else { "not those of the truth" },
            100.0 * recovery.coefficients,
            100.0 * recovery.period,
            100.0 * recovery.peaks,
        );
        extra = json!({ "recovery": {
            "exact_terms": recovery.exact_terms,
            "coefficients": recovery.coefficients,
            "period": recovery.period,
            "peaks": recovery.peaks,
        }});
    }

    let equations = found.interactions.as_ref().map_or(Vec::new(), |f| f.model.equations());
    let report = json::report(&equations, &found.forecasts(), &console.seconds, seed, extra);
    out.write("forecast.svg", &page::picture(&found)?)?;
    let html = out.write("report.html", &page::page(&found)?.to_html())?;
    let json = out.write("report.json", &serde_json::to_string_pretty(&report)?)?;
    println!("\nWritten: {} and {}", html.display(), json.display());
    Ok(())
}
