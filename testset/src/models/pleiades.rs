use scalar::Scalar;
use system::{System, wrong_lengths};

/// Number of stars.
const STARS: usize = 7;

/// Seven stars in the plane, with masses 1 to 7, that attract each other (Hairer, Nørsett & Wanner
/// II.10). The state is `x₁…x₇ y₁…y₇ u₁…u₇ v₁…v₇`.
///
/// ```
/// use testset::models::Pleiades;
///
/// let start = testset::problems::pleiades()?.u0;
/// assert_eq!(Pleiades::momentum(start), [7.0 * -1.5 + 6.0 * 1.75, 4.0 * -1.25 + 5.0]);
/// # Ok::<(), testset::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pleiades;

impl System for Pleiades {
    fn dim(&self) -> usize {
        4 * STARS
    }

    fn num_params(&self) -> usize {
        0
    }

    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        if u.len() != self.dim() || du.len() != self.dim() || !p.is_empty() {
            return wrong_lengths(du);
        }
        let (position, velocity) = u.split_at(2 * STARS);
        let (moving, acceleration) = du.split_at_mut(2 * STARS);
        moving.copy_from_slice(velocity);
        acceleration.fill(S::zero());
        for i in 0..STARS {
            for j in i + 1..STARS {
                let (x, y) = difference(position, i, j);
                let r2 = x * x + y * y;
                let r3 = r2 * r2.sqrt();
                for (axis, d) in [(0, x), (STARS, y)] {
                    let pull = d / r3;
                    acceleration[axis + i] += pull.scale(mass(j));
                    acceleration[axis + j] -= pull.scale(mass(i));
                }
            }
        }
    }

    fn state_names(&self) -> Vec<String> {
        let names = |axis: char| (1..=STARS).map(move |i| format!("{axis}{i}"));
        ['x', 'y', 'u', 'v'].into_iter().flat_map(names).collect()
    }
}

impl Pleiades {
    /// Kinetic energy `Σ m |v|²/2` minus `Σ mᵢ mⱼ / rᵢⱼ` over pairs, constant along solutions.
    pub fn energy<S: Scalar>(u: [S; 28]) -> S {
        let mut energy = S::zero();
        for i in 0..STARS {
            let (vx, vy) = (u[2 * STARS + i], u[3 * STARS + i]);
            energy += (vx * vx + vy * vy).scale(mass(i) / 2.0);
            for j in i + 1..STARS {
                let (x, y) = difference(&u, i, j);
                energy -= S::from_f64(mass(i) * mass(j)) / (x * x + y * y).sqrt();
            }
        }
        energy
    }

    /// `Σ m v`, constant along solutions.
    pub fn momentum<S: Scalar>(u: [S; 28]) -> [S; 2] {
        [2, 3].map(|part| (0..STARS).map(|i| u[part * STARS + i].scale(mass(i))).sum())
    }

    /// `Σ m (x v - y u)`, constant along solutions.
    pub fn angular_momentum<S: Scalar>(u: [S; 28]) -> S {
        let moment = |i: usize| {
            let [x, y, vx, vy] = [0, 1, 2, 3].map(|part| u[part * STARS + i]);
            (x * vy - y * vx).scale(mass(i))
        };
        (0..STARS).map(moment).sum()
    }
}

/// Star `i`, counted from 0, has mass `i + 1`.
fn mass(i: usize) -> f64 {
    (i + 1) as f64
}

/// From star `i` to star `j`.
fn difference<S: Scalar>(position: &[S], i: usize, j: usize) -> (S, S) {
    (position[j] - position[i], position[STARS + j] - position[STARS + i])
}
