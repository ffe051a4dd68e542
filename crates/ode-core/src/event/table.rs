use scalar::Scalar;

/// What a [`Saving`](crate::Saving) has kept: named columns over times.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Table<S = f64> {
    name: String,
    columns: Vec<String>,
    times: Vec<f64>,
    /// Row `i` is `values[i n..(i + 1) n]` for `n` columns.
    values: Vec<S>,
}

impl<S: Scalar> Table<S> {
    pub(super) fn new(name: String, columns: Vec<String>) -> Self {
        Self { name, columns, times: Vec::new(), values: Vec::new() }
    }

    pub(super) fn reserve(&mut self, rows: usize) {
        self.times.reserve(rows);
        self.values.reserve(rows * self.columns.len());
    }

    /// Appends a row, to be filled.
    pub(super) fn push(&mut self, t: f64) -> &mut [S] {
        self.times.push(t);
        let filled = self.values.len();
        self.values.resize(filled + self.columns.len(), S::zero());
        &mut self.values[filled..]
    }

    pub(super) fn drop_last(&mut self) {
        self.times.pop();
        self.values.truncate(self.times.len() * self.columns.len());
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The times of the rows, in the order of integration.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The `i`-th row; empty if there is none.
    pub fn row(&self, i: usize) -> &[S] {
        let n = self.columns.len();
        if i < self.len() { self.values.get(i * n..(i + 1) * n).unwrap_or(&[]) } else { &[] }
    }

    /// One column over all rows; empty if there is no such column.
    pub fn column(&self, i: usize) -> Vec<S> {
        (0..self.len()).filter_map(|row| self.row(row).get(i).copied()).collect()
    }
}

#[cfg(feature = "serde")]
impl<S> Table<S> {
    /// Whether there is one number per column and time, as in every table that was not damaged.
    pub(crate) fn is_whole(&self) -> bool {
        self.times.len().checked_mul(self.columns.len()) == Some(self.values.len())
    }
}
