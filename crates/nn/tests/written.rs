//! Writing a model and reading it back (feature `serde`).
#![cfg(feature = "serde")]

use nn::{Activation, Init, Mlp, Model};

fn model() -> Model {
    let mlp = Mlp::new(&[2, 5, 3, 1], Activation::Silu)
        .unwrap()
        .with_output_activation(Activation::Softplus);
    let p = mlp.init(Init::He, 3);
    Model::new(mlp, p).unwrap()
}

#[test]
fn a_round_trip_keeps_every_bit() {
    let text = serde_json::to_string(&model()).unwrap();
    assert_eq!(serde_json::from_str::<Model>(&text).unwrap(), model());
    let start = r#"{"mlp":{"sizes":[2,5,3,1],"hidden":"silu","output":"softplus"},"params":["#;
    assert!(text.starts_with(start), "{text}");
}

#[test]
fn what_is_wrong_in_a_file_is_said() {
    let read = |sizes: &str, params: &str| {
        let text = format!(
            r#"{{"mlp":{{"sizes":{sizes},"hidden":"tanh","output":"identity"}},"params":{params}}}"#
        );
        serde_json::from_str::<Model>(&text).map_err(|e| e.to_string())
    };
    assert!(read("[1,1]", "[0.5,0.25]").is_ok());
    let refused = |sizes: &str, params: &str, why: &str| {
        let error = read(sizes, params).unwrap_err();
        assert!(error.contains(why), "{error}");
    };
    refused("[1,1]", "[0.5]", "`params` has length 1, but the architecture asks for 2");
    refused("[1,0,1]", "[0.5]", "layer 1 has no units");
    refused("[1]", "[]", "at least two sizes");
    refused("[4294967296,4294967296]", "[]", "layer 1");
    refused("[1,1]", "[0.5,null]", "null"); // how JSON writes NaN
    refused("[1,1]", "[0.5,1e999]", "number out of range");
    let unknown = r#"{"sizes":[1,1],"hidden":"relu6","output":"identity"}"#;
    let error = serde_json::from_str::<Mlp>(unknown).unwrap_err().to_string();
    assert!(error.contains("relu6") && error.contains("softplus"), "{error}");
}
