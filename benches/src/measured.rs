use crate::{Point, seconds_at};

/// The name of ourselves in records.
pub const OURS: &str = "sciml";

/// The work-precision curve of one method on one problem.
#[derive(Clone, Debug)]
struct Curve {
    problem: String,
    who: String,
    method: String,
    /// In the order of falling tolerance.
    points: Vec<Point>,
}

/// What has been measured so far, for the comparison at equal error.
///
/// ```
/// use benches::{Measured, Point};
///
/// let mut measured = Measured::default();
/// for (who, method, error, seconds) in [
///     ("sciml", "Dp5", 1e-4, 1e-6),
///     ("sciml", "Dp5", 1e-8, 4e-6),
///     ("sciml", "Vern7", 1e-6, 3e-6),
/// ] {
///     measured.push("lorenz", who, method, Point { error, seconds });
/// }
/// // Dp5 reaches 1e-6 in 2 µs, by interpolation.
/// let (method, seconds) = measured.best("lorenz", "sciml", 1e-6).unwrap();
/// assert!(method == "Dp5" && (seconds - 2e-6).abs() < 1e-12);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Measured {
    curves: Vec<Curve>,
    failures: Vec<String>,
}

impl Measured {
    /// Adds a point to its curve.
    pub fn push(&mut self, problem: &str, who: &str, method: &str, point: Point) {
        let same = |curve: &&mut Curve| {
            curve.problem == problem && curve.who == who && curve.method == method
        };
        match self.curves.iter_mut().find(same) {
            Some(curve) => curve.points.push(point),
            None => self.curves.push(Curve {
                problem: problem.into(),
                who: who.into(),
                method: method.into(),
                points: vec![point],
            }),
        }
    }

    /// Adds a solve of ours that failed: a line for people.
    pub fn fail(&mut self, line: String) {
        self.failures.push(line);
    }

    /// For a suite in which none of our solves may fail.
    ///
    /// # Errors
    ///
    /// The lines of those that have.
    pub fn complete(&self) -> Result<(), String> {
        if self.failures.is_empty() {
            return Ok(());
        }
        Err(format!("solves that failed:\n  {}", self.failures.join("\n  ")))
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.curves.is_empty()
    }

    /// The problems in the order in which they were measured.
    pub fn problems(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.curves.iter().map(|curve| curve.problem.as_str()).collect();
        names.dedup();
        names
    }

    /// Whoever has been measured, ourselves first.
    pub fn who(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.curves.iter().map(|curve| curve.who.as_str()).collect();
        names.sort_unstable_by_key(|&name| (name != OURS, name));
        names.dedup();
        names
    }

    /// The best method of somebody on a problem for this error, with its seconds.
    pub fn best(&self, problem: &str, who: &str, error: f64) -> Option<(&str, f64)> {
        self.ranking(problem, who, error).into_iter().next()
    }

    /// The methods of somebody that reach this error on a problem, with their seconds, the fastest
    /// first.
    pub fn ranking(&self, problem: &str, who: &str, error: f64) -> Vec<(&str, f64)> {
        let own = self.curves.iter().filter(|curve| curve.problem == problem && curve.who == who);
        let times = own.filter_map(|c| Some((c.method.as_str(), seconds_at(&c.points, error)?)));
        let mut all: Vec<_> = times.collect();
        all.sort_by(|a, b| a.1.total_cmp(&b.1));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_method_depends_on_the_error() {
        let mut measured = Measured::default();
        for (method, order, cost) in [("low", 2.0, 1.0), ("high", 8.0, 3.0)] {
            for work in [1.0, 10.0, 100.0f64] {
                let point = Point { error: work.powf(-order), seconds: cost * work };
                measured.push("p", "a", method, point);
            }
        }
        measured.push("p", "sciml", "x", Point { error: 1e-3, seconds: 5.0 });
        assert_eq!(measured.who(), ["sciml", "a"]);
        assert_eq!(measured.problems(), ["p"]);
        // One decade: 10^(1/2) against 3 times 10^(1/8).
        let (method, seconds) = measured.best("p", "a", 0.1).unwrap();
        assert!(method == "low" && (seconds - 10f64.sqrt()).abs() < 1e-12);
        let all = measured.ranking("p", "a", 0.1);
        assert_eq!(all.iter().map(|row| row.0).collect::<Vec<_>>(), ["low", "high"]);
        let (method, seconds) = measured.best("p", "a", 1e-8).unwrap();
        assert!(method == "high" && (seconds - 30.0).abs() < 1e-10);
        assert_eq!(measured.best("p", "sciml", 1e-4), None);
        assert_eq!(measured.best("q", "a", 0.1), None);
        assert_eq!(measured.complete(), Ok(()));
        measured.fail("p, x: too many steps".into());
        assert!(measured.complete().unwrap_err().ends_with("\n  p, x: too many steps"));
    }
}
