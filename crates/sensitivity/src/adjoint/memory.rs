/// How much memory an adjoint may take for what it keeps of the pass forward in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Memory {
    /// As much as it needs: the state at every step.
    #[default]
    All,
    /// At most this many bytes. One half is for states at steps next to each other, the other for
    /// checkpoints, from which steps are computed again to the same bits. The number of steps need not be
    /// known: checkpoints are thinned out on the way (Wang, Moin and Iaccarino, SIAM J. Sci. Comput. 31,
    /// 2009), and set anew on the way back by Revolve (Griewank and Walther, ACM TOMS 26, 2000), so that
    /// hardly a step is computed again more often than it has to be. About `25 n √N` bytes are enough for
    /// once, with `N` steps of `n` states (more where there are only a few states, or many save times).
    Bytes(usize),
}
