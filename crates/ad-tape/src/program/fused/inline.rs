//! Values with one user become part of its sum.
//!
//! Forward the order of additions stays, and with it every bit: `(a + b) - 4 c` is three terms, but
//! `(a + b) + (c + d)` two. In what was derived only the rounding is another one.

use super::graph::{Graph, Id, Kind, Term};
use std::collections::HashMap;

/// Longest sum.
const LONGEST: usize = 32;

impl Graph {
    /// Merges sums; `results` are wanted by themselves. How often each value is used then.
    pub(super) fn inline(&mut self, results: &[Id]) -> Vec<u32> {
        let mut uses = self.uses(results);
        // A class stays together: all of its values become part of their users, or none.
        let mut votes = HashMap::<u64, (u32, u32)>::new();
        let mut open = vec![false; self.vertices.len()];
        for id in 0..self.vertices.len() as u32 {
            if uses[id as usize] == 0 {
                continue;
            }
            votes.entry(self.vertices[id as usize].class).or_default().0 += 1;
            if self.vertices[id as usize].kind != Kind::Sum {
                continue;
            }
            for (place, term) in self.terms(id).iter().enumerate() {
                let part = term.x;
                if term.is_linear() && uses[part as usize] == 1 && self.fits(part, id, place, &uses)
                {
                    open[part as usize] = true;
                    votes.entry(self.vertices[part as usize].class).or_default().1 += 1;
                }
            }
        }
        for id in 0..self.vertices.len() as u32 {
            if uses[id as usize] == 0 || self.vertices[id as usize].kind != Kind::Sum {
                continue;
            }
            let old = self.terms(id).to_vec();
            let is_part = |term: &Term| {
                let vote = votes.get(&self.vertices[term.x as usize].class);
                term.is_linear()
                    && open[term.x as usize]
                    && vote.is_some_and(|(all, fit)| all == fit)
            };
            if !old.iter().any(is_part) {
                continue;
            }
            let mut parts: Vec<Vec<Term>> = Vec::new();
            for term in &old {
                let own = if is_part(term) { self.terms(term.x) } else { &[] };
                let others = old.len() - 1;
                if own.is_empty() || own.len() + others > LONGEST {
                    parts.push(vec![*term]);
                } else {
                    let scaled = |part: &Term| Term {
                        coefficient: part.coefficient * term.coefficient,
                        ..*part
                    };
                    parts.push(own.iter().map(scaled).collect());
                    uses[term.x as usize] = 0;
                }
            }
            if let [first, second] = &mut parts[..]
                && first.len() == 1
                && second.len() > 1
            {
                core::mem::swap(first, second);
            }
            let mut terms = parts.concat();
            if self.is_derived(id) {
                terms.sort_by_key(|term| !term.is_linear());
            }
            self.set_terms(id, &terms);
        }
        uses
    }

    /// How often each value is used by what is wanted.
    fn uses(&self, results: &[Id]) -> Vec<u32> {
        let mut uses = vec![0u32; self.vertices.len()];
        // Twice: they are kept.
        results.iter().for_each(|&id| uses[id as usize] += 2);
        for id in (0..self.vertices.len() as u32).rev() {
            if uses[id as usize] > 0 {
                for operand in self.terms(id).iter().flat_map(|term| term.operands()) {
                    uses[operand as usize] += 1;
                }
            }
        }
        uses
    }

    /// Whether a value with one user may become part of its sum, in this place.
    fn fits(&self, part: Id, user: Id, place: usize, uses: &[u32]) -> bool {
        if self.vertices[part as usize].kind != Kind::Sum {
            return false;
        }
        let (own, all) = (self.terms(part), self.terms(user));
        let factor = all[place].coefficient;
        if self.is_derived(user) {
            return factor.is_finite();
        }
        let sum = |id: Id| self.vertices[id as usize].kind == Kind::Sum && self.terms(id).len() > 1;
        match own {
            [one] => factor.abs() == 1.0 || one.coefficient.abs() == 1.0,
            _ if factor != 1.0 => false,
            _ if place == 0 => true,
            // `a + (b + c)` is `(b + c) + a`, if `a` is not a sum itself.
            _ => {
                let first = all[0];
                let long = first.is_linear() && sum(first.x) && uses[first.x as usize] == 1;
                all.len() == 2 && first.coefficient == 1.0 && !long
            }
        }
    }
}
