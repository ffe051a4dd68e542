/// Colors of the vertices of a symmetric pattern such that neighbours differ and every path of four
/// vertices has three colors: any two colors then induce stars, from which a symmetric matrix is read
/// off directly (Coleman and Moré 1984; Gebremedhin, Tarafdar, Manne and Pothen 2007).
///
/// Greedy, the vertices with most neighbours first. Work: for each path of four vertices.
pub(super) fn star_coloring(neighbours: &[Vec<usize>]) -> (Vec<usize>, usize) {
    const NONE: usize = usize::MAX;
    let n = neighbours.len();
    let mut color = vec![NONE; n];
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|&v| core::cmp::Reverse(neighbours[v].len()));
    // `taken[c] = v` if `v` must not have the color `c`; `seen[c] = (v, w)` if the neighbour `w` of
    // `v` has it, `twice[c] = v` if two of them have.
    let (mut taken, mut seen, mut twice) = (vec![NONE; n], vec![NONE; n], vec![NONE; n]);
    let mut colors = 0;
    for v in order {
        let colored = |v: usize, color: &[usize]| -> Vec<usize> {
            neighbours[v].iter().copied().filter(|&w| w != v && color[w] != NONE).collect()
        };
        let around = colored(v, &color);
        for &w in &around {
            taken[color[w]] = v;
            if seen[color[w]] == v {
                twice[color[w]] = v;
            }
            seen[color[w]] = v;
        }
        for &w in &around {
            for x in colored(w, &color).into_iter().filter(|&x| x != v) {
                // a – v – w – x, or v – w – x – y, with two colors.
                let inside = twice[color[w]] == v;
                let end = || colored(x, &color).iter().any(|&y| y != w && color[y] == color[w]);
                if inside || end() {
                    taken[color[x]] = v;
                }
            }
        }
        let free = taken.iter().position(|&by| by != v).unwrap_or(0);
        color[v] = free;
        colors = colors.max(free + 1);
    }
    (color, colors)
}

#[cfg(test)]
mod tests {
    use super::star_coloring;

    /// Every path of four vertices, in all graphs of six vertices on a ring of random chords.
    #[test]
    fn no_path_of_four_has_two_colors() {
        for seed in 0..200u64 {
            let n = 9;
            let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
            let mut neighbours = vec![Vec::new(); n];
            for i in 0..n {
                for j in 0..i {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    if state >> 62 == 0 {
                        neighbours[i].push(j);
                        neighbours[j].push(i);
                    }
                }
            }
            let (color, colors) = star_coloring(&neighbours);
            assert!(color.iter().all(|&c| c < colors));
            for a in 0..n {
                for &b in &neighbours[a] {
                    assert_ne!(color[a], color[b]);
                    for &c in neighbours[b].iter().filter(|&&c| c != a) {
                        for &d in neighbours[c].iter().filter(|&&d| d != b && d != a) {
                            assert!(color[a] != color[c] || color[b] != color[d], "{seed}");
                        }
                    }
                }
            }
        }
    }

    /// A tridiagonal matrix needs three, an arrow two.
    #[test]
    fn known_numbers_of_colors() {
        let chain: Vec<Vec<usize>> =
            (0..50usize).map(|i| (i.saturating_sub(1)..(i + 2).min(50)).collect()).collect();
        assert_eq!(star_coloring(&chain).1, 3);
        let mut arrow = vec![vec![0]; 50];
        arrow[0] = (0..50).collect();
        assert_eq!(star_coloring(&arrow).1, 2);
    }
}
