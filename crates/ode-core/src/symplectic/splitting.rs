/// The coefficients of an explicit symplectic method: kicks and drifts in turn.
///
/// Stage `i` is a kick, `p += kicks[i] dt f(q)`, followed by a drift, `q += drifts[i] dt v(p)`. Each
/// is the exact flow of one part of the Hamiltonian, so that their composition is symplectic. A zero
/// coefficient is skipped: a method that begins with a drift begins with a zero kick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Splitting {
    /// Order of convergence.
    pub order: u32,
    /// Whether that order needs a kinetic energy that is quadratic in the momenta and does not
    /// depend on time (the order conditions are those of Nyström methods).
    pub nystrom: bool,
    /// Coefficients of the kicks.
    pub kicks: &'static [f64],
    /// Coefficients of the drifts.
    pub drifts: &'static [f64],
}

impl Splitting {
    /// The most stages that a method may have.
    pub const MAX_STAGES: usize = 32;

    /// Checks, when it is compiled, that kicks and drifts pair up and sum to one.
    ///
    /// # Panics
    ///
    /// When they do not: a compile error, where the splitting is a constant.
    #[must_use]
    pub const fn checked(self) -> Self {
        assert!(self.order >= 1, "a method has an order");
        assert!(self.kicks.len() == self.drifts.len(), "a stage is a kick and a drift");
        assert!(self.kicks.len() <= Self::MAX_STAGES, "raise MAX_STAGES");
        assert!((sum(self.kicks) - 1.0).abs() < 1e-14, "kicks must sum to one");
        assert!((sum(self.drifts) - 1.0).abs() < 1e-14, "drifts must sum to one");
        self
    }

    /// Number of stages.
    pub const fn stages(&self) -> usize {
        self.kicks.len()
    }

    /// Whether a step is its own inverse with the opposite sign of `dt`: the sequence of kicks and
    /// drifts reads the same backwards.
    pub fn is_symmetric(&self) -> bool {
        let moves = |forwards: bool| {
            let pairs = self.kicks.iter().zip(self.drifts);
            let mut moves: Vec<_> = pairs.flat_map(|(k, d)| [(true, *k), (false, *d)]).collect();
            if !forwards {
                moves.reverse();
            }
            moves.retain(|m| m.1 != 0.0);
            moves
        };
        moves(true) == moves(false)
    }

    /// Whether a step begins with a kick, and so with the force where the one before ended.
    pub(super) const fn kicks_first(&self) -> bool {
        self.kicks[0] != 0.0
    }

    /// Whether a step ends with a kick, and so knows the force at its end.
    pub(super) const fn kicks_last(&self) -> bool {
        self.drifts[self.stages() - 1] == 0.0
    }

    /// When the kick and the drift of each stage happen: positions have drifted until a kick, momenta
    /// have been kicked until a drift.
    pub(super) const fn moments(&self) -> [(Moment, Moment); Self::MAX_STAGES] {
        let mut moments = [(Moment::Start, Moment::Start); Self::MAX_STAGES];
        let mut i = 0;
        while i < self.stages() {
            moments[i] = (moment(self.drifts, i), moment(self.kicks, i + 1));
            i += 1;
        }
        moments
    }
}

/// A time within a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Moment {
    Start,
    Inside(f64),
    End,
}

/// The time that the first `count` of `moves` lead to.
const fn moment(moves: &[f64], count: usize) -> Moment {
    let (mut before, mut after) = (false, false);
    let (mut c, mut i) = (0.0, 0);
    while i < moves.len() {
        if i < count {
            before |= moves[i] != 0.0;
            c += moves[i];
        } else {
            after |= moves[i] != 0.0;
        }
        i += 1;
    }
    match (before, after) {
        (false, _) => Moment::Start,
        (true, true) => Moment::Inside(c),
        (true, false) => Moment::End,
    }
}

const fn sum(moves: &[f64]) -> f64 {
    let (mut total, mut i) = (0.0, 0);
    while i < moves.len() {
        total += moves[i];
        i += 1;
    }
    total
}

/// The drifts of leapfrogs of lengths `w₁, …, wₘ, …, w₁` one after another, and a zero.
pub(super) const fn leapfrog_drifts<const STAGES: usize>(half: &[f64]) -> [f64; STAGES] {
    assert!(STAGES == 2 * half.len(), "an odd number of leapfrogs, and the last kick");
    let mut drifts = [0.0; STAGES];
    let mut i = 0;
    while i < half.len() {
        drifts[i] = half[i];
        drifts[STAGES - 2 - i] = half[i];
        i += 1;
    }
    drifts
}

/// Their kicks, neighbouring ones joined: half of the drifts on either side.
pub(super) const fn leapfrog_kicks<const STAGES: usize>(half: &[f64]) -> [f64; STAGES] {
    let drifts = leapfrog_drifts::<STAGES>(half);
    let mut kicks = [0.5 * drifts[0]; STAGES];
    let mut i = 1;
    while i + 1 < STAGES {
        kicks[i] = 0.5 * (drifts[i - 1] + drifts[i]);
        i += 1;
    }
    kicks
}
