use std::num::NonZeroUsize;
use std::path::PathBuf;

/// The options, for people.
pub(crate) const USAGE: &str = "\
options: [--json FILE] [--repeats N] [--problems A,B] [--who A,B] [--quick]
  --json FILE      also write one JSON object a line to FILE
  --repeats N      how often each measurement is repeated; the fastest counts
  --problems A,B   only problems with one of these words in their names
  --who A,B        measure only these peers besides ourselves; `--who sciml` measures none
  --quick          every other tolerance, and at most three repeats";

/// Repeats of a quick run.
const FEW: usize = 3;

/// The command line of a suite.
///
/// ```
/// use benches::Arguments;
///
/// let line = lexopt::Parser::from_args(["--json", "rows.json", "--problems", "lotka,lorenz"]);
/// let arguments = Arguments::parse(line, 25)?.unwrap_or_default();
/// assert_eq!(arguments.json.as_deref(), Some("rows.json".as_ref()));
/// assert_eq!(arguments.repeats, 25);
/// assert!(arguments.wants_problem("lorenz63_short") && !arguments.wants_problem("arenstorf"));
/// # Ok::<(), lexopt::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Where to write one JSON object a line.
    pub json: Option<PathBuf>,
    /// How often each measurement is repeated.
    pub repeats: usize,
    /// Words of which a problem's name must have one; empty for all problems.
    pub problems: Vec<String>,
    /// Names of peers; empty for all.
    pub who: Vec<String>,
    /// Whether the run should be short.
    pub quick: bool,
}

impl Arguments {
    /// Reads the options of a suite; `None` if help is asked for.
    ///
    /// # Errors
    ///
    /// When an option is unknown or lacks its value, `N` is not a positive integer, or a list is
    /// empty.
    pub fn parse(mut line: lexopt::Parser, repeats: usize) -> Result<Option<Self>, lexopt::Error> {
        use lexopt::prelude::*;
        let mut arguments = Self { repeats, ..Self::default() };
        let mut chosen = None;
        while let Some(argument) = line.next()? {
            match argument {
                Long("json") => arguments.json = Some(line.value()?.into()),
                Long("repeats") => chosen = Some(line.value()?.parse::<NonZeroUsize>()?.get()),
                Long("problems") => arguments.problems = list(line.value()?.string()?)?,
                Long("who") => arguments.who = list(line.value()?.string()?)?,
                Long("quick") => arguments.quick = true,
                Short('h') | Long("help") => return Ok(None),
                _ => return Err(argument.unexpected()),
            }
        }
        let usual = if arguments.quick { repeats.min(FEW) } else { repeats };
        arguments.repeats = chosen.unwrap_or(usual);
        Ok(Some(arguments))
    }

    /// Whether a problem of this name is to be measured.
    pub fn wants_problem(&self, name: &str) -> bool {
        self.problems.is_empty() || self.problems.iter().any(|word| name.contains(word))
    }

    /// Whether a peer of this name is to be measured.
    pub fn wants(&self, who: &str) -> bool {
        self.who.is_empty() || self.who.iter().any(|name| name == who)
    }
}

fn list(text: String) -> Result<Vec<String>, lexopt::Error> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_owned).collect();
    if words.is_empty() { Err("an empty list".into()) } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Option<Arguments>, lexopt::Error> {
        Arguments::parse(lexopt::Parser::from_args(words), 25)
    }

    fn read(words: &[&str]) -> Arguments {
        parse(words).unwrap().unwrap()
    }

    #[test]
    fn what_is_not_said_stays_as_it_is() {
        let plain = Arguments { repeats: 25, ..Arguments::default() };
        assert_eq!(read(&[]), plain);
        assert_eq!(read(&["--repeats=7"]).repeats, 7);
        assert_eq!(parse(&["--help"]).unwrap(), None);
        assert!(plain.wants("diffsol") && plain.wants_problem("arenstorf"));
    }

    #[test]
    fn lists_select() {
        let some = read(&["--who", "scipy, diffsol", "--problems=lotka,bruss"]);
        assert!(some.wants("scipy") && some.wants("diffsol") && !some.wants("diff"));
        assert!(some.wants_problem("lotka_volterra") && some.wants_problem("brusselator_1d_n500"));
        assert!(!some.wants_problem("lorenz63_short"));
    }

    #[test]
    fn quick_is_few_repeats_unless_said() {
        assert_eq!(read(&["--quick"]).repeats, FEW);
        assert_eq!(read(&["--quick", "--repeats", "9"]).repeats, 9);
        assert_eq!(read(&["--repeats", "9", "--quick"]).repeats, 9);
    }

    #[test]
    fn mistakes_are_errors() {
        for words in [
            &["--json"][..],
            &["--repeats"],
            &["--repeats", "0"],
            &["--repeats", "-1"],
            &["--repeats", "many"],
            &["--problems"],
            &["--problems", ""],
            &["--who", ","],
            &["--fast"],
            &["lorenz"],
        ] {
            assert!(parse(words).is_err(), "{words:?}");
        }
    }
}
