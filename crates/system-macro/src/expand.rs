//! From a checked model to the `impl System`.

use crate::adjoint::{self, Names};
use crate::constant::Values;
use crate::derives;
use crate::documented::{Documented, section};
use crate::literals::Lift;
use crate::model::{Line, Model};
use crate::rename::{Rename, binding};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{Ident, Result, parse_quote};

/// Expands `system! { … }`. The first token is the path of the crate `system`, as its caller sees
/// it: the macro also works through a crate that re-exports it.
pub(crate) fn system(input: TokenStream) -> Result<TokenStream> {
    let mut input = input.into_iter();
    let home: Option<TokenTree> = input.next();
    let input = input.collect();
    let Model { mut attributes, visibility, name, states, params, time, mut body } =
        syn::parse2(input)?;
    let derives = derives::missing(&attributes)?;
    for line in section("States", &states).into_iter().chain(section("Parameters", &params)) {
        attributes.push(parse_quote! { #[doc = #line] });
    }
    let (dim, num_params) = (states.len(), params.len());
    let (state_texts, param_texts) =
        (states.iter().map(Documented::text), params.iter().map(Documented::text));

    let names = states.iter().chain(&params).map(|entry| &entry.name).chain(&time);
    let mut rename = Rename(names.collect());
    let mut values = Values::default();
    rename.0.iter().for_each(|name| values.insert(name));
    for line in &body {
        match line {
            Line::Let(local) => values.visit_local(local),
            Line::Equation { value, .. } => values.visit_expr(value),
        }
    }
    let mut lift = Lift::all(values);
    for line in &mut body {
        match line {
            Line::Let(local) => {
                lift.visit_local_mut(local);
                rename.visit_local_mut(local);
            }
            Line::Equation { value, .. } => {
                lift.equation(value);
                rename.visit_expr_mut(value);
            }
        }
    }
    let bind = |list: &[Documented]| -> Vec<Ident> {
        list.iter().map(|entry| binding(&entry.name)).collect()
    };
    let (bound_states, bound_params) = (bind(&states), bind(&params));
    // Names of the expansion itself: the user cannot reach them, nor can they clash.
    let own = |name: &str| Ident::new(name, Span::mixed_site());
    let (u, p, du) = (own("u"), own("p"), own("du"));
    let time = time.as_ref().map_or_else(|| own("time"), binding);
    let home = quote! { #home };
    let names = Names { home: &home, states: &bound_states, params: &bound_params, time: &time };
    let vjp = adjoint::vjp(&names, &body);
    let derivative = |i: usize| own(&format!("derivative_{i}"));
    let lines = body.iter().map(|line| match line {
        Line::Let(local) => quote! { #local },
        Line::Equation { state, value } => {
            let derivative = derivative(*state);
            quote! { let #derivative: S = #value; }
        }
    });
    let (index, derivatives) = (0..dim, (0..dim).map(derivative));
    Ok(quote! {
        #(#attributes)*
        #derives
        #visibility struct #name;

        impl #name {
            /// Names of the states, in order.
            #[allow(dead_code)]
            pub const STATES: [&'static str; #dim] = [#(#state_texts),*];
            /// Names of the parameters, in order.
            #[allow(dead_code)]
            pub const PARAMS: [&'static str; #num_params] = [#(#param_texts),*];
        }

        impl #home::System for #name {
            fn dim(&self) -> usize {
                #dim
            }
            fn num_params(&self) -> usize {
                #num_params
            }
            #[inline]
            #[allow(unused_variables, non_snake_case)]
            fn rhs<S: #home::Scalar>(&self, #time: S, #u: &[S], #p: &[S], #du: &mut [S]) {
                // Solvers check the lengths once; here they only tell the compiler.
                let (&[#(#bound_states),*], &[#(#bound_params),*], #dim) = (#u, #p, #du.len())
                else {
                    return #home::wrong_lengths(#du);
                };
                #(#lines)*
                #(#du[#index] = #derivatives;)*
            }
            #vjp
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
    fn names_mean_one_thing() {
        let rebound = |line: &str| error(&model(&format!("d(x) = y;\n{line}\nd(y) = x;")));
        let message = |what: &str| (format!("{what} of this model: pick another name"), 8);
        assert_eq!(rebound("let x = 2.0 * x;"), message("`x` is a state"));
        assert_eq!(rebound("let mut a = x;"), message("`a` is a parameter"));
        assert_eq!(rebound("let (b, [t, ..]) = (x, [a; 3]);"), message("`t` is the time"));
        let state = error("home struct M;\nstate {\nx,\nt }\nparams {}\nrhs(t) {}");
        assert_eq!(state, ("`t` is the time, `rhs(t)`: pick another name".into(), 4));
        let parameter = error("home struct M;\nstate { x }\nparams {\nx,\nt }\nrhs(x) {}");
        assert_eq!(parameter, ("`x` is the time, `rhs(x)`: pick another name".into(), 2));
        assert_eq!(error("home struct M;\nstate { x }\nparams {\na,\nt }\nrhs(t) {}").1, 5);
    }

    #[test]
    fn attributes_that_would_be_lost_are_refused() {
        let state = error("home struct M;\nstate {\n/// Fine.\n#[cfg(test)] x }\nparams {}");
        assert_eq!(state, ("only doc comments may stand before a state or a parameter".into(), 4));
        let equation = error(&model("d(x) = y;\n#[cfg(test)]\nd(y) = x;"));
        assert_eq!(equation, ("an equation takes no attributes, except doc comments".into(), 8));
        assert_eq!(error("home struct M;\nstate { x }\nparams {}\nrhs(\nt, s) {}").1, 5);
    }

    #[test]
    fn docs_of_names_join_those_of_the_struct() {
        let model = "home /// M.\nstruct M; state { /// Metres.\n/// Up.\nx, y } params { a }
            rhs(_) { d(x) = y; d(y) = x; }";
        let code = system(model.parse().unwrap()).unwrap().to_string();
        assert!(code.contains("- `x`: Metres. Up."), "{code}");
        assert!(code.contains("States:") && !code.contains("Parameters:"), "{code}");
    }

    #[test]
    fn constants_are_lifted_and_plain_numbers_are_not() {
        for (value, expected) in [
            ("2.0 * x.powi(2) - 1 + y.powf(1.5)", "(x.powi(2)).scale(2.0)-S(1.0)+y.powf(1.5)"),
            ("S::from_f64(0.5) * x / 3.0", "S(0.5)*x/S(3.0)"),
            ("-1 * x + x / -2", "(x).scale(-1.0)+x/S(-2.0)"),
            ("0", "S(0.0)"),
            ("x.max(0).select_lt(0, -1, y)", "x.max(S(0.0)).select_lt(S(0.0),S(-1.0),y)"),
            ("S::max(x, 0) + S::powi(x, 2)", "S::max(x,S(0.0))+S::powi(x,2)"),
            ("x.powi(2 + 1).scale(2)", "x.powi(2+1).scale(2.0)"),
            ("2 * 3 * x + 1 / 2 * y", "(x).scale(2.0*3.0)+(y).scale(1.0/2.0)"),
            ("HILL * x / other::HILL", "(x).scale(HILL)/S(other::HILL)"),
            ("x * 2 * core::f64::consts::PI", "((x).scale(2.0)).scale(core::f64::consts::PI)"),
            ("G.sqrt() * x + T", "S(G).sqrt()*x+S(T)"),
            ("f(2, 2.0, N, 2 * N)[N - 1]", "f(2,S(2.0),N,2*N)[N-1]"),
            ("(0..3).map(|v| 2 * v + 1).sum()", "(0..3).map(|v|S(2.0)*(v)+S(1.0)).sum()"),
            ("f(|v: S| 2.0 * v)", "f(|v:S|(v).scale(2.0))"),
            ("2usize as f64 * x", "2usizeasf64*x"),
            ("{ const C: f64 = 9.81; C * x }", "{constC:f64=9.81;(x).scale(C)}"),
            ("{ let n: i32 = 2; x.powi(n) }", "{letn:i32=2;x.powi(n)}"),
            ("{ let K = 2; K * x }", "{letK=S(2.0);K*x}"),
            ("if flag { 0 } else { x }", "ifflag{S(0.0)}else{x}"),
            ("match 3 { 3 => 1, _ => x }", "match3{3=>S(1.0),_=>x}"),
        ] {
            let code = system(model(&format!("d(x) = {value};\nd(y) = x;")).parse().unwrap());
            let code = code.unwrap().to_string().replace(' ', "").replace("value_of_", "");
            let code = code.replace("S::from_f64", "S");
            assert!(code.contains(&format!(":S={expected};")), "{value}: {expected} in {code}");
        }
    }

    #[test]
    fn functions_lift_float_literals_only() {
        for (line, expected) in [
            ("let last = u.len() - 1;", "letlast=u.len()-1;"),
            ("let k = 2 * i * N + j;", "letk=2*i*N+j;"),
            ("const G: f64 = 9.81;", "constG:f64=9.81;"),
            ("du[2 * i] = 2.0 * PI * u[i + 1] + 8 / 3.0;", "=(u[i+1]).scale(2.0*PI)+S(8.0/3.0);"),
            ("let h: f64 = 0.5 * x;", "leth:f64=0.5*x;"),
            ("let [a, b]: [S; 2] = [0.5, x];", "let[a,b]:[S;2]=[S(0.5),x];"),
            ("s += u.iter().map(|v| 2.0 * v.max(0.0)).sum();", "|v|S(2.0)*(v.max(S(0.0)))"),
        ] {
            let function = format!("fn rhs<S>(u: &[S], du: &mut [S]) {{ {line} }}");
            let code = crate::literals::lift_function(function.parse().unwrap()).unwrap();
            let code = code.to_string().replace(' ', "").replace("S::from_f64", "S");
            assert!(code.contains(expected), "{line}: {expected} in {code}");
        }
    }
}
