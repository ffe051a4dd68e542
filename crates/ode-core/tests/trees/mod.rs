//! Rooted trees (Hairer, Nørsett, Wanner I, II.2), which order conditions are written with.

/// A rooted tree: its children.
#[derive(Clone, Debug)]
pub(crate) struct Tree(pub(crate) Vec<Tree>);

impl Tree {
    pub(crate) fn order(&self) -> usize {
        1 + self.0.iter().map(Tree::order).sum::<usize>()
    }

    /// The density γ.
    pub(crate) fn gamma(&self) -> f64 {
        self.order() as f64 * self.0.iter().map(Tree::gamma).product::<f64>()
    }
}

/// All trees with `order` nodes: a root over every multiset of smaller trees.
pub(crate) fn trees(order: usize) -> Vec<Tree> {
    fn forests(size: usize, largest: &[Tree]) -> Vec<Vec<Tree>> {
        if size == 0 {
            return vec![Vec::new()];
        }
        let mut found = Vec::new();
        for (i, tree) in largest.iter().enumerate().filter(|(_, t)| t.order() <= size) {
            for mut rest in forests(size - tree.order(), &largest[i..]) {
                rest.push(tree.clone());
                found.push(rest);
            }
        }
        found
    }
    let smaller: Vec<Tree> = (1..order).flat_map(trees).collect();
    forests(order - 1, &smaller).into_iter().map(Tree).collect()
}
