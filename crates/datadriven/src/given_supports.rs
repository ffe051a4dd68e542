use crate::refit::refit;
use crate::{Error, ErrorKind, Regression, SparseModel, Status};

impl Regression {
    /// The model on given supports, by least squares: `supports[i]` lists the terms of target `i`
    /// by their place in the library. For supports that come from elsewhere: a search of one's own,
    /// or several regressions with different libraries.
    ///
    /// # Errors
    ///
    /// Not one support for each target, a term that does not exist or stands twice, collinear
    /// terms, or only empty supports.
    ///
    /// ```
    /// use datadriven::{PolynomialLibrary, Regression};
    ///
    /// let x: Vec<[f64; 1]> = (1..20).map(|i| [0.3 * i as f64]).collect();
    /// let dx: Vec<[f64; 1]> = x.iter().map(|[x]| [0.5 * x - 0.25 * x * x]).collect();
    /// let library = PolynomialLibrary { degree: 3, ..PolynomialLibrary::default() }.build(&["x"])?;
    /// let regression = Regression::derivatives(&library, &x, &dx)?;
    /// let model = regression.on_supports(&[vec![1, 2]])?; // x and x²
    /// assert_eq!(model.equations(), ["d(x)/dt = 0.5 x - 0.25 x^2"]);
    /// # Ok::<(), datadriven::Error>(())
    /// ```
    pub fn on_supports(&self, supports: &[Vec<usize>]) -> Result<SparseModel, Error> {
        let (expected, found) = (self.targets().len(), supports.len());
        if expected != found {
            let what = "supports, one for each target";
            return Err(ErrorKind::WrongLength { what, expected, found }.into());
        }
        let terms = self.library().num_terms();
        let reduced = self.reduce_all();
        let mut equations = Vec::with_capacity(expected);
        for (target, support) in supports.iter().enumerate() {
            let mut sorted = support.clone();
            sorted.sort_unstable();
            let twice = sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
            if let Some(bad) = twice.or(sorted.last().copied().filter(|&last| last >= terms)) {
                let (value, expected) = (bad as f64, "a term of the library, once");
                return Err(
                    ErrorKind::InvalidSetting { setting: "support", value, expected }.into()
                );
            }
            equations.push(refit(self, &reduced, target, &sorted, Status::Converged)?);
        }
        if supports.iter().all(Vec::is_empty) {
            let reasons = vec!["every support that was given is empty".into()];
            return Err(ErrorKind::EmptyModel { reasons }.into());
        }
        SparseModel::found(self.library().clone(), equations)
    }
}
