//! From a checked model to the `impl System`.

use crate::literals;
use crate::model::Model;
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::Result;

/// Expands `system! { … }`. The first token is the path of the crate `system`, as its caller sees
/// it: the macro also works through a crate that re-exports it.
pub(crate) fn system(input: TokenStream) -> Result<TokenStream> {
    let mut input = input.into_iter();
    let home: Option<TokenTree> = input.next();
    let input = input.collect();
    let Model { attributes, visibility, name, states, params, time, mut locals, mut derivatives } =
        syn::parse2(input)?;
    locals.iter_mut().for_each(literals::lift_statement);
    derivatives.iter_mut().for_each(literals::lift);
    let (dim, num_params) = (states.len(), params.len());
    let index = 0..dim;
    Ok(quote! {
        #(#attributes)*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #visibility struct #name;

        impl #name {
            /// Names of the states, in order.
            #[allow(dead_code)]
            pub const STATES: [&'static str; #dim] = [#(::core::stringify!(#states)),*];
            /// Names of the parameters, in order.
            #[allow(dead_code)]
            pub const PARAMS: [&'static str; #num_params] = [#(::core::stringify!(#params)),*];
        }

        impl #home::System for #name {
            fn dim(&self) -> usize {
                #dim
            }
            fn num_params(&self) -> usize {
                #num_params
            }
            #[inline]
            #[allow(unused_variables)]
            fn rhs<S: #home::Scalar>(&self, #time: S, u: &[S], p: &[S], du: &mut [S]) {
                // Solvers check the lengths once; here they only tell the compiler.
                let (&[#(#states),*], &[#(#params),*], #dim) = (u, p, du.len()) else {
                    return #home::wrong_lengths(du);
                };
                #(#locals)*
                let derivative = [#(#derivatives),*];
                #(du[#index] = derivative[#index];)*
            }
            fn state_names(&self) -> ::std::vec::Vec<::std::string::String> {
                Self::STATES.map(::std::string::String::from).to_vec()
            }
            fn param_names(&self) -> ::std::vec::Vec<::std::string::String> {
                Self::PARAMS.map(::std::string::String::from).to_vec()
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::system;
    use std::str::FromStr;

    /// The message of the error, and the line it points at.
    fn error(model: &str) -> (String, usize) {
        let tokens = proc_macro2::TokenStream::from_str(model).unwrap();
        let error = system(tokens).unwrap_err();
        (error.to_string(), error.span().start().line)
    }

    fn model(rhs: &str) -> String {
        format!("home struct M;\nstate {{\nx,\ny }}\nparams {{ a }}\nrhs(t) {{\n{rhs}\n}}")
    }

    #[test]
    fn errors_point_at_the_line() {
        let missing = error(&model("d(x) = a * y;"));
        assert_eq!(missing, ("`y` has no equation: add `d(y) = …;`".into(), 4));
        let twice = error(&model("d(x) = y;\nd(y) = x;\nd(x) = a;"));
        assert_eq!(twice, ("`d(x)` is given twice".into(), 9));
        let unknown = error(&model("d(x) = y;\nd(z) = x;"));
        assert_eq!(unknown, ("`z` is not a state; the states are x, y".into(), 8));
        let stray = error(&model("d(x) = y;\ny += x;"));
        assert_eq!(stray, ("expected `let name = …;` or `d(state) = …;`".into(), 8));
        assert_eq!(error("home struct M;\nstate { x }\nparams { x }\nrhs(t) {}").1, 3);
        assert_eq!(error("home struct M;\nstate {}\nparams {}\nrhs(t) {}").1, 1);
    }

    #[test]
    fn literals_are_lifted_and_exponents_are_not() {
        let rhs = "d(x) = 2.0 * x.powi(2) - 1 + y.powf(1.5);\nd(y) = S::from_f64(0.5) * x / 3.0;";
        let tokens = proc_macro2::TokenStream::from_str(&model(rhs)).unwrap();
        let code = system(tokens).unwrap().to_string().replace(' ', "");
        for expected in [
            "(x.powi(2)).scale((2.0)asf64)",
            "S::from_f64(1asf64)",
            "y.powf(1.5)",
            "S::from_f64(0.5)*x/S::from_f64(3.0)",
        ] {
            assert!(code.contains(expected), "{expected} in {code}");
        }
    }
}
