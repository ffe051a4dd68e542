//! From measurements and half a model to the model.
//!
//! Reads measurements of prey and predators (by default the lynx and hare pelts of the Hudson's Bay
//! Company), fits what is known and a small network for what is not, turns the network into
//! equations, fits these again, forecasts what was held back, and compares with simpler ways.

mod arguments;
mod baselines;
mod console;
mod equations;
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
use forecast::Forecast;
use models::Knowledge;
use scenario::Scenario;
use sciml::fit::Trained;
use serde_json::json;
use std::error::Error;
use std::process::ExitCode;
use universal::Plan;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Everything that the report shows.
struct Findings<'a> {
    scenario: &'a Scenario,
    seed: u64,
    mechanistic: mechanistic::Mechanistic,
    /// The hybrid model with the interactions missing.
    universal: Forecast,
    training: Trained,
    interactions: Discovered,
    /// The hybrid model that corrects Lotka–Volterra, and what was found by it.
    corrected: Forecast,
    limited: Result<Discovered, String>,
    baselines: Vec<Forecast>,
}

impl Findings<'_> {
    /// All models, in the order of the tables.
    fn forecasts(&self) -> Vec<&Forecast> {
        let mut all =
            vec![&self.mechanistic.forecast, &self.universal, &self.interactions.forecast];
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
        if let Some(score) = self.interactions.forecast.test {
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
    println!("{}\n", scenario.title);
    println!("{}\n{}", scenario.train, scenario.test.len());
    let mut console = Console::new();

    // 1. The mechanistic model.
    let mechanistic = console.step("mechanistic", |_| mechanistic::fit(&scenario, seed))?;
    let theta = &mechanistic.trained.theta;
    let noise = mechanistic.trained.loss;

    // 2. Hybrid models: without the interactions, and with all of Lotka–Volterra.
    let rate = 4.0 / (scenario.train_end() - scenario.start());
    let plan = |name, knowledge, physical| Plan { name, knowledge, physical, noise, seed };
    let growth = [rate, rate];
    let missing = plan("universal ODE, no interactions", Knowledge::GrowthAndDeath, &growth);
    let missing =
        console.step("universal, interactions", |c| universal::train(&scenario, &missing, c))?;
    let correct = plan("universal ODE, corrected LV", Knowledge::LotkaVolterra, &theta[2..]);
    let correct =
        console.step("universal, corrections", |c| universal::train(&scenario, &correct, c))?;

    // 3. From networks to equations.
    let [prey, predator] = scenario.names.clone();
    let product = format!("{prey}·{predator}");
    let known = [vec![prey.clone()], vec![predator.clone()]];
    let interactions = console.step("equations, interactions", |_| {
        equations::discover("discovered equations", &scenario, &missing, &known, seed)
    })?;
    let known = [vec![prey, product.clone()], vec![predator, product]];
    let limited = console
        .step("equations, corrections", |_| {
            equations::discover("discovered corrections", &scenario, &correct, &known, seed)
        })
        .map_err(|error| error.to_string());

    // 4. What they must beat.
    let nothing = plan("neural ODE", Knowledge::Nothing, &[]);
    let neural = console.step("neural ODE", |c| universal::train(&scenario, &nothing, c))?;
    let (sindy, _) = console.step("direct SINDy", |_| baselines::direct_sindy(&scenario));
    let baselines = vec![
        neural.forecast,
        sindy,
        baselines::persistence(&scenario),
        baselines::periodic(&scenario),
    ];

    let training = missing.members[0].clone();
    let found = Findings {
        scenario: &scenario,
        seed,
        mechanistic,
        universal: missing.forecast,
        training,
        interactions,
        corrected: correct.forecast,
        limited,
        baselines,
    };
    println!("\nDiscovered equations:");
    for equation in found.interactions.model.equations() {
        println!("  {equation}");
    }
    if let Ok(limited) = &found.limited {
        println!("With corrections to Lotka-Volterra:");
        for equation in limited.model.equations() {
            println!("  {equation}");
        }
    }
    console::scores(&found.forecasts());
    println!("\n{}", found.verdict());

    let mut extra = json!({});
    if scenario.synthetic {
        let recovery = truth::recovery(&scenario, &found.interactions)?;
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

    let html = arguments.out.join("report.html");
    page::page(&found)?.write(&html)?;
    std::fs::write(arguments.out.join("forecast.svg"), page::picture(&found)?)?;
    let equations = found.interactions.model.equations();
    let report = json::report(&equations, &found.forecasts(), &console.seconds, seed, extra);
    let path = arguments.out.join("report.json");
    std::fs::write(&path, serde_json::to_string_pretty(&report)?)?;
    println!("\nWritten: {} and {}", html.display(), path.display());
    Ok(())
}
