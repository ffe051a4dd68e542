use crate::Pattern;

/// Groups of columns of a Jacobian that share no row: one tangent serves a whole group (Curtis,
/// Powell, Reid 1974; Coleman, Moré 1983). With it, the entries of the pattern column by column.
///
/// ```
/// system::system! {
///     struct Chain;
///     state { a, b, c, d }
///     params {}
///     rhs(_t) {
///         d(a) = -a;
///         d(b) = a - b;
///         d(c) = b - c;
///         d(d) = c - d;
///     }
/// }
/// let coloring = system::Coloring::new(&system::jacobian_pattern(&Chain));
/// assert_eq!(coloring.colors(), 2); // in turns
/// assert_eq!(coloring.rows_of(1), [1, 2]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coloring {
    starts: Vec<usize>,
    rows: Vec<usize>,
    color_of: Vec<usize>,
    colors: usize,
}

impl Coloring {
    /// Colors the columns of a square pattern greedily, the longest ones first; columns beyond it are
    /// left out. Work: for each entry
    /// the length of its row.
    pub fn new(pattern: &Pattern) -> Self {
        let n = pattern.num_rows();
        let (starts, rows) = by_columns(pattern, n);
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|&j| std::cmp::Reverse(starts[j + 1] - starts[j]));
        let mut color_of = vec![usize::MAX; n];
        // `taken[c] = j` while color `c` is one of a neighbour of column `j`.
        let mut taken = vec![usize::MAX; n];
        let mut colors = 0;
        for j in order {
            for &i in &rows[starts[j]..starts[j + 1]] {
                for &k in pattern.row(i) {
                    if let Some(slot) = color_of.get(k).and_then(|&color| taken.get_mut(color)) {
                        *slot = j;
                    }
                }
            }
            let free = taken.iter().position(|&by| by != j).unwrap_or(0);
            color_of[j] = free;
            colors = colors.max(free + 1);
        }
        Self { starts, rows, color_of, colors }
    }

    /// Number of colors.
    pub fn colors(&self) -> usize {
        self.colors
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.color_of.len()
    }

    /// Number of entries of the pattern.
    pub fn num_nonzeros(&self) -> usize {
        self.rows.len()
    }

    /// The rows of column `j`, ascending; none for a column that does not exist.
    pub fn rows_of(&self, j: usize) -> &[usize] {
        match self.starts.get(j..=j + 1) {
            Some(&[start, end]) => &self.rows[start..end],
            _ => &[],
        }
    }

    /// Where the entries of each column start, and where the last one ends.
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// The color of each column.
    pub fn color_of(&self) -> &[usize] {
        &self.color_of
    }
}

/// Starts of the columns, and the rows of each.
fn by_columns(pattern: &Pattern, n: usize) -> (Vec<usize>, Vec<usize>) {
    let mut starts = vec![0; n + 1];
    let all = || (0..n).flat_map(|i| pattern.row(i).iter().map(move |&j| (i, j)));
    let entries = || all().filter(|&(_, j)| j < n);
    for (_, j) in entries() {
        starts[j + 1] += 1;
    }
    for j in 0..n {
        starts[j + 1] += starts[j];
    }
    let mut next = starts.clone();
    let mut rows = vec![0; starts[n]];
    for (i, j) in entries() {
        rows[next[j]] = i;
        next[j] += 1;
    }
    (starts, rows)
}
