use crate::{Activation, Mlp};
use core::fmt;

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `2 → 5 tanh → 5 tanh → 2`: a linear layer is only its size.
impl fmt::Display for Mlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.inputs())?;
        for layer in self.layers() {
            write!(f, " → {}", layer.outputs)?;
            if layer.activation != Activation::Identity {
                write!(f, " {}", layer.activation)?;
            }
        }
        Ok(())
    }
}
